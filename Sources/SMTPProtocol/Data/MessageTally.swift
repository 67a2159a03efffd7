// What DATA and BDAT have in common: octets kept up to the limit, and the facts about them.
import MailFormat

/// Keeps and counts the octets of a message as it is decoded.
struct MessageTally: Sendable {
    private let limit: Int64
    private(set) var facts = MessageFacts()
    /// Octets of the line that is not ended yet.
    private var lineOctets = 0

    /// - Parameter limit: octets that are kept; of a larger message none are.
    init(limit: Int64) { self.limit = limit }

    /// Octets of one or more lines: counted, searched for NUL, kept.
    mutating func append(_ octets: Span<UInt8>, in range: Range<Int>, into message: inout [UInt8]) {
        guard !range.isEmpty else { return }
        facts.octets += Int64(range.count)
        if !facts.hasNUL, LineScan.next(0, in: octets, from: range.lowerBound, to: range.upperBound) != nil { facts.hasNUL = true }
        guard facts.octets <= limit else { return exceed(&message) }
        octets.withUnsafeBufferPointer { message.append(contentsOf: $0[range]) }
    }

    /// CR LF.
    mutating func appendLineEnd(isBare: Bool, into message: inout [UInt8]) {
        if isBare { facts.bareLineEnds += 1 }
        endLine()
        facts.octets += 2
        guard facts.octets <= limit else { return exceed(&message) }
        message.append(0x0d)
        message.append(0x0a)
    }

    /// More octets belong to the line that is not ended yet.
    mutating func extendLine(by octets: Int) {
        lineOctets += octets
        if lineOctets > facts.longestLine { facts.longestLine = lineOctets }
    }

    /// The line is ended.
    mutating func endLine() { lineOctets = 0 }

    private mutating func exceed(_ message: inout [UInt8]) {
        guard !facts.isTooLarge else { return }
        facts.isTooLarge = true
        message = []
    }
}
