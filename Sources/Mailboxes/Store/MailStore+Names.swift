// Mailboxes by name: making, deleting, renaming, subscribing, listing (RFC 9051 §6.3.4–§6.3.11).
package import Storage

/// A name of an owner's hierarchy as LIST shows it.
package struct MailboxEntry: Sendable, Equatable {
    package let path: MailboxPath
    /// Nil for a name that is there only because something is below it or because it is subscribed: `\NonExistent` (RFC 9051 §7.3.1).
    package let id: MailboxID?
    package let specialUse: SpecialUse?
    package let isSubscribed: Bool
    package let hasChildren: Bool
    /// Nil where there is no mailbox.
    package let status: MailboxStatus?
}

/// What STATUS says of a mailbox (RFC 9051 §6.3.11), kept without opening it.
package struct MailboxStatus: Sendable, Equatable {
    package let counts: MailboxCounts
    package let uidNext: UInt32
    package let uidValidity: UIDValidity
    package let highestModSeq: ModSeq
    /// Messages from this UID on are `\Recent` for the session that asks next (RFC 3501 §2.3.2).
    package let recentFrom: UInt32

    init(_ row: MailboxRow) {
        self.counts = row.counts
        self.uidNext = UInt32(clamping: row.uidNext)
        self.uidValidity = row.uidValidity
        self.highestModSeq = row.highestModSeq
        self.recentFrom = UInt32(clamping: row.recentFrom)
    }
}

extension MailStore {
    /// The mailboxes that every account has at first sign-in (standards IM-32), subscribed.
    package static let accountMailboxes: [(path: String, use: SpecialUse?)] = [
        ("INBOX", nil), ("Drafts", .drafts), ("Sent", .sent), ("Junk", .junk), ("Trash", .trash), ("Archive", .archive),
    ]

    /// Makes what is missing of an account's mailboxes. Needs only the tables, so that a command may call it in the transaction that makes the
    /// account.
    /// - Parameter now: seconds since 1970.
    package static func createAccountMailboxes(_ owner: MailboxOwner, now: Int64, in transaction: Transaction) throws {
        for (name, use) in Self.accountMailboxes {
            guard let path = MailboxPath(name), try MailboxRow.find(owner, path, transaction) == nil else { continue }
            _ = try MailboxRow.make(owner, path, use, now: now, transaction)
            try Self.subscribe(owner, path, transaction)
        }
    }

    /// The same in a transaction of its own.
    package func createAccountMailboxes(_ owner: MailboxOwner) async throws(MailStoreError) {
        try await self.change { turn in try Self.createAccountMailboxes(owner, now: turn.now, in: turn.transaction) }
    }

    /// Removes all mailboxes, messages and subscriptions of an owner.
    package func removeAccountMailboxes(_ owner: MailboxOwner) async throws(MailStoreError) {
        try await self.change { turn in
            for row in try MailboxRow.all(of: owner, turn.transaction) { try turn.remove(row) }
            try turn.transaction.execute("DELETE FROM mailbox_subscription WHERE owner = $1", [.integer(owner.rawValue)])
        }
    }

    // MARK: Looking

    /// All names of an owner, INBOX first: mailboxes, the levels above them that are none, subscribed names that do not exist.
    package func list(_ owner: MailboxOwner) async throws(MailStoreError) -> [MailboxEntry] {
        try await self.read { transaction in
            let rows = try MailboxRow.all(of: owner, transaction)
            var subscribed: Set<MailboxPath> = []
            try transaction.query("SELECT name, name_key FROM mailbox_subscription WHERE owner = $1", [.integer(owner.rawValue)]) {
                subscribed.insert(MailboxPath(stored: $0.text(0), key: $0.text(1)))
            }
            var parents: Set<MailboxPath> = []
            for row in rows {
                var parent = row.path.parent
                while let path = parent, parents.insert(path).inserted { parent = path.parent }
            }
            var entries: [MailboxEntry] = []
            entries.reserveCapacity(rows.count + 8)
            var known: Set<MailboxPath> = []
            for row in rows {
                known.insert(row.path)
                entries.append(
                    MailboxEntry(
                        path: row.path, id: row.id, specialUse: row.specialUse, isSubscribed: subscribed.contains(row.path),
                        hasChildren: parents.contains(row.path), status: MailboxStatus(row)))
            }
            for path in parents.union(subscribed).subtracting(known) {
                entries.append(
                    MailboxEntry(
                        path: path, id: nil, specialUse: nil, isSubscribed: subscribed.contains(path), hasChildren: parents.contains(path),
                        status: nil))
            }
            return entries.sorted { $0.path < $1.path }
        }
    }

    /// The mailbox of a name; nil where there is none.
    package func find(_ owner: MailboxOwner, _ path: MailboxPath) async throws(MailStoreError) -> (id: MailboxID, status: MailboxStatus)? {
        try await self.read { transaction in try MailboxRow.find(owner, path, transaction).map { ($0.id, MailboxStatus($0)) } }
    }

    /// The mailbox of a special use; nil where the owner has none.
    package func find(_ owner: MailboxOwner, _ use: SpecialUse) async throws(MailStoreError) -> MailboxID? {
        try await self.read { transaction in try MailboxRow.find(owner, use, transaction)?.id }
    }

    /// The numbers of a mailbox, without opening it.
    /// - Throws: `.missing`.
    package func status(_ id: MailboxID) async throws(MailStoreError) -> MailboxStatus {
        try await self.read { transaction in
            guard let row = try MailboxRow.find(id, transaction) else { throw MailStoreError(.missing, "mailbox \(id)") }
            return MailboxStatus(row)
        }
    }

    // MARK: Making and deleting

    /// Makes a mailbox. Levels above it need not be mailboxes: they are shown as `\NonExistent` (RFC 9051 §6.3.4).
    /// - Throws: `.exists`, `.limit` (too many mailboxes).
    @discardableResult
    package func create(_ owner: MailboxOwner, _ path: MailboxPath, use: SpecialUse? = nil) async throws(MailStoreError) -> MailboxID {
        let limit = self.configuration.mailboxLimit
        return try await self.change { turn in
            let count = try turn.transaction.first("SELECT COUNT(*) FROM mailbox WHERE owner = $1", [.integer(owner.rawValue)]) { $0.integer(0) }
            guard (count ?? 0) < Int64(limit) else { throw MailStoreError(.limit, "owner \(owner) has \(limit) mailboxes") }
            return try MailboxRow.make(owner, path, use, now: turn.now, turn.transaction).id
        }
    }

    /// Deletes a mailbox with its messages. What is below it stays; then the name stays too, as `\NonExistent` (RFC 9051 §6.3.5).
    /// - Throws: `.cannot` for INBOX, `.missing`, also for a name that is only a level above others.
    package func delete(_ owner: MailboxOwner, _ path: MailboxPath) async throws(MailStoreError) {
        guard !path.isInbox else { throw MailStoreError(.cannot, "INBOX cannot be deleted") }
        try await self.change { turn in
            guard let row = try MailboxRow.find(owner, path, turn.transaction) else { throw MailStoreError(.missing, path.name) }
            try turn.remove(try turn.row(row.id))
        }
    }

    // MARK: Renaming

    /// Renames a mailbox and what is below it; INBOX stays and its messages go into the new mailbox (RFC 9051 §6.3.6).
    /// - Throws: `.missing`, `.exists`, `.cannot` (into itself), `.limit` (a name becomes too long).
    package func rename(_ owner: MailboxOwner, _ old: MailboxPath, to new: MailboxPath) async throws(MailStoreError) {
        guard !new.isBelow(old) || old.isInbox, old != new else {
            throw MailStoreError(old == new ? .exists : .cannot, "\(old) cannot become \(new)")
        }
        try await self.change { turn in
            if old.isInbox {
                guard let inbox = try MailboxRow.find(owner, old, turn.transaction) else { throw MailStoreError(.missing, old.name) }
                let target = try MailboxRow.make(owner, new, nil, now: turn.now, turn.transaction)
                _ = try Self.move(UIDSet(1...UInt32.max), from: inbox.id, to: target.id, quota: nil, turn)
                return
            }
            let rows = try MailboxRow.all(of: owner, turn.transaction)
            let taken = Set(rows.map(\.path))
            var moves: [(MailboxRow, MailboxPath)] = []
            for row in rows {
                if row.path == old {
                    moves.append((row, new))
                } else if row.path.isBelow(old) {
                    guard let path = row.path.moved(from: old, to: new) else { throw MailStoreError(.limit, "\(row.path) below \(new) is too long") }
                    moves.append((row, path))
                }
            }
            guard !moves.isEmpty else { throw MailStoreError(.missing, old.name) }
            let leaving = Set(moves.map(\.0.path))
            for (_, path) in moves where taken.contains(path) && !leaving.contains(path) { throw MailStoreError(.exists, path.name) }
            // The new name itself may be a level above others already, but not a mailbox.
            if taken.contains(new) { throw MailStoreError(.exists, new.name) }
            // Outer levels first: what they leave, inner ones may take.
            moves.sort { $0.0.path < $1.0.path }
            for (row, path) in moves { try Self.rename(row, to: path, turn) }
        }
    }

    private static func rename(_ row: MailboxRow, to path: MailboxPath, _ turn: WriterTurn) throws {
        try row.retire(turn.transaction)
        let retired = try turn.transaction.first(
            "SELECT uid_validity FROM mailbox_retired WHERE owner = $1 AND name_key = $2", [.integer(row.owner.rawValue), .text(path.key)]
        ) { $0.integer(0) }
        var validity = Int64(row.uidValidity.rawValue)
        // Another mailbox of this name has had a greater value: it must grow, so that no UID seems to be another message (RFC 9051 §2.3.1.1).
        if let retired, retired > validity {
            validity = try MailboxRow.nextValidity(row.owner, path, now: turn.now, turn.transaction)
            turn.renumber(row)
        }
        try turn.transaction.execute(
            "UPDATE mailbox SET name = $1, name_key = $2, uid_validity = $3 WHERE id = $4",
            [.text(path.name), .text(path.key), .integer(validity), .integer(row.id.rawValue)])
    }

    // MARK: Subscribing

    /// Subscribes a name, whether it exists or not (RFC 9051 §6.3.7).
    package func subscribe(_ owner: MailboxOwner, _ path: MailboxPath) async throws(MailStoreError) {
        let limit = self.configuration.mailboxLimit
        try await self.change { turn in
            let count = try turn.transaction.first("SELECT COUNT(*) FROM mailbox_subscription WHERE owner = $1", [.integer(owner.rawValue)]) {
                $0.integer(0)
            }
            guard (count ?? 0) < Int64(limit) else { throw MailStoreError(.limit, "owner \(owner) has \(limit) subscriptions") }
            try Self.subscribe(owner, path, turn.transaction)
        }
    }

    /// Takes a subscription back; nothing happens where there is none.
    package func unsubscribe(_ owner: MailboxOwner, _ path: MailboxPath) async throws(MailStoreError) {
        _ = try await self.change { turn in
            try turn.transaction.execute(
                "DELETE FROM mailbox_subscription WHERE owner = $1 AND name_key = $2", [.integer(owner.rawValue), .text(path.key)])
        }
    }

    private static func subscribe(_ owner: MailboxOwner, _ path: MailboxPath, _ transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO mailbox_subscription (owner, name_key, name) VALUES ($1, $2, $3) ON CONFLICT (owner, name_key) DO NOTHING",
            [.integer(owner.rawValue), .text(path.key), .text(path.name)])
    }
}
