// Header text as an IMAP string: quoted where every client can read it, else a literal.

/// Writes octets as `string` of RFC 9051 §4.3, in the subset that IMAP4rev1 (RFC 3501 §4.3) and IMAP4rev2 share.
enum IMAPString {
    /// The longest quoted string; longer text is a literal, which clients read by count.
    static let quotedLimit = 1_000

    /// Appends the text of a header field: folds undone (RFC 5322 §2.2.3), blanks at both ends and NUL left out, encoded words kept.
    static func append(text octets: Span<UInt8>, in range: Range<Int>, to output: inout [UInt8]) {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, ByteSet.foldingWhite.contains(octets[start]) { start += 1 }
        while end > start, ByteSet.foldingWhite.contains(octets[end - 1]) { end -= 1 }
        self.append(octets.extracting(start..<end), to: &output)
    }

    /// Appends octets as they are, but for folds and NUL, which are left out.
    static func append(_ octets: Span<UInt8>, to output: inout [UInt8]) {
        octets.withUnsafeBufferPointer { buffer in
            var union: UInt8 = 0
            var isBroken = false
            var isEscaped = false
            for octet in buffer {
                union |= octet
                isBroken = isBroken || octet == 0 || octet == 0x0A || octet == 0x0D
                isEscaped = isEscaped || octet == 0x22 || octet == 0x5C
            }
            if union < 0x80, !isBroken, !isEscaped, buffer.count <= self.quotedLimit {
                output.append(0x22)
                output.append(contentsOf: buffer)
                output.append(0x22)
            } else {
                self.appendCleaned(buffer, isWide: union >= 0x80, to: &output)
            }
        }
    }

    /// Appends a short ASCII word that needs no escape.
    static func append(_ word: StaticString, to output: inout [UInt8]) {
        output.append(0x22)
        word.withUTF8Buffer { output.append(contentsOf: $0) }
        output.append(0x22)
    }

    /// Appends a number in decimal.
    static func append(number: Int, to output: inout [UInt8]) {
        var value = UInt64(max(number, 0))
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var at = 20
        repeat {
            at -= 1
            digits[at] = UInt8(truncatingIfNeeded: value % 10) + 0x30
            value /= 10
        } while value > 0
        while at < 20 {
            output.append(digits[at])
            at += 1
        }
    }

    /// Appends NIL.
    static func appendNIL(to output: inout [UInt8]) {
        self.append(raw: "NIL", to: &output)
    }

    /// Appends syntax.
    static func append(raw text: StaticString, to output: inout [UInt8]) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    @inline(never)
    private static func appendCleaned(_ buffer: UnsafeBufferPointer<UInt8>, isWide: Bool, to output: inout [UInt8]) {
        var count = 0
        var hasReturn = false
        for index in buffer.indices where !self.isDropped(buffer, index) {
            count += 1
            hasReturn = hasReturn || buffer[index] == 0x0D
        }
        output.reserveCapacity(output.count + count + 16)
        if isWide || hasReturn || count > self.quotedLimit {
            output.append(0x7B)
            self.append(number: count, to: &output)
            self.append(raw: "}\r\n", to: &output)
            for index in buffer.indices where !self.isDropped(buffer, index) { output.append(buffer[index]) }
        } else {
            output.append(0x22)
            for index in buffer.indices where !self.isDropped(buffer, index) {
                if buffer[index] == 0x22 || buffer[index] == 0x5C { output.append(0x5C) }
                output.append(buffer[index])
            }
            output.append(0x22)
        }
    }

    /// NUL, LF and the CR before an LF: the first has no form in IMAP4rev1, the others are folds.
    private static func isDropped(_ buffer: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        switch buffer[index] {
        case 0, 0x0A: true
        case 0x0D: index + 1 < buffer.count && buffer[index + 1] == 0x0A
        default: false
        }
    }
}
