// Command lines out of the stream, with a bound; a line that is too long is thrown away whole.
import MailFormat

/// Finds the next command line in what has arrived (RFC 5321 §2.3.8, §4.5.3.1.4).
package struct CommandFramer: Sendable {
    /// Above the longest line that a verb may have (`Verb.lineLimit`), which the parser checks.
    package static let standardLimit = 2048

    /// What was found.
    package enum Step: Equatable, Sendable {
        /// A line, without its CR LF; `consumed` octets are done with.
        case line(Range<Int>, consumed: Int)
        /// A line that is no command.
        case invalid(CommandProblem, consumed: Int)
        /// No whole line yet; `consumed` octets may be dropped all the same.
        case needMore(consumed: Int)
    }

    private let limit: Int
    private var isDiscarding = false

    /// - Parameter limit: octets of a line, CR LF included.
    package init(limit: Int = standardLimit) { self.limit = limit }

    /// Looks at everything that has arrived and was not consumed.
    package mutating func next(_ octets: Span<UInt8>) -> Step {
        guard let lineFeed = LineScan.nextLineFeed(in: octets, from: 0) else {
            // The answer waits for the end of the line; its octets are not kept.
            guard isDiscarding || octets.count >= limit else { return .needMore(consumed: 0) }
            isDiscarding = true
            return .needMore(consumed: octets.count)
        }
        let consumed = lineFeed + 1
        if isDiscarding || consumed > limit {
            isDiscarding = false
            return .invalid(.lineTooLong, consumed: consumed)
        }
        guard lineFeed > 0, octets[lineFeed - 1] == 0x0d else { return .invalid(.bareLineFeed, consumed: consumed) }
        return .line(0..<(lineFeed - 1), consumed: consumed)
    }
}
