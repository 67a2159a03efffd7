// What is known of a connection's TLS.

/// TLS of a connection, for trace fields, logs and policy (standards SM-43).
package struct TLSFacts: Hashable, Sendable {
    /// `TLSv1.3`.
    package let version: String
    /// The name the client asked for (SNI), if it did.
    package let serverName: String?

    package init(version: String, serverName: String? = nil) {
        self.version = version
        self.serverName = serverName
    }
}
