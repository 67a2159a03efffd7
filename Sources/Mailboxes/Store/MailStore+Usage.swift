// How much an owner has stored, for quota (RFC 9208) and for the question at RCPT.
import Storage

extension MailStore {
    /// What is known without asking the tables; nil the first time.
    package func knownUsage(of owner: MailboxOwner) -> MailboxUsage? { self.usage.find(owner) }

    /// What the owner's mailboxes hold; from then on it is kept in memory and follows every change.
    package func usage(of owner: MailboxOwner, completion: @escaping @Sendable (Result<MailboxUsage, MailStoreError>) -> Void) {
        if let known = self.usage.find(owner) { return completion(.success(known)) }
        // In the writer's turn, so that no change falls between reading and keeping.
        self.submit { turn in
            try Self.usage(of: owner, turn.transaction)
        } completion: { [usage] result in
            switch result {
            case .success(let sum):
                usage.keep(sum, for: owner)
                completion(.success(sum))
            case .failure(let error): completion(.failure(MailStoreError(error)))
            }
        }
    }

    /// The same for tasks.
    package func usage(of owner: MailboxOwner) async throws(MailStoreError) -> MailboxUsage {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                self.usage(of: owner) { continuation.resume(with: $0.mapError { $0 as any Error }) }
            }
        } catch { throw MailStoreError(error) }
    }

    static func usage(of owner: MailboxOwner, _ transaction: Transaction) throws -> MailboxUsage {
        try transaction.first(
            "SELECT COALESCE(SUM(octets), 0), COALESCE(SUM(messages), 0) FROM mailbox WHERE owner = $1", [.integer(owner.rawValue)]
        ) { MailboxUsage(octets: $0.integer(0), messages: $0.integer(1)) } ?? MailboxUsage(octets: 0, messages: 0)
    }
}
