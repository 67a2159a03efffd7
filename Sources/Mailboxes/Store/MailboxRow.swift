// The row of a mailbox: what of it is kept outside the columns, and how it is read and made.
import Storage

/// A row of `mailbox`.
struct MailboxRow: Sendable {
    let id: MailboxID
    let owner: MailboxOwner
    let path: MailboxPath
    let specialUse: SpecialUse?
    let uidValidity: UIDValidity
    let uidNext: Int64
    let recentFrom: Int64
    let highestModSeq: ModSeq
    let keywords: KeywordTable
    let counts: MailboxCounts
    let changeRows: Int64
    let changeOctets: Int64
    let expungedFloor: ModSeq

    static let columns = """
        id, owner, name, name_key, special_use, uid_validity, uid_next, recent_uid, highest_modseq, keywords, messages, octets, unseen, deleted,
        change_rows, change_octets, expunged_floor
        """

    init(_ row: SQLRow) {
        self.id = MailboxID(rawValue: row.integer(0))
        self.owner = MailboxOwner(rawValue: row.integer(1))
        self.path = MailboxPath(stored: row.text(2), key: row.text(3))
        self.specialUse = SpecialUse(rawValue: row.text(4))
        self.uidValidity = UIDValidity(stored: row.integer(5))
        self.uidNext = row.integer(6)
        self.recentFrom = row.integer(7)
        self.highestModSeq = ModSeq(stored: row.integer(8))
        self.keywords = KeywordTable(stored: row.text(9))
        var counts = MailboxCounts()
        counts.messages = row.integer(10)
        counts.octets = row.integer(11)
        counts.unseen = row.integer(12)
        counts.deleted = row.integer(13)
        self.counts = counts
        self.changeRows = row.integer(14)
        self.changeOctets = row.integer(15)
        self.expungedFloor = ModSeq(stored: row.integer(16))
    }

    static func find(_ id: MailboxID, _ transaction: Transaction) throws -> MailboxRow? {
        try transaction.first("SELECT \(Self.columns) FROM mailbox WHERE id = $1", [.integer(id.rawValue)]) { MailboxRow($0) }
    }

    static func find(_ owner: MailboxOwner, _ path: MailboxPath, _ transaction: Transaction) throws -> MailboxRow? {
        try transaction.first(
            "SELECT \(Self.columns) FROM mailbox WHERE owner = $1 AND name_key = $2", [.integer(owner.rawValue), .text(path.key)]
        ) { MailboxRow($0) }
    }

    static func find(_ owner: MailboxOwner, _ use: SpecialUse, _ transaction: Transaction) throws -> MailboxRow? {
        try transaction.first(
            "SELECT \(Self.columns) FROM mailbox WHERE owner = $1 AND special_use = $2 ORDER BY id", [.integer(owner.rawValue), .text(use.rawValue)]
        ) { MailboxRow($0) }
    }

    static func all(of owner: MailboxOwner, _ transaction: Transaction) throws -> [MailboxRow] {
        var rows: [MailboxRow] = []
        try transaction.query("SELECT \(Self.columns) FROM mailbox WHERE owner = $1", [.integer(owner.rawValue)]) { rows.append(MailboxRow($0)) }
        return rows
    }

    /// Makes an empty mailbox.
    /// - Throws: `.exists` where the name is taken.
    static func make(_ owner: MailboxOwner, _ path: MailboxPath, _ use: SpecialUse?, now: Int64, _ transaction: Transaction) throws -> MailboxRow {
        guard try find(owner, path, transaction) == nil else { throw MailStoreError(.exists, path.name) }
        let id = try transaction.nextID("mailbox")
        let validity = try nextValidity(owner, path, now: now, transaction)
        try transaction.execute(
            """
            INSERT INTO mailbox (\(Self.columns))
            VALUES ($1, $2, $3, $4, $5, $6, 1, 1, 1, '', 0, 0, 0, 0, 0, 0, 0)
            """,
            [
                .integer(id), .integer(owner.rawValue), .text(path.name), .text(path.key), SQLValue(use?.rawValue), .integer(validity),
            ])
        guard let row = try find(MailboxID(rawValue: id), transaction) else { throw MailStoreError(.storage(.failed), "a new mailbox is not there") }
        return row
    }

    /// A validity value that is greater than any before, here and at this name: the time of day, or one more than the last.
    static func nextValidity(_ owner: MailboxOwner, _ path: MailboxPath, now: Int64, _ transaction: Transaction) throws -> Int64 {
        let retired = try transaction.first(
            "SELECT uid_validity FROM mailbox_retired WHERE owner = $1 AND name_key = $2", [.integer(owner.rawValue), .text(path.key)]
        ) { $0.integer(0) }
        let least = min(max(now, (retired ?? 0) + 1, 1), Int64(UInt32.max) - 1)
        let value = try transaction.first(
            """
            INSERT INTO mailbox_counter (name, value) VALUES ('uid_validity', $1)
            ON CONFLICT (name) DO UPDATE SET
                value = CASE WHEN mailbox_counter.value >= excluded.value THEN mailbox_counter.value + 1 ELSE excluded.value END
            RETURNING value
            """, [.integer(least)]
        ) { $0.integer(0) }
        guard let value, value <= Int64(UInt32.max) else { throw MailStoreError(.limit, "no validity value is left") }
        return value
    }

    /// Remembers the validity value that a name has had.
    func retire(_ transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO mailbox_retired (owner, name_key, uid_validity) VALUES ($1, $2, $3)
            ON CONFLICT (owner, name_key) DO UPDATE SET uid_validity = CASE
                WHEN mailbox_retired.uid_validity > excluded.uid_validity THEN mailbox_retired.uid_validity ELSE excluded.uid_validity END
            """, [.integer(self.owner.rawValue), .text(self.path.key), .integer(Int64(self.uidValidity.rawValue))])
    }

    /// Reads the messages: the snapshot and the changes since it, as this transaction sees them.
    func load(_ transaction: Transaction) throws -> MailboxView {
        var columns = MailboxColumns()
        var since: Int64 = 0
        let snapshot = try transaction.first(
            "SELECT modseq, columns FROM mailbox_snapshot WHERE mailbox = $1", [.integer(self.id.rawValue)]
        ) { row in
            (row.integer(0), row.withBlob(1) { MailboxColumns(decoding: $0) })
        }
        if let (modSeq, decoded) = snapshot {
            guard let decoded else { throw MailStoreError(.storage(.damaged), "the snapshot of mailbox \(self.id) cannot be read") }
            columns = decoded
            since = modSeq
        }
        var view = MailboxView(
            uidValidity: self.uidValidity, uidNext: 1, highestModSeq: ModSeq(stored: since), keywords: self.keywords, columns: columns)
        try transaction.query(
            "SELECT modseq, payload FROM mailbox_change WHERE mailbox = $1 AND modseq > $2 ORDER BY modseq, part",
            [.integer(self.id.rawValue), .integer(since)]
        ) { row in
            guard let change = StoredChange(modSeq: ModSeq(stored: row.integer(0)), decoding: row.blob(1)) else {
                throw MailStoreError(.storage(.damaged), "change \(row.integer(0)) of mailbox \(self.id) cannot be read")
            }
            view.apply(change)
        }
        view.uidNext = UInt32(clamping: self.uidNext)
        view.highestModSeq = self.highestModSeq
        view.keywords = self.keywords
        return view
    }
}
