// Writes `FLAGS (…)` of many messages: names are looked up once for each combination of flags.
import IMAPProtocol
import Mailboxes

/// The flags of a mailbox's messages on their way to the wire.
struct FlagWriter {
    let columns: MailboxColumns
    private let keywords: KeywordTable
    private let recent: UIDSet
    private var rendered: [UInt64: [UInt8]] = [:]
    private var last: (bits: UInt64, octets: [UInt8]) = (.max, [])

    /// A bit that the store keeps free, here for `\Recent`.
    private static let recentBit: UInt64 = 1 << 6

    init(_ view: MailboxView, recent: UIDSet) {
        self.columns = view.columns
        self.keywords = view.keywords
        self.recent = recent
    }

    /// Appends `FLAGS (…)` of the message at a place of the columns, which the caller has looked up.
    mutating func append(at place: Int, to buffer: inout ResponseBuffer) {
        var bits = self.columns.flags[place]
        if !self.recent.isEmpty, self.recent.contains(self.columns.uids[place]) { bits |= Self.recentBit }
        if bits != self.last.bits { self.last = (bits, self.octets(of: bits)) }
        buffer.append(self.last.octets)
    }

    private mutating func octets(of bits: UInt64) -> [UInt8] {
        if let known = self.rendered[bits] { return known }
        var names = self.keywords.names(of: Flags(rawValue: bits & ~Self.recentBit))
        if bits & Self.recentBit != 0 { names.append("\\Recent") }
        let octets = Array("FLAGS (\(names.joined(separator: " ")))".utf8)
        if self.rendered.count < 4_096 { self.rendered[bits] = octets }
        return octets
    }
}
