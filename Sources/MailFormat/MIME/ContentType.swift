// What a part is made of: Content-Type.

/// A media type with its parameters (RFC 2045 §5).
package struct ContentType: Hashable, Sendable {
    /// The type in lower case: `text`.
    package let type: OctetString
    /// The subtype in lower case: `plain`.
    package let subtype: OctetString
    /// The parameters in order of appearance (RFC 2231 forms resolved).
    package let parameters: ParameterList
    /// Where type and subtype are written in the message; nil for a default.
    package let written: Written?

    /// The places of the two words in the message, for those who want them as they were written.
    package struct Written: Hashable, Sendable {
        package let type: Range<Int>
        package let subtype: Range<Int>
    }

    /// Reads the body of a Content-Type field; nil where it has no type and subtype (RFC 2045 §5.2 then says text/plain).
    package init?(_ octets: Span<UInt8>, in range: Range<Int>, limits: MailLimits = .standard) {
        var scanner = StructuredScanner(octets, in: range)
        scanner.skipCFWS(octets)
        guard let type = scanner.token(octets) else { return nil }
        scanner.skipCFWS(octets)
        guard scanner.take(UInt8(ascii: "/"), octets) else { return nil }
        scanner.skipCFWS(octets)
        guard let subtype = scanner.token(octets) else { return nil }
        self.type = Self.word(octets, type)
        self.subtype = Self.word(octets, subtype)
        self.written = Written(type: type, subtype: subtype)
        self.parameters = ParameterList.parse(octets, in: scanner.offset..<range.upperBound, limits: limits)
    }

    private init(type: OctetString, subtype: OctetString) {
        self.type = type
        self.subtype = subtype
        self.parameters = ParameterList()
        self.written = nil
    }

    /// text/plain, which is meant when nothing is said (RFC 2045 §5.2).
    package static let plainText = ContentType(type: "text", subtype: "plain")
    /// message/rfc822, which is meant in a multipart/digest when nothing is said (RFC 2046 §5.1.5).
    package static let message = ContentType(type: "message", subtype: "rfc822")
    /// application/octet-stream: what is kept shut.
    package static let opaque = ContentType(type: "application", subtype: "octet-stream")

    /// Whether this is `type`/`subtype`, given in lower case.
    package func matches(_ type: StaticString, _ subtype: StaticString) -> Bool {
        self.type.equalsIgnoringASCIICase(type) && self.subtype.equalsIgnoringASCIICase(subtype)
    }

    /// text/*.
    package var isText: Bool { self.type == Self.plainText.type }
    /// text/html.
    package var isHTML: Bool { self.isText && self.subtype == Self.html }
    /// multipart/*.
    package var isMultipart: Bool { self.type == Self.multipart }
    /// message/rfc822 or message/global (RFC 6532 §3.7): a body that is a message.
    package var isMessage: Bool { self.type == Self.message.type && (self.subtype == Self.message.subtype || self.subtype == Self.global) }
    /// multipart/digest, whose parts are messages unless they say otherwise.
    package var isDigest: Bool { self.isMultipart && self.subtype == Self.digest }

    /// The charset parameter, or nil.
    package var charset: OctetString? { self.parameters.value("charset") }

    /// The boundary of a multipart, blanks at its end left out (RFC 2046 §5.1.1); empty where there is none or it is longer than `limit`.
    package func boundary(limit: Int) -> [UInt8] {
        guard var boundary = self.parameters.value("boundary")?.octets else { return [] }
        while let last = boundary.last, ByteSet.foldingWhite.contains(last) { boundary.removeLast() }
        return boundary.count <= limit ? boundary : []
    }

    private static let multipart: OctetString = "multipart"
    private static let html: OctetString = "html"
    private static let digest: OctetString = "digest"
    private static let global: OctetString = "global"

    /// Words that nearly every message has; they share one storage.
    private static let common: [OctetString] = [
        "text", "plain", "html", "multipart", "alternative", "mixed", "related", "application", "octet-stream", "image", "jpeg", "png", "gif",
        "pdf", "message", "rfc822", "delivery-status", "signed", "pgp-signature", "report", "digest", "calendar", "rfc822-headers", "global",
        "zip", "audio", "video",
    ]

    private static func word(_ octets: Span<UInt8>, _ range: Range<Int>) -> OctetString {
        let written = octets.extracting(range)
        for word in self.common where word.count == written.count && ASCII.equalsIgnoringCase(word.octets.span, written) { return word }
        return OctetString(copying: written).asciiLowercased
    }
}
