// What one message may cost us: every count that a stranger can drive up has its bound here.

/// Bounds on the structure of a message. Beyond a bound the rest is kept as opaque octets and the message is flagged; cost stays linear.
package struct MailLimits: Hashable, Sendable {
    /// Octets of one header that are looked at for fields; the rest of the header is opaque.
    package var headerOctets: Int
    /// Octets of one field before it is flagged.
    package var fieldOctets: Int
    /// Fields of one header that are recorded.
    package var headerFields: Int
    /// MIME parts of a message, the message itself included (RFC 2046 sets no bound).
    package var parts: Int
    /// Nesting of multiparts and encapsulated messages.
    package var depth: Int
    /// Octets of a boundary that is honoured; RFC 2046 §5.1.1 says 70, some software writes more.
    package var boundaryOctets: Int
    /// Mailboxes and groups read from one address field.
    package var addresses: Int
    /// Encoded words decoded in one field (RFC 2047).
    package var encodedWords: Int
    /// Parameters of one Content-Type or Content-Disposition.
    package var parameters: Int
    /// RFC 2231 segments of one field, all parameters together.
    package var parameterSegments: Int
    /// Nesting of comments (RFC 5322 §3.2.2) that is followed.
    package var commentDepth: Int
    /// Message ids read from one References or In-Reply-To.
    package var messageIDs: Int

    /// The bounds used unless a listener says otherwise.
    package init(
        headerOctets: Int = 256 * 1024, fieldOctets: Int = 100 * 1024, headerFields: Int = 2_000,
        parts: Int = 1_000, depth: Int = 30, boundaryOctets: Int = 200,
        addresses: Int = 10_000, encodedWords: Int = 1_000, parameters: Int = 16, parameterSegments: Int = 100,
        commentDepth: Int = 32, messageIDs: Int = 10_000
    ) {
        self.headerOctets = headerOctets
        self.fieldOctets = fieldOctets
        self.headerFields = headerFields
        self.parts = parts
        self.depth = depth
        self.boundaryOctets = boundaryOctets
        self.addresses = addresses
        self.encodedWords = encodedWords
        self.parameters = parameters
        self.parameterSegments = parameterSegments
        self.commentDepth = commentDepth
        self.messageIDs = messageIDs
    }

    /// The bounds used unless a listener says otherwise.
    package static let standard = MailLimits()
}
