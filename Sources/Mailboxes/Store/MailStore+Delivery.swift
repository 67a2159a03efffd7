// Delivered messages on their way in: durable first, visible soon after.
package import Storage

extension MailStore {
    /// Keeps a message for its recipients. On success it is durable (RFC 5321 §6.1: now 250 may be said); it is visible some milliseconds later.
    ///
    /// Head and octets are encoded and compressed on the caller's thread.
    /// - Parameter completion: called once, on the log's thread or, where too much waits to become visible, later on the projector's. Failures:
    ///   `.full` (452), others (451).
    package func deliver(_ message: DeliverableMessage, completion: @escaping @Sendable (Result<BlobID, StorageError>) -> Void) {
        if let trouble = self.projector.trouble { return completion(.failure(trouble)) }
        guard
            let head = JournalHead.encode(
                internalDate: message.internalDate, summary: message.summary, queueID: message.queueID, returnPathLine: message.returnPathLine,
                trace: message.trace, recipients: message.recipients)
        else { return completion(.failure(StorageError(.failed, "the envelope is too large"))) }
        var envelope = JournalHead.Envelope()
        envelope.returnPathLine = message.returnPathLine
        envelope.trace = message.trace
        envelope.recipients = message.recipients
        let record = Projector.record(BlobID(rawValue: 0), message.internalDate, envelope, message.octets.count)
        let (date, arrivals) = (record.internalDate, record.arrivals)
        self.log.append(JournalEntry(kind: MailJournalKind.delivery, head: head, octets: message.octets)) { [projector] result in
            switch result {
            case .success(let blob):
                projector.enter(Projector.Record(blob: blob, internalDate: date, arrivals: arrivals)) { completion(.success(blob)) }
            case .failure(let error): completion(.failure(error))
            }
        }
    }

    /// The same for tasks.
    package func deliver(_ message: DeliverableMessage) async throws(MailStoreError) -> BlobID {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                self.deliver(message) { continuation.resume(with: $0.mapError { $0 as any Error }) }
            }
        } catch { throw MailStoreError(error) }
    }

    /// Returns when every message that was answered before is visible.
    package func settled() async {
        await withCheckedContinuation { continuation in self.projector.whenSettled { continuation.resume() } }
    }

    /// Messages that are durable and not visible yet.
    package var backlog: Int { self.projector.backlog }
}
