// Looks for contradictions between mailboxes, their counters and the segment log; says what it finds and repairs nothing.
package import Storage

/// Something that should not be so, or is worth knowing.
package enum MailStoreFinding: Sendable, Equatable, CustomStringConvertible {
    /// A counter of the mailbox's row is not what its messages add up to.
    case counter(MailboxID, name: String, stored: Int64, counted: Int64)
    /// UIDs do not rise strictly.
    case uidOrder(MailboxID)
    /// UIDNEXT is not above the greatest UID: a UID would be used twice.
    case uidNext(MailboxID, next: Int64, greatest: UInt32)
    /// A message's or a stored change's mod-sequence is above the mailbox's.
    case modSeq(MailboxID, highest: ModSeq, found: UInt64)
    /// Snapshot or change rows cannot be read.
    case unreadable(MailboxID, String)
    /// Rows of a mailbox that does not exist.
    case stray(MailboxID, table: String)
    /// A message whose record is not in the log or is damaged.
    case lostMessage(MailboxID, uid: UInt32, BlobID)
    /// A journal record that could not be made visible.
    case setAside(BlobID, String)
    /// The mark is beyond the end of the log: the log is older than the tables.
    case markBeyondEnd(BlobID, end: BlobID)
    /// Records that nobody refers to; expunged messages leave them until their segment is compacted.
    case unreferenced(records: Int)
    /// Damage that the log itself has found.
    case log(SegmentFinding)

    /// Whether it is a fault, not only news.
    package var isFault: Bool {
        switch self {
        case .unreferenced: false
        case .log(.cut): false
        default: true
        }
    }

    package var description: String {
        switch self {
        case .counter(let id, let name, let stored, let counted): "mailbox \(id): \(name) is \(stored), counted \(counted)"
        case .uidOrder(let id): "mailbox \(id): UIDs do not rise strictly"
        case .uidNext(let id, let next, let greatest): "mailbox \(id): UIDNEXT \(next) is not above UID \(greatest)"
        case .modSeq(let id, let highest, let found): "mailbox \(id): mod-sequence \(found) is above HIGHESTMODSEQ \(highest)"
        case .unreadable(let id, let detail): "mailbox \(id): \(detail)"
        case .stray(let id, let table): "mailbox \(id): rows in \(table), but no mailbox"
        case .lostMessage(let id, let uid, let blob): "mailbox \(id): message \(uid) has no readable record \(blob)"
        case .setAside(let blob, let reason): "record \(blob) was set aside: \(reason)"
        case .markBeyondEnd(let mark, let end): "the mark \(mark) is beyond the end of the log \(end)"
        case .unreferenced(let records): "\(records) records are referred to by no mailbox"
        case .log(let finding): finding.description
        }
    }
}

/// One examination of the whole store. Blocks for long; it may run beside a serving process, since each step reads one consistent state.
package struct MailStoreCheck {
    private let database: Database
    private let log: SegmentLog?
    /// Records that other rooms refer to (the queue).
    package var alsoLive: Set<BlobID> = []

    /// - Parameter log: nil where only the tables are to be checked.
    package init(database: Database, log: SegmentLog?) {
        self.database = database
        self.log = log
    }

    /// Everything found, mailbox by mailbox.
    /// - Throws: `StorageError` where the tables cannot be read at all.
    package func run() throws -> [MailStoreFinding] {
        var findings: [MailStoreFinding] = []
        var referenced = self.alsoLive
        let ids = try self.database.readNow { try MailStore.allMailboxes($0) }
        // What is readable, by segment: each segment is walked once.
        var readable: Set<BlobID> = []
        if let log = self.log {
            findings += try log.verify().map { .log($0) }
            for segment in log.segments { readable.formUnion((try? log.ids(inSegment: segment)) ?? []) }
        }
        for id in ids { try self.check(id, readable, &referenced, &findings) }
        try self.database.readNow { transaction in
            for table in ["mailbox_snapshot", "mailbox_change", "mailbox_expunged"] {
                try transaction.query(
                    "SELECT DISTINCT mailbox FROM \(table) WHERE NOT EXISTS (SELECT 1 FROM mailbox WHERE mailbox.id = \(table).mailbox)"
                ) { findings.append(.stray(MailboxID(rawValue: $0.integer(0)), table: table)) }
            }
            try transaction.query("SELECT position, reason FROM journal_problem ORDER BY position") {
                findings.append(.setAside(BlobID(rawValue: $0.integer(0)), $0.text(1)))
            }
            guard let log = self.log else { return }
            let mark = try Projector.mark(transaction)
            if let mark, mark >= log.end { findings.append(.markBeyondEnd(mark, end: log.end)) }
            // Records beyond the mark are not visible yet; those before it that nobody has are waiting for compaction.
            let unreferenced = readable.filter { blob in !referenced.contains(blob) && mark.map { blob <= $0 } ?? false }
            if !unreferenced.isEmpty { findings.append(.unreferenced(records: unreferenced.count)) }
        }
        return findings
    }

    private func check(_ id: MailboxID, _ readable: Set<BlobID>, _ referenced: inout Set<BlobID>, _ findings: inout [MailStoreFinding]) throws {
        let read: (MailboxRow, MailboxView, Int64)?
        do {
            read = try self.database.readNow { transaction in
                guard let row = try MailboxRow.find(id, transaction) else { return nil }
                let last = try transaction.first("SELECT COALESCE(MAX(modseq), 0) FROM mailbox_change WHERE mailbox = $1", [.integer(id.rawValue)]) {
                    $0.integer(0)
                }
                return (row, try row.load(transaction), last ?? 0)
            }
        } catch let error as MailStoreError {
            findings.append(.unreadable(id, error.detail))
            return
        }
        guard let (row, view, lastChange) = read else { return }
        let columns = view.columns
        let counted = columns.counts
        let pairs = [
            ("messages", row.counts.messages, counted.messages), ("octets", row.counts.octets, counted.octets),
            ("unseen", row.counts.unseen, counted.unseen), ("deleted", row.counts.deleted, counted.deleted),
        ]
        for (name, stored, sum) in pairs where stored != sum { findings.append(.counter(id, name: name, stored: stored, counted: sum)) }
        var previous: UInt32 = 0
        for uid in columns.uids {
            if uid <= previous {
                findings.append(.uidOrder(id))
                break
            }
            previous = uid
        }
        let greatest = columns.uids.max() ?? 0
        if row.uidNext <= Int64(greatest) { findings.append(.uidNext(id, next: row.uidNext, greatest: greatest)) }
        let found = max(columns.modSeqs.max() ?? 0, UInt64(max(0, lastChange)))
        if found > row.highestModSeq.rawValue { findings.append(.modSeq(id, highest: row.highestModSeq, found: found)) }
        guard self.log != nil else { return }
        for place in 0..<columns.count {
            let blob = BlobID(rawValue: columns.blobs[place])
            referenced.insert(blob)
            if !readable.contains(blob) { findings.append(.lostMessage(id, uid: columns.uids[place], blob)) }
        }
    }
}
