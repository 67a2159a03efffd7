// Encoded words: how header fields carry text that is not ASCII (RFC 2047), read as leniently as senders write them.

/// RFC 2047 decoding and encoding.
package enum EncodedWord {
    /// The text of a field body for people: unfolded (a fold and the blanks about it become one space), encoded words decoded, ends trimmed.
    ///
    /// Octets that are not ASCII and not encoded are read as UTF-8 where they are UTF-8, else as Latin-1. Words beyond the bound stay as they are.
    package static func decode(_ octets: Span<UInt8>, in range: Range<Int>, limits: MailLimits = .standard) -> String {
        var decoder = EncodedWordDecoder(limit: limits.encodedWords)
        decoder.run(octets, HeaderText.trimmed(octets, range))
        return decoder.text
    }

    /// The text of a phrase or other piece of a field body that is a value of its own; blanks at its ends are kept.
    package static func decode(_ octets: OctetString, limits: MailLimits = .standard) -> String {
        let span = octets.octets.span
        guard !octets.isASCII || LineScan.next(0x3D, in: span, from: 0, to: span.count) != nil || LineScan.next(0x0A, in: span, from: 0, to: span.count) != nil
        else { return octets.text }
        var decoder = EncodedWordDecoder(limit: limits.encodedWords)
        decoder.run(span, 0..<span.count)
        return decoder.text
    }

    /// An encoded word that begins at an octet.
    struct Word {
        /// The name of the charset, a language suffix included.
        let charset: Range<Int>
        /// True for B (base64), false for Q.
        let isBase64: Bool
        /// What stands between the third and the fourth question mark.
        let text: Range<Int>
        /// The octet after the closing `?=`.
        let end: Int
    }

    /// The encoded word `=?charset?B|Q?text?=` that begins at `start`; `allowsBlanks` tolerates blanks and folds in the text.
    ///
    /// A search that fails has passed over no beginning of another word, so that looking at every `=?` is linear.
    static func match(_ octets: Span<UInt8>, at start: Int, end: Int, allowsBlanks: Bool) -> Word? {
        guard start >= 0, start + 8 <= end, end <= octets.count, octets[start] == 0x3D, octets[start + 1] == 0x3F else { return nil }
        var index = start + 2
        while index < end, ByteSet.token.contains(octets[index]) && octets[index] != 0x3F { index += 1 }
        let charset = start + 2..<index
        guard !charset.isEmpty, index + 2 < end, octets[index] == 0x3F, octets[index + 2] == 0x3F else { return nil }
        let letter = octets[index + 1] | 0x20
        guard letter == 0x62 || letter == 0x71 else { return nil }
        index += 3
        let text = index
        while index < end {
            let octet = octets[index]
            if octet == 0x3F {
                if index + 1 < end, octets[index + 1] == 0x3D {
                    return Word(charset: charset, isBase64: letter == 0x62, text: text..<index, end: index + 2)
                }
                // `=?` begins another word: this one was never closed.
                if index > text, octets[index - 1] == 0x3D { return nil }
            } else if !allowsBlanks, ByteSet.foldingWhite.contains(octet) {
                return nil
            }
            index += 1
        }
        return nil
    }

    /// The octets an encoded word stands for, in its charset.
    static func payload(_ word: Word, _ octets: Span<UInt8>) -> [UInt8] {
        if word.isBase64 { return Base64.decodeLenient(octets, in: word.text) }
        var payload: [UInt8] = []
        payload.reserveCapacity(word.text.count)
        var index = word.text.lowerBound
        let end = word.text.upperBound
        while index < end {
            let octet = octets[index]
            index += 1
            switch octet {
            case 0x5F:
                payload.append(0x20)
            case 0x3D:
                if index + 1 < end, let high = ASCII.hexValue(octets[index]), let low = ASCII.hexValue(octets[index + 1]) {
                    payload.append(high << 4 | low)
                    index += 2
                } else {
                    payload.append(octet)
                }
            case 0x0A, 0x0D:
                // A fold inside a word: the line end and the blanks after it are the sender's mistake, not text.
                while index < end, ByteSet.foldingWhite.contains(octets[index]) { index += 1 }
            default:
                payload.append(octet)
            }
        }
        return payload
    }

    /// RFC 2047 §2: octets of one encoded word.
    package static let maximumOctets = 75

    /// The text as encoded words in UTF-8 and B (RFC 2047 §4.1), separated by folds, each at most 75 octets; ASCII that needs no encoding stays.
    package static func encode(_ text: String) -> OctetString {
        let octets = Array(text.utf8)
        let isPlain = octets.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && LineScan.next(0x3D, in: octets.span, from: 0, to: octets.count) == nil
        if isPlain { return OctetString(octets) }
        // "=?utf-8?B?" and "?=" take 12 octets; 63 are left, 60 in whole groups, which hold 45 octets of text.
        let room = 45
        var output: [UInt8] = []
        var start = 0
        while start < octets.count {
            var end = min(start + room, octets.count)
            // A character is never split between two words (RFC 2047 §5).
            while end < octets.count, end > start + 1, octets[end] & 0xC0 == 0x80 { end -= 1 }
            if start > 0 { output.append(contentsOf: "\r\n ".utf8) }
            output.append(contentsOf: "=?utf-8?B?".utf8)
            output.append(contentsOf: Base64.encode(octets.span.extracting(start..<end)))
            output.append(contentsOf: "?=".utf8)
            start = end
        }
        return OctetString(output)
    }
}

/// One pass over a field body: literal text and encoded words alternate.
private struct EncodedWordDecoder {
    var text = ""
    private let limit: Int
    private var words = 0
    private var literal: [UInt8] = []
    private var pending: (charset: OctetString, octets: [UInt8])?

    init(limit: Int) { self.limit = limit }

    mutating func run(_ octets: Span<UInt8>, _ range: Range<Int>) {
        var index = range.lowerBound
        var gapStart = index
        // Blanks are held back: between two encoded words they mean nothing (RFC 2047 §6.2).
        while index < range.upperBound {
            let octet = octets[index]
            if ByteSet.foldingWhite.contains(octet) {
                index += 1
                continue
            }
            if octet == 0x3D, self.words < self.limit, let word = EncodedWord.match(octets, at: index, end: range.upperBound, allowsBlanks: true) {
                self.words += 1
                if self.pending == nil { self.appendGap(octets, gapStart..<index) }
                self.append(word, octets)
                index = word.end
            } else {
                self.flushPending()
                self.appendGap(octets, gapStart..<index)
                self.literal.append(octet)
                index += 1
            }
            gapStart = index
        }
        self.flushPending()
        self.appendGap(octets, gapStart..<range.upperBound)
        self.flushLiteral()
    }

    /// Blanks as they are, or one space when a line ends among them.
    private mutating func appendGap(_ octets: Span<UInt8>, _ range: Range<Int>) {
        if range.isEmpty { return }
        if LineScan.nextLineFeed(in: octets, from: range.lowerBound, to: range.upperBound) != nil {
            self.literal.append(0x20)
            return
        }
        for index in range { self.literal.append(octets[index] == 0x0D ? 0x20 : octets[index]) }
    }

    private mutating func append(_ word: EncodedWord.Word, _ octets: Span<UInt8>) {
        self.flushLiteral()
        let charset = OctetString(copying: octets, in: word.charset).asciiLowercased
        let payload = EncodedWord.payload(word, octets)
        // Some senders cut a character between two words; octets of one charset are therefore decoded together.
        if self.pending?.charset == charset {
            self.pending?.octets.append(contentsOf: payload)
        } else {
            self.flushPending()
            self.pending = (charset, payload)
        }
    }

    private mutating func flushPending() {
        guard let (charset, octets) = self.pending else { return }
        self.pending = nil
        let decoded = Charset.decode(octets.span, charset: charset)
        if decoded.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) {
            // No line end, NUL or other control character comes out of an encoded word.
            for scalar in decoded.unicodeScalars { self.text.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar) }
        } else {
            self.text.append(decoded)
        }
    }

    private mutating func flushLiteral() {
        guard !self.literal.isEmpty else { return }
        self.text.append(Charset.guess(self.literal.span))
        self.literal.removeAll(keepingCapacity: true)
    }
}
