// The door to all mailboxes: holds the tables, the journal and what is in memory; the work stands in the extensions beside it.
package import Storage
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Mailboxes over a database and the segment log.
///
/// A delivered message is durable in the log first and visible soon after, when the projector has written its rows; everything else is one
/// transaction. Memory follows what was committed, in order, on the writer's thread.
package final class MailStore: Sendable {
    package let database: Database
    package let log: SegmentLog
    let configuration: MailStoreConfiguration
    let clock: @Sendable () -> Int64
    let lives: LiveMailboxes
    let usage: UsageCache
    /// Records that a transaction on its way will refer to; compaction keeps its hands off them.
    let unborn = Mutex<[BlobID: Int]>([:])
    private let turns = Atomic<UInt64>(0)
    private let foreign = Mutex<Int64?>(nil)
    let projector: Projector
    let folder: SnapshotFolder

    /// Opens the store and makes visible what the journal holds beyond its mark: blocks until that is done.
    /// - Parameter clock: seconds since 1970.
    /// - Throws: `StorageError` of the database or the log.
    package init(
        database: Database, log: SegmentLog, configuration: MailStoreConfiguration = .init(),
        clock: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }
    ) throws {
        self.database = database
        self.log = log
        self.configuration = configuration
        self.clock = clock
        self.lives = LiveMailboxes(countLimit: configuration.cachedMailboxes, weightLimit: configuration.cachedMessages)
        self.usage = UsageCache(limit: configuration.cachedOwners)
        self.projector = Projector(configuration: configuration)
        self.folder = SnapshotFolder()
        try database.migrate(MailboxSchema.migrations)
        let counter = try database.changeCounter
        self.foreign.withLock { $0 = counter }
        try self.projector.start(self)
        try self.folder.start(self)
    }

    /// Makes visible what is waiting, then stops. The servers, the intake and the log are closed before, the database after.
    package func close() {
        self.projector.close()
        self.folder.close()
    }

    // MARK: Changing

    /// Runs a change in the writer's turn; on return it is durable, applied in memory and told.
    func change<T: Sendable>(_ body: @escaping @Sendable (WriterTurn) throws -> T) async throws(MailStoreError) -> T {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                self.submit(body) { continuation.resume(with: $0) }
            }
        } catch { throw MailStoreError(error) }
    }

    /// The same with a completion, called on the writer's thread.
    func submit<T: Sendable>(
        _ body: @escaping @Sendable (WriterTurn) throws -> T, completion: @escaping @Sendable (Result<T, any Error>) -> Void
    ) {
        let number = self.turns.wrappingAdd(1, ordering: .relaxed).newValue
        let (lives, configuration, clock) = (self.lives, self.configuration, self.clock)
        self.database.submitWrite { transaction in
            let turn = WriterTurn(transaction, number: number, now: clock(), lives: lives, configuration: configuration)
            do {
                let value = try body(turn)
                return (value, turn.changes)
            } catch {
                turn.abandon()
                throw error
            }
        } completion: { [self] (result: Result<(T, [CommittedChange]), any Error>) in
            switch result {
            case .success((let value, let changes)):
                self.publish(changes, turn: number)
                completion(.success(value))
            case .failure(let error):
                // The body may have run and the commit failed.
                for live in lives.all { live.abandon(turn: number) }
                completion(.failure(error))
            }
        }
    }

    /// Brings committed changes into memory, in order, on the writer's thread.
    private func publish(_ changes: [CommittedChange], turn: UInt64) {
        for change in changes {
            self.usage.add(change.counts, for: change.owner)
            switch change.event {
            case .changed(let stored):
                if let live = self.lives.find(change.mailbox), !live.receive(stored, turn: turn) { self.reload(live) }
            case .removed:
                if let live = self.lives.find(change.mailbox) {
                    live.remove()
                    self.lives.forget(live)
                }
            }
            if change.wantsFold { self.folder.put(change.mailbox) }
        }
    }

    // MARK: Opening

    /// The mailbox in memory, read from the tables where it is not there yet.
    /// - Throws: `.missing`.
    package func open(_ id: MailboxID) async throws(MailStoreError) -> LiveMailbox {
        let (live, isNew) = self.lives.findOrMake(id)
        if isNew { self.reload(live) }
        do { try await live.ready() } catch { throw MailStoreError(error) }
        if live.isGone { throw MailStoreError(.missing, "mailbox \(id)") }
        if isNew { self.lives.trim() }
        return live
    }

    /// Reads a mailbox from the tables. In a task of its own, because others than the caller may wait for it.
    func reload(_ live: LiveMailbox) {
        let database = self.database
        Task.detached { [self] in
            do {
                repeat {
                    let (view, row) = try await database.read { transaction in
                        guard let row = try MailboxRow.find(live.id, transaction) else { throw MailStoreError(.missing, "mailbox \(live.id)") }
                        return (try row.load(transaction), row)
                    }
                    if live.loaded(view, owner: row.owner, recentFrom: UInt32(clamping: row.recentFrom)) { return }
                } while true
            } catch {
                if let error = error as? MailStoreError, error.kind == .missing {
                    live.remove()
                    self.lives.forget(live)
                }
                if live.failed(error) { self.lives.forget(live) }
            }
        }
    }

    /// Looks whether another process has changed something, and reads the mailboxes that are in memory again where it has. Cheap when it has not;
    /// called every few seconds.
    package func absorbForeignChanges() async throws(MailStoreError) {
        do {
            let counter = try self.database.changeCounter
            let isNew = self.foreign.withLock { known in
                defer { known = counter }
                return known != nil && known != counter
            }
            guard isNew else { return }
            self.usage.forgetAll()
            for live in self.lives.all {
                let highest = try await self.database.read { transaction in
                    try transaction.first("SELECT highest_modseq FROM mailbox WHERE id = $1", [.integer(live.id.rawValue)]) {
                        ModSeq(stored: $0.integer(0))
                    }
                }
                if let highest {
                    if live.fallBehind(of: highest) { self.reload(live) }
                } else {
                    live.remove()
                    self.lives.forget(live)
                }
            }
        } catch { throw MailStoreError(error) }
    }

    /// Reads from the tables, with this room's errors.
    func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws(MailStoreError) -> T {
        do { return try await self.database.read(body) } catch { throw MailStoreError(error) }
    }
}
