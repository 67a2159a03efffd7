// The connecting host, as far as decisions look at it.
package import MailFormat

/// Who is at the other end of a session.
package struct ClientFacts: Sendable, Hashable {
    /// The listener's name in the configuration.
    package var listener: String
    package var session: String
    /// Nil for a socket in the file system.
    package var address: IPAddress?
    package var port: UInt16
    /// In the provider's own IP space.
    package var isCustomer: Bool
    /// An own system that hands over mail by LMTP.
    package var isTrusted: Bool
    package var heloName: OctetString
    /// Empty where none is known.
    package var reverseName: String
    /// TLS version; nil in clear.
    package var tls: String?

    package init(
        listener: String, session: String, address: IPAddress?, port: UInt16, isCustomer: Bool, isTrusted: Bool, heloName: OctetString = "",
        reverseName: String = "", tls: String? = nil
    ) {
        self.listener = listener
        self.session = session
        self.address = address
        self.port = port
        self.isCustomer = isCustomer
        self.isTrusted = isTrusted
        self.heloName = heloName
        self.reverseName = reverseName
        self.tls = tls
    }
}
