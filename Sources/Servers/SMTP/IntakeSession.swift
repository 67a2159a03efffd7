// Between the SMTP driver and the intake: questions of the dialogue become calls at the door.
package import Catalogue
package import Intake
package import MailFormat
package import Policy
package import SMTPProtocol
import Synchronization

/// The policy of a listener that hands everything to the intake.
package struct IntakePolicy: SMTPPolicy {
    private let intake: Intake
    private let isTrusted: Bool
    private let dialect: ServerConfiguration.Dialect

    /// - Parameter isTrusted: the listener serves own systems (LMTP).
    package init(_ intake: Intake, dialect: ServerConfiguration.Dialect, isTrusted: Bool) {
        self.intake = intake
        self.isTrusted = isTrusted
        self.dialect = dialect
    }

    package func session(_ facts: ConnectionFacts) -> any SMTPSession {
        IntakeSession(intake, facts, dialect: dialect, isTrusted: isTrusted)
    }
}

/// One session's way through the intake.
final class IntakeSession: SMTPSession {
    private struct State {
        var client: ClientFacts
        var accepted: [AcceptedRecipient] = []
    }

    private let intake: Intake
    private let dialect: ServerConfiguration.Dialect
    private let state: Mutex<State>

    init(_ intake: Intake, _ facts: ConnectionFacts, dialect: ServerConfiguration.Dialect, isTrusted: Bool) {
        self.intake = intake
        self.dialect = dialect
        state = Mutex(
            State(
                client: ClientFacts(
                    listener: facts.listener, session: facts.sessionID, address: facts.client?.address, port: facts.client?.port ?? 0,
                    isCustomer: intake.isCustomer(facts.client?.address), isTrusted: isTrusted)))
    }

    func secured(_ tls: TLSFacts) {
        state.withLock { state in
            state.client.tls = tls.version
            state.client.heloName = OctetString()
            state.accepted = []
        }
    }

    func consult(_ question: Question, message: MessageContext?, completion: @escaping @Sendable (Answer) -> Void) {
        switch question {
        case .connect: completion(.accept)
        case .helo(let name):
            state.withLock { $0.client.heloName = name }
            completion(.accept)
        case .sender:
            state.withLock { $0.accepted = [] }
            completion(.accept)
        case .recipient(let path, _, let envelope):
            let address: EmailAddress? = if case .address(let address) = path { address } else { nil }
            intake.recipient(
                address, wire: path.wire, declared: envelope.parameters.size ?? 0, client: state.withLock { $0.client },
                reversePath: envelope.reversePath.wire
            ) { [self] answer in
                switch answer {
                case .accepted(let recipient):
                    state.withLock { $0.accepted.append(recipient) }
                    completion(.accept)
                case .refused(let reply): completion(.refuse(reply))
                }
            }
        case .message(let envelope, let facts):
            guard let message else { return completion(.refuse(reply(.storageTrouble, [:]))) }
            let (client, accepted) = state.withLock { state in
                defer { state.accepted = [] }
                return (state.client, state.accepted)
            }
            let arrived = ArrivedMessage(
                octets: message.octets, hasNUL: facts.hasNUL, reversePath: envelope.reversePath.wire, recipients: accepted,
                protocolName: message.protocolName)
            intake.message(arrived, client: client) { [self] disposition in
                completion(answer(disposition, envelope))
            }
        }
    }

    func ended(_ summary: SessionSummary) {}

    private func answer(_ disposition: Disposition, _ envelope: Envelope) -> Answer {
        switch disposition {
        case .kept(let queueID):
            let handle = String(decoding: queueID, as: UTF8.self)
            guard dialect == .lmtp else { return .acceptWith(reply(.messageAccepted, [.queueID: handle])) }
            return .each(envelope.recipients.map { reply(.messageDelivered, [.queueID: handle, .recipient: $0.path.wire.text]) })
        case .refused(let refusal):
            guard dialect == .lmtp else { return .refuse(refusal) }
            return .each(envelope.recipients.map { _ in refusal })
        }
    }

    private func reply(_ entry: CatalogueEntry, _ values: [Slot: String]) -> Reply {
        entry.reply(ReplyContext(names: intake.configuration.names, values: values))
    }
}
