// The listeners: where each server waits, and the limits of its sessions.
package import MailFormat

/// Whether and how a listener speaks TLS.
package enum TLSMode: String, Sendable, CaseIterable {
    case none
    /// In clear first, upgraded by a command (RFC 3207, RFC 9051 §6.2.1).
    case startTLS = "starttls"
    /// From the first octet (RFC 8314).
    case implicit
}

/// What is done about a CR or LF that stands alone in a message.
package enum BareLineEnd: String, Sendable, CaseIterable {
    /// It becomes CR LF, as part of the message; it never ends one.
    case normalize
    /// The message is refused after its true end.
    case reject
}

/// SMTP from other servers (port 25).
package struct EdgeConfiguration: Sendable {
    package var listen: [ListenPoint] = [.ip(.v4(0), port: 25)]
    package var tls = TLSMode.startTLS
    /// Balancers that speak the PROXY protocol; from others it is not understood.
    package var balancers: [IPNetwork] = []
    package var bareLineEnd = BareLineEnd.normalize
    package var sessions = 10_000
    package var recipients = 100
    package var messageSize = ByteCount(10_485_760)
    package var commandTimeout: Duration = .seconds(300)
    package var dataTimeout: Duration = .seconds(180)
    package var finalTimeout: Duration = .seconds(600)
    /// Octets a second that a message must at least come with.
    package var minimumRate = ByteCount(64)
    package var earlyTalkDelay: Duration = .zero

    package init() {}
}

extension EdgeConfiguration {
    static let section = Section<EdgeConfiguration>(
        "edge", "SMTP from other mail servers.",
        [
            Setting(
                "listen", \.listen, .list(of: .listenPoint, maximum: 64), "Where to listen; [] for not at all. \"[::]:25\" takes IPv4 clients too."),
            Setting("tls", \.tls, .word(), "Whether STARTTLS is offered (RFC 3207).") {
                $0 == .implicit ? "\"none\" or \"starttls\": mail between servers has no implicit TLS" : nil
            },
            Setting(
                "balancers", \.balancers, .list(of: .network),
                "Load balancers in front of this listener; connections from them must begin with a PROXY header, version 1 or 2, and others' must not."
            ),
            Setting(
                "bare-line-end", \.bareLineEnd, .word(),
                "What happens to a CR or LF that stands alone in a message: made CR LF, or the message refused with 550 5.6.0. In neither case does it end a message."
            ),
            Setting("sessions", \.sessions, .number(1...1_000_000), "Sessions open at a time; beyond them 421."),
            Setting(
                "recipients", \.recipients, .number(100...100_000),
                "Recipients of one message (RFC 5321 §4.5.3.1.8: at least 100); beyond them 452 4.5.3."),
            Setting(
                "message-size", \.messageSize, .size(ByteCount(65_536)...ByteCount(1 << 30)),
                "Octets of one message, advertised as SIZE (RFC 1870); beyond them 552 5.3.4."),
            Setting(
                "command-timeout", \.commandTimeout, .duration(.seconds(1)...(.seconds(3600))),
                "Wait for a command (RFC 5321 §4.5.3.2.7: at least 5 minutes)."),
            Setting(
                "data-timeout", \.dataTimeout, .duration(.seconds(1)...(.seconds(3600))),
                "Wait for the next part of a message (RFC 5321 §4.5.3.2.5: 3 minutes)."),
            Setting(
                "final-timeout", \.finalTimeout, .duration(.seconds(1)...(.seconds(3600))),
                "Longest time from the end of a message to its reply (RFC 5321 §4.5.3.2.6: 10 minutes)."),
            Setting(
                "minimum-rate", \.minimumRate, .size(ByteCount(0)...ByteCount(1 << 20)),
                "Octets a second that a message must come with on average once a minute is over; 0 switches this off."),
            Setting(
                "early-talk-delay", \.earlyTalkDelay, .duration(.zero...(.seconds(30))),
                "Wait before the greeting, to notice clients that do not wait for it; they are recorded."),
        ])
}

/// Mail handed in by other transfer agents on this machine or network (LMTP, RFC 2033).
package struct LMTPConfiguration: Sendable {
    package var listen: [ListenPoint] = []
    package var sessions = 200
    package var recipients = 1000
    package var messageSize = ByteCount(104_857_600)
    package var commandTimeout: Duration = .seconds(300)
    package var dataTimeout: Duration = .seconds(180)

    package init() {}
}

extension LMTPConfiguration {
    static let section = Section<LMTPConfiguration>(
        "lmtp",
        "Mail handed in by other transfer agents over LMTP (RFC 2033). Whoever reaches it is trusted: use a Unix socket or a loopback address.",
        [
            Setting(
                "listen", \.listen, .list(of: .listenPoint, maximum: 64),
                "Where to listen; [] for not at all. Example: [\"unix:lmtp.sock\"] in the data folder."),
            Setting("sessions", \.sessions, .number(1...1_000_000), "Sessions open at a time."),
            Setting("recipients", \.recipients, .number(100...100_000), "Recipients of one message."),
            Setting("message-size", \.messageSize, .size(ByteCount(65_536)...ByteCount(1 << 30)), "Octets of one message."),
            Setting("command-timeout", \.commandTimeout, .duration(.seconds(1)...(.seconds(3600))), "Wait for a command."),
            Setting("data-timeout", \.dataTimeout, .duration(.seconds(1)...(.seconds(3600))), "Wait for the next part of a message."),
        ])
}

/// One kind of IMAP listener: with STARTTLS (143) or TLS from the first octet (993).
package struct IMAPConfiguration: Sendable {
    package var listen: [ListenPoint]
    package var tls: TLSMode
    package var allowCleartextLogin = false
    package var balancers: [IPNetwork] = []
    package var sessions = 20_000
    package var sessionsPerAccount = 50
    package var loginTimeout: Duration = .seconds(180)
    package var idleTimeout: Duration = .seconds(1800)
    package var appendSize = ByteCount(104_857_600)

    package init(listen: [ListenPoint], tls: TLSMode) {
        self.listen = listen
        self.tls = tls
    }

    package static let startTLS = IMAPConfiguration(listen: [.ip(.v4(0), port: 143)], tls: .startTLS)
    package static let implicitTLS = IMAPConfiguration(listen: [.ip(.v4(0), port: 993)], tls: .implicit)
}

extension IMAPConfiguration {
    static let section = Section<IMAPConfiguration>(
        "imap", "IMAP in clear, upgraded by STARTTLS.",
        common + [
            Setting("tls", \.tls, .word(), "Whether STARTTLS is offered.") {
                $0 == .implicit ? "\"none\" or \"starttls\"; implicit TLS is section [imaps]" : nil
            },
            Setting(
                "allow-cleartext-login", \.allowCleartextLogin, .truth, "Lets clients send passwords without TLS. For tests and closed networks only."
            ),
        ])

    static let implicitSection = Section<IMAPConfiguration>("imaps", "IMAP inside TLS from the first octet (RFC 8314).", common)

    private static let common: [Setting<IMAPConfiguration>] = [
        Setting("listen", \.listen, .list(of: .listenPoint, maximum: 64), "Where to listen; [] for not at all."),
        Setting("balancers", \.balancers, .list(of: .network), "Load balancers in front of this listener, which send a PROXY header."),
        Setting("sessions", \.sessions, .number(1...1_000_000), "Sessions open at a time."),
        Setting("sessions-per-account", \.sessionsPerAccount, .number(1...10_000), "Sessions of one account at a time."),
        Setting("login-timeout", \.loginTimeout, .duration(.seconds(1)...(.seconds(3600))), "Time to sign in."),
        Setting(
            "idle-timeout", \.idleTimeout, .duration(.seconds(60)...(.seconds(86_400))),
            "Time without a command after which a session ends (RFC 9051 §5.4: at least 30 minutes)."),
        Setting(
            "append-size", \.appendSize, .size(ByteCount(65_536)...ByteCount(1 << 30)),
            "Octets of one message that a client stores (APPENDLIMIT, RFC 7889)."),
    ]
}

/// The web server: start page, health, metrics.
package struct WebConfiguration: Sendable {
    package var listen: [ListenPoint] = [.ip(.v4(0x7f00_0001), port: 8080)]
    package var metricsNetworks: [IPNetwork] = ["127.0.0.0/8", "::1"].compactMap { IPNetwork($0) }

    package init() {}
}

extension WebConfiguration {
    static let section = Section<WebConfiguration>(
        "web", "The web server: start page, health and metrics.",
        [
            Setting("listen", \.listen, .list(of: .listenPoint, maximum: 64), "Where to listen; [] for not at all."),
            Setting("metrics-networks", \.metricsNetworks, .list(of: .network), "Networks whose clients may read /metrics; others get 403."),
        ])
}
