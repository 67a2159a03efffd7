// What was wrong with the structure of a message; nothing here stops the reading of it.

/// Observations about the MIME structure, for the filter, the log and the reader of a message.
package struct MIMEDefects: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// More parts than the bound; the rest is one opaque part.
    package static let tooManyParts = MIMEDefects(rawValue: 1 << 0)
    /// Nested deeper than the bound; what lies deeper is one opaque part.
    package static let tooDeep = MIMEDefects(rawValue: 1 << 1)
    /// A Content-Type that cannot be read; text/plain is assumed (RFC 2045 §5.2).
    package static let malformedContentType = MIMEDefects(rawValue: 1 << 2)
    /// A multipart without a boundary parameter; it is shown as plain text.
    package static let missingBoundary = MIMEDefects(rawValue: 1 << 3)
    /// A boundary longer than RFC 2046 §5.1.1 allows.
    package static let longBoundary = MIMEDefects(rawValue: 1 << 4)
    /// A multipart whose closing delimiter never came.
    package static let missingClose = MIMEDefects(rawValue: 1 << 5)
    /// A multipart in which no part was found.
    package static let noParts = MIMEDefects(rawValue: 1 << 6)
    /// A delimiter of a multipart that was closed before; it is ignored (RFC 2046 §5.1.2).
    package static let delimiterAfterClose = MIMEDefects(rawValue: 1 << 7)
    /// A delimiter line with more on it than blanks.
    package static let delimiterWithTail = MIMEDefects(rawValue: 1 << 8)
    /// Two open multiparts with the same boundary, or one that begins with the other.
    package static let ambiguousBoundary = MIMEDefects(rawValue: 1 << 9)
    /// A multipart or encapsulated message with base64 or quoted-printable, which RFC 2045 §6.4 forbids.
    package static let encodedComposite = MIMEDefects(rawValue: 1 << 10)
    /// A Content-Transfer-Encoding nobody registered.
    package static let unknownEncoding = MIMEDefects(rawValue: 1 << 11)
    /// Content-Type, Content-Transfer-Encoding or Content-Disposition more than once in one header; the first counts.
    package static let repeatedField = MIMEDefects(rawValue: 1 << 12)
    /// A part whose header never came to a blank line.
    package static let unfinishedHeader = MIMEDefects(rawValue: 1 << 13)
}
