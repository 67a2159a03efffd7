// The stores on bad disks: full, failing, not to be written, slow.
import Foundation
import Glibc
import PostmasterTesting
import Synchronization
import Testing

@testable import Storage

/// Disks that are full: small file systems of the test's own.
@Suite(.enabled(if: SmallDisk.isExpected, "mounting a small disk needs root"), .serialized)
struct FullDiskTests {
    @Test("a full disk refuses what does not fit, takes what fits, and goes on when there is space again")
    func segmentLog() throws {
        let disk = try SmallDisk(megabytes: 1)
        let log = try SegmentLog(folder: disk.path + "/log")
        defer { log.close() }
        var kept: [(Int, BlobID)] = []
        for n in 0..<4 { kept.append((n, try log.appendNow(numbered(n)))) }
        try disk.fill(leaving: 64 << 10)
        let large = 3  // one that does not compress
        expect(.full) { try log.appendNow(numbered(large, count: 200_000)) }
        let end = log.end
        for n in 10..<14 { kept.append((n, try log.appendNow(numbered(n)))) }
        #expect(kept[4].1 == end, "the place of the refused one is used again")

        // Large and small ones that wait together: one group, of which only the large ones fail.
        let outcomes = Mutex<[Int: Result<BlobID, StorageError>]>([:])
        let done = DispatchGroup()
        let hold = DispatchSemaphore(value: 0)
        done.enter()
        log.append(numbered(20)) { result in
            outcomes.withLock { $0[20] = result }
            hold.wait()
            done.leave()
        }
        for n in 21..<40 {
            done.enter()
            log.append(numbered(n, count: n % 6 == 0 ? 150_000 : 300)) { result in
                outcomes.withLock { $0[n] = result }
                done.leave()
            }
        }
        hold.signal()
        done.wait()
        for n in 20..<40 {
            switch outcomes.withLock({ $0[n] }) {
            case .success(let id):
                #expect(n % 6 != 0, "entry \(n)")
                #expect(try log.entry(of: id) == numbered(n, count: n == 20 ? 600 : 300))
            case .failure(let error):
                #expect(n % 6 == 0, "entry \(n): \(error)")
                #expect(error.kind == .full)
            case nil: Issue.record("entry \(n) was not answered")
            }
        }

        try disk.fill(leaving: 0)
        expect(.full) { try log.appendNow(numbered(large, count: 5_000)) }
        for (n, id) in kept { #expect(try log.entry(of: id) == numbered(n)) }
        disk.clear()
        let id = try log.appendNow(numbered(large, count: 200_000))
        #expect(try log.entry(of: id) == numbered(large, count: 200_000))
        #expect(try log.verify().isEmpty)
        log.close()
        let again = try SegmentLog(folder: disk.path + "/log")
        defer { again.close() }
        #expect(again.findings.isEmpty)
        #expect(try again.entry(of: id) == numbered(large, count: 200_000))
    }

    @Test("where no new segment can be begun nothing is taken, until there is space")
    func newSegment() throws {
        let disk = try SmallDisk(megabytes: 1)
        var configuration = SegmentLogConfiguration()
        configuration.segmentSize = 1_000
        let log = try SegmentLog(folder: disk.path + "/log", configuration: configuration)
        defer { log.close() }
        for n in 0..<3 { try log.appendNow(numbered(3 * n)) }
        while log.end.offset < configuration.segmentSize { try log.appendNow(numbered(1)) }
        let segments = log.segments
        try disk.fill(leaving: 0)
        for _ in 0..<3 { expect(.full) { try log.appendNow(numbered(3, count: 3_000)) } }
        disk.clear()
        try log.appendNow(numbered(4))
        #expect(log.segments.count == segments.count + 1)
        #expect(try log.verify().isEmpty)
    }

    @Test("a full disk refuses a change of the database, keeps what was there, and goes on when there is space again")
    func database() async throws {
        let disk = try SmallDisk(megabytes: 2)
        let database = try Database(path: disk.path + "/store.sqlite")
        defer { database.close() }
        try database.migrate([Migration("t", ["CREATE TABLE t (n BIGINT NOT NULL PRIMARY KEY, b BLOB NOT NULL)"])])
        try await database.write { try $0.execute("INSERT INTO t (n, b) VALUES (1, $1)", [.blob([1])]) }
        try disk.fill(leaving: 40 << 10)
        let large = [UInt8](repeating: 7, count: 400_000)
        for _ in 0..<3 {
            do {
                try await database.write { try $0.execute("INSERT INTO t (n, b) VALUES (2, $1)", [.blob(large)]) }
                Issue.record("a change of 400,000 octets fits into 40,000")
            } catch let error as StorageError { #expect(error.kind == .full, "\(error)") }
        }

        // One that is too large among small ones of the same group: the others are durable.
        let hold = DispatchSemaphore(value: 0)
        let held = DispatchSemaphore(value: 0)
        let done = DispatchGroup()
        let outcomes = Mutex<[Int: Bool]>([:])
        done.enter()
        database.submitWrite { _ in
            held.signal()
            hold.wait()
        } completion: { _ in
            done.leave()
        }
        held.wait()
        for n in 10..<15 {
            done.enter()
            database.submitWrite { transaction in
                // A body that goes on after the trouble must not commit half of itself.
                do { try transaction.execute("INSERT INTO t (n, b) VALUES ($1, $2)", [.integer(Int64(n)), .blob(n == 12 ? large : [9])]) } catch {
                    try transaction.execute("INSERT INTO t (n, b) VALUES (99, $1)", [.blob([])])
                }
            } completion: { result in
                outcomes.withLock { $0[n] = (try? result.get()) != nil }
                done.leave()
            }
        }
        hold.signal()
        done.wait()
        for n in 10..<15 { #expect(outcomes.withLock { $0[n] } == (n != 12), "change \(n)") }
        var numbers: [Int64] = []
        func read() throws {
            numbers = []
            try database.readNow { try $0.query("SELECT n FROM t ORDER BY n") { numbers.append($0.integer(0)) } }
        }
        try read()
        #expect(numbers == [1, 10, 11, 13, 14])
        disk.clear()
        try await database.write { try $0.execute("INSERT INTO t (n, b) VALUES (2, $1)", [.blob(large)]) }
        try read()
        #expect(numbers == [1, 2, 10, 11, 13, 14])
        #expect(try database.integrityProblems().isEmpty)
    }
}

/// Faults of the device, seen by a process of its own with the preloaded library.
@Suite struct DiskFaultTests {
    private func run(_ name: String, _ shim: FaultShim, folder: String) throws -> (exit: Program.Exit, output: String) {
        var environment: [String: String?] = shim.environment
        environment["POSTMASTER_CHILD_FOLDER"] = folder
        return try TestPrograms.runChild("StorageChildren/\(name)\\(", environment: environment)
    }

    private func expectPassed(_ result: (exit: Program.Exit, output: String), sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(result.exit == .code(0) && result.output.contains("passed"), "\(result.output.suffix(3_000))", sourceLocation: sourceLocation)
    }

    @Test("after a failed flush the message is refused, the segment is left, and the next append goes to a new one")
    func flushFails() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(.flush, path: "/log/", fault: .fail(errno: EIO, times: 1), at: 4)
        expectPassed(try run("flushFails", shim, folder: folder.path(of: "log")))
        let log = try SegmentLog(folder: folder.path(of: "log"))
        defer { log.close() }
        #expect(log.findings.isEmpty)
        #expect(log.segments == [1, 2])
        #expect(try log.verify().isEmpty)
        #expect(try log.replayed().map { String(decoding: $0.head.prefix(7), as: UTF8.self) } == ["head 0 ", "head 1 ", "head 4 ", "head 5 "])
    }

    @Test("while flushes fail nothing is accepted; when they work again service goes on")
    func flushFailsForAWhile() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(.flush, path: "/log/", fault: .fail(errno: EIO, times: 0), switchFile: folder.path(of: "fault"))
        expectPassed(try run("flushFailsForAWhile", shim, folder: folder.path(of: "log")))
    }

    @Test("a write that fails costs the message, not the log", arguments: [EIO, ENOSPC])
    func writeFails(code: Int32) throws {
        let folder = try TemporaryFolder()
        do {
            let path = folder.path(of: "log-\(code)")
            // A write that fails for want of space is cut back and the segment goes on; after another failure too.
            let shim = try FaultShim(.write, path: "/log-", fault: .fail(errno: code, times: 2), at: 4)
            expectPassed(try run("writeFails", shim, folder: path))
            let log = try SegmentLog(folder: path)
            defer { log.close() }
            #expect(log.findings.isEmpty)
            #expect(try log.verify().isEmpty)
        }
    }

    @Test("a process killed while it writes, at any octet, loses nothing that was answered", arguments: 0..<40)
    func killedWithin(step: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "log")
        var faults: [FaultShim.Fault] = [.killBefore, .killAfter, .killWithHoles]
        faults += (0..<37).map { .killWithin(octets: $0 < 20 ? $0 * 33 : -($0 - 19) * 7) }
        let shim = try FaultShim(.write, path: "/log/", fault: faults[step], at: 3 + step * 2)
        let result = try run("appendUntilKilled", shim, folder: path)
        #expect(result.exit == .signal(SIGKILL), "\(result.output.suffix(2_000))")
        let answered = try String(contentsOfFile: path + ".answered", encoding: .utf8).split(separator: "\n").compactMap { line -> (Int, BlobID)? in
            let parts = line.split(separator: " ").compactMap { Int64($0) }
            return parts.count == 2 ? (Int(parts[0]), BlobID(rawValue: parts[1])) : nil
        }
        let log = try SegmentLog(folder: path)
        defer { log.close() }
        for (n, id) in answered { #expect(try log.entry(of: id) == numbered(n)) }
        // What was never answered may be there whole, or not at all.
        for record in try log.replayed() {
            let digits = Array(record.head.dropFirst(5).prefix { $0 >= 0x30 && $0 <= 0x39 })
            let n = try #require(Int(String(decoding: digits, as: UTF8.self)))
            #expect(try log.entry(of: record.id) == numbered(n))
        }
        #expect(try log.verify().isEmpty)
        let id = try log.appendNow(numbered(1))
        #expect(try log.entry(of: id) == numbered(1))
    }

    @Test("where the cut after a failed write fails too, the segment is left and the next append goes to a new one")
    func cutFails() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "log")
        // The child fills a small file-size limit, which makes a short write; the cut back is made to fail.
        let shim = try FaultShim(.cut, path: "/log/", fault: .fail(errno: EIO, times: 1))
        expectPassed(try run("cutFails", shim, folder: path))
        let log = try SegmentLog(folder: path)
        defer { log.close() }
        #expect(log.segments == [1, 2])
        #expect(try log.replayed().map { String(decoding: $0.head.prefix(7), as: UTF8.self) } == ["head 0 ", "head 1 ", "head 4 "])
    }

    @Test("every commit of the database is flushed before it is answered")
    func flushesCounted() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(.flush, path: "store.sqlite-wal", fault: .count, report: folder.path(of: "report"))
        expectPassed(try run("commits", shim, folder: folder.path(of: "store.sqlite")))
        #expect((shim.counts()[.flush] ?? 0) >= 20)
    }

    @Test("a database whose process was killed in a write, at any octet, has every answered change and is sound", arguments: 0..<24)
    func databaseKilled(step: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "store.sqlite")
        var faults: [FaultShim.Fault] = [.killBefore, .killAfter, .killWithHoles]
        faults += (0..<21).map { .killWithin(octets: $0 < 11 ? $0 * 400 : -($0 - 10) * 11) }
        let shim = try FaultShim(.write, path: "store.sqlite-wal", fault: faults[step], at: 60 + step * 3)
        let result = try run("commitUntilKilled", shim, folder: path)
        #expect(result.exit == .signal(SIGKILL), "\(result.output.suffix(2_000))")
        let answered = try String(contentsOfFile: path + ".answered", encoding: .utf8).split(separator: "\n").compactMap { Int64($0) }
        let database = try Database(path: path)
        defer { database.close() }
        #expect(try database.integrityProblems().isEmpty)
        var found: [Int64] = []
        try database.readNow { try $0.query("SELECT n FROM t ORDER BY n") { found.append($0.integer(0)) } }
        #expect(Set(answered).isSubset(of: Set(found)))
        #expect(found.count <= answered.count + 1)
        #expect(answered.count > 3)
    }

    @Test("folders that may not be written are refused with the reason")
    func readOnlyFolder() throws {
        guard geteuid() == 0 else { return }
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o755)
        do {
            let log = try SegmentLog(folder: folder.path(of: "log"))
            try log.appendNow(numbered(1))
            log.close()
            let database = try Database(path: folder.path(of: "store.sqlite"))
            database.close()
            chmod(folder.path(of: "log"), 0o755)
            chmod(segmentPath(folder.path(of: "log"), 1), 0o644)
        }
        expectPassed(
            try TestPrograms.runChild("StorageChildren/readOnlyFolder\\(", environment: ["POSTMASTER_CHILD_FOLDER": folder.path]))
    }
}

/// Bodies that `DiskFaultTests` runs in processes of their own.
@Suite(.enabled(if: TestPrograms.childName != nil, "only in a process that a test has started"), .serialized)
struct StorageChildren {
    private var folder: String { ProcessInfo.processInfo.environment["POSTMASTER_CHILD_FOLDER"] ?? "/nonexistent" }

    @Test func flushFails() throws {
        // Flush 1 is the header's, 2 and 3 the first two records': the fourth fails.
        let log = try SegmentLog(folder: folder)
        let before = try [log.appendNow(numbered(0)), log.appendNow(numbered(1))]
        expect(.failed) { try log.appendNow(numbered(2)) }
        let id = try log.appendNow(numbered(4))
        #expect(id.segment == 2)
        try log.appendNow(numbered(5))
        #expect(try log.entry(of: before[1]) == numbered(1))
        #expect(try log.entry(of: id) == numbered(4))
        log.close()
    }

    @Test func flushFailsForAWhile() throws {
        let fault = URL(fileURLWithPath: folder).deletingLastPathComponent().appendingPathComponent("fault").path
        let log = try SegmentLog(folder: folder)
        defer { log.close() }
        var kept: [(Int, BlobID)] = []
        for round in 0..<3 {
            for n in 0..<5 { kept.append((n, try log.appendNow(numbered(n)))) }
            try put([], in: fault)
            for n in 0..<5 { expect(.failed) { try log.appendNow(numbered(n)) } }
            for (n, id) in kept { #expect(try log.entry(of: id) == numbered(n), "round \(round)") }
            try FileManager.default.removeItem(atPath: fault)
        }
        kept.append((9, try log.appendNow(numbered(9))))
        #expect(try log.replayed().map(\.id) == kept.map(\.1))
        #expect(try log.verify().isEmpty)
    }

    @Test func writeFails() throws {
        let log = try SegmentLog(folder: folder)
        defer { log.close() }
        var kept: [(Int, BlobID)] = []
        var refused = 0
        for n in 0..<10 {
            do { kept.append((n, try log.appendNow(numbered(n)))) } catch { refused += 1 }
        }
        #expect(refused == 2)
        for (n, id) in kept { #expect(try log.entry(of: id) == numbered(n)) }
        #expect(try log.replayed().map(\.id) == kept.map(\.1))
    }

    @Test func cutFails() throws {
        let log = try SegmentLog(folder: folder)
        try log.appendNow(numbered(0))
        let kept = try log.appendNow(numbered(1))
        // Files of this process may not grow beyond the half of the next record.
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: rlim_t(log.end.offset) + 1_000, rlim_max: rlim_t.max)
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        expect(.full) { try log.appendNow(numbered(3, count: 5_000)) }
        limit.rlim_cur = rlim_t.max
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let id = try log.appendNow(numbered(4))
        #expect(id.segment == 2)
        #expect(try log.entry(of: kept) == numbered(1) && log.entry(of: id) == numbered(4))
        log.close()
    }

    @Test func appendUntilKilled() throws {
        var configuration = SegmentLogConfiguration()
        configuration.segmentSize = 20_000
        let log = try SegmentLog(folder: folder, configuration: configuration)
        let answers = open(folder + ".answered", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        let window = DispatchSemaphore(value: 5)
        for n in 0..<2_000 {
            window.wait()
            log.append(numbered(n)) { result in
                if let id = try? result.get() {
                    let line = Array("\(n) \(id.rawValue)\n".utf8)
                    _ = write(answers, line, line.count)
                }
                window.signal()
            }
        }
    }

    @Test func commits() async throws {
        let database = try Database(path: folder)
        try database.migrate([Migration("t", ["CREATE TABLE t (n BIGINT NOT NULL PRIMARY KEY)"])])
        for n in 0..<20 { try await database.write { try $0.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(n))]) } }
        database.close()
    }

    @Test func commitUntilKilled() async throws {
        let database = try Database(path: folder)
        try database.migrate([Migration("t", ["CREATE TABLE t (n BIGINT NOT NULL PRIMARY KEY, b BLOB NOT NULL)"])])
        let answers = open(folder + ".answered", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        for n in 0..<2_000 {
            try await database.write {
                try $0.execute("INSERT INTO t (n, b) VALUES ($1, $2)", [.integer(Int64(n)), .blob(numbered(n, count: 3_000).octets)])
            }
            let line = Array("\(n)\n".utf8)
            _ = write(answers, line, line.count)
        }
    }

    @Test func readOnlyFolder() throws {
        // This process is nobody from here on.
        #expect(setgid(65_534) == 0 && setuid(65_534) == 0)
        expect(.readOnly) { try SegmentLog(folder: folder + "/log") }
        expect(.readOnly) { try SegmentLog(folder: folder + "/new") }
        expect(.readOnly) { try Database(path: folder + "/store.sqlite") }
        expect(.readOnly) { try Database(path: folder + "/new.sqlite") }
        expect(.missing) { try Database(path: folder + "/absent/new.sqlite") }
    }
}
