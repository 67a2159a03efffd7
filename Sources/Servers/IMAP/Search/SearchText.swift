// Substrings without regard to case, in octets where that is enough and in decoded text where it is not (RFC 9051 §6.4.4).
import MailFormat

/// A string that SEARCH looks for.
struct SearchText {
    /// UTF-8 in lower case.
    private let needle: [UInt8]

    /// Nil where the octets are not text in the charset.
    init?(_ octets: OctetString, charset: OctetString) {
        if octets.isASCII {
            self.needle = octets.asciiLowercased.octets
        } else {
            let text = Charset.decode(octets.octets.span, charset: charset)
            guard !text.unicodeScalars.contains("\u{FFFD}") else { return nil }
            self.needle = Array(text.lowercased().utf8)
        }
    }

    /// Whether strings in this charset can be looked for.
    static func isKnown(_ charset: OctetString) -> Bool { Charset.isKnown(charset) }

    var isEmpty: Bool { self.needle.isEmpty }

    private var isASCII: Bool { self.needle.allSatisfy { $0 < 0x80 } }

    /// Whether octets hold the string when A–Z equals a–z.
    func isIn(_ octets: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let count = self.needle.count
        guard count > 0 else { return true }
        let end = min(range.upperBound, octets.count) - count
        var start = max(range.lowerBound, 0)
        guard start <= end else { return false }
        let first = self.needle[0]
        while start <= end {
            if ASCII.lowercased(octets[start]) == first {
                var offset = 1
                while offset < count, ASCII.lowercased(octets[start + offset]) == self.needle[offset] { offset += 1 }
                if offset == count { return true }
            }
            start += 1
        }
        return false
    }

    /// Whether text holds the string.
    func isIn(text: String) -> Bool {
        let folded = Array(text.lowercased().utf8)
        return self.isIn(folded.span, 0..<folded.count)
    }

    /// Whether a header field's text holds the string, encoded words decoded and folds undone.
    func isIn(header octets: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if self.isASCII, self.isIn(octets, range) { return true }
        guard !self.isASCII || Self.needsDecoding(octets, range) else { return false }
        return self.isIn(text: EncodedWord.decode(octets, in: range))
    }

    /// Whether the octets are not what people read: encoded words, or a fold.
    private static func needsDecoding(_ octets: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let end = min(range.upperBound, octets.count)
        var index = max(range.lowerBound, 0)
        while index < end {
            if octets[index] == UInt8(ascii: "="), index + 1 < end, octets[index + 1] == UInt8(ascii: "?") { return true }
            if octets[index] == 0x0A { return true }
            index += 1
        }
        return false
    }
}
