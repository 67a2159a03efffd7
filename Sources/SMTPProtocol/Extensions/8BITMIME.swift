// 8BITMIME: the extension as EHLO tells it.

extension ServerExtension {
    /// Octets above 127 in bodies (RFC 6152); they are never changed, with BODY or without.
    static let eightBitMIME = ServerExtension { _, _ in "8BITMIME" }
}
