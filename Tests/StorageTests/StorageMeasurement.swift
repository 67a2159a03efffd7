// How fast the stores take what must be durable. Printed, never asserted: `POSTMASTER_MEASURE=1 swift test -c release --filter StorageMeasurement`.
import Foundation
import PostmasterTesting
import Synchronization
import Testing

import Storage

@Suite(.enabled(if: ProcessInfo.processInfo.environment["POSTMASTER_MEASURE"] == "1", "set POSTMASTER_MEASURE=1"), .serialized)
struct StorageMeasurement {
    @Test("appends of 10 KB a second", arguments: [1, 20, 200])
    func appends(waiting: Int) throws {
        let folder = try TemporaryFolder()
        let log = try SegmentLog(folder: folder.path(of: "log"))
        defer { log.close() }
        let words = "the quick brown fox jumps over a lazy dog while 1234567890 mails wait for their turn and nobody minds".split(separator: " ")
        let messages = (0..<50).map { _ -> [UInt8] in
            var octets: [UInt8] = []
            while octets.count < 10_240 { octets += Array("\(words.randomElement() ?? "") \(UInt16.random(in: 0...999)) ".utf8) }
            return octets
        }
        let head = [UInt8](repeating: 0x41, count: 500)
        let window = DispatchSemaphore(value: waiting)
        let latencies = Mutex<[Double]>([])
        let seconds = 5.0
        let begin = Moment.now
        var count = 0
        while Moment.now - begin < seconds {
            window.wait()
            let start = Moment.now
            log.append(JournalEntry(kind: 1, head: head, octets: messages[count % 50])) { _ in
                latencies.withLock { $0.append(Moment.now - start) }
                window.signal()
            }
            count += 1
        }
        for _ in 0..<waiting { window.wait() }
        let took = Moment.now - begin
        for _ in 0..<waiting { window.signal() }
        let sorted = latencies.withLock { $0.sorted() }
        let line = [
            "append 10 KB, \(waiting) waiting: \(Int(Double(count) / took))/s",
            "p50 \(Int(sorted[sorted.count / 2] * 1e6)) µs", "p99 \(Int(sorted[sorted.count * 99 / 100] * 1e6)) µs",
            "\(try log.storedOctets() / UInt64(count)) octets stored each",
        ]
        FileHandle.standardError.write(Data((line.joined(separator: ", ") + "\n").utf8))
    }

    @Test("changes of the database a second", arguments: [1, 20, 200])
    func changes(waiting: Int) throws {
        let folder = try TemporaryFolder()
        let database = try Database(path: folder.path(of: "store.sqlite"))
        defer { database.close() }
        try database.migrate([Migration("t", ["CREATE TABLE t (n BIGINT NOT NULL PRIMARY KEY, b BLOB NOT NULL)"])])
        let window = DispatchSemaphore(value: waiting)
        let begin = Moment.now
        var count = 0
        while Moment.now - begin < 5 {
            window.wait()
            let n = Int64(count)
            database.submitWrite {
                try $0.execute("INSERT INTO t (n, b) VALUES ($1, $2)", [.integer(n), .blob([UInt8](repeating: 1, count: 200))])
            } completion: {
                _ in
                window.signal()
            }
            count += 1
        }
        for _ in 0..<waiting { window.wait() }
        let took = Moment.now - begin
        for _ in 0..<waiting { window.signal() }
        FileHandle.standardError.write(Data("database change, \(waiting) waiting: \(Int(Double(count) / took))/s\n".utf8))
    }
}
