// One change's turn with the writer: reads mailboxes as the transaction sees them, writes rows, remembers what to tell after the commit.
import Storage

/// A change that becomes visible in memory when its transaction is durable.
struct CommittedChange: Sendable {
    enum Event: Sendable {
        case changed(StoredChange)
        case removed
    }

    let mailbox: MailboxID
    let owner: MailboxOwner
    let event: Event
    let counts: MailboxCounts
    /// The change rows of the mailbox have grown past the bound.
    let wantsFold: Bool
}

/// Used inside one body on the writer's thread, like the transaction it holds.
final class WriterTurn {
    let transaction: Transaction
    let number: UInt64
    let now: Int64
    private let lives: LiveMailboxes
    private let configuration: MailStoreConfiguration
    private(set) var changes: [CommittedChange] = []
    private var touched: [LiveMailbox] = []

    init(_ transaction: Transaction, number: UInt64, now: Int64, lives: LiveMailboxes, configuration: MailStoreConfiguration) {
        self.transaction = transaction
        self.number = number
        self.now = now
        self.lives = lives
        self.configuration = configuration
    }

    /// Takes back what was recorded in memory.
    func abandon() {
        for live in self.touched { live.abandon(turn: self.number) }
    }

    /// The row of a mailbox, held against other writers until the transaction ends.
    func row(_ id: MailboxID) throws -> MailboxRow {
        // An update that changes nothing: on an engine with several writers it takes the row's lock.
        let row = try self.transaction.first(
            "UPDATE mailbox SET id = id WHERE id = $1 RETURNING \(MailboxRow.columns)", [.integer(id.rawValue)]
        ) { MailboxRow($0) }
        guard let row else { throw MailStoreError(.missing, "mailbox \(id)") }
        return row
    }

    /// Lends the messages of a mailbox as they are in this transaction: from memory where it agrees with the row, else from the tables.
    func withView<R>(of row: MailboxRow, _ body: (MailboxView) throws -> R) throws -> R {
        if let live = self.lives.find(row.id), let result = try live.withWriterView(at: row.highestModSeq, body) { return result }
        return try body(try row.load(self.transaction))
    }

    /// Binds flags by name to a mailbox; keywords it does not know get places, which `operations` then says.
    /// - Throws: `.limit` where no place is left.
    static func bind(_ list: FlagList, _ table: inout KeywordTable, _ operations: inout [StoredChange.Operation]) throws -> UInt64 {
        var flags = list.system
        for keyword in list.keywords {
            if let known = table.flag(keyword) {
                flags.insert(known)
            } else if let new = table.add(keyword) {
                flags.insert(new)
                operations.append(.keyword(keyword))
            } else {
                throw MailStoreError(.limit, "a mailbox keeps \(KeywordTable.limit) keywords")
            }
        }
        return flags.rawValue
    }

    /// Writes messages into a mailbox.
    /// - Returns: the UID of the first one.
    func arrive(_ arrivals: [Arrival], in row: MailboxRow, keywords: [StoredChange.Operation] = [], table: KeywordTable? = nil) throws -> UInt32 {
        var counts = MailboxCounts()
        for arrival in arrivals { counts.add(flags: arrival.flags, size: arrival.size) }
        guard row.uidNext + Int64(arrivals.count) <= Int64(UInt32.max) else { throw MailStoreError(.limit, "mailbox \(row.id) has no UIDs left") }
        let first = UInt32(clamping: row.uidNext)
        try self.write(keywords + [.arrivals(first: first, arrivals)], in: row, counts: counts, uids: arrivals.count, table: table)
        return first
    }

    /// Writes one change of a mailbox whose row was read in this turn.
    @discardableResult
    func write(
        _ operations: [StoredChange.Operation], in row: MailboxRow, counts: MailboxCounts, uids: Int = 0, table: KeywordTable? = nil
    ) throws -> ModSeq {
        let payload = StoredChange.encode(operations)
        let updated = try self.transaction.first(
            """
            UPDATE mailbox SET uid_next = uid_next + $1, highest_modseq = highest_modseq + 1, messages = messages + $2, octets = octets + $3,
                unseen = unseen + $4, deleted = deleted + $5, change_rows = change_rows + 1, change_octets = change_octets + $6, keywords = $7
            WHERE id = $8 RETURNING highest_modseq, change_rows, change_octets, messages
            """,
            [
                .integer(Int64(uids)), .integer(counts.messages), .integer(counts.octets), .integer(counts.unseen), .integer(counts.deleted),
                .integer(Int64(payload.count)), .text((table ?? row.keywords).stored), .integer(row.id.rawValue),
            ]
        ) { ($0.integer(0), $0.integer(1), $0.integer(2), $0.integer(3)) }
        guard let updated else { throw MailStoreError(.missing, "mailbox \(row.id)") }
        let modSeq = ModSeq(stored: updated.0)
        try self.insert(row.id, modSeq, payload)
        self.remember(
            StoredChange(modSeq: modSeq, operations: operations), in: row.id, owner: row.owner, counts: counts,
            wantsFold: self.wantsFold(rows: updated.1, octets: updated.2, messages: updated.3))
        return modSeq
    }

    func insert(_ id: MailboxID, _ modSeq: ModSeq, _ payload: [UInt8]) throws {
        try self.transaction.execute(
            "INSERT INTO mailbox_change (mailbox, modseq, part, payload) VALUES ($1, $2, 0, $3)",
            [.integer(id.rawValue), .integer(modSeq.stored), .blob(payload)])
    }

    func wantsFold(rows: Int64, octets: Int64, messages: Int64) -> Bool {
        rows > Int64(self.configuration.foldRows) + messages / 64 || octets > Int64(self.configuration.foldOctets) + messages * 6
    }

    func remember(_ change: StoredChange, in id: MailboxID, owner: MailboxOwner, counts: MailboxCounts, wantsFold: Bool) {
        if let live = self.lives.find(id) {
            live.record(change, turn: self.number)
            self.touched.append(live)
        }
        self.changes.append(CommittedChange(mailbox: id, owner: owner, event: .changed(change), counts: counts, wantsFold: wantsFold))
    }

    /// Removes a mailbox with its messages.
    func remove(_ row: MailboxRow) throws {
        let dead = try self.withView(of: row) { view in Self.dead(view.columns, [0..<view.columns.count]) }
        try self.bury(dead)
        try row.retire(self.transaction)
        for table in ["mailbox_snapshot", "mailbox_change", "mailbox_expunged"] {
            try self.transaction.execute("DELETE FROM \(table) WHERE mailbox = $1", [.integer(row.id.rawValue)])
        }
        try self.transaction.execute("DELETE FROM mailbox WHERE id = $1", [.integer(row.id.rawValue)])
        self.changes.append(CommittedChange(mailbox: row.id, owner: row.owner, event: .removed, counts: -row.counts, wantsFold: false))
    }

    /// A mailbox gets another validity value: for those who have it open it is gone, and the next to open it reads it anew.
    func renumber(_ row: MailboxRow) {
        self.changes.append(CommittedChange(mailbox: row.id, owner: row.owner, event: .removed, counts: MailboxCounts(), wantsFold: false))
    }

    /// Octets by segment of messages at these places.
    static func dead(_ columns: MailboxColumns, _ places: [Range<Int>]) -> [UInt32: Int64] {
        var dead: [UInt32: Int64] = [:]
        for range in places {
            for place in range { dead[BlobID(rawValue: columns.blobs[place]).segment, default: 0] += Int64(columns.sizes[place]) }
        }
        return dead
    }

    /// Counts octets that nobody refers to here any more. Copies elsewhere may: it says where compaction is worth a look.
    func bury(_ dead: [UInt32: Int64]) throws {
        for (segment, octets) in dead.sorted(by: { $0.key < $1.key }) {
            try self.transaction.execute(
                """
                INSERT INTO segment_dead (segment, octets) VALUES ($1, $2)
                ON CONFLICT (segment) DO UPDATE SET octets = segment_dead.octets + excluded.octets
                """, [.integer(Int64(segment)), .integer(octets)])
        }
    }
}
