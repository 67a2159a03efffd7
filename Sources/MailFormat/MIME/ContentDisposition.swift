// How a part wants to be shown: Content-Disposition.

/// A disposition with its parameters (RFC 2183).
package struct ContentDisposition: Hashable, Sendable {
    /// The disposition in lower case: `inline`, `attachment`, or another word, which means `attachment` (RFC 2183 §2.8).
    package let type: OctetString
    /// The parameters in order of appearance (RFC 2231 forms resolved).
    package let parameters: ParameterList

    /// Reads the body of a Content-Disposition field; nil where it does not begin with a word.
    package init?(_ octets: Span<UInt8>, in range: Range<Int>, limits: MailLimits = .standard) {
        var scanner = StructuredScanner(octets, in: range)
        scanner.skipCFWS(octets)
        guard let type = scanner.token(octets) else { return nil }
        self.type = OctetString(copying: octets.extracting(type)).asciiLowercased
        self.parameters = ParameterList.parse(octets, in: scanner.offset..<range.upperBound, limits: limits)
    }

    private static let inline: OctetString = "inline"

    /// Anything but `inline` is an attachment (RFC 2183 §2.8).
    package var isAttachment: Bool { self.type != Self.inline }
}

extension MIMEPart {
    /// How the part wants to be shown; nil when it does not say.
    package func disposition(in octets: Span<UInt8>, limits: MailLimits = .standard) -> ContentDisposition? {
        self.header.first(.contentDisposition).flatMap { ContentDisposition(octets, in: $0.bodyRange, limits: limits) }
    }

    /// The file name the sender gave, encodings undone: the disposition's `filename`, else the type's `name`. Not fit for a file system.
    package func fileName(in octets: Span<UInt8>) -> String? {
        self.disposition(in: octets)?.parameters.text("filename") ?? self.contentType.parameters.text("name")
    }
}
