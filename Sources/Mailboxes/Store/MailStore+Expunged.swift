// What was expunged since a mod-sequence (RFC 7162 §3.2.10 VANISHED).
import Storage

/// The messages that are gone since a mod-sequence.
package struct VanishedMessages: Sendable, Equatable {
    package let uids: UIDSet
    /// False where older expunges have been forgotten: the client is then told of all UIDs it knows that are not there.
    package let isComplete: Bool

    package init(uids: UIDSet, isComplete: Bool) {
        self.uids = uids
        self.isComplete = isComplete
    }
}

extension MailStore {
    /// Messages expunged after `since`.
    package func expunged(since: ModSeq, in id: MailboxID) async throws(MailStoreError) -> VanishedMessages {
        try await self.read { transaction in
            guard let row = try MailboxRow.find(id, transaction) else { throw MailStoreError(.missing, "mailbox \(id)") }
            var gone = UIDSet()
            try transaction.query(
                "SELECT uids FROM mailbox_expunged WHERE mailbox = $1 AND modseq > $2", [.integer(id.rawValue), .integer(since.stored)]
            ) { gone = gone.union(UIDSet(decoding: $0.blob(0)) ?? .init()) }
            try transaction.query(
                "SELECT modseq, payload FROM mailbox_change WHERE mailbox = $1 AND modseq > $2", [.integer(id.rawValue), .integer(since.stored)]
            ) { row in
                for operation in StoredChange(modSeq: ModSeq(stored: row.integer(0)), decoding: row.blob(1))?.operations ?? [] {
                    if case .expunge(let set) = operation { gone = gone.union(set) }
                }
            }
            return VanishedMessages(uids: gone, isComplete: since >= row.expungedFloor)
        }
    }

    /// The messages that are `\Recent` for the caller and for nobody else (RFC 3501 §2.3.2): all UIDs from the one returned on.
    package func claimRecent(in mailbox: LiveMailbox) -> UInt32 {
        let (from, next) = mailbox.claimRecent()
        if from != next {
            let id = mailbox.id
            // Nobody waits for it: at worst a message is \Recent twice after a crash.
            self.database.submitWrite(urgent: false) { transaction in
                try transaction.execute(
                    "UPDATE mailbox SET recent_uid = $1 WHERE id = $2 AND recent_uid < $3",
                    [.integer(Int64(next)), .integer(id.rawValue), .integer(Int64(next))])
            } completion: { _ in
            }
        }
        return from
    }
}
