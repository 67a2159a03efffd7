// Mail for domains that are not ours is carried for nobody who has no right to it.
package import Accounts
package import Catalogue
package import MailFormat

/// Relay control (policies §2, E1110; standards RL-01 to RL-28): only the domain of the one parsed mailbox decides; no percent sign, bang or route is ever
/// read again. Customers' mail to other domains has no way out yet, which is said as it is.
package enum RelayRule {
    package static let name = "relay"

    package static func decide(_ resolution: Resolution, recipient: EmailAddress, client: ClientFacts) -> Decision {
        guard case .foreign = resolution else { return .pass }
        guard client.isCustomer || client.isTrusted else {
            return .refuse(Refusal(.relayDenied, rule: name, [.address: client.address.map { "\($0)" } ?? client.listener]))
        }
        return .refuse(Refusal(.relayUnavailable, rule: name, [.recipient: recipient.description]))
    }
}
