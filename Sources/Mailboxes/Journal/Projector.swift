// Makes delivered messages visible: takes durable journal records in their order and writes the rows of their mailboxes.
import Storage
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One thread that projects records in the order of the log, many in one transaction. The mark of how far it has come moves in the same
/// transaction as the rows, so a record is projected once, also over a crash (architecture, State).
final class Projector: Sendable {
    /// A durable delivery.
    struct Record: Sendable {
        let blob: BlobID
        let internalDate: Int64
        let arrivals: [RecipientArrival]
    }

    struct RecipientArrival: Sendable {
        let target: Target
        let flags: FlagList
        let size: UInt32
        let ordinal: UInt16
    }

    /// Where a recipient's message goes.
    struct Target: Hashable, Sendable {
        let owner: MailboxOwner
        let destination: DeliverableMessage.Destination
    }

    private struct Progress {
        var entered: UInt64 = 0
        var projected: UInt64 = 0
        var waiters: [(UInt64, @Sendable () -> Void)] = []
        /// Deliveries that are answered when the backlog is shorter.
        var held: [@Sendable () -> Void] = []
        var trouble: StorageError?
        var isClosed = false
    }

    static let markName = "mailboxes"

    private let queue = WorkQueue<Record>()
    private let progress = Mutex(Progress())
    private let thread = Mutex<WorkerThread?>(nil)
    /// Which mailbox a destination of an owner is; wrong entries correct themselves, since they find no row.
    private let known = Mutex<[Target: MailboxID]>([:])
    private let configuration: MailStoreConfiguration

    init(configuration: MailStoreConfiguration) { self.configuration = configuration }

    /// Projects what the journal holds beyond the mark, then goes on with what comes.
    func start(_ store: MailStore) throws {
        try self.recover(store)
        let worker = try WorkerThread(name: "projector") { self.run(store) }
        self.thread.withLock { $0 = worker }
    }

    func close() {
        self.progress.withLock { $0.isClosed = true }
        self.queue.close()
        let worker = self.thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        worker?.join()
    }

    // MARK: Entering

    /// A delivery is durable. Called on the log's thread, in the order of the log.
    /// - Parameter answer: called now, or when the backlog is short enough.
    func enter(_ record: Record, answer: @escaping @Sendable () -> Void) {
        let (isHeld, isUrgent) = self.progress.withLock { progress in
            progress.entered += 1
            let isHeld = progress.entered - progress.projected > UInt64(max(1, self.configuration.backlogLimit)) && !progress.isClosed
            if isHeld { progress.held.append(answer) }
            return (isHeld, isHeld || !progress.waiters.isEmpty)
        }
        // A closed queue takes nothing: the record is in the log, and is projected at the next start.
        _ = self.queue.put(record, urgent: isUrgent)
        if !isHeld { answer() }
    }

    /// Why nothing more can be taken: the backlog is full and the database refuses.
    var trouble: StorageError? {
        self.progress.withLock { progress in
            progress.entered - progress.projected > UInt64(max(1, self.configuration.backlogLimit)) ? progress.trouble : nil
        }
    }

    /// Records that are durable and not visible yet.
    var backlog: Int { self.progress.withLock { Int($0.entered - $0.projected) } }

    /// Calls `body` when everything that was entered before is visible.
    func whenSettled(_ body: @escaping @Sendable () -> Void) {
        let isSettled = self.progress.withLock { progress in
            if progress.projected >= progress.entered || progress.isClosed { return true }
            progress.waiters.append((progress.entered, body))
            return false
        }
        if isSettled { body() } else { self.queue.hurry() }
    }

    // MARK: The projector's thread

    private func run(_ store: MailStore) {
        defer { self.releaseAll() }
        let gathering = UInt64(max(0, min(self.configuration.gathering, 100_000))) * 1000
        while true {
            let isAwaited = self.progress.withLock { !$0.waiters.isEmpty || !$0.held.isEmpty }
            guard let records = self.queue.takeAll(gathering: isAwaited ? 0 : gathering) else { return }
            var index = 0
            while index < records.count {
                let end = min(records.count, index + max(1, self.configuration.batchLimit))
                // Nothing may be projected after a gap: the mark would pass over it.
                guard self.project(Array(records[index..<end]), store) else { return }
                self.advance(by: end - index)
                index = end
            }
        }
    }

    private func advance(by count: Int) {
        let due = self.progress.withLock { progress -> [@Sendable () -> Void] in
            progress.projected += UInt64(count)
            var due = progress.waiters.filter { $0.0 <= progress.projected }.map(\.1)
            progress.waiters.removeAll { $0.0 <= progress.projected }
            if progress.entered - progress.projected <= UInt64(max(1, self.configuration.backlogLimit)) {
                due += progress.held
                progress.held = []
            }
            return due
        }
        for body in due { body() }
    }

    /// Lets go of all who wait, when the projector has stopped.
    private func releaseAll() {
        let due = self.progress.withLock { progress -> [@Sendable () -> Void] in
            progress.isClosed = true
            defer {
                progress.waiters = []
                progress.held = []
            }
            return progress.waiters.map(\.1) + progress.held
        }
        for body in due { body() }
    }

    /// Projects a batch; tries again while the database is in trouble, and sets a record aside that it refuses for good.
    /// - Returns: false where the projector has to stop; the journal is projected at the next start.
    private func project(_ records: [Record], _ store: MailStore) -> Bool {
        self.insist { () throws(StorageError) -> Bool in
            do throws(StorageError) { try self.write(records, store) } catch {
                guard error.kind == .constraint || error.kind == .damaged else { throw error }
                guard records.count == 1, let record = records.first else { return false }
                try self.setAside(record.blob, error.detail, store)
            }
            return true
        } ?? records.allSatisfy { self.project([$0], store) }
    }

    /// Tries until it works or the projector is closed.
    /// - Returns: true when done, false when to stop, nil where the body asks for another way.
    private func insist(_ body: () throws(StorageError) -> Bool) -> Bool? {
        var pause: UInt32 = 10_000
        while true {
            do throws(StorageError) {
                let isDone = try body()
                self.progress.withLock { $0.trouble = nil }
                return isDone ? true : nil
            } catch {
                self.progress.withLock { $0.trouble = error }
                if error.kind == .closed || self.progress.withLock({ $0.isClosed }) { return false }
                usleep(pause)
                pause = min(1_000_000, pause * 2)
            }
        }
    }

    /// Writes a batch and waits for the commit; memory is brought up to date on the writer's thread.
    private func write(_ records: [Record], _ store: MailStore) throws(StorageError) {
        guard !records.isEmpty else { return }
        let batch = ProjectionBatch(records)
        let done = Turnstile<Result<Void, any Error>>()
        store.submit { turn in
            try batch.write(turn, self)
        } completion: {
            done.set($0)
        }
        do { try done.wait().get() } catch let error as StorageError { throw error } catch {
            // A refusal of our own rules (no UIDs left, a damaged row): this record is set aside, not tried for ever.
            throw StorageError(.damaged, "\(error)")
        }
    }

    /// A record that cannot be projected stays in the log; `check` names it.
    private func setAside(_ blob: BlobID, _ reason: String, _ store: MailStore) throws(StorageError) {
        try store.database.writeNow { transaction in
            try transaction.execute(
                "INSERT INTO journal_problem (position, reason) VALUES ($1, $2) ON CONFLICT (position) DO NOTHING",
                [.integer(blob.rawValue), .text(reason)])
            try Self.move(to: blob, transaction)
        }
    }

    // MARK: The mark

    static func mark(_ transaction: Transaction) throws -> BlobID? {
        try transaction.first("SELECT position FROM journal_mark WHERE name = $1", [.text(Self.markName)]) { BlobID(rawValue: $0.integer(0)) }
    }

    static func move(to blob: BlobID, _ transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO journal_mark (name, position) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET position = excluded.position
            """, [.text(Self.markName), .integer(blob.rawValue)])
    }

    // MARK: Recovery

    /// Projects what is in the log beyond the mark.
    private func recover(_ store: MailStore) throws {
        let mark = try store.database.readNow { try Self.mark($0) }
        var batch: [Record] = []
        try store.log.replay(after: mark) { blob, kind, head, octetCount in
            guard kind == MailJournalKind.delivery else { return }
            guard let parsed = JournalHead(head), let envelope = parsed.envelope() else {
                try self.flush(&batch, store)
                try self.setAside(blob, "the head cannot be read", store)
                return
            }
            batch.append(Self.record(blob, parsed.internalDate, envelope, octetCount))
            if batch.count >= max(1, self.configuration.batchLimit) { try self.flush(&batch, store) }
        }
        try self.flush(&batch, store)
    }

    private func flush(_ batch: inout [Record], _ store: MailStore) throws {
        guard !batch.isEmpty else { return }
        do { try self.write(batch, store) } catch {
            guard error.kind == .constraint || error.kind == .damaged else { throw error }
            guard self.project(batch, store) else { throw error }
        }
        batch = []
    }

    static func record(_ blob: BlobID, _ date: Int64, _ envelope: JournalHead.Envelope, _ octetCount: Int) -> Record {
        var arrivals: [RecipientArrival] = []
        arrivals.reserveCapacity(envelope.recipients.count)
        for (ordinal, recipient) in envelope.recipients.enumerated() {
            arrivals.append(
                RecipientArrival(
                    target: Target(owner: recipient.owner, destination: recipient.destination), flags: recipient.flags,
                    size: envelope.size(ordinal: ordinal, octetCount: octetCount), ordinal: UInt16(truncatingIfNeeded: ordinal)))
        }
        return Record(blob: blob, internalDate: date, arrivals: arrivals)
    }

    // MARK: Finding mailboxes

    func find(_ target: Target) -> MailboxID? {
        if case .mailbox(let id) = target.destination { return id }
        return self.known.withLock { $0[target] }
    }

    func keep(_ id: MailboxID, for target: Target) {
        self.known.withLock { known in
            if known.count >= 200_000 { known = [:] }
            known[target] = id
        }
    }

    func forget(_ target: Target) { self.known.withLock { $0[target] = nil } }
}
