// The settings of one IMAP listener.
package import IMAPProtocol
package import MailFormat

/// Settings of one listener.
package struct IMAPListenerConfiguration: Sendable {
    /// When TLS begins.
    package enum TLSMode: String, Sendable, CaseIterable {
        case none
        /// RFC 9051 §6.2.1.
        case startTLS
        /// RFC 8314 §3.2.
        case implicit
    }

    /// For logs and metrics.
    package var name: String
    package var address: ListenAddress
    package var tlsMode = TLSMode.startTLS
    /// Takes passwords without TLS: for tests and closed networks only (RFC 9051 §6.2.3, LOGINDISABLED).
    package var allowsClearTextLogin = false
    /// Balancers: their connections must begin with a PROXY header.
    package var balancers: [IPNetwork] = []
    /// Sessions of the listener at a time.
    package var sessions = 20_000
    /// Time to sign in.
    package var loginTimeout = Duration.seconds(180)
    /// Time without a command after which a session ends (RFC 9051 §5.4: at least 30 minutes).
    package var idleTimeout = Duration.seconds(1800)
    /// For a TLS handshake.
    package var handshakeTimeout = Duration.seconds(60)
    /// For a PROXY header.
    package var proxyHeaderTimeout = Duration.seconds(5)
    /// How long the answer to a first wrong password is held back; it doubles with each further one.
    package var failureDelay = Duration.seconds(1)
    /// Octets of one message of APPEND (RFC 7889).
    package var appendLimit: UInt64 = 104_857_600
    /// Capabilities that are not offered, in capitals, because a client breaks on them.
    package var disabledCapabilities: Set<OctetString> = []
    /// Wrong passwords before the connection ends.
    package var toleratedSignIns = 3
    /// Commands not understood before the connection ends.
    package var toleratedMistakes = 20
    /// Octets of pipelined input that are read while a command runs.
    package var pendingInput = 65_536
    /// What ID answers (RFC 2971); no version, which would help nobody but attackers.
    package var identification: [IdentificationParameter] = [IdentificationParameter(field: "name", value: "postmaster")]

    package init(name: String, address: ListenAddress) {
        self.name = name
        self.address = address
    }

    var rules: SessionRules {
        var rules = SessionRules()
        rules.offersTLS = self.tlsMode == .startTLS
        rules.allowsClearTextLogin = self.allowsClearTextLogin
        rules.appendLimit = self.appendLimit
        rules.disabledCapabilities = self.disabledCapabilities
        rules.toleratedSignIns = self.toleratedSignIns
        rules.toleratedMistakes = self.toleratedMistakes
        return rules
    }

    var limits: IMAPLimits {
        var limits = IMAPLimits()
        limits.appendOctets = self.appendLimit
        return limits
    }
}
