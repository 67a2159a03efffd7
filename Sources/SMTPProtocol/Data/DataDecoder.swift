// The octets after 354, up to the one true end; the one place where line ends of a message are judged.
import MailFormat

/// Undoes dot-stuffing and finds CR LF . CR LF, the only end of data (RFC 5321 §4.1.1.4, §4.5.2).
///
/// A bare LF or bare CR becomes CR LF and is counted; neither ever ends a line in the sense of the end mark (CVE-2023-51764 and its kind): the mark's
/// both line ends must be true ones, and only after a true one is a dot undone. Runs of ordinary lines are copied in one piece.
package struct DataDecoder: Sendable {
    /// What came last, as far as the next octet's meaning depends on it.
    private enum State {
        /// After a true CR LF, or at the very beginning.
        case lineStart
        /// After a dot at the start of a line.
        case dot
        /// After a dot at the start of a line, and CR.
        case dotCR
        /// Inside a line.
        case line
        /// After a CR inside a line.
        case cr
    }

    private var state = State.lineStart
    private var tally: MessageTally
    /// What was found so far.
    package var facts: MessageFacts { tally.facts }

    /// - Parameter limit: octets that are kept; those beyond are counted and dropped.
    package init(limit: Int64) { tally = MessageTally(limit: limit) }

    /// Consumes octets and appends the message to `message`; what stands after the end is left alone.
    package mutating func decode(_ octets: Span<UInt8>, into message: inout [UInt8]) -> (consumed: Int, ended: Bool) {
        var scan = LineEndScan()
        var at = 0
        while at < octets.count {
            let octet = octets[at]
            switch state {
            case .lineStart:
                if octet == 0x2e {
                    state = .dot
                    at += 1
                } else {
                    state = .line
                }
            case .dot:
                // RFC 5321 §4.5.2: a dot that is not alone on its line was put there by the client.
                if octet == 0x0d {
                    state = .dotCR
                    at += 1
                } else {
                    state = .line
                }
            case .dotCR:
                if octet == 0x0a { return (at + 1, true) }
                // "." CR without LF: the dot was stuffing, the CR is a bare one.
                tally.appendLineEnd(isBare: true, into: &message)
                state = .line
            case .cr:
                if octet == 0x0a {
                    tally.appendLineEnd(isBare: false, into: &message)
                    state = .lineStart
                    at += 1
                } else {
                    tally.appendLineEnd(isBare: true, into: &message)
                    state = .line
                }
            case .line:
                at = run(octets, from: at, &scan, into: &message)
            }
        }
        return (at, false)
    }

    /// The rest of a line and the lines after it, in one piece: up to a true line end with a dot behind it or nothing, to a bare CR or LF (as a
    /// line end, or still to be seen), or to the end of the octets.
    private mutating func run(_ octets: Span<UInt8>, from start: Int, _ scan: inout LineEndScan, into message: inout [UInt8]) -> Int {
        var line = start
        while true {
            let carriageReturn = scan.nextCarriageReturn(in: octets, from: line)
            let lineFeed = scan.nextLineFeed(in: octets, from: line)
            let end = min(carriageReturn, lineFeed)
            tally.extendLine(by: end - line)
            guard end < octets.count else {
                tally.append(octets, in: start..<end, into: &message)
                return end
            }
            guard carriageReturn < lineFeed else {
                // LF without CR.
                tally.append(octets, in: start..<end, into: &message)
                tally.appendLineEnd(isBare: true, into: &message)
                return lineFeed + 1
            }
            guard lineFeed < octets.count, lineFeed == carriageReturn + 1 else {
                // CR without LF, as far as can be seen.
                tally.append(octets, in: start..<end, into: &message)
                state = .cr
                return carriageReturn + 1
            }
            tally.endLine()
            line = lineFeed + 1
            guard line < octets.count, octets[line] != 0x2e else {
                tally.append(octets, in: start..<line, into: &message)
                state = .lineStart
                return line
            }
        }
    }
}
