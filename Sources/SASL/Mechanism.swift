// The mechanisms a server offers, by name: the one list from which capabilities and exchanges are made.

/// A mechanism's name (RFC 4422 §3.1) among those this program speaks.
package enum MechanismName: String, CaseIterable, Hashable, Sendable {
    case plain = "PLAIN"
    case login = "LOGIN"

    /// Finds a mechanism by the name a client sent, in any case.
    package init?(octets: some Collection<UInt8>) {
        let name = String(decoding: octets.map { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 }, as: UTF8.self)
        self.init(rawValue: name)
    }
}

/// One exchange of any mechanism.
package enum Mechanism: Hashable, Sendable {
    case plain(PlainMechanism)
    case login(LoginMechanism)

    /// A new exchange of the named mechanism.
    package init(_ name: MechanismName) {
        switch name {
        case .plain: self = .plain(PlainMechanism())
        case .login: self = .login(LoginMechanism())
        }
    }

    /// Takes the client's response (decoded), or nil where the command carried no initial response.
    package mutating func receive(_ response: [UInt8]?) -> MechanismStep {
        switch self {
        case .plain(var exchange):
            let step = exchange.receive(response)
            self = .plain(exchange)
            return step
        case .login(var exchange):
            let step = exchange.receive(response)
            self = .login(exchange)
            return step
        }
    }
}
