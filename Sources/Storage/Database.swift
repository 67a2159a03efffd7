// The embedded database: one writer thread with group commit, several readers.
import Foundation
import GRDB
import Synchronization

/// Tables of the mail complex in one SQLite file (WAL, `synchronous=FULL`).
///
/// Changes from any thread wait for the writer thread, which runs all that wait in one transaction and answers them after one commit: a change that
/// was answered is on the disk. The thread holds the database until `close()`. A body that throws is rolled back alone (a savepoint each), the others of its group commit;
/// where the whole group fails for the sake of one (a full disk, a constraint checked at the end) each is tried by itself.
package final class Database: Sendable {
    private struct Change: Sendable {
        let body: @Sendable (Transaction) throws -> Void
        let completion: @Sendable (StorageFailure?) -> Void
    }

    /// Why a change did not happen: what its body threw, or the engine's trouble.
    private typealias StorageFailure = any Error

    private let pool: DatabasePool
    private let changes = WorkQueue<Change>()
    private let writer: Mutex<WorkerThread?>
    private let waiting = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)
    private let configuration: DatabaseConfiguration

    /// Opens or creates the file.
    /// - Throws: `StorageError`: `.readOnly` where it may not be written, `.damaged` where it is no database, `.failed` where FULL could not be set.
    package init(path: String, configuration: DatabaseConfiguration = .init()) throws(StorageError) {
        self.configuration = configuration
        var settings = Configuration()
        settings.maximumReaderCount = configuration.readers
        settings.busyMode = .timeout(Double(configuration.busyTimeout) / 1000)
        settings.label = "store"
        do {
            pool = try DatabasePool(path: path, configuration: settings)
            // After opening: GRDB sets NORMAL itself when it opens a pool (architecture, State). Read back: a wrong value must not go unseen.
            let synchronous = try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
                try database.execute(sql: "PRAGMA cache_size = -65536")
                return try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1
            }
            guard synchronous == 2 || synchronous == 3 else {
                throw StorageError(.failed, "\(path): synchronous is \(synchronous), FULL is needed")
            }
            try pool.write { database in
                try database.execute(sql: "CREATE TABLE IF NOT EXISTS schema_step (name TEXT NOT NULL PRIMARY KEY)")
                try database.execute(sql: "CREATE TABLE IF NOT EXISTS sequence (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)")
            }
        } catch let error as DatabaseError {
            throw StorageError(opening: path, error)
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(.failed, "\(path): \(error)")
        }
        writer = Mutex(nil)
        let thread = try WorkerThread(name: "db-writer") { self.runWriter() }
        writer.withLock { $0 = thread }
    }

    // MARK: Schema

    /// Applies the steps that this file does not have yet, in order.
    package func migrate(_ migrations: [Migration]) throws(StorageError) {
        for migration in migrations {
            try writeNow { transaction in
                let known = try transaction.first("SELECT 1 FROM schema_step WHERE name = $1", [.text(migration.name)]) { _ in true }
                guard known == nil else { return }
                for statement in migration.statements { try transaction.execute(statement) }
                try transaction.execute("INSERT INTO schema_step (name) VALUES ($1)", [.text(migration.name)])
            }
        }
    }

    // MARK: Writing

    /// Runs a change in the next group commit and returns when it is durable. The body must have no side effect outside the transaction.
    @discardableResult
    package func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            submitWrite(body) { continuation.resume(with: $0) }
        }
    }

    /// Runs a change in the next group commit; `completion` is called on the writer thread when it is durable, or did not happen.
    /// - Parameter urgent: false lets the group wait some milliseconds for company.
    package func submitWrite<T: Sendable>(
        urgent: Bool = true,
        _ body: @escaping @Sendable (Transaction) throws -> T,
        completion: @escaping @Sendable (Result<T, any Error>) -> Void
    ) {
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= configuration.waitingLimit else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            return completion(.failure(StorageError(.busy, "\(configuration.waitingLimit) changes are waiting")))
        }
        let outcome = Mutex<T?>(nil)
        let slot = Slot(outcome)
        let change = Change(
            body: { transaction in slot.set(try body(transaction)) },
            completion: { failure in
                if let failure {
                    completion(.failure(failure))
                } else if let value = slot.take() {
                    completion(.success(value))
                } else {
                    completion(.failure(StorageError(.failed, "a change ended without a result")))
                }
            })
        if !changes.put(change, urgent: urgent) {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            completion(.failure(StorageError(.closed, "the database is closed")))
        }
    }

    /// Runs a change and blocks until it is durable: for start-up and commands, never on an event loop, never from a completion (the writer thread
    /// would wait for itself).
    @discardableResult
    package func writeNow<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) throws(StorageError) -> T {
        let done = DispatchSemaphore(value: 0)
        let result = Slot<Result<T, any Error>>(Mutex(nil))
        submitWrite(body) {
            result.set($0)
            done.signal()
        }
        done.wait()
        guard let result = result.take() else { throw StorageError(.failed, "a change ended without a result") }
        do { return try result.get() } catch let error as StorageError { throw error } catch { throw StorageError(.failed, "\(error)") }
    }

    // MARK: Reading

    /// Reads a consistent state on a reader connection.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        do { return try await pool.read { try body(Transaction($0)) } } catch let error as DatabaseError { throw readFailure(error) }
    }

    /// Reads a consistent state and blocks: for start-up and commands, never on an event loop.
    package func readNow<T>(_ body: (Transaction) throws -> T) throws -> T {
        do { return try pool.read { try body(Transaction($0)) } } catch let error as DatabaseError { throw readFailure(error) }
    }

    /// A number that changes when another process has committed. Cheap; blocks for a moment.
    package var changeCounter: Int64 {
        get throws {
            do {
                return try pool.writeWithoutTransaction { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
            } catch let error as DatabaseError { throw readFailure(error) }
        }
    }

    private func readFailure(_ error: DatabaseError) -> StorageError {
        isClosed.load(ordering: .relaxed) ? StorageError(.closed, "the database is closed") : StorageError(error)
    }

    /// Problems that the engine finds in its own file; empty when it is sound.
    package func integrityProblems() throws -> [String] {
        try readNow { transaction in
            var problems: [String] = []
            try transaction.query("PRAGMA integrity_check(100)") { row in
                let line = row.text(0)
                if line != "ok" { problems.append(line) }
            }
            return problems
        }
    }

    /// Commits what waits, then closes. Later changes fail with `.closed`.
    package func close() {
        changes.close()
        let thread = writer.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let thread else { return }
        thread.join()
        isClosed.store(true, ordering: .relaxed)
        pool.writeWithoutTransaction { _ = try? $0.checkpoint(.truncate) }
        try? pool.close()
    }

    // MARK: The writer thread

    private func runWriter() {
        let gathering = UInt64(max(0, min(configuration.gathering, 10_000))) * 1000
        while let group = changes.takeAll(gathering: gathering) {
            commit(group)
        }
    }

    private func commit(_ group: [Change]) {
        var failures = [StorageFailure?](repeating: nil, count: group.count)
        do {
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "BEGIN IMMEDIATE")
                do {
                    if group.count == 1 {
                        try group[0].body(Transaction(database))
                    } else {
                        for (index, change) in group.enumerated() {
                            try database.execute(sql: "SAVEPOINT change")
                            do { try change.body(Transaction(database)) } catch {
                                // A full disk or a failed device ends the whole transaction by itself: there is no savepoint to go back to.
                                guard database.isInsideTransaction else { throw error }
                                failures[index] = error
                                try database.execute(sql: "ROLLBACK TO SAVEPOINT change")
                            }
                            try database.execute(sql: "RELEASE SAVEPOINT change")
                        }
                    }
                    try database.execute(sql: "COMMIT")
                } catch {
                    if database.isInsideTransaction { try database.execute(sql: "ROLLBACK") }
                    throw error
                }
            }
        } catch {
            let trouble: any Error = (error as? DatabaseError).map { StorageError($0) } ?? error
            if group.count > 1, let kind = (trouble as? StorageError)?.kind, kind == .full || kind == .constraint {
                for change in group { commit([change]) }
            } else {
                for change in group { finish(change, trouble) }
            }
            return
        }
        for (change, failure) in zip(group, failures) { finish(change, failure) }
    }

    private func finish(_ change: Change, _ failure: StorageFailure?) {
        waiting.wrappingSubtract(1, ordering: .relaxed)
        change.completion(failure)
    }
}

/// A place for one value that is set by one thread and taken by another.
private final class Slot<Value: Sendable>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: consuming Mutex<Value?>) { self.value = value }

    func set(_ new: Value) { value.withLock { $0 = new } }
    func take() -> Value? {
        value.withLock { value in
            defer { value = nil }
            return value
        }
    }
}
