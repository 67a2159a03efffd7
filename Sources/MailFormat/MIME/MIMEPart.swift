// One node of the MIME tree: where its header and body lie in the message and what they are.

/// An entity of a message (RFC 2045 §2.4): the message itself, a part of a multipart, or an encapsulated message.
package struct MIMEPart: Sendable {
    /// What the body of a part is made of.
    package enum Kind: UInt8, Hashable, Sendable {
        /// Content without further parts, or a composite that is kept shut (see `MIMETree.defects`).
        case leaf
        /// A multipart (RFC 2046 §5.1); its children are the parts.
        case multipart
        /// An encapsulated message (RFC 2046 §5.2.1, RFC 6532 §3.7); its one child is that message.
        case message
    }

    /// The header: of a part its MIME fields, of a message all of it.
    package let header: HeaderBlock
    /// The body as it was received, transfer encoding included. The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1).
    package internal(set) var bodyRange: Range<Int>
    /// What the body is, defaults applied: a type that could not be honoured is replaced by the one that was used instead.
    package let contentType: ContentType
    /// How the body is encoded. A multipart is never decoded, whatever its header claims (RFC 2045 §6.4).
    package let encoding: TransferEncoding
    /// Leaf, multipart or encapsulated message.
    package let kind: Kind
    /// The part this one lies in; nil for the message itself.
    package let parent: Int?
    /// How many parts enclose this one.
    package let depth: Int
    /// The parts directly inside, in order of appearance.
    package internal(set) var children: [Int] = []
    /// Line feeds within `bodyRange`, the number body-fld-lines reports (RFC 9051 §7.5.2).
    package internal(set) var lineCount = 0

    /// Header and body together.
    package var range: Range<Int> { self.header.range.lowerBound..<max(self.bodyRange.upperBound, self.header.range.lowerBound) }

    /// The header with the line that ends it, up to the body.
    package var headerRange: Range<Int> { self.header.range.lowerBound..<max(self.bodyRange.lowerBound, self.header.range.lowerBound) }
}
