// The day files of decisions: what is recorded is read back, old days go, a flood is bounded.
import Foundation
import Testing

@testable import Ledger

@Suite struct DecisionLedgerTests {
    private func folder() -> String { NSTemporaryDirectory() + "ledger-\(UUID().uuidString)" }

    private func record(day: Int64, reference: String) -> DecisionRecord {
        var record = DecisionRecord()
        record.time = day * 86_400_000 + 5
        record.clientAddress = "192.0.2.1"
        record.clientPort = 65_535
        record.reference = reference
        record.reply = 571
        record.code = "E1110"
        record.recipient = "o'hara; DROP TABLE decision@example.net"
        record.closed = true
        return record
    }

    @Test("a record is read back by its reference, with every field")
    func readBack() throws {
        let path = folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let ledger = try DecisionLedger(folder: path)
        let wanted = record(day: 20_000, reference: "ABCDEFGHJKM0")
        ledger.record(wanted)
        ledger.record(record(day: 20_000, reference: ""))
        ledger.close()
        let again = try DecisionLedger(folder: path)
        defer { again.close() }
        #expect(try again.decisions(withReference: "ABCDEFGHJKM0", day: 20_000) == [wanted])
        #expect(try again.decisions(withReference: "ABCDEFGHJKM0", day: 20_001).isEmpty)
    }

    @Test("a day is dropped one day after its time is over, not before", arguments: [(30, true), (31, false)])
    func retention(age: Int64, kept: Bool) throws {
        let path = folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let ledger = try DecisionLedger(folder: path)
        ledger.record(record(day: 20_000, reference: "A"))
        ledger.record(record(day: 20_000 + age, reference: "B"))
        ledger.close()
        #expect(ledger.days().contains(20_000) == kept)
        #expect(ledger.days().contains(20_000 + age))
    }

    @Test("records beyond the bound are dropped and counted, those within it are kept")
    func bound() throws {
        let path = folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var settings = LedgerConfiguration()
        settings.waitingLimit = 10
        settings.gathering = 500
        let ledger = try DecisionLedger(folder: path, configuration: settings)
        for _ in 0..<50 { ledger.record(record(day: 20_000, reference: "R")) }
        ledger.close()
        let kept = try ledger.decisions(withReference: "R", day: 20_000).count
        #expect(kept >= 10)
        #expect(kept + ledger.dropped == 50)
    }
}
