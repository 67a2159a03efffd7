// Folds the change rows of mailboxes into their snapshots, off the hot path.
import Storage
import Synchronization

/// One thread that writes snapshots. A snapshot is made from a consistent state outside the writer's turn; the turn itself only stores it and
/// removes the rows it has taken up, so rows that came meanwhile stay.
final class SnapshotFolder: Sendable {
    private let queue = WorkQueue<MailboxID>()
    private let waiting = Mutex<Set<MailboxID>>([])
    private let thread = Mutex<WorkerThread?>(nil)

    func start(_ store: MailStore) throws {
        let worker = try WorkerThread(name: "mailbox-fold") { self.run(store) }
        self.thread.withLock { $0 = worker }
    }

    func close() {
        self.queue.close()
        let worker = self.thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        worker?.join()
    }

    /// The change rows of a mailbox have grown.
    func put(_ id: MailboxID) {
        guard self.waiting.withLock({ $0.insert(id).inserted }) else { return }
        if !self.queue.put(id, urgent: false) { _ = self.waiting.withLock { $0.remove(id) } }
    }

    private func run(_ store: MailStore) {
        while let ids = self.queue.takeAll() {
            for id in ids {
                _ = self.waiting.withLock { $0.remove(id) }
                // What fails is tried again with the mailbox's next change; the rows hold everything.
                try? Self.fold(id, store)
            }
        }
    }

    /// Folds one mailbox now: blocks.
    static func fold(_ id: MailboxID, _ store: MailStore) throws {
        let prepared = try store.database.readNow { transaction -> (modSeq: ModSeq, columns: [UInt8], expunged: [(ModSeq, [UInt8])])? in
            guard let row = try MailboxRow.find(id, transaction) else { return nil }
            let view: MailboxView
            if let known = store.lives.find(id)?.committedView(at: row.highestModSeq) {
                view = known
            } else {
                view = try row.load(transaction)
            }
            return (row.highestModSeq, view.columns.encoded(), try Self.expunged(id, transaction))
        }
        guard let prepared else { return }
        let limit = store.configuration.expungedSets
        try store.database.writeNow { transaction in
            guard try MailboxRow.find(id, transaction) != nil else { return }
            let known = try transaction.first("SELECT modseq FROM mailbox_snapshot WHERE mailbox = $1", [.integer(id.rawValue)]) { $0.integer(0) }
            guard (known ?? 0) < prepared.modSeq.stored else { return }
            try transaction.execute(
                """
                INSERT INTO mailbox_snapshot (mailbox, modseq, columns) VALUES ($1, $2, $3)
                ON CONFLICT (mailbox) DO UPDATE SET modseq = excluded.modseq, columns = excluded.columns
                """, [.integer(id.rawValue), .integer(prepared.modSeq.stored), .blob(prepared.columns)])
            for (modSeq, uids) in prepared.expunged {
                try transaction.execute(
                    "INSERT INTO mailbox_expunged (mailbox, modseq, uids) VALUES ($1, $2, $3) ON CONFLICT (mailbox, modseq) DO NOTHING",
                    [.integer(id.rawValue), .integer(modSeq.stored), .blob(uids)])
            }
            try transaction.execute(
                "DELETE FROM mailbox_change WHERE mailbox = $1 AND modseq <= $2", [.integer(id.rawValue), .integer(prepared.modSeq.stored)])
            try transaction.execute(
                """
                UPDATE mailbox SET
                    change_rows = (SELECT COUNT(*) FROM mailbox_change WHERE mailbox_change.mailbox = mailbox.id),
                    change_octets = (SELECT COALESCE(SUM(LENGTH(payload)), 0) FROM mailbox_change WHERE mailbox_change.mailbox = mailbox.id)
                WHERE id = $1
                """, [.integer(id.rawValue)])
            if !prepared.expunged.isEmpty { try Self.forget(id, keeping: limit, transaction) }
        }
    }

    /// The expunges among the change rows.
    private static func expunged(_ id: MailboxID, _ transaction: Transaction) throws -> [(ModSeq, [UInt8])] {
        var expunged: [(ModSeq, [UInt8])] = []
        try transaction.query(
            "SELECT modseq, payload FROM mailbox_change WHERE mailbox = $1 ORDER BY modseq, part", [.integer(id.rawValue)]
        ) { row in
            let modSeq = ModSeq(stored: row.integer(0))
            var gone = UIDSet()
            for operation in StoredChange(modSeq: modSeq, decoding: row.blob(1))?.operations ?? [] {
                if case .expunge(let set) = operation { gone = gone.union(set) }
            }
            if !gone.isEmpty { expunged.append((modSeq, gone.encoded())) }
        }
        return expunged
    }

    /// Forgets the oldest expunged sets beyond the bound, and remembers from where on the rest is complete.
    private static func forget(_ id: MailboxID, keeping limit: Int, _ transaction: Transaction) throws {
        let floor = try transaction.first(
            "SELECT modseq FROM mailbox_expunged WHERE mailbox = $1 ORDER BY modseq DESC LIMIT 1 OFFSET \(max(1, limit))", [.integer(id.rawValue)]
        ) { $0.integer(0) }
        guard let floor else { return }
        try transaction.execute("DELETE FROM mailbox_expunged WHERE mailbox = $1 AND modseq <= $2", [.integer(id.rawValue), .integer(floor)])
        try transaction.execute("UPDATE mailbox SET expunged_floor = $1 WHERE id = $2", [.integer(floor), .integer(id.rawValue)])
    }
}
