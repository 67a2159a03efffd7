// The octets of BDAT: no dots, no end mark, the same rule for line ends.
import MailFormat

/// Takes the octets of chunks (RFC 3030 §2). The driver counts; a message may be cut into chunks anywhere, between CR and LF too.
package struct ChunkDecoder: Sendable {
    private var heldCR = false
    private var tally: MessageTally
    /// What was found so far, over all chunks of the message.
    package var facts: MessageFacts { tally.facts }

    /// - Parameter limit: octets that are kept; those beyond are counted and dropped.
    package init(limit: Int64) { tally = MessageTally(limit: limit) }

    /// Appends octets of a chunk to `message`.
    package mutating func decode(_ octets: Span<UInt8>, into message: inout [UInt8]) {
        var at = 0
        if heldCR, octets.count > 0 {
            heldCR = false
            let isTrue = octets[0] == 0x0a
            if isTrue { at = 1 }
            tally.appendLineEnd(isBare: !isTrue, into: &message)
        }
        var scan = LineEndScan()
        while at < octets.count { at = run(octets, from: at, &scan, into: &message) }
    }

    /// To be called after the last chunk: a CR that was held back is a bare one.
    package mutating func finish(into message: inout [UInt8]) {
        guard heldCR else { return }
        heldCR = false
        tally.appendLineEnd(isBare: true, into: &message)
    }

    /// Lines in one piece, up to a bare CR or LF, a CR that comes last, or the end of the octets.
    private mutating func run(_ octets: Span<UInt8>, from start: Int, _ scan: inout LineEndScan, into message: inout [UInt8]) -> Int {
        var line = start
        while true {
            let carriageReturn = scan.nextCarriageReturn(in: octets, from: line)
            let lineFeed = scan.nextLineFeed(in: octets, from: line)
            let end = min(carriageReturn, lineFeed)
            tally.extendLine(by: end - line)
            guard lineFeed < octets.count, lineFeed == carriageReturn + 1 else {
                tally.append(octets, in: start..<end, into: &message)
                guard end < octets.count else { return end }
                if end == carriageReturn, end == octets.count - 1 {
                    heldCR = true
                } else {
                    tally.appendLineEnd(isBare: true, into: &message)
                }
                return end + 1
            }
            tally.endLine()
            line = lineFeed + 1
        }
    }
}
