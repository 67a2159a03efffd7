// LIMITS: the extension as EHLO tells it.

extension ServerExtension {
    /// What a session and a message may have (RFC 9422), told truthfully.
    static let limits = ServerExtension { configuration, _ in
        "LIMITS RCPTMAX=\(configuration.recipientLimit)" + (configuration.mailLimit.map { " MAILMAX=\($0)" } ?? "")
    }
}
