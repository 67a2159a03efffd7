// The boundaries of the multiparts that are open, and the test whether a line is a delimiter of one of them.

/// Boundaries from the outermost to the innermost open multipart (RFC 2046 §5.1.1). At most `MailLimits.depth` of them.
struct DelimiterStack {
    /// One open multipart.
    struct Entry {
        /// The boundary without the leading hyphens.
        let boundary: [UInt8]
        /// The part it delimits.
        let part: Int
        /// True after its closing delimiter; what follows is epilogue.
        var isClosed = false
    }

    /// A delimiter line that was found.
    struct Match {
        /// The place of its multipart in the stack.
        let entry: Int
        /// True for `--boundary--`.
        let closes: Bool
        /// True where something other than blanks follows the boundary.
        let hasTail: Bool
        /// The first octet of the next line.
        let nextLine: Int
    }

    private(set) var entries: [Entry] = []

    var isEmpty: Bool { self.entries.isEmpty }
    var count: Int { self.entries.count }

    /// Opens a multipart.
    ///
    /// - Returns: true where the boundary cannot be told from an open one by its beginning.
    mutating func push(_ boundary: [UInt8], part: Int) -> Bool {
        let ambiguous = self.entries.contains { $0.boundary.starts(with: boundary) || boundary.starts(with: $0.boundary) }
        self.entries.append(Entry(boundary: boundary, part: part))
        return ambiguous
    }

    /// Notes that the multipart was closed; its boundary is only recognised to be ignored.
    mutating func close(_ entry: Int) { self.entries[entry].isClosed = true }

    /// Forgets the innermost multipart.
    mutating func pop() { self.entries.removeLast() }

    /// Whether the line at `line` is worth a closer look: everything else is content after two comparisons.
    @inline(__always)
    static func mayBegin(_ octets: Span<UInt8>, at line: Int, end: Int) -> Bool {
        line &+ 2 < end && octets[line] == UInt8(ascii: "-") && octets[line &+ 1] == UInt8(ascii: "-")
    }

    /// The delimiter that the line at `line` is, or nil.
    ///
    /// The boundary needs only to begin the line after the hyphens (RFC 2046 §5.1.1), so an exact match wins over a longer boundary,
    /// a longer over a shorter, and of equals the innermost.
    func match(_ octets: Span<UInt8>, line: Int, end: Int) -> Match? {
        guard !self.entries.isEmpty, Self.mayBegin(octets, at: line, end: end) else { return nil }
        let lineFeed = LineScan.nextLineFeed(in: octets, from: line, to: end)
        let nextLine = lineFeed.map { $0 + 1 } ?? end
        var contentEnd = lineFeed ?? end
        while contentEnd > line + 2, ByteSet.foldingWhite.contains(octets[contentEnd - 1]) { contentEnd -= 1 }
        let content = octets.extracting(line + 2..<contentEnd)
        var best: Match?
        var bestLength = -1
        var index = self.entries.count - 1
        while index >= 0 {
            let boundary = self.entries[index].boundary
            if boundary.count <= content.count, boundary.count > bestLength, Self.begins(content, with: boundary) {
                let rest = content.count - boundary.count
                let dashes = rest >= 2 && content[boundary.count] == UInt8(ascii: "-") && content[boundary.count + 1] == UInt8(ascii: "-")
                let exact = rest == 0 || (rest == 2 && dashes)
                best = Match(entry: index, closes: dashes, hasTail: !exact, nextLine: nextLine)
                bestLength = boundary.count
                if exact { break }
            }
            index -= 1
        }
        return best
    }

    private static func begins(_ content: Span<UInt8>, with boundary: [UInt8]) -> Bool {
        // From the end: boundaries of one program differ there.
        var index = boundary.count - 1
        while index >= 0 {
            if content[index] != boundary[index] { return false }
            index -= 1
        }
        return true
    }
}
