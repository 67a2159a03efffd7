// Columns of messages: changing them, and their stored forms over every cut and every flipped octet.
import Testing

@testable import Mailboxes

struct ColumnsTests {
    static func columns(_ count: Int, seed: UInt64 = 1) -> MailboxColumns {
        var random = SeededNumbers(seed: seed)
        var columns = MailboxColumns()
        var uid: UInt32 = 0
        for number in 0..<count {
            uid += UInt32.random(in: 1...(number % 50 == 7 ? 70_000 : 3), using: &random)
            columns.append(
                first: uid, modSeq: UInt64.random(in: 1...1 << 40, using: &random),
                [
                    Arrival(
                        flags: UInt64.random(in: 0...31, using: &random) | (number % 97 == 0 ? 1 << 63 : 0),
                        date: Int64.random(in: -10...2_000_000_000, using: &random), size: UInt32.random(in: 0...50_000_000, using: &random),
                        blob: Int64.random(in: 0...(1 << 46), using: &random), ordinal: UInt16.random(in: 0...3, using: &random))
                ])
        }
        return columns
    }

    @Test("a snapshot reads back", arguments: [0, 1, 2, 10, 1000])
    func snapshot(count: Int) {
        let columns = Self.columns(count)
        let octets = columns.encoded()
        let read = MailboxColumns(decoding: octets.span)
        #expect(read == columns)
    }

    @Test("extreme values read back")
    func extremes() {
        var columns = MailboxColumns()
        columns.append(first: 1, modSeq: 0, [Arrival(flags: 0, date: .min, size: 0, blob: .min, ordinal: 0)])
        columns.append(first: .max, modSeq: .max, [Arrival(flags: .max, date: .max, size: .max, blob: .max, ordinal: .max)])
        let octets = columns.encoded()
        let read = MailboxColumns(decoding: octets.span)
        #expect(read == columns)
    }

    @Test("no cut of a snapshot is taken for one, and no flipped octet ends the process")
    func damagedSnapshot() {
        let octets = Self.columns(40).encoded()
        for end in 0..<octets.count {
            let cut = Array(octets[..<end])
            let read = MailboxColumns(decoding: cut.span)
            #expect(read == nil)
        }
        for index in octets.indices {
            for value in [0, 1, 0x80, 0xff, octets[index] ^ 0x10] as [UInt8] {
                var damaged = octets
                damaged[index] = value
                let read = MailboxColumns(decoding: damaged.span)
                #expect(read.map { $0.uids == $0.uids.sorted() } ?? true)
            }
        }
    }

    @Test("a short snapshot that claims to be of many messages is refused before room is made for them")
    func boast() {
        var octets = Self.columns(1).encoded()
        for index in 1..<5 { octets[index] = 0xff }
        let read = MailboxColumns(decoding: octets.span)
        #expect(read == nil)
    }

    @Test("removing, flagging and finding agree with plain arrays", arguments: 0..<60)
    func changes(seed: Int) {
        var random = SeededNumbers(seed: UInt64(seed + 1000))
        var columns = Self.columns(60, seed: UInt64(seed + 1))
        var plain = zip(columns.uids, columns.flags).map { ($0, $1) }
        for _ in 0..<8 {
            let some = UIDSet((0..<12).map { _ in columns.uids.randomElement(using: &random) ?? 1 } + [3, 5])
            #expect(columns.present(some).uids == plain.map(\.0).filter { some.contains($0) })
            if Bool.random(using: &random) {
                columns.remove(some)
                plain.removeAll { some.contains($0.0) }
            } else {
                columns.change(some, remove: 3, add: 8, modSeq: 77)
                for index in plain.indices where some.contains(plain[index].0) { plain[index].1 = plain[index].1 & ~3 | 8 }
            }
            #expect(columns.uids == plain.map(\.0))
            #expect(columns.flags == plain.map(\.1))
            for (place, uid) in columns.uids.enumerated() { #expect(columns.place(of: uid) == place) }
        }
    }

    @Test("a change reads back, and no cut of it ends the process")
    func change() throws {
        let keyword = try #require(Keyword("$Junk"))
        let arrivals = (0..<3).map { Arrival(flags: UInt64($0), date: -1, size: 9, blob: 1 << 50, ordinal: 65_535) }
        let operations: [StoredChange.Operation] = [
            .keyword(keyword), .arrivals(first: 9, arrivals), .flags(UIDSet([1, 2, 9]), remove: .max, add: 4), .expunge(UIDSet(5...7)),
        ]
        let octets = StoredChange.encode(operations)
        #expect(StoredChange(modSeq: ModSeq(7), decoding: octets)?.operations == operations)
        for end in 0..<octets.count { _ = StoredChange(modSeq: ModSeq(7), decoding: Array(octets[..<end])) }
        for index in octets.indices {
            for value in [0, 0x7f, 0xff] as [UInt8] {
                var damaged = octets
                damaged[index] = value
                _ = StoredChange(modSeq: ModSeq(7), decoding: damaged)
            }
        }
        #expect(StoredChange.encode([.arrivals(first: 1, arrivals)]).count == StoredChange.encodedCount(arrivals: 3))
    }

    @Test("a journal head reads back whole, and no cut of it does")
    func head() throws {
        let keyword = try #require(Keyword("$Junk"))
        let recipients: [DeliverableMessage.Recipient] = [
            .init(owner: MailboxOwner(rawValue: 5), destination: .inbox, flags: FlagList([.seen], keywords: [keyword]), deliveredToLine: [1, 2]),
            .init(owner: MailboxOwner(rawValue: 6), destination: .specialUse(.junk)),
            .init(owner: MailboxOwner(rawValue: 7), destination: .mailbox(MailboxID(rawValue: 8)), deliveredToLine: [3]),
        ]
        let octets = try #require(
            JournalHead.encode(internalDate: -5, summary: [7, 8, 9], queueID: [1], returnPathLine: [10, 11], trace: [12], recipients: recipients))
        let head = try #require(JournalHead(octets))
        #expect(head.internalDate == -5 && Array(octets[head.summary]) == [7, 8, 9])
        let place = JournalHead.summary(in: octets.span)
        #expect(place == head.summary)
        let envelope = try #require(head.envelope())
        #expect(envelope.recipients == recipients && envelope.queueID == [1])
        #expect(
            envelope.prefix(ordinal: 0) == [10, 11, 1, 2, 12] && envelope.prefix(ordinal: 1) == [10, 11, 12] && envelope.prefix(ordinal: 3) == [])
        #expect(envelope.size(ordinal: 2, octetCount: 100) == 104)
        for end in 0..<octets.count { #expect(JournalHead(Array(octets[..<end]))?.envelope() == nil) }
    }
}
