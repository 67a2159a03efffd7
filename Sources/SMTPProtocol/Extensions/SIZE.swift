// SIZE: the extension as EHLO tells it.

extension ServerExtension {
    /// The largest message (RFC 1870): the true limit, also for what MAIL declares.
    static let size = ServerExtension { configuration, _ in "SIZE \(configuration.sizeLimit)" }
}
