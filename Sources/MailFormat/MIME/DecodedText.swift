// The text of a part as people read it: transfer encoding and charset undone.

/// Text of parts as `String`, for search, filter and reader.
package enum DecodedText {
    /// How much of one part is decoded unless more is asked for.
    package static let standardLimit = 1 << 20

    /// The text of a text part (RFC 2046 §4.1), at most `limit` decoded octets of it; nil for a part that is not a text.
    ///
    /// Never fails: what the charset cannot mean becomes U+FFFD, and an unknown charset is read as UTF-8 where possible.
    package static func text(of part: MIMEPart, in octets: Span<UInt8>, limit: Int = standardLimit) -> String? {
        guard part.kind == .leaf, part.contentType.isText else { return nil }
        let decoded = TransferDecoder.decode(octets, in: part.bodyRange, as: part.encoding, limit: limit)
        return self.text(of: decoded.span, charset: part.contentType.charset)
    }

    /// The text of octets in the charset a header names; without one it is guessed.
    static func text(of octets: Span<UInt8>, charset: OctetString?) -> String {
        if let charset { Charset.decode(octets, charset: charset) } else { Charset.guess(octets) }
    }
}

extension MIMETree {
    /// The texts of all text parts in order, each at most `limit` decoded octets.
    package func texts(in octets: Span<UInt8>, limit: Int = DecodedText.standardLimit) -> [String] {
        var texts: [String] = []
        for part in self.parts {
            if let text = DecodedText.text(of: part, in: octets, limit: limit) { texts.append(text) }
        }
        return texts
    }
}
