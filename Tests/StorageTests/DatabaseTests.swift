// The embedded database: durable group commits that do not harm one another, bounds, two writers, damage.
import Foundation
import PostmasterTesting
import Synchronization
import Testing

@testable import Storage

@Suite struct DatabaseTests {
    private static let table = Migration("t", ["CREATE TABLE t (n BIGINT NOT NULL PRIMARY KEY, x TEXT, b BLOB)"])

    private func database(_ folder: TemporaryFolder, _ configuration: DatabaseConfiguration = .init()) throws -> Database {
        let database = try Database(path: folder.path(of: "store.sqlite"), configuration: configuration)
        try database.migrate([Self.table])
        return database
    }

    private func numbers(_ database: Database) throws -> [Int64] {
        var numbers: [Int64] = []
        try database.readNow { try $0.query("SELECT n FROM t ORDER BY n") { numbers.append($0.integer(0)) } }
        return numbers
    }

    /// Holds the writer until `release` is signalled, so that what follows becomes one group.
    private func hold(_ database: Database) -> DispatchSemaphore {
        let release = DispatchSemaphore(value: 0)
        let held = DispatchSemaphore(value: 0)
        database.submitWrite { _ in
            held.signal()
            release.wait()
        } completion: { _ in
        }
        held.wait()
        return release
    }

    @Test("changes are flushed at commit: synchronous is FULL on the writing connection, journal is WAL")
    func full() throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        let (synchronous, journal) = try database.writeNow { transaction in
            (
                try transaction.first("PRAGMA synchronous") { $0.integer(0) }, try transaction.first("PRAGMA journal_mode") { $0.text(0) }
            )
        }
        #expect(synchronous == 2)
        #expect(journal == "wal")
    }

    @Test("a body that throws is rolled back alone; the others of its group are there")
    func failingBody() throws {
        struct Refusal: Error, Equatable {}
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        let release = hold(database)
        let outcomes = Mutex<[Int: String]>([:])
        let done = DispatchGroup()
        for n in 0..<20 {
            done.enter()
            database.submitWrite { transaction in
                try transaction.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(n))])
                if n % 5 == 1 { throw Refusal() }
                if n % 5 == 2 { try transaction.execute("INSERT INTO t (n) VALUES (0)") }
                if n % 5 == 3 { try transaction.execute("INSERT INTO nowhere (n) VALUES (0)") }
            } completion: { result in
                let outcome =
                    switch result {
                    case .success: "done"
                    case .failure(let error as StorageError): "\(error.kind)"
                    case .failure(let error): "\(type(of: error))"
                    }
                outcomes.withLock { $0[n] = outcome }
                done.leave()
            }
        }
        release.signal()
        done.wait()
        for n in 0..<20 { #expect(outcomes.withLock { $0[n] } == ["done", "Refusal", "constraint", "failed", "done"][n % 5]) }
        #expect(try numbers(database) == (0..<20).filter { $0 % 5 == 0 || $0 % 5 == 4 }.map(Int64.init))
    }

    @Test("a body alone that throws leaves nothing behind, and its error reaches the caller as it is")
    func failingAlone() async throws {
        struct Refusal: Error, Equatable { let number: Int }
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        await #expect(throws: Refusal(number: 7)) {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO t (n) VALUES (1)")
                throw Refusal(number: 7)
            }
        }
        #expect(try numbers(database).isEmpty)
        #expect(try await database.write { try $0.execute("INSERT INTO t (n) VALUES (1), (2)") } == 2)
        #expect(try await database.read { try $0.first("SELECT count(*) FROM t") { $0.integer(0) } } == 2)
    }

    @Test("a constraint that is checked at commit costs the change that broke it alone")
    func deferredConstraint() throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        try database.migrate([
            Migration("c", ["CREATE TABLE c (t BIGINT NOT NULL REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)"])
        ])
        let release = hold(database)
        let outcomes = Mutex<[Int: Bool]>([:])
        let done = DispatchGroup()
        for n in 0..<3 {
            done.enter()
            database.submitWrite { transaction in
                try transaction.execute("INSERT INTO c (t) VALUES ($1)", [.integer(Int64(n))])
                if n != 1 { try transaction.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(n))]) }
            } completion: { result in
                outcomes.withLock { $0[n] = (try? result.get()) != nil }
                done.leave()
            }
        }
        release.signal()
        done.wait()
        #expect(outcomes.withLock { $0 } == [0: true, 1: false, 2: true])
        #expect(try numbers(database) == [0, 2])
    }

    @Test("answers come in the order of the changes, from any number of threads, each after its group is durable")
    func manyThreads() throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        let order = Mutex<[Int]>([])
        let done = DispatchGroup()
        for thread in 0..<8 {
            done.enter()
            Thread.detachNewThread {
                for n in thread * 500..<(thread + 1) * 500 {
                    done.enter()
                    database.submitWrite(urgent: n % 3 != 0) {
                        try $0.execute("INSERT INTO t (n, x) VALUES ($1, $2)", [.integer(Int64(n)), .text("t\(n)")])
                    } completion: { result in
                        if case .success(1) = result { order.withLock { $0.append(n) } }
                        done.leave()
                    }
                }
                done.leave()
            }
        }
        done.wait()
        let all = order.withLock { $0 }
        #expect(all.count == 4_000)
        for thread in 0..<8 { #expect(all.filter { $0 / 500 == thread } == Array(thread * 500..<(thread + 1) * 500)) }
        #expect(try numbers(database) == (0..<4_000).map(Int64.init))
    }

    @Test("values come back as they were given", arguments: [0, 1, 1_000, 300_000])
    func values(count: Int) throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        let blob = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let text = "grüße 🎉 end" + String(repeating: "ä", count: count)
        try database.writeNow { transaction in
            for n: Int64 in [.min, -1, 0, .max] {
                try transaction.execute("INSERT INTO t (n, x, b) VALUES ($1, $2, $3)", [.integer(n), .text(text), .blob(blob)])
            }
            try transaction.execute("INSERT INTO t (n, x, b) VALUES (5, $1, $2)", [.null, nil])
        }
        try database.readNow { transaction in
            var seen: [Int64] = []
            try transaction.query("SELECT n, x, b FROM t WHERE n <> $1 ORDER BY n", [5]) { row in
                seen.append(row.integer(0))
                #expect((row.blob(2) == blob) as Bool)
                #expect(row.withBlob(2) { $0.count } == count)
                #expect((row.text(1) == text) as Bool)
                #expect(!row.isNull(1))
            }
            #expect(seen == [.min, -1, 0, .max])
            try transaction.query("SELECT x, b FROM t WHERE n = 5") { row in
                #expect(row.isNull(0) && row.isNull(1) && row.text(0).isEmpty && row.blob(1).isEmpty)
            }
        }
    }

    @Test("a text with NUL is refused, since no engine keeps it whole")
    func textWithNUL() throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        expect(.constraint) { try database.writeNow { try $0.execute("INSERT INTO t (n, x) VALUES (1, $1)", ["a\u{0}b"]) } }
        expect(.constraint) { try database.readNow { try $0.first("SELECT 1 FROM t WHERE x = $1", ["a\u{0}"]) { _ in true } } }
        #expect(try numbers(database).isEmpty)
    }

    @Test("the same statement may run inside its own rows")
    func nestedStatement() throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        try database.writeNow { transaction in
            for n in 0..<4 { try transaction.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(n))]) }
        }
        var pairs: [[Int64]] = []
        try database.readNow { transaction in
            try transaction.query("SELECT n FROM t ORDER BY n") { outer in
                let a = outer.integer(0)
                try transaction.query("SELECT n FROM t ORDER BY n") { pairs.append([a, $0.integer(0)]) }
            }
        }
        #expect(pairs == (0..<4).flatMap { a in (0..<4).map { [a, $0] } })
    }

    @Test("identities rise by one for each kind and are never given twice")
    func identities() async throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        let given = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<200 { group.addTask { try await database.write { try $0.nextID("account") } } }
            return try await group.reduce(into: [Int64]()) { $0.append($1) }
        }
        #expect(given.sorted() == Array(1...200))
        #expect(try await database.write { try $0.nextID("mailbox") } == 1)
        #expect(try await database.write { [try $0.nextID("account"), try $0.nextID("account")] } == [201, 202])
    }

    @Test("schema steps are applied once, in order, each whole or not at all")
    func migrate() throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        let steps = [
            Migration("u", ["CREATE TABLE u (n BIGINT)", "INSERT INTO u (n) VALUES (1)"]), Migration("v", ["INSERT INTO u (n) VALUES (2)"]),
        ]
        try database.migrate([Self.table] + steps)
        try database.migrate([Self.table] + steps)
        database.close()
        let again = try self.database(folder)
        defer { again.close() }
        try again.migrate(steps + [Migration("w", ["INSERT INTO u (n) VALUES (3)"])])
        #expect(try again.readNow { try $0.first("SELECT sum(n), count(*) FROM u") { [$0.integer(0), $0.integer(1)] } } == [6, 3])
        #expect(throws: StorageError.self) { try again.migrate([Migration("x", ["INSERT INTO u (n) VALUES (4)", "no SQL at all"])]) }
        #expect(try again.readNow { try $0.first("SELECT count(*) FROM u") { $0.integer(0) } } == 3)
        try again.migrate([Migration("x", ["INSERT INTO u (n) VALUES (4)"])])
        #expect(try again.readNow { try $0.first("SELECT count(*) FROM u") { $0.integer(0) } } == 4)
    }

    @Test("changes that wait are bounded: the one that reaches the limit is taken, the next refused")
    func waitingLimit() throws {
        let folder = try TemporaryFolder()
        var configuration = DatabaseConfiguration()
        configuration.waitingLimit = 3
        let database = try database(folder, configuration)
        defer { database.close() }
        let release = hold(database)
        let outcomes = Mutex<[StorageError.Kind?]>([])
        let done = DispatchGroup()
        for n in 0..<4 {
            done.enter()
            database.submitWrite {
                try $0.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(n))])
            } completion: { result in
                var kind: StorageError.Kind?
                if case .failure(let error) = result { kind = (error as? StorageError)?.kind }
                outcomes.withLock { $0.append(kind) }
                done.leave()
            }
        }
        release.signal()
        done.wait()
        #expect(outcomes.withLock { $0 } == [.busy, .busy, nil, nil], "the held change and two more are three")
        #expect(try numbers(database) == [0, 1])
        try database.writeNow { try $0.execute("INSERT INTO t (n) VALUES (9)") }
    }

    @Test("close commits what waits; afterwards changes and reads are refused as closed")
    func closed() async throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        let release = hold(database)
        let count = Atomic<Int>(0)
        for n in 0..<10 {
            database.submitWrite(urgent: false) {
                try $0.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(n))])
            } completion: { result in
                if (try? result.get()) != nil { count.add(1, ordering: .relaxed) }
            }
        }
        release.signal()
        database.close()
        #expect(count.load(ordering: .relaxed) == 10)
        expect(.closed) { try database.writeNow { _ in } }
        expect(.closed) { try database.readNow { _ in } }
        do {
            try await database.read { _ in }
            Issue.record("read after close")
        } catch let error as StorageError { #expect(error.kind == .closed) }
        database.close()
        let again = try self.database(folder)
        #expect(try numbers(again).count == 10)
        again.close()
    }

    @Test("two that have the file open write in turn, and each sees that the other has written")
    func twoWriters() throws {
        let folder = try TemporaryFolder()
        let first = try database(folder)
        let second = try database(folder)
        defer {
            first.close()
            second.close()
        }
        let before = try (first.changeCounter, second.changeCounter)
        try first.writeNow { try $0.execute("INSERT INTO t (n) VALUES (-1)") }
        #expect(try first.changeCounter == before.0)
        #expect(try second.changeCounter != before.1)
        let done = DispatchGroup()
        let failures = Mutex<[String]>([])
        for (offset, database) in [first, second].enumerated() {
            for n in 0..<300 {
                done.enter()
                database.submitWrite(urgent: n % 2 == 0) {
                    try $0.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(n * 2 + offset))])
                } completion: { result in
                    if case .failure(let error) = result { failures.withLock { $0.append("\(error)") } }
                    done.leave()
                }
            }
        }
        done.wait()
        #expect(failures.withLock { $0 } == [])
        #expect(try numbers(first) == (-1..<600).map(Int64.init))
        #expect(try numbers(second) == (-1..<600).map(Int64.init))
    }

    @Test("another that holds the write lock too long is reported as busy, and the next change succeeds")
    func lockHeld() throws {
        let folder = try TemporaryFolder()
        let first = try database(folder)
        var impatient = DatabaseConfiguration()
        impatient.busyTimeout = 100
        let second = try database(folder, impatient)
        defer {
            first.close()
            second.close()
        }
        let release = hold(first)
        expect(.busy) { try second.writeNow { try $0.execute("INSERT INTO t (n) VALUES (1)") } }
        #expect(try numbers(second).isEmpty, "reading is not held up")
        release.signal()
        try second.writeNow { try $0.execute("INSERT INTO t (n) VALUES (1)") }
        #expect(try numbers(first) == [1])
    }

    @Test("a file that is no database is named as damaged")
    func notADatabase() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "store.sqlite")
        try put([UInt8](repeating: 0x41, count: 8_192), in: path)
        expect(.damaged) { try Database(path: path) }
        #expect(try octets(of: path) == [UInt8](repeating: 0x41, count: 8_192))
        do {
            _ = try Database(path: path)
        } catch { #expect(error.detail.contains(path)) }
    }

    @Test("a damaged page is found by the check")
    func damagedPage() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "store.sqlite")
        do {
            let database = try database(folder)
            try database.writeNow { transaction in
                for n in 0..<500 {
                    try transaction.execute("INSERT INTO t (n, x) VALUES ($1, $2)", [.integer(Int64(n)), .text(String(repeating: "x", count: 100))])
                }
            }
            #expect(try database.integrityProblems().isEmpty)
            database.close()
        }
        var whole = try octets(of: path)
        for page in [5, 6, 7] { for index in 0..<200 { whole[page * 4096 + index] = 0xa5 } }
        try put(whole, in: path)
        let database = try Database(path: path)
        defer { database.close() }
        var found = true
        do { found = try !database.integrityProblems().isEmpty } catch let error as StorageError { #expect(error.kind == .damaged) }
        #expect(found)
    }

    @Test("a hundred readers and a writer go on together, and each reader sees one consistent state")
    func consistentReads() async throws {
        let folder = try TemporaryFolder()
        let database = try database(folder)
        defer { database.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for n in 0..<200 {
                    try await database.write { transaction in
                        try transaction.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(2 * n))])
                        try transaction.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(2 * n + 1))])
                    }
                }
            }
            for _ in 0..<100 {
                group.addTask {
                    let count = try await database.read { transaction in
                        let first = try transaction.first("SELECT count(*) FROM t") { $0.integer(0) } ?? -1
                        let second = try transaction.first("SELECT max(n) + 1 FROM t") { $0.integer(0) } ?? -1
                        return first == second ? first : -1
                    }
                    #expect(count >= 0 && count % 2 == 0)
                }
            }
            try await group.waitForAll()
        }
    }
}
