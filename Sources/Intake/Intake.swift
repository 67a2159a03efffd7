// The one door for mail from people and networks: the stages, in order.
package import Accounts
package import Catalogue
package import Ledger
package import MailFormat
package import Mailboxes
package import Measurement
package import Policy
import Storage
import Synchronization

/// A recipient that was accepted, with those it reaches.
package struct AcceptedRecipient: Sendable {
    /// As the client named it.
    package let path: OctetString
    package let accounts: [LocalRecipient]
}

/// A message that has arrived whole.
package struct ArrivedMessage: Sendable {
    package var octets: [UInt8]
    package var hasNUL: Bool
    /// Without brackets; empty for the null path.
    package var reversePath: OctetString
    package var recipients: [AcceptedRecipient]
    /// `ESMTPS` and the like.
    package var protocolName: String

    package init(octets: [UInt8], hasNUL: Bool, reversePath: OctetString, recipients: [AcceptedRecipient], protocolName: String) {
        self.octets = octets
        self.hasNUL = hasNUL
        self.reversePath = reversePath
        self.recipients = recipients
        self.protocolName = protocolName
    }
}

/// What became of a message.
package enum Disposition: Sendable {
    /// Durable, under this handle.
    case kept(queueID: [UInt8])
    case refused(Reply)
}

/// What became of a recipient.
package enum RecipientAnswer: Sendable {
    case accepted(AcceptedRecipient)
    case refused(Reply)
}

/// Decides and keeps. Answers are given inside the call where everything is in memory, else later from another thread; no call blocks.
package final class Intake: Sendable {
    package let configuration: IntakeConfiguration
    private let accounts: AccountStore
    private let mail: MailStore
    private let ledger: DecisionLedger
    private let measurements: MailMeasurements
    private let clock: WallClock
    private let queueIDs: QueueIDs
    private let serial: Atomic<UInt32>

    package init(
        configuration: IntakeConfiguration, accounts: AccountStore, mail: MailStore, ledger: DecisionLedger, measurements: MailMeasurements,
        clock: WallClock = .system
    ) {
        self.configuration = configuration
        self.accounts = accounts
        self.mail = mail
        self.ledger = ledger
        self.measurements = measurements
        self.clock = clock
        queueIDs = QueueIDs(start: clock.now())
        serial = Atomic(UInt32(truncatingIfNeeded: clock.now() / 10))
    }

    /// True for an address in the provider's own IP space.
    package func isCustomer(_ address: IPAddress?) -> Bool {
        guard let address else { return false }
        return configuration.customers.contains { $0.contains(address) }
    }

    // MARK: RCPT

    /// May mail go to this recipient?
    /// - Parameter path: nil for `<postmaster>` without a domain.
    /// - Parameter declared: octets by SIZE, 0 when not declared.
    package func recipient(
        _ path: EmailAddress?, wire: OctetString, declared: Int64, client: ClientFacts, reversePath: OctetString,
        completion: @escaping @Sendable (RecipientAnswer) -> Void
    ) {
        let address = path ?? accounts.configuration.postmaster
        guard let address else {
            return completion(.refused(refuse(Refusal(.unknownRecipient, rule: KnownRecipientRule.name, [.recipient: wire.text]), .rcpt, client, reversePath, wire)))
        }
        accounts.resolve(address) { [self] result in
            switch result {
            case .failure: completion(.refused(trouble(.lookupTrouble)))
            case .success(let resolution):
                let decision = RelayRule.decide(resolution, recipient: address, client: client)
                if let refusal = decision.refusal ?? KnownRecipientRule.decide(resolution, recipient: wire).refusal {
                    return completion(.refused(refuse(refusal, .rcpt, client, reversePath, wire)))
                }
                guard case .accounts(let local) = resolution else { return completion(.refused(trouble(.lookupTrouble))) }
                room(for: local[...], []) { [self] rooms in
                    if let refusal = RecipientQuotaRule.decide(rooms, octets: declared, recipient: wire).refusal {
                        return completion(.refused(refuse(refusal, .rcpt, client, reversePath, wire)))
                    }
                    completion(.accepted(AcceptedRecipient(path: wire, accounts: local)))
                }
            }
        }
    }

    /// What each account has stored. Where that cannot be read it counts as nothing: a fault of ours refuses nobody.
    private func room(
        for local: ArraySlice<LocalRecipient>, _ rooms: [RecipientQuotaRule.Room], completion: @escaping @Sendable ([RecipientQuotaRule.Room]) -> Void
    ) {
        guard let first = local.first else { return completion(rooms) }
        mail.usage(of: MailboxOwner(rawValue: first.account.rawValue)) { [self] result in
            let used = (try? result.get().octets) ?? 0
            room(for: local.dropFirst(), rooms + [RecipientQuotaRule.Room(used: used, quota: first.quota)], completion: completion)
        }
    }

    // MARK: End of data

    /// Judges a message and keeps it. `.kept` is said only when it is durable (RFC 5321 §6.1).
    package func message(_ message: ArrivedMessage, client: ClientFacts, completion: @escaping @Sendable (Disposition) -> Void) {
        guard message.octets.count > configuration.inlineLimit else { return judge(message, client, completion) }
        // Parsing megabytes would hold up everybody else on this event loop.
        Task.detached { [self] in judge(message, client, completion) }
    }

    private func judge(_ message: ArrivedMessage, _ client: ClientFacts, _ completion: @escaping @Sendable (Disposition) -> Void) {
        let recipients = deliveries(message.recipients)
        let span = message.octets.span
        let tree = MIMETree.parse(span)
        let header = tree.message.header
        var decision = MessageFormRule.decide(header: header, hasNUL: message.hasNUL)
        if case .pass = decision { decision = MailLoopRule.decide(header: header, octets: span, deliveredTo: recipients.map(\.address)) }
        if let refusal = decision.refusal {
            return completion(.refused(refuse(refusal, .data, client, message.reversePath, message.recipients.first?.path ?? "", octets: span.count)))
        }
        let summary = MessageSummary.render(span, tree)
        let queueID = queueIDs.next()
        let now = clock.now()
        let deliverable = DeliverableMessage(
            internalDate: now / 1000, queueID: queueID, returnPathLine: TraceFields.returnPath(message.reversePath),
            trace: TraceFields.received(
                client: client, host: configuration.hostName, protocolName: message.protocolName, queueID: queueID,
                recipient: message.recipients.count == 1 ? message.recipients[0].path : nil, seconds: now / 1000),
            summary: summary.encoded(),
            recipients: recipients.map {
                .init(owner: MailboxOwner(rawValue: $0.account.rawValue), deliveredToLine: TraceFields.deliveredTo($0.address))
            },
            octets: message.octets)
        let messageID = header.first(.messageID).map { OctetString(copying: span.extracting($0.bodyRange)).text.trimmed } ?? ""
        mail.deliver(deliverable) { [self] result in
            switch result {
            case .success:
                keep(message, client, queueID, messageID, now)
                completion(.kept(queueID: queueID))
            case .failure(let error): completion(.refused(trouble(error.kind == .full || error.kind == .busy ? .storageFull : .storageTrouble)))
            }
        }
    }

    /// Each account once, whatever aliases led to it, with the address for its Delivered-To.
    private func deliveries(_ recipients: [AcceptedRecipient]) -> [(account: AccountID, address: OctetString)] {
        if recipients.count == 1, recipients[0].accounts.count == 1 {
            return [(recipients[0].accounts[0].account, recipients[0].accounts[0].address.wire)]
        }
        var seen: Set<AccountID> = []
        var deliveries: [(account: AccountID, address: OctetString)] = []
        for recipient in recipients {
            for local in recipient.accounts where seen.insert(local.account).inserted {
                deliveries.append((local.account, local.address.wire))
            }
        }
        return deliveries
    }

    // MARK: Records

    private func keep(_ message: ArrivedMessage, _ client: ClientFacts, _ queueID: [UInt8], _ messageID: String, _ time: Int64) {
        var record = record(client, .data, message.reversePath, message.recipients.first?.path ?? "", time)
        record.reply = 250
        record.enhanced = "2.0.0"
        record.octets = Int64(message.octets.count)
        record.queueID = String(decoding: queueID, as: UTF8.self)
        record.messageID = messageID
        record.count = Int64(max(1, message.recipients.count))
        ledger.record(record)
    }

    /// The reply of a refusal, which is recorded; one by policy carries a reference.
    private func refuse(
        _ refusal: Refusal, _ stage: Stage, _ client: ClientFacts, _ reversePath: OctetString, _ recipient: OctetString, octets: Int = 0
    ) -> Reply {
        let now = clock.now()
        var reference: Reference?
        if refusal.entry.isPolicy {
            reference = Reference(
                day: UInt16(truncatingIfNeeded: now / 86_400_000), codeNumber: refusal.entry.number,
                serial: serial.wrappingAdd(1, ordering: .relaxed).newValue)
        }
        var values = refusal.values
        values[.host] = configuration.hostName
        let reply = refusal.entry.reply(ReplyContext(names: configuration.names, reference: reference, values: values))
        var record = record(client, stage, reversePath, recipient, now)
        record.reply = refusal.entry.reply.rawValue
        record.enhanced = refusal.entry.enhanced?.description ?? ""
        record.code = refusal.entry.code
        record.reference = reference?.description ?? ""
        record.rule = refusal.rule
        record.limit = refusal.limit
        record.observed = refusal.observed
        record.octets = Int64(octets)
        record.closed = refusal.entry.closes
        ledger.record(record)
        measurements.smtpRejects(stage.rawValue, refusal.entry.code).add()
        return reply
    }

    private func record(
        _ client: ClientFacts, _ stage: Stage, _ reversePath: OctetString, _ recipient: OctetString, _ time: Int64
    ) -> DecisionRecord {
        var record = DecisionRecord()
        record.time = time
        record.listener = client.listener
        record.session = client.session
        record.clientAddress = client.address.map { "\($0)" } ?? ""
        record.clientPort = client.port
        record.reverseName = client.reverseName
        record.helo = client.heloName.text
        record.tls = client.tls ?? ""
        record.reversePath = reversePath.text
        record.recipient = recipient.text
        record.stage = stage.rawValue
        return record
    }

    private func trouble(_ entry: CatalogueEntry) -> Reply {
        entry.reply(ReplyContext(names: configuration.names, values: [.host: configuration.hostName]))
    }
}

extension String {
    /// Without blanks and line ends around it.
    fileprivate var trimmed: String {
        let blank = { (character: Unicode.Scalar) in character.value <= 0x20 }
        let scalars = unicodeScalars.drop(while: blank)
        guard let last = scalars.lastIndex(where: { !blank($0) }) else { return "" }
        return String(scalars[...last])
    }
}
