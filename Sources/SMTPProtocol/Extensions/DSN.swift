// DSN: the extension as EHLO tells it.

extension ServerExtension {
    /// RET, ENVID, NOTIFY and ORCPT (RFC 3461 §4).
    static let dsn = ServerExtension { _, _ in "DSN" }
}
