// How fast mailboxes are. Printed, never asserted: `POSTMASTER_MEASURE=1 swift test -c release --filter MailStoreMeasurement`.
import Foundation
import MailFormat
import PostmasterTesting
import Storage
import Synchronization
import Testing

@testable import Mailboxes

@Suite(.enabled(if: ProcessInfo.processInfo.environment["POSTMASTER_MEASURE"] == "1", "set POSTMASTER_MEASURE=1"), .serialized)
struct MailStoreMeasurement {
    @Test("delivered messages a second, and processor time of each", arguments: [1, 20, 200, 2000])
    func delivery(owners: Int) async throws {
        let fixture = try MailStoreFixture()
        for owner in 1...owners { try await fixture.store.createAccountMailboxes(MailboxOwner(rawValue: Int64(owner))) }
        let octets = Self.message(10_240)
        let summary = MessageSummary.render(octets.span, MIMETree.parse(octets.span)).encoded()
        let count = 20_000
        let messages = (0..<200).map { n in
            DeliverableMessage(
                internalDate: 1_700_000_000, returnPathLine: Array("Return-Path: <a@example.org>\r\n".utf8),
                trace: [UInt8](repeating: 65, count: 300),
                summary: summary, recipients: [.init(owner: MailboxOwner(rawValue: Int64(n % owners + 1)))], octets: octets)
        }
        let (begin, used) = (Moment(), Processor())
        let window = Window(64)
        for n in 0..<count {
            var message = messages[n % 200]
            message.recipients[0].owner = MailboxOwner(rawValue: Int64(n % owners + 1))
            await window.enter()
            fixture.store.deliver(message) { _ in window.leave() }
        }
        await fixture.store.settled()
        let (took, processor) = (begin.seconds, used.seconds)
        // The log's part alone, to be taken off.
        let logBegin = Processor()
        let log = try SegmentLog(folder: fixture.folder.path(of: "bare"))
        let head = [UInt8](repeating: 66, count: 700)
        for _ in 0..<count {
            await window.enter()
            log.append(JournalEntry(kind: 9, head: head, octets: octets)) { _ in window.leave() }
        }
        await window.drain()
        let bare = logBegin.seconds
        log.close()
        Self.report(
            "deliver 10 KB to \(owners) mailboxes: \(Int(Double(count) / took))/s, \(Self.micro(processor / Double(count))) of processor each, "
                + "of which the log has \(Self.micro(bare / Double(count)))")
    }

    @Test("a mailbox of 100,000 messages: opening, flagging, summaries, expunging")
    func large() async throws {
        let fixture = try MailStoreFixture()
        var inbox = try await fixture.mailbox()
        let octets = Self.message(2_000)
        let summary = MessageSummary.render(octets.span, MIMETree.parse(octets.span)).encoded()
        let window = Window(512)
        for _ in 0..<100_000 {
            await window.enter()
            let message = DeliverableMessage(
                internalDate: 1_700_000_000, summary: summary, recipients: [.init(owner: MailStoreFixture.owner)], octets: octets)
            fixture.store.deliver(message) { _ in window.leave() }
        }
        await window.drain()
        await fixture.store.settled()
        try SnapshotFolder.fold(inbox.id, fixture.store)
        try fixture.reopen()
        var begin = Moment()
        inbox = try await fixture.mailbox()
        Self.report("open: \(begin.milliseconds) ms (with finding it by name)")
        let snapshot = inbox.view.columns.encoded()
        begin = Moment()
        _ = MailboxColumns(decoding: snapshot.span)
        Self.report("decode a snapshot of \(snapshot.count) octets: \(begin.milliseconds) ms")
        begin = Moment()
        _ = try await fixture.store.store(.add, FlagList([.seen]), of: UIDSet(1...UInt32.max), in: inbox)
        Self.report("STORE 1:* +FLAGS: \(begin.milliseconds) ms")
        begin = Moment()
        let held = inbox.view
        _ = try await fixture.store.store(.remove, FlagList([.seen]), of: UIDSet(1...UInt32.max), in: inbox)
        Self.report("STORE 1:* -FLAGS while a view is held: \(begin.milliseconds) ms (\(held.count))")
        begin = Moment()
        for _ in 0..<200 {
            _ = try await fixture.store.store(.add, FlagList([.flagged]), of: UIDSet(5...5), in: inbox)
            _ = try await fixture.store.store(.remove, FlagList([.flagged]), of: UIDSet(5...5), in: inbox)
        }
        Self.report("STORE of one message: \(begin.milliseconds / 400) ms")
        var octetCount = 0
        let blobs = inbox.view.columns.blobs.map { BlobID(rawValue: $0) }
        begin = Moment()
        try fixture.store.withSummaries(blobs) { _, summary in octetCount += summary?.count ?? 0 }
        Self.report("100,000 summaries: \(begin.milliseconds) ms (\(octetCount) octets)")
        begin = Moment()
        let placed = try await fixture.store.copy(UIDSet(1...UInt32.max), from: inbox, to: try await fixture.id("Archive"))
        Self.report("COPY 1:*: \(begin.milliseconds) ms (\(placed.uids.count))")
        begin = Moment()
        let fifth: [UInt32] = (0..<20_000).map { (n: Int) -> UInt32 in UInt32(n * 5 + 1) }
        _ = try await fixture.store.expunge(UIDSet(fifth), in: inbox, onlyDeleted: false)
        Self.report("EXPUNGE of each fifth: \(begin.milliseconds) ms")
        begin = Moment()
        for n in 0..<500 {
            _ = try await fixture.store.append([AppendedMessage(octets: octets, internalDate: Int64(n), summary: summary)], to: inbox.id)
        }
        Self.report("APPEND, one after the other: \(Int(500 / begin.seconds))/s")
        begin = Moment()
        try fixture.reopen()
        inbox = try await fixture.mailbox()
        Self.report("close, start and open with unfolded rows: \(begin.milliseconds) ms")
    }

    private static func message(_ count: Int) -> [UInt8] {
        var octets = Array("From: A <a@example.org>\r\nTo: b@example.net\r\nSubject: a message\r\nMessage-ID: <1@example.org>\r\n\r\n".utf8)
        var n = 0
        while octets.count < count {
            octets += Array("line \(n &* 2_654_435_761 % 65_537) of some text that is not the same every time\r\n".utf8)
            n += 1
        }
        return octets
    }

    private static func micro(_ seconds: Double) -> String { "\(Int(seconds * 1e7) / 10) µs" }
    private static func report(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}

private struct Moment {
    private let start = ContinuousClock.now
    var seconds: Double {
        let took = ContinuousClock.now - start
        return Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
    }
    var milliseconds: Double { (seconds * 10_000).rounded() / 10 }
}

private struct Processor {
    private let start = Self.used
    private static var used: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = Int(usage.ru_utime.tv_sec) + Int(usage.ru_stime.tv_sec)
        let micros = Int(usage.ru_utime.tv_usec) + Int(usage.ru_stime.tv_usec)
        return Double(seconds) + Double(micros) / 1e6
    }
    var seconds: Double { Self.used - start }
}

/// Lets a number of things be under way at once.
private final class Window: Sendable {
    private let state: Mutex<(free: Int, waiters: [CheckedContinuation<Void, Never>])>
    private let count: Int
    init(_ count: Int) {
        self.count = count
        state = Mutex((count, []))
    }
    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiters.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiters.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.resume()
    }
    func drain() async {
        for _ in 0..<count { await enter() }
        for _ in 0..<count { leave() }
    }
}
