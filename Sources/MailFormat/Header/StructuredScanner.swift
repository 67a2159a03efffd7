// The lexical layer of structured fields: blanks, comments, tokens and quoted strings, read once for every field that has them.

/// A place in the body of a structured field (RFC 5322 §3.2, RFC 2045 §5.1). Nothing it does can fail or go back; all is linear.
///
/// It keeps no octets: each step is given the same ones that the range it was made with belongs to.
package struct StructuredScanner: Sendable {
    /// The next octet to read.
    package private(set) var offset: Int
    /// Where the field body ends.
    package let end: Int
    private let commentDepth: Int

    /// A scanner at the start of `range`, clamped to what is there.
    package init(_ octets: Span<UInt8>, in range: Range<Int>, commentDepth: Int = MailLimits.standard.commentDepth) {
        let range = range.clamped(to: 0..<octets.count)
        self.offset = range.lowerBound
        self.end = range.upperBound
        self.commentDepth = commentDepth
    }

    /// Whether everything has been read.
    package var isAtEnd: Bool { self.offset >= self.end }

    /// The next octet, or nil at the end.
    package func peek(_ octets: Span<UInt8>) -> UInt8? {
        self.offset < self.end && self.end <= octets.count ? octets[self.offset] : nil
    }

    /// Passes over one octet.
    package mutating func skip() {
        if self.offset < self.end { self.offset += 1 }
    }

    /// Moves forward to `offset`; never back and never beyond the end.
    package mutating func move(to offset: Int) {
        self.offset = min(max(offset, self.offset), self.end)
    }

    /// Takes the octet if it is next.
    package mutating func take(_ octet: UInt8, _ octets: Span<UInt8>) -> Bool {
        guard self.peek(octets) == octet else { return false }
        self.offset += 1
        return true
    }

    /// Passes over blanks and line ends of folds.
    package mutating func skipWhite(_ octets: Span<UInt8>) {
        while let octet = self.peek(octets), ByteSet.foldingWhite.contains(octet) { self.offset += 1 }
    }

    /// Passes over blanks, folds and comments (RFC 5322 §3.2.2 CFWS).
    package mutating func skipCFWS(_ octets: Span<UInt8>) {
        while let octet = self.peek(octets) {
            if ByteSet.foldingWhite.contains(octet) {
                self.offset += 1
            } else if octet == 0x28 {
                _ = self.comment(octets)
            } else {
                return
            }
        }
    }

    /// Takes the longest run of octets of a class, or nil where none is next.
    package mutating func run(of set: ByteSet, _ octets: Span<UInt8>) -> Range<Int>? {
        let start = self.offset
        while let octet = self.peek(octets), set.contains(octet) { self.offset += 1 }
        return self.offset > start ? start..<self.offset : nil
    }

    /// Takes a token (RFC 2045 §5.1), or nil where none is next.
    package mutating func token(_ octets: Span<UInt8>) -> Range<Int>? {
        self.run(of: .token, octets)
    }

    /// Takes a comment whose `(` is next and gives the range between its outer parentheses; one that never closes reaches to the end.
    ///
    /// Parentheses nested deeper than the bound are taken as text of the comment.
    package mutating func comment(_ octets: Span<UInt8>) -> Range<Int>? {
        guard self.take(0x28, octets) else { return nil }
        let start = self.offset
        var depth = 1
        while let octet = self.peek(octets) {
            self.offset += 1
            switch octet {
            case 0x5C:
                self.skip()
            case 0x28:
                if depth < self.commentDepth { depth += 1 }
            case 0x29:
                depth -= 1
                if depth == 0 { return start..<self.offset - 1 }
            default:
                break
            }
        }
        return start..<self.offset
    }

    /// Takes a quoted string whose `"` is next and gives what it means: without quotes, backslashes and line ends of folds
    /// (RFC 5322 §3.2.4). One that never closes reaches to the end. Nil where no quote is next.
    package mutating func quotedString(_ octets: Span<UInt8>) -> [UInt8]? {
        guard self.take(0x22, octets) else { return nil }
        var content: [UInt8] = []
        while let octet = self.peek(octets) {
            self.offset += 1
            switch octet {
            case 0x22:
                return content
            case 0x5C:
                if let quoted = self.peek(octets), quoted != 0x0D, quoted != 0x0A {
                    content.append(quoted)
                    self.offset += 1
                }
            case 0x0D, 0x0A:
                break
            default:
                content.append(octet)
            }
        }
        return content
    }

    /// Takes a quoted string like `quotedString(_:)` and gives the range between its quotes, nothing undone.
    package mutating func quotedRange(_ octets: Span<UInt8>) -> Range<Int>? {
        guard self.take(0x22, octets) else { return nil }
        let start = self.offset
        while let octet = self.peek(octets) {
            self.offset += 1
            if octet == 0x22 { return start..<self.offset - 1 }
            if octet == 0x5C { self.skip() }
        }
        return start..<self.offset
    }

    /// The text of a comment: backslashes and line ends of folds removed, inner parentheses kept.
    package static func commentText(_ octets: Span<UInt8>, in range: Range<Int>) -> OctetString {
        var text: [UInt8] = []
        let range = range.clamped(to: 0..<octets.count)
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            var octet = octets[index]
            if octet == 0x5C, index + 1 < range.upperBound {
                index += 1
                octet = octets[index]
            }
            if octet != 0x0D, octet != 0x0A { text.append(octet) }
            index += 1
        }
        return OctetString(text)
    }
}
