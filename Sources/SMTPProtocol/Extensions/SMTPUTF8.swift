// SMTPUTF8: the extension as EHLO tells it.

extension ServerExtension {
    /// UTF-8 in addresses and headers (RFC 6531).
    static let smtpUTF8 = ServerExtension { _, _ in "SMTPUTF8" }
}
