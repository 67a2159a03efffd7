// A mailbox in memory while changes are written, committed, abandoned and read in any order.
import Synchronization
import Testing

@testable import Mailboxes

struct LiveMailboxTests {
    private static func view(_ modSeq: UInt64, messages: Int = 3) -> MailboxView {
        var columns = MailboxColumns()
        columns.append(first: 1, modSeq: 1, (0..<messages).map { _ in Arrival(flags: 0, date: 0, size: 1, blob: 1, ordinal: 0) })
        return MailboxView(
            uidValidity: UIDValidity(stored: 1), uidNext: UInt32(messages + 1), highestModSeq: ModSeq(modSeq), keywords: KeywordTable(),
            columns: columns)
    }

    private static func live(at modSeq: UInt64) -> LiveMailbox {
        let live = LiveMailbox(id: MailboxID(rawValue: 1))
        _ = live.loaded(view(modSeq), owner: MailboxOwner(rawValue: 1), recentFrom: 1)
        return live
    }

    private static func flag(_ modSeq: UInt64, _ bit: UInt64) -> StoredChange {
        StoredChange(modSeq: ModSeq(modSeq), operations: [.flags(UIDSet(1...1), remove: 0, add: bit)])
    }

    @Test("the writer sees what was written before in the same commit, readers do not")
    func pending() {
        let live = Self.live(at: 5)
        live.record(Self.flag(6, 1), turn: 1)
        live.record(Self.flag(7, 2), turn: 2)
        #expect(live.withWriterView(at: ModSeq(7)) { $0.columns.flags[0] } == 3)
        #expect(live.view.columns.flags[0] == 0)
        #expect(live.receive(Self.flag(6, 1), turn: 1) && live.receive(Self.flag(7, 2), turn: 2))
        #expect(live.view.columns.flags[0] == 3)
        #expect(live.withWriterView(at: ModSeq(7)) { _ in true } == true)
    }

    @Test("an abandoned change leaves nothing, and its mod-sequence is used by the next")
    func abandoned() {
        let live = Self.live(at: 5)
        live.record(Self.flag(6, 1), turn: 1)
        #expect(live.withWriterView(at: ModSeq(6)) { $0.columns.flags[0] } == 1)
        live.abandon(turn: 1)
        live.record(Self.flag(6, 4), turn: 2)
        #expect(live.withWriterView(at: ModSeq(6)) { $0.columns.flags[0] } == 4)
        #expect(live.receive(Self.flag(6, 4), turn: 2))
        #expect(live.view.columns.flags[0] == 4)
    }

    @Test("where memory does not agree with the row, the tables are to be read")
    func disagreement() {
        let live = Self.live(at: 5)
        #expect(live.withWriterView(at: ModSeq(6)) { _ in true } == nil)
        // A change that was written while the mailbox was being read leaves a gap, and what follows it does not hide it.
        live.record(Self.flag(7, 1), turn: 2)
        #expect(live.withWriterView(at: ModSeq(7)) { _ in true } == nil)
    }

    @Test("changes that come while the mailbox is read are applied once")
    func loading() {
        let live = LiveMailbox(id: MailboxID(rawValue: 1))
        #expect(live.receive(Self.flag(5, 1), turn: 1) && live.receive(Self.flag(6, 2), turn: 2) && live.receive(Self.flag(7, 4), turn: 3))
        #expect(live.loaded(Self.view(6), owner: MailboxOwner(rawValue: 1), recentFrom: 1))
        #expect(live.view.columns.flags[0] == 4)
        #expect(live.highestModSeq == ModSeq(7))
    }

    @Test("a gap is noticed, and what was read again is told as a difference")
    func gap() {
        let live = Self.live(at: 5)
        let told = TestTold()
        let subscription = live.subscribe { told.add($0) }
        #expect(!live.receive(Self.flag(8, 8), turn: 1))
        #expect(live.receive(Self.flag(9, 16), turn: 2))
        var newer = Self.view(7, messages: 4)
        newer.apply(StoredChange(modSeq: ModSeq(7), operations: [.expunge(UIDSet(2...2))]))
        #expect(live.loaded(newer, owner: MailboxOwner(rawValue: 1), recentFrom: 1))
        #expect(live.view.columns.uids == [1, 3, 4] && live.view.columns.flags[0] == 24)
        #expect(told.changes.count == 1)
        #expect(told.changes.first?.expunged == UIDSet(2...2) && told.changes.first?.arrivals == UIDSet(4...4))
        #expect(told.changes.first?.flagged == UIDSet(1...1) && told.changes.first?.modSeq == ModSeq(9))
        withExtendedLifetime(subscription) {}
    }
}

private final class TestTold: Sendable {
    private let all = Mutex<[MailboxChange]>([])
    func add(_ change: MailboxChange) { self.all.withLock { $0.append(change) } }
    var changes: [MailboxChange] { self.all.withLock { $0 } }
}
