// The day files of decisions: written in batches by a thread of their own, dropped when their time is over.
import Foundation
package import Storage
import Synchronization

/// Decisions of the last days. Recording never blocks and never fails a message: when the disk cannot keep up, records are dropped and counted.
package final class DecisionLedger: Sendable {
    private let folder: String
    private let configuration: LedgerConfiguration
    private let records = WorkQueue<DecisionRecord>()
    private let waiting = Atomic<Int>(0)
    private let droppedRecords = Atomic<Int>(0)
    private let failedBatches = Atomic<Int>(0)
    private let thread = Mutex<WorkerThread?>(nil)

    /// Opens the folder (made if absent).
    package init(folder: String, configuration: LedgerConfiguration = .init()) throws(StorageError) {
        self.folder = folder
        self.configuration = configuration
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw StorageError(.readOnly, "\(folder): \(error.localizedDescription)") }
        let worker = try WorkerThread(name: "ledger") { self.run() }
        thread.withLock { $0 = worker }
    }

    /// Records that were dropped because too many waited, since the start.
    package var dropped: Int { droppedRecords.load(ordering: .relaxed) }
    /// Batches that the disk refused, since the start.
    package var failures: Int { failedBatches.load(ordering: .relaxed) }

    /// Keeps a record; it is on the disk some hundred milliseconds later.
    package func record(_ record: DecisionRecord) {
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= configuration.waitingLimit, records.put(record, urgent: false) else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            droppedRecords.wrappingAdd(1, ordering: .relaxed)
            return
        }
    }

    /// Writes what waits, then stops.
    package func close() {
        records.close()
        let worker = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        worker?.join()
    }

    // MARK: Reading

    /// The days that have a file, as days since 1970-01-01, rising.
    package func days() -> [Int64] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { Self.day(ofFile: $0) }.sorted()
    }

    /// Decisions of one day that carry a reference.
    package func decisions(withReference reference: String, day: Int64) throws -> [DecisionRecord] {
        let path = path(day)
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let database = try Database(path: path)
        defer { database.close() }
        return try database.readNow { transaction in
            var found: [DecisionRecord] = []
            try transaction.query(
                "SELECT \(Self.columns.joined(separator: ", ")) FROM decision WHERE reference = $1 ORDER BY time", [.text(reference)]
            ) { found.append(DecisionRecord($0)) }
            return found
        }
    }

    // MARK: Writing

    private func run() {
        var day: Int64 = -1
        var database: Database?
        while let batch = records.takeAll(gathering: UInt64(max(0, configuration.gathering)) * 1_000_000) {
            waiting.wrappingSubtract(batch.count, ordering: .relaxed)
            var index = 0
            while index < batch.count {
                let today = batch[index].day
                var next = index
                while next < batch.count, batch[next].day == today { next += 1 }
                do {
                    if day != today || database == nil {
                        database?.close()
                        database = nil
                        database = try open(today)
                        day = today
                        removeOld(today)
                    }
                    let part = Array(batch[index..<next])
                    try database?.writeNow { transaction in
                        for record in part { try transaction.execute(Self.insertion, record.values) }
                    }
                } catch {
                    failedBatches.wrappingAdd(1, ordering: .relaxed)
                    droppedRecords.wrappingAdd(next - index, ordering: .relaxed)
                }
                index = next
            }
        }
        database?.close()
    }

    private func open(_ day: Int64) throws(StorageError) -> Database {
        var settings = DatabaseConfiguration()
        settings.readers = 1
        let database = try Database(path: path(day), configuration: settings)
        try database.migrate([
            Migration(
                "decision-1",
                [
                    """
                    CREATE TABLE decision (
                        time BIGINT NOT NULL, listener TEXT NOT NULL, session TEXT NOT NULL, client_address TEXT NOT NULL, client_port BIGINT NOT NULL,
                        reverse_name TEXT NOT NULL, helo TEXT NOT NULL, tls TEXT NOT NULL, account BIGINT NOT NULL, reverse_path TEXT NOT NULL,
                        recipient TEXT NOT NULL, stage TEXT NOT NULL, reply BIGINT NOT NULL, enhanced TEXT NOT NULL, code TEXT NOT NULL,
                        reference TEXT NOT NULL, rule TEXT NOT NULL, policy_version BIGINT NOT NULL, limit_value BIGINT NOT NULL, observed BIGINT NOT NULL,
                        octets BIGINT NOT NULL, queue_id TEXT NOT NULL, message_id TEXT NOT NULL, closed BIGINT NOT NULL, count BIGINT NOT NULL)
                    """,
                    "CREATE INDEX decision_reference ON decision (reference) WHERE reference <> ''",
                ])
        ])
        return database
    }

    private func path(_ day: Int64) -> String { "\(folder)/\(day).sqlite" }

    private static func day(ofFile name: String) -> Int64? {
        name.hasSuffix(".sqlite") ? Int64(name.dropLast(7)) : nil
    }

    private func removeOld(_ today: Int64) {
        for day in days() where day < today - Int64(configuration.retentionDays) {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path(day) + suffix) }
        }
    }

    private static let columns = [
        "time", "listener", "session", "client_address", "client_port", "reverse_name", "helo", "tls", "account", "reverse_path", "recipient", "stage",
        "reply", "enhanced", "code", "reference", "rule", "policy_version", "limit_value", "observed", "octets", "queue_id", "message_id", "closed", "count",
    ]
    private static let insertion =
        "INSERT INTO decision (\(columns.joined(separator: ", "))) VALUES (\((1...columns.count).map { "$\($0)" }.joined(separator: ", ")))"
}

extension DecisionRecord {
    /// Days since 1970-01-01 UTC.
    fileprivate var day: Int64 { time >= 0 ? time / 86_400_000 : (time - 86_399_999) / 86_400_000 }

    fileprivate var values: [SQLValue] {
        [
            .integer(time), .text(listener), .text(session), .text(clientAddress), .integer(Int64(clientPort)), .text(reverseName), .text(helo),
            .text(tls), .integer(account), .text(reversePath), .text(recipient), .text(stage), .integer(Int64(reply)), .text(enhanced), .text(code),
            .text(reference), .text(rule), .integer(policyVersion), .integer(limit), .integer(observed), .integer(octets), .text(queueID),
            .text(messageID), .integer(closed ? 1 : 0), .integer(count),
        ]
    }

    fileprivate init(_ row: SQLRow) {
        time = row.integer(0)
        listener = row.text(1)
        session = row.text(2)
        clientAddress = row.text(3)
        clientPort = UInt16(truncatingIfNeeded: row.integer(4))
        reverseName = row.text(5)
        helo = row.text(6)
        tls = row.text(7)
        account = row.integer(8)
        reversePath = row.text(9)
        recipient = row.text(10)
        stage = row.text(11)
        reply = UInt16(truncatingIfNeeded: row.integer(12))
        enhanced = row.text(13)
        code = row.text(14)
        reference = row.text(15)
        rule = row.text(16)
        policyVersion = row.integer(17)
        limit = row.integer(18)
        observed = row.integer(19)
        octets = row.integer(20)
        queueID = row.text(21)
        messageID = row.text(22)
        closed = row.integer(23) != 0
        count = row.integer(24)
    }
}
