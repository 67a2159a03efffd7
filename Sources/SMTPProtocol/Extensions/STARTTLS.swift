// STARTTLS: the extension as EHLO tells it.

extension ServerExtension {
    /// TLS within the session (RFC 3207); told until it is on.
    static let startTLS = ServerExtension { configuration, isTLS in configuration.offersTLS && !isTLS ? "STARTTLS" : nil }
}
