// PIPELINING: the extension as EHLO tells it.

extension ServerExtension {
    /// Several commands in one piece (RFC 2920); replies come in order. What stands behind DATA before 354 ends the session: `ServerMachine`.
    static let pipelining = ServerExtension { _, _ in "PIPELINING" }
}
