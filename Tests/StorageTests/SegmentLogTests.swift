// The segment log in ordinary weather: what goes in comes out, in order, and its bounds hold.
import Foundation
import PostmasterTesting
import Synchronization
import Testing

@testable import Storage

@Suite struct SegmentLogTests {
    @Test(
        "an entry comes back as it was given",
        arguments: [
            (head: 0, octets: 0), (0, 1), (1, 0), (7, 64), (8, 65), (40, 66), (2_015, 3_000), (2_016, 3_000), (2_017, 100_000), (60_000, 300_000),
            (5, 3_000_000),
        ])
    func roundTrip(head: Int, octets: Int) throws {
        let folder = try TemporaryFolder()
        let log = try SegmentLog(folder: folder.path(of: "log"))
        defer { log.close() }
        for n in [3, 4] {
            var given = numbered(n)
            given.head = Array(repeatElement(UInt8(n), count: head))
            given.octets = Array(numbered(n, count: octets).octets.prefix(octets))
            let id = try log.appendNow(given)
            #expect(try log.entry(of: id) == given)
            #expect(try log.head(of: id) == given.head)
            #expect(try log.octets(of: id) == given.octets)
        }
        #expect(try log.verify().isEmpty)
    }

    @Test("eight threads append a thousand entries each: all are read back, and completions come in the order of the log")
    func concurrent() throws {
        let folder = try TemporaryFolder()
        var configuration = SegmentLogConfiguration()
        configuration.segmentSize = 400_000
        let log = try SegmentLog(folder: folder.path(of: "log"), configuration: configuration)
        let order = Mutex<[(Int, BlobID)]>([])
        let done = DispatchGroup()
        for thread in 0..<8 {
            done.enter()
            Thread.detachNewThread {
                let mine = DispatchSemaphore(value: 20)
                for n in thread * 1000..<(thread + 1) * 1000 {
                    mine.wait()
                    done.enter()
                    log.append(numbered(n)) { result in
                        if case .success(let id) = result { order.withLock { $0.append((n, id)) } }
                        mine.signal()
                        done.leave()
                    }
                }
                for _ in 0..<20 { mine.wait() }
                for _ in 0..<20 { mine.signal() }
                done.leave()
            }
        }
        done.wait()
        let all = order.withLock { $0 }
        #expect(all.count == 8_000)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.1 < $1.1 })
        for thread in 0..<8 {
            let mine = all.map(\.0).filter { $0 / 1000 == thread }
            #expect(mine == Array(thread * 1000..<(thread + 1) * 1000), "one thread's entries keep their order")
        }
        var wrong = 0
        for (n, id) in all where try log.entry(of: id) != numbered(n) { wrong += 1 }
        #expect(wrong == 0)
        #expect(log.segments.count > 3)
        log.close()
        let again = try SegmentLog(folder: folder.path(of: "log"), configuration: configuration)
        defer { again.close() }
        #expect(again.findings.isEmpty)
        #expect(try again.replayed().map(\.id) == all.map(\.1))
        #expect(try again.verify().isEmpty)
    }

    @Test("a segment is sealed when it has reached its size, not one octet before")
    func sealing() throws {
        let folder = try TemporaryFolder()
        let first = try SegmentLog(folder: folder.path(of: "a"))
        try first.appendNow(numbered(1))
        let end = first.end.offset
        first.close()
        for (size, expected) in [(end, [1, 2] as [UInt32]), (end + 1, [1])] {
            var configuration = SegmentLogConfiguration()
            configuration.segmentSize = size
            let log = try SegmentLog(folder: folder.path(of: "b\(size)"), configuration: configuration)
            defer { log.close() }
            try log.appendNow(numbered(1))
            #expect(log.end.offset == end)
            try log.appendNow(numbered(2))
            #expect(log.segments == expected)
        }
    }

    @Test("replay gives what comes after the mark, over the border of segments")
    func replay() throws {
        let folder = try TemporaryFolder()
        var configuration = SegmentLogConfiguration()
        configuration.segmentSize = 2_000
        let log = try SegmentLog(folder: folder.path(of: "log"), configuration: configuration)
        defer { log.close() }
        var ids: [BlobID] = []
        for n in 0..<30 { ids.append(try log.appendNow(numbered(n))) }
        #expect(log.segments.count > 2)
        let all = try log.replayed()
        #expect(all.map(\.id) == ids)
        for (n, record) in all.enumerated() {
            #expect(record.kind == numbered(n).kind && record.head == numbered(n).head && record.count == numbered(n).octets.count)
        }
        for index in ids.indices { #expect(try log.replayed(after: ids[index]).map(\.id) == Array(ids[(index + 1)...])) }
        #expect(try log.replayed(after: BlobID(segment: 1, offset: 0)).map(\.id) == ids)
        #expect(try log.replayed(after: log.end).isEmpty)
        for number in log.segments { #expect(try log.ids(inSegment: number) == ids.filter { $0.segment == number }) }
    }

    @Test("what waits for the disk is bounded: the entry that reaches the limit is taken, the next refused, and one alone may be larger")
    func waitingLimit() throws {
        let folder = try TemporaryFolder()
        let record = try numbered(1).record(Compression(level: 1)).count
        for (limit, accepted) in [(2 * record, 2), (2 * record - 1, 1), (record / 2, 1)] {
            var configuration = SegmentLogConfiguration()
            configuration.waitingLimit = limit
            let log = try SegmentLog(folder: folder.path(of: "log\(limit)"), configuration: configuration)
            defer { log.close() }
            let entered = DispatchSemaphore(value: 0)
            let hold = DispatchSemaphore(value: 0)
            log.append(numbered(1)) { _ in
                entered.signal()
                hold.wait()
            }
            entered.wait()
            let outcomes = Mutex<[Bool]>([])
            let done = DispatchGroup()
            for _ in 0..<3 {
                done.enter()
                log.append(numbered(1)) { result in
                    if case .failure(let error) = result { #expect(error.kind == .busy) }
                    outcomes.withLock { $0.append((try? result.get()) != nil) }
                    done.leave()
                }
            }
            hold.signal()
            done.wait()
            #expect(outcomes.withLock { $0.filter { $0 }.count } == accepted)
            #expect(try log.appendNow(numbered(1)).segment == 1, "room again")
        }
    }

    @Test("after close nothing is taken, what waited is there, and reading goes on")
    func closed() throws {
        let folder = try TemporaryFolder()
        let log = try SegmentLog(folder: folder.path(of: "log"))
        let done = DispatchGroup()
        let ids = Mutex<[Int: BlobID]>([:])
        for n in 0..<50 {
            done.enter()
            log.append(numbered(n)) { result in
                ids.withLock { $0[n] = try? result.get() }
                done.leave()
            }
        }
        log.close()
        done.wait()
        #expect(ids.withLock { $0.count } == 50)
        expect(.closed) { try log.appendNow(numbered(1)) }
        for (n, id) in ids.withLock({ $0 }) { #expect(try log.entry(of: id) == numbered(n)) }
        log.close()
    }

    @Test("a second log on the folder is refused while the first is open")
    func secondLog() throws {
        let folder = try TemporaryFolder()
        let log = try SegmentLog(folder: folder.path(of: "log"))
        try log.appendNow(numbered(1))
        expect(.busy) { try SegmentLog(folder: folder.path(of: "log")) }
        try log.appendNow(numbered(2))
        log.close()
        let again = try SegmentLog(folder: folder.path(of: "log"))
        #expect(try again.replayed().count == 2)
        again.close()
    }

    @Test("names that were never given are refused, whatever they are")
    func unknownNames() throws {
        let folder = try TemporaryFolder()
        let log = try SegmentLog(folder: folder.path(of: "log"))
        defer { log.close() }
        try log.appendNow(numbered(1))
        expect(.missing) { try log.octets(of: BlobID(segment: 9, offset: 32)) }
        for raw: Int64 in [0, -1, .min, .max, 1 << 40, 1 << 40 | 8, 1 << 40 | 0xff_ffff_ffff, 1 << 40 | 40] {
            #expect(throws: StorageError.self) { try log.octets(of: BlobID(rawValue: raw)) }
            #expect(throws: StorageError.self) { try log.head(of: BlobID(rawValue: raw)) }
        }
    }

    @Test("more segments than may be open at once are all read")
    func manySegments() throws {
        let folder = try TemporaryFolder()
        var configuration = SegmentLogConfiguration()
        configuration.segmentSize = 100
        configuration.openFiles = 3
        let log = try SegmentLog(folder: folder.path(of: "log"), configuration: configuration)
        defer { log.close() }
        var ids: [BlobID] = []
        for n in 0..<20 { ids.append(try log.appendNow(numbered(n))) }
        #expect(log.segments.count == 20)
        for _ in 0..<3 { for (n, id) in ids.enumerated().shuffled() { #expect(try log.entry(of: id) == numbered(n)) } }
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasPrefix(folder.path(of: "log/")) == true
        }
        #expect(open.count <= 4)
    }

    @Test("names keep their order and fit the database's integers")
    func names() {
        #expect(BlobID(segment: 1, offset: 0xff_ffff_ffff) < BlobID(segment: 2, offset: 0))
        let largest = BlobID(segment: 0x7f_ffff, offset: 0xff_ffff_ffff)
        #expect(largest.rawValue == .max)
        #expect(largest.segment == 0x7f_ffff && largest.offset == 0xff_ffff_ffff)
        #expect(BlobID(rawValue: BlobID(segment: 77, offset: 1_234_567).rawValue) == BlobID(segment: 77, offset: 1_234_567))
    }
}
