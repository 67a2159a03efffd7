// The policy of transcripts: a table instead of accounts and networks.
package import Catalogue
package import MailFormat
package import SMTPProtocol

/// What a table decides with: who is local, who is a customer, whom nobody knows.
package struct TablePolicy: Sendable {
    package var localDomains: Set<Domain> = []
    /// Addresses in brackets that are this host's.
    package var localLiterals: Set<Domain> = []
    package var customers: [IPNetwork] = []
    package var client: IPAddress?
    /// Local addresses that do not exist.
    package var unknown: Set<EmailAddress> = []
    /// Whole mailboxes.
    package var full: Set<EmailAddress> = []
    /// Given instead of a greeting.
    package var refusal: CatalogueEntry?

    package init() {}

    /// The answer to a question; `.message` is accepted.
    package func answer(_ question: Question, _ configuration: ServerConfiguration) -> Answer {
        switch question {
        case .connect: return refusal.map { .refuse(configuration.reply($0)) } ?? .accept
        case .helo, .sender: return .accept
        case .recipient(.postmaster, _, _): return .accept
        case .recipient(.address(let address), _, _):
            let isPostmaster = address.localPart.octets.equalsIgnoringASCIICase("postmaster")
            if localLiterals.contains(address.domain), !isPostmaster || unknown.contains(address) {
                return .refuse(configuration.reply(.unknownRecipient, [.recipient: address.wire.text]))
            }
            if localLiterals.contains(address.domain) { return .accept }
            if localDomains.contains(address.domain) {
                if unknown.contains(address) { return .refuse(configuration.reply(.unknownRecipient, [.recipient: address.wire.text])) }
                if full.contains(address) { return .refuse(configuration.reply(.recipientFull, [.recipient: address.wire.text])) }
                return .accept
            }
            if let client, customers.contains(where: { $0.contains(client) }) { return .accept }
            return .refuse(configuration.reply(.relayDenied, [.address: client?.description ?? "unknown"]))
        case .message(let envelope, _):
            guard configuration.dialect == .lmtp else { return .acceptWith(configuration.reply(.messageAccepted, [.queueID: "1"])) }
            return .each(envelope.recipients.map { configuration.reply(.messageDelivered, [.recipient: $0.path.wire.text, .queueID: "1"]) })
        }
    }
}
