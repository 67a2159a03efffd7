// The metrics that the mail path writes, by name: one list, so that the manual can show it and no two rooms spell a name differently.

/// What the servers and stores count. Labels are closed sets of our own words: never addresses, domains or anything a peer chooses.
package struct MailMeasurements: Sendable {
    package let registry: MeasurementRegistry

    package let smtpConnections: Family<Counter>
    package let smtpSessions: Family<Gauge>
    package let smtpCommands: Family<Counter>
    package let smtpMessages: Family<Counter>
    package let smtpMessageOctets: Family<Histogram>
    package let smtpAcceptSeconds: Family<Histogram>
    package let smtpRejects: Family<Counter>
    package let tlsHandshakes: Family<Counter>
    package let authAttempts: Family<Counter>
    package let imapSessions: Family<Gauge>
    package let imapCommands: Family<Counter>
    package let imapCommandSeconds: Family<Histogram>
    package let deliveryAttempts: Family<Counter>
    package let quotaExceeded: Family<Counter>
    package let storeErrors: Family<Counter>
    package let storeCommitSeconds: Family<Histogram>
    package let configurationReloads: Family<Counter>

    package init(registry: MeasurementRegistry = MeasurementRegistry()) {
        self.registry = registry
        self.smtpConnections = registry.counter(
            "mail_smtp_connections_total", "Connections by listener and result (accepted, refused).", labels: ["listener", "result"])
        self.smtpSessions = registry.gauge("mail_smtp_sessions_active", "Open SMTP and LMTP sessions.", labels: ["listener"])
        self.smtpCommands = registry.counter("mail_smtp_commands_total", "Commands by verb and class of the reply.", labels: ["verb", "class"])
        self.smtpMessages = registry.counter("mail_smtp_messages_received_total", "Messages at their final reply.", labels: ["listener", "verdict"])
        self.smtpMessageOctets = registry.histogram(
            "mail_smtp_message_bytes", "Octets of accepted messages.", labels: ["listener"], bounds: Histogram.octetBounds)
        self.smtpAcceptSeconds = registry.histogram("mail_smtp_accept_seconds", "Time from the end of a message to its reply.", labels: ["listener"])
        self.smtpRejects = registry.counter("mail_smtp_rejects_total", "Refusals by stage and reason.", labels: ["stage", "reason"])
        self.tlsHandshakes = registry.counter(
            "mail_tls_handshakes_total", "TLS handshakes by side, version and result.", labels: ["side", "version", "result"])
        self.authAttempts = registry.counter(
            "mail_auth_attempts_total", "Sign-ins by protocol, mechanism and result.", labels: ["protocol", "mechanism", "result"])
        self.imapSessions = registry.gauge("mail_imap_sessions_active", "Open IMAP sessions.", labels: ["listener"])
        self.imapCommands = registry.counter("mail_imap_commands_total", "IMAP commands by name and result.", labels: ["command", "result"])
        self.imapCommandSeconds = registry.histogram("mail_imap_command_seconds", "Time of IMAP commands.", labels: ["command"])
        self.deliveryAttempts = registry.counter("mail_delivery_attempts_total", "Deliveries by result and class.", labels: ["result", "class"])
        self.quotaExceeded = registry.counter("mail_quota_exceeded_total", "Messages that did not fit an account's quota.")
        self.storeErrors = registry.counter("mail_store_errors_total", "Failures of the store by kind.", labels: ["kind"])
        self.storeCommitSeconds = registry.histogram("mail_store_commit_seconds", "Time until a message was durable.")
        self.configurationReloads = registry.counter("mail_config_reload_total", "Reloads of the configuration by result.", labels: ["result"])
    }
}
