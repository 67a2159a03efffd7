// The program is killed while mail comes in: at random moments, and at each point where it writes. What was acknowledged must be there.
import Foundation
import Glibc
import PostmasterTesting
import Synchronization
import Testing

@Suite(.serialized) struct KillTests {
    @Test("1,000 messages and 3 kills at random moments: nothing that was acknowledged is lost, doubled or changed")
    func few() throws {
        try run(kills: 3, acknowledged: 1_000, threads: 4, title: "kill -9, short")
    }

    @Test("20,000 messages and 30 kills at random moments", .enabled(if: TestPrograms.runsSlowTests, "slow: POSTMASTER_SLOW_TESTS=1"))
    func many() throws {
        try run(kills: 30, acknowledged: 20_000, threads: 8, title: "kill -9")
    }

    /// Sends until `acknowledged` messages have been taken and the server has been killed `kills` times, then compares.
    private func run(kills: Int, acknowledged: Int, threads: Int, title: String) throws {
        let process = try PostmasterProcess()
        let deliveries = Deliveries()
        try process.start()
        let crowd = SenderCrowd(threads, port: process.smtpPort, deliveries: deliveries)
        let watch = try RestartWatch(process)
        let step = acknowledged / (kills + 1)
        var threshold = 0
        for kill in 1...kills {
            threshold = max(deliveries.count, (kill - 1) * step) + Int.random(in: step / 4...step * 7 / 8)
            let deadline = Moment.now + 60
            while deliveries.count < threshold, Moment.now < deadline {
                usleep(1_000)
                if !(process.process?.isRunning ?? false) {
                    Issue.record("the server ended by itself: \(process.process?.tail ?? "")")
                    break
                }
            }
            usleep(UInt32.random(in: 0...30_000))
            process.crash()
            try process.start()
            try watch.check(deliveries)
        }
        let deadline = Moment.now + 120
        while deliveries.count < acknowledged, Moment.now < deadline { usleep(5_000) }
        crowd.stop()
        try watch.check(deliveries)
        let reckoning = try Reckoning(deliveries, process)
        print("\(title): \(kills) kills, \(reckoning)")
        #expect(reckoning.acknowledged >= acknowledged)
        #expect(reckoning.isClean)
        #expect(deliveries.refused.isEmpty, "\(deliveries.refused.prefix(5))")
        #expect(try process.stop() == .code(0))
        // And once more, from what a graceful stop has left.
        try process.start()
        let again = try Reckoning(deliveries, process)
        #expect(again.isClean, "\(again)")
        #expect(try process.stop() == .code(0))
        #expect(process.soundness() == [])
    }

    /// Where the shim strikes, and how often a point is visited.
    private struct Point {
        let name: String
        let call: FaultShim.Call
        let path: String
        let faults: [FaultShim.Fault]
        let calls: [Int]
    }

    private static let points: [Point] = [
        Point(
            name: "segment write", call: .write, path: ".seg",
            faults: [.killBefore, .killAfter, .killWithHoles]
                + [0, 1, 4, 7, 8, 11, 12, 15, 16, 17, 20, 24, 28, 31, 32, 33, 40, 64, 100, 200, 511, 512, 1_000, 4_095, 4_096, 5_000, 20_000].map {
                    .killWithin(octets: $0)
                }
                + [1, 2, 7, 8, 9, 16, 31, 32, 33, 40, 100, 1_000].map { .killWithin(octets: -$0) },
            calls: [2, 3, 5, 9, 20, 60]),
        Point(name: "segment flush", call: .flush, path: ".seg", faults: [.killBefore, .killAfter], calls: [1, 2, 3, 10, 50]),
        Point(name: "segment cut", call: .cut, path: ".seg", faults: [.killBefore, .killAfter], calls: [1]),
        Point(
            name: "database log write", call: .write, path: "-wal",
            faults: [.killBefore, .killAfter, .killWithHoles] + [0, 1, 16, 23, 24, 32, 500, 4_000, 4_095].map { .killWithin(octets: $0) }
                + [1, 24, 100].map { .killWithin(octets: -$0) },
            calls: [1, 2, 3, 8, 30, 100]),
        Point(name: "database log flush", call: .flush, path: "-wal", faults: [.killBefore, .killAfter], calls: [1, 2, 8, 30]),
        // A checkpoint copies the log into the database: what it tears the log still has.
        Point(
            name: "database write", call: .write, path: ".sqlite$",
            faults: [
                .killBefore, .killAfter, .killWithHoles, .killWithin(octets: 0), .killWithin(octets: 100), .killWithin(octets: 2_048),
                .killWithin(octets: -1),
            ],
            calls: [1, 2, 40, 200]),
    ]

    @Test("a few kills in the middle of writes lose nothing that was acknowledged")
    func fewPoints() throws {
        try runPoints(rounds: 6, seconds: 20, title: "torn writes, short")
    }

    @Test(
        "kills before, in and after every kind of write lose nothing that was acknowledged",
        .enabled(if: TestPrograms.runsSlowTests, "slow: POSTMASTER_SLOW_TESTS=1"))
    func everyPoint() throws {
        try runPoints(rounds: 70, seconds: 100, title: "torn writes")
    }

    private func runPoints(rounds: Int, seconds: Double, title: String) throws {
        let process = try PostmasterProcess()
        let deliveries = Deliveries()
        try process.start()
        let watch = try RestartWatch(process)
        let crowd = SenderCrowd(4, port: process.smtpPort, deliveries: deliveries)
        usleep(200_000)
        process.crash()
        var struck = 0
        var struckAtStart = 0
        var missed: [String] = []
        var byPoint: [String: Int] = [:]
        let end = Moment.now + seconds
        // Every fault of every point in an order that visits all points from the start on.
        var plan: [(Point, FaultShim.Fault, Int)] = []
        for round in 0..<40 {
            for point in Self.points where round < point.faults.count {
                plan.append((point, point.faults[round], point.calls[round % point.calls.count]))
            }
        }
        let folder = try TemporaryFolder()
        for (round, (point, fault, call)) in plan.prefix(rounds).enumerated() where Moment.now < end {
            // One round in four strikes while the program starts, the others when it is under load.
            // A torn tail is cut only there, and only after a torn write.
            let isAtStart = round % 4 == 3 || point.call == .cut
            if point.call == .cut {
                let tear = try FaultShim(.write, path: ".seg", fault: .killWithin(octets: 100), at: 5, switchFile: folder.path(of: "on"))
                tear.setActive(false)
                try process.start(environment: tear.environment)
                tear.setActive(true)
                try process.process?.wait(seconds: 20)
            }
            let shim = try FaultShim(
                point.call, path: point.path, fault: fault, at: isAtStart && point.call != .cut ? 1 + call % 7 : call, switchFile: isAtStart ? nil : folder.path(of: "on"))
            shim.setActive(false)
            do {
                try process.start(environment: shim.environment)
                shim.setActive(true)
                let deadline = Moment.now + 4
                while process.process?.isRunning == true, Moment.now < deadline { usleep(2_000) }
                if process.process?.isRunning == true {
                    missed.append(point.name)
                    process.crash()
                } else {
                    struck += 1
                    byPoint[point.name, default: 0] += 1
                }
            } catch {
                // Killed while it was starting: recovery itself was struck.
                if process.process?.poll() != .signal(SIGKILL) { Issue.record("\(point.name): \(error)") }
                struckAtStart += 1
                byPoint[point.name, default: 0] += 1
                process.crash()
            }
            #expect(process.process?.poll() == .signal(SIGKILL), "\(point.name): \(process.process?.tail ?? "")")
            try process.start()
            try watch.check(deliveries)
            process.crash()
        }
        try process.start()
        usleep(300_000)
        crowd.stop()
        let reckoning = try Reckoning(deliveries, process)
        print(
            "\(title): struck \(struck) under load and \(struckAtStart) at start \(byPoint.sorted { $0.key < $1.key }), not met \(missed.count) \(Set(missed).sorted()); \(reckoning)"
        )
        #expect(reckoning.isClean)
        #expect(struck > 0)
        #expect(deliveries.refused.isEmpty, "\(deliveries.refused.prefix(5))")
        #expect(try process.stop() == .code(0))
        #expect(process.soundness() == [])
    }

    @Test("flushes that fail cost the messages of that moment a 4xx and nothing else")
    func failingFlushes() throws {
        let process = try PostmasterProcess()
        let folder = try TemporaryFolder()
        let shim = try FaultShim(.flush, path: ".seg", fault: .fail(errno: EIO, times: 0), switchFile: folder.path(of: "on"))
        try process.start(environment: shim.environment)
        let deliveries = Deliveries()
        let crowd = SenderCrowd(4, port: process.smtpPort, deliveries: deliveries)
        for _ in 0..<5 {
            usleep(200_000)
            shim.setActive(true)
            usleep(100_000)
            shim.setActive(false)
        }
        usleep(300_000)
        let before = deliveries.count
        usleep(300_000)
        #expect(deliveries.count > before, "service goes on")
        crowd.stop()
        #expect(!deliveries.refused.isEmpty)
        #expect(deliveries.refused.values.allSatisfy { (400..<500).contains($0) })
        process.crash()
        try process.start()
        let reckoning = try Reckoning(deliveries, process)
        print("failing flushes: \(deliveries.refused.count) refused, of which \(reckoning.refused) are there; \(reckoning)")
        #expect(reckoning.isClean)
        try process.stop()
    }

    @Test("while the database cannot be flushed mail is kept in the journal or refused for now, clients hear NO, and afterwards all of it is there")
    func failingDatabase() throws {
        let process = try PostmasterProcess()
        let folder = try TemporaryFolder()
        let shim = try FaultShim(.flush, path: "-wal", fault: .fail(errno: EIO, times: 0), switchFile: folder.path(of: "on"))
        try process.start(environment: shim.environment)
        let deliveries = Deliveries()
        let crowd = SenderCrowd(2, port: process.smtpPort, deliveries: deliveries)
        usleep(300_000)
        crowd.pause(true)
        usleep(300_000)
        let account = PostmasterProcess.accounts[0]
        let client = try process.imap(account)
        _ = try client.select("INBOX")
        try client.must("STORE 1 FLAGS (\\Answered)")
        shim.setActive(true)
        crowd.pause(false)
        usleep(300_000)
        for command in ["STORE 1 +FLAGS (\\Flagged)", "COPY 1 Archive", "CREATE Elsewhere", "UID MOVE 1:2 Trash"] {
            let answer = try client.command(command)
            #expect(answer.status == "NO", "\(command): \(answer.status) \(answer.text)")
        }
        #expect(try client.command("NOOP").status == "OK")
        let flags = try client.must("FETCH 1 (FLAGS)").all("FETCH").first?[2].after("FLAGS")?.values.map(\.text) ?? []
        #expect(!flags.contains("\\Flagged"), "what was refused does not show")
        shim.setActive(false)
        usleep(500_000)
        try client.must("STORE 1 +FLAGS (\\Seen)")
        crowd.stop()
        #expect(deliveries.refused.values.allSatisfy { (400..<500).contains($0) })
        // Without a restart: what was acknowledged while the database failed becomes visible.
        let deadline = Moment.now + 20
        while try process.imap(account).select("INBOX").exists < deliveries.count(for: account), Moment.now < deadline { usleep(200_000) }
        let reckoning = try Reckoning(deliveries, process)
        print("failing database: \(deliveries.refused.count) refused; \(reckoning)")
        #expect(reckoning.isClean)
        process.crash()
        try process.start()
        #expect(try Reckoning(deliveries, process).isClean)
        let again = try process.imap(account)
        _ = try again.select("INBOX")
        let kept = try again.must("FETCH 1 (FLAGS)").all("FETCH").first?[2].after("FLAGS")?.values.map(\.text).filter { $0 != "\\Recent" }.sorted()
        #expect(kept == ["\\Answered", "\\Seen"])
        #expect(try process.stop() == .code(0))
        #expect(process.soundness() == [])
    }

    @Test("a slow disk slows the senders and costs nothing")
    func slowDisk() throws {
        let process = try PostmasterProcess()
        let shim = try FaultShim(.flush, path: "/segments/", fault: .slow(milliseconds: 60))
        try process.start(environment: shim.environment)
        let deliveries = Deliveries()
        let crowd = SenderCrowd(8, port: process.smtpPort, deliveries: deliveries)
        usleep(1_500_000)
        process.crash()
        try process.start()
        usleep(200_000)
        crowd.stop()
        let reckoning = try Reckoning(deliveries, process)
        print("slow disk: \(reckoning)")
        #expect(reckoning.isClean)
        #expect(deliveries.refused.isEmpty)
        try process.stop()
    }

    @Test("what an IMAP client was told is done stays done: appended, flagged, copied, moved and removed messages after kills")
    func imapChanges() throws {
        let process = try PostmasterProcess()
        try process.start()
        var expected: [Int: [String]] = [:]  // UID → flags in Archive
        var removed: Set<Int> = []
        let account = PostmasterProcess.accounts[0]
        do {
            let client = try process.imap(account)
            try client.must("CREATE Proof")
        }
        let rounds = TestPrograms.runsSlowTests ? 12 : 3
        var number = 1
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<rounds {
            let client = try process.imap(account)
            var seen: [Int: [String]] = [:]
            var next = 0
            do {
                next = try client.select("Proof").next
                for message in try client.messages(1, "*") { seen[message.uid] = message.flags.filter { $0 != "\\Recent" }.sorted() }
            }
            #expect(seen == expected.mapValues { $0.sorted() })
            #expect(removed.isDisjoint(with: seen.keys))
            #expect(next > (seen.keys.max() ?? 0))
            let steps = Int.random(in: 10...60, using: &generator)
            for step in 0..<steps {
                switch step % 5 {
                case 0, 1:
                    let answer = try client.must("APPEND Proof (\\Seen)", literal: NumberedMessage(number: number).octets)
                    number += 1
                    // [APPENDUID validity uid]
                    let uid = answer.text.split(whereSeparator: { " ]".contains($0) }).compactMap { Int($0) }.dropFirst().first
                    expected[try #require(uid)] = ["\\Seen"]
                case 2:
                    guard let uid = expected.keys.randomElement() else { continue }
                    try client.must("UID STORE \(uid) FLAGS.SILENT (\\Flagged $Label\(step))")
                    expected[uid] = ["\\Flagged", "$Label\(step)"]
                case 3:
                    guard let uid = expected.keys.randomElement() else { continue }
                    try client.must("UID MOVE \(uid) Trash")
                    expected[uid] = nil
                    removed.insert(uid)
                default:
                    guard let uid = expected.keys.randomElement() else { continue }
                    try client.must("UID STORE \(uid) +FLAGS (\\Deleted)")
                    try client.must("UID EXPUNGE \(uid)")
                    expected[uid] = nil
                    removed.insert(uid)
                }
            }
            process.crash()
            try process.start()
        }
        #expect(try process.stop() == .code(0))
        #expect(process.soundness() == [])
    }
}

/// What must hold after every restart: no fewer messages than were acknowledged, the same UIDVALIDITY, a UIDNEXT that never falls.
private final class RestartWatch {
    private let process: PostmasterProcess
    private var known: [String: (next: Int, validity: Int)] = [:]

    init(_ process: PostmasterProcess) throws {
        self.process = process
        try look { _, _ in }
    }

    func check(_ deliveries: Deliveries) throws {
        let acknowledged = PostmasterProcess.accounts.map { deliveries.count(for: $0) }
        try look { index, exists in
            #expect(
                exists >= acknowledged[index], "\(PostmasterProcess.accounts[index]): \(exists) are there, \(acknowledged[index]) were acknowledged")
        }
    }

    private func look(_ each: (Int, Int) -> Void) throws {
        for (index, account) in PostmasterProcess.accounts.enumerated() {
            let client = try process.imap(account)
            let box = try client.select("INBOX")
            client.logout()
            each(index, box.exists)
            if let before = known[account] {
                #expect(box.validity == before.validity)
                #expect(box.next >= before.next)
            }
            known[account] = (box.next, box.validity)
        }
    }
}
