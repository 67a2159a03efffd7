// The settings of one SMTP or LMTP listener.
package import MailFormat
package import SMTPProtocol

/// How long an SMTP server waits.
package struct SMTPTimeouts: Sendable {
    /// For a command (RFC 5321 §4.5.3.2.7: at least 5 minutes).
    package var command = Duration.seconds(300)
    /// The same when the listener is nearly full (standards SM-34).
    package var crowdedCommand = Duration.seconds(10)
    /// For the next octets of a message (RFC 5321 §4.5.3.2.5: 3 minutes).
    package var dataBlock = Duration.seconds(180)
    /// For an answer of the policy; then the client hears 4yz. Less than what clients wait (RFC 5321 §4.5.3.2.6, RFC 1047).
    package var answer = Duration.seconds(240)
    /// For a TLS handshake.
    package var handshake = Duration.seconds(60)
    /// For a PROXY header (standards LB-01).
    package var proxyHeader = Duration.seconds(5)
    /// For a whole session.
    package var session = Duration.seconds(7200)
    /// For the client to close after our last reply.
    package var linger = Duration.seconds(2)
    /// How long the greeting is held back, to see who speaks first.
    package var greetingDelay = Duration.zero
    /// How late any of these may be noticed.
    package var precision = Duration.milliseconds(100)

    package init() {}
}

/// How much an SMTP server takes.
package struct SMTPLimits: Sendable {
    /// Sessions of a listener at a time.
    package var sessions = 20_000
    /// Octets of pipelined input that are read while an answer is awaited.
    package var pendingInput = 65_536
    /// Octets a second in DATA and BDAT, averaged over `rateWindow`, from the second window on (standards SM-34).
    package var minimumRate = 500
    package var rateWindow = Duration.seconds(60)
    /// Replies that are being delayed at a time, over the listener; beyond them replies are not delayed (standards SE-27).
    package var delayedReplies = 1000

    package init() {}
}

/// Settings of one listener.
package struct SMTPListenerConfiguration: Sendable {
    /// When TLS begins.
    package enum TLSMode: String, Sendable, CaseIterable {
        case none
        /// RFC 3207.
        case startTLS
        /// RFC 8314 §3.
        case implicit
    }

    /// What is done about clients that speak before the greeting.
    package enum EarlyTalkers: String, Sendable, CaseIterable { case record, refuse }

    /// For logs and metrics.
    package var name: String
    package var address: ListenAddress
    package var tlsMode = TLSMode.none
    /// Balancers: their connections must begin with a PROXY header. Empty: nobody's does.
    package var balancers: [IPNetwork] = []
    package var earlyTalkers = EarlyTalkers.record
    package var timeouts = SMTPTimeouts()
    package var limits = SMTPLimits()
    /// The dialogue's own settings; `offersTLS` follows `tlsMode`.
    package var server: ServerConfiguration

    package init(name: String, address: ListenAddress, server: ServerConfiguration) {
        self.name = name
        self.address = address
        self.server = server
    }
}
