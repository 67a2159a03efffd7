// The stored form of a message summary: a fixed head with the lengths, then the pieces, each ready to be copied to the wire.

/// Where the pieces of a stored summary lie. Reading it copies nothing, so a summary may stay in a mapped page or a database row.
///
/// Form 1, numbers little-endian: version (1 octet), flags (1), sent date (8), lengths of ENVELOPE, BODYSTRUCTURE and preview (4 each),
/// then the three pieces and nothing more.
package struct SummaryLayout: Hashable, Sendable {
    /// The ENVELOPE (RFC 9051 §7.5.2).
    package let envelope: Range<Int>
    /// The BODYSTRUCTURE (RFC 9051 §7.5.2).
    package let bodyStructure: Range<Int>
    /// The preview, UTF-8.
    package let preview: Range<Int>
    /// When the message says it was sent, in seconds since 1970; nil without a readable Date field.
    package let sentDate: Int64?

    static let version: UInt8 = 1
    static let headCount = 22
    static let hasSentDate: UInt8 = 1

    /// Reads the head of a stored summary; nil for another version or for octets that are cut or damaged.
    package init?(_ octets: Span<UInt8>) {
        guard octets.count >= Self.headCount, octets[0] == Self.version, octets[1] & ~Self.hasSentDate == 0 else { return nil }
        let date = Int64(bitPattern: Self.number(octets, at: 2, count: 8))
        self.sentDate = octets[1] & Self.hasSentDate != 0 ? date : nil
        var at = Self.headCount
        var ranges: (Range<Int>, Range<Int>, Range<Int>) = (0..<0, 0..<0, 0..<0)
        for piece in 0..<3 {
            let count = Int(Self.number(octets, at: 10 + 4 * piece, count: 4))
            guard count <= octets.count - at else { return nil }
            switch piece {
            case 0: ranges.0 = at..<at + count
            case 1: ranges.1 = at..<at + count
            default: ranges.2 = at..<at + count
            }
            at += count
        }
        guard at == octets.count else { return nil }
        (self.envelope, self.bodyStructure, self.preview) = ranges
    }

    init(envelope: Int, bodyStructure: Int, preview: Int, sentDate: Int64?) {
        let first = Self.headCount + envelope
        let second = first + bodyStructure
        self.envelope = Self.headCount..<first
        self.bodyStructure = first..<second
        self.preview = second..<second + preview
        self.sentDate = sentDate
    }

    /// Writes the head over the room that was left for it.
    func write(to octets: inout [UInt8]) {
        octets[0] = Self.version
        octets[1] = self.sentDate == nil ? 0 : Self.hasSentDate
        Self.put(UInt64(bitPattern: self.sentDate ?? 0), count: 8, at: 2, in: &octets)
        Self.put(UInt64(self.envelope.count), count: 4, at: 10, in: &octets)
        Self.put(UInt64(self.bodyStructure.count), count: 4, at: 14, in: &octets)
        Self.put(UInt64(self.preview.count), count: 4, at: 18, in: &octets)
    }

    private static func number(_ octets: Span<UInt8>, at offset: Int, count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(octets[offset + index]) &<< UInt64(8 * index) }
        return value
    }

    private static func put(_ value: UInt64, count: Int, at offset: Int, in octets: inout [UInt8]) {
        for index in 0..<count { octets[offset + index] = UInt8(truncatingIfNeeded: value &>> UInt64(8 * index)) }
    }
}
