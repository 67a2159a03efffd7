// The mail store as a few dictionaries: what random operations on the real one are compared with.
package import Mailboxes

/// A generator whose sequence is fixed by its seed (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { self.state = seed }

    package mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// One owner's mailboxes as plain values.
package struct MailStoreModel {
    package struct Message: Equatable {
        package var uid: UInt32
        package var flags: Set<String>
        package var number: Int
        package var date: Int64
        package var size: Int
    }

    package struct Mailbox {
        package var messages: [Message] = []
        package var uidNext: UInt32 = 1
        /// All UIDs ever given here, to see that none is given twice.
        package var given: Set<UInt32> = []

        package mutating func add(_ message: Message) -> UInt32 {
            var message = message
            message.uid = self.uidNext
            self.given.insert(self.uidNext)
            self.uidNext += 1
            self.messages.append(message)
            return message.uid
        }
    }

    package var mailboxes: [String: Mailbox] = [:]

    package init() {}

    /// Compares a mailbox with what the real store shows.
    package func compare(_ name: String, _ view: MailboxView) throws {
        guard let mailbox = self.mailboxes[name] else { throw ConformanceFailure("\(name) should not be there") }
        try expectEqual(view.columns.uids, mailbox.messages.map(\.uid), "\(name): UIDs")
        try expectEqual(view.uidNext, mailbox.uidNext, "\(name): UIDNEXT")
        try expectEqual(view.columns.sizes.map { Int($0) }, mailbox.messages.map(\.size), "\(name): sizes")
        try expectEqual(view.columns.dates, mailbox.messages.map(\.date), "\(name): dates")
        let names = MailStoreFixture.flagNames(view)
        for (index, message) in mailbox.messages.enumerated() where names[index] != message.flags {
            throw ConformanceFailure("\(name): UID \(message.uid) has \(names[index]), expected \(message.flags)")
        }
        try expect(view.columns.modSeqs.allSatisfy { $0 <= view.highestModSeq.rawValue }, "\(name): a mod-sequence is above the highest")
    }
}

/// Random operations, each on the store and on the model.
package struct MailStoreRandomRun {
    private let fixture: MailStoreFixture
    private var random: SeededGenerator
    private var model = MailStoreModel()
    private var number = 0
    private let owner = MailStoreFixture.owner
    /// Operations done, by name.
    package private(set) var tally: [String: Int] = [:]
    private static let keywords = ["$Forwarded", "$Junk", "$NotJunk", "blue", "Work"]
    private static let system = ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"]
    private static let names = ["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash", "a", "a/b", "a/b/c", "d", "e", "e/f"]

    package init(_ fixture: MailStoreFixture, seed: UInt64) async throws {
        self.fixture = fixture
        self.random = SeededGenerator(seed: seed)
        try await fixture.store.createAccountMailboxes(self.owner)
        for (name, _) in MailStore.accountMailboxes { self.model.mailboxes[name] = .init() }
    }

    /// Does `count` operations and compares everything from time to time and at the end.
    package mutating func run(_ count: Int) async throws {
        for step in 1...count {
            try await self.step()
            if step % 250 == 0 { try await self.compareAll() }
        }
        try await self.compareAll()
        try expectEqual(try self.fixture.faults(), [], "faults")
    }

    private mutating func step() async throws {
        let roll = Int.random(in: 0..<1000, using: &self.random)
        let kind: String
        switch roll {
        case 0..<180: kind = "deliver"; try await self.deliver()
        case 180..<300: kind = "append"; try await self.append()
        case 300..<560: kind = "store"; try await self.store()
        case 560..<700: kind = "expunge"; try await self.expunge()
        case 700..<800: kind = "copy"; try await self.transfer(isMove: false)
        case 800..<900: kind = "move"; try await self.transfer(isMove: true)
        case 900..<925: kind = "create"; try await self.create()
        case 925..<940: kind = "delete"; try await self.delete()
        case 940..<960: kind = "rename"; try await self.rename()
        case 960..<985: kind = "read"; try await self.read()
        case 985..<993: kind = "reopen"; try self.fixture.reopen()
        default: kind = "replay"; try await self.replay()
        }
        self.tally[kind, default: 0] += 1
    }

    private mutating func pick() -> String { self.model.mailboxes.keys.sorted().randomElement(using: &self.random) ?? "INBOX" }

    private func live(_ name: String) async throws -> LiveMailbox { try await self.fixture.store.open(try await self.fixture.id(name)) }

    private mutating func flags() -> Set<String> {
        var flags: Set<String> = []
        for name in Self.system + Self.keywords where Int.random(in: 0..<5, using: &self.random) == 0 { flags.insert(name) }
        return flags
    }

    private func list(_ flags: Set<String>) throws -> FlagList {
        guard let list = FlagList(names: flags.sorted()) else { throw ConformanceFailure("\(flags) are no flags") }
        return list
    }

    /// Some UIDs, of messages that are there and of some that are not.
    private mutating func some(_ name: String) -> UIDSet {
        let next = self.model.mailboxes[name]?.uidNext ?? 1
        switch Int.random(in: 0..<4, using: &self.random) {
        case 0: return UIDSet(1...UInt32.max)
        case 1:
            let a = UInt32.random(in: 1...next, using: &self.random)
            let b = UInt32.random(in: 1...next, using: &self.random)
            return UIDSet(min(a, b)...max(a, b))
        default:
            var uids: [UInt32] = []
            for _ in 0..<Int.random(in: 1...6, using: &self.random) { uids.append(UInt32.random(in: 1...next, using: &self.random)) }
            return UIDSet(uids)
        }
    }

    // MARK: Operations

    private mutating func delivery() async throws -> (DeliverableMessage, String, MailStoreModel.Message) {
        self.number += 1
        let flags: Set<String> = Int.random(in: 0..<3, using: &self.random) == 0 ? self.flags() : []
        let destination: DeliverableMessage.Destination
        let name: String
        switch Int.random(in: 0..<4, using: &self.random) {
        case 0:
            destination = .specialUse(.junk)
            // Junk may have been deleted; renaming keeps its use, and the model does not follow that.
            name = try await self.fixture.store.find(self.owner, .junk).map { _ in "Junk" } ?? "INBOX"
        case 1:
            name = self.pick()
            destination = .mailbox(try await self.fixture.id(name))
        default:
            name = "INBOX"
            destination = .inbox
        }
        let message = MailStoreFixture.message(self.number, destination: destination, flags: try self.list(flags))
        let prefix = message.returnPathLine.count + message.recipients[0].deliveredToLine.count + message.trace.count
        return (
            message, name,
            MailStoreModel.Message(uid: 0, flags: flags, number: self.number, date: message.internalDate, size: prefix + message.octets.count)
        )
    }

    private mutating func deliver() async throws {
        var messages: [DeliverableMessage] = []
        for _ in 0..<Int.random(in: 1...4, using: &self.random) {
            let (message, name, expected) = try await self.delivery()
            messages.append(message)
            _ = self.model.mailboxes[name]?.add(expected)
        }
        try await self.fixture.deliver(messages)
        await self.fixture.store.settled()
    }

    private mutating func append() async throws {
        let name = self.pick()
        var messages: [AppendedMessage] = []
        var expected = UIDSet()
        for _ in 0..<Int.random(in: 1...3, using: &self.random) {
            self.number += 1
            let flags = self.flags()
            let octets = MailStoreFixture.octets(self.number)
            messages.append(AppendedMessage(octets: octets, flags: try self.list(flags), internalDate: Int64(self.number)))
            let message = MailStoreModel.Message(uid: 0, flags: flags, number: self.number, date: Int64(self.number), size: octets.count)
            if let uid = self.model.mailboxes[name]?.add(message) { expected = expected.union(UIDSet(uid...uid)) }
        }
        let placed = try await self.fixture.store.append(messages, to: try await self.fixture.id(name))
        try expectEqual(placed.uids, expected, "APPENDUID")
    }

    private mutating func store() async throws {
        let name = self.pick()
        let uids = self.some(name)
        let flags = self.flags()
        let change: FlagChange = [.add, .remove, .replace].randomElement(using: &self.random) ?? .add
        let live = try await self.live(name)
        let before = live.view
        let result = try await self.fixture.store.store(change, try self.list(flags), of: uids, in: live)
        var changed: [UInt32] = []
        var mailbox = self.model.mailboxes[name] ?? .init()
        for index in mailbox.messages.indices where uids.contains(mailbox.messages[index].uid) {
            let old = mailbox.messages[index].flags
            switch change {
            case .add: mailbox.messages[index].flags.formUnion(flags)
            case .remove: mailbox.messages[index].flags.subtract(flags)
            case .replace: mailbox.messages[index].flags = flags
            }
            if old != mailbox.messages[index].flags { changed.append(mailbox.messages[index].uid) }
        }
        self.model.mailboxes[name] = mailbox
        try expectEqual(result.changed, UIDSet(changed), "changed")
        if !changed.isEmpty { try expect((result.modSeq ?? ModSeq(0)) > before.highestModSeq, "the mod-sequence has not grown") }
        try self.model.compare(name, live.view)
    }

    private mutating func expunge() async throws {
        let name = self.pick()
        let uids: UIDSet? = Bool.random(using: &self.random) ? self.some(name) : nil
        let live = try await self.live(name)
        let result = try await self.fixture.store.expunge(uids, in: live)
        var mailbox = self.model.mailboxes[name] ?? .init()
        let gone = mailbox.messages.filter { $0.flags.contains("\\Deleted") && uids?.contains($0.uid) ?? true }.map(\.uid)
        mailbox.messages.removeAll { gone.contains($0.uid) }
        self.model.mailboxes[name] = mailbox
        try expectEqual(result.uids, UIDSet(gone), "expunged")
        try self.model.compare(name, live.view)
    }

    private mutating func transfer(isMove: Bool) async throws {
        let (source, target) = (self.pick(), self.pick())
        let uids = self.some(source)
        let live = try await self.live(source)
        let id = try await self.fixture.id(target)
        let placed = try await isMove ? self.fixture.store.move(uids, from: live, to: id) : self.fixture.store.copy(uids, from: live, to: id)
        let moved = (self.model.mailboxes[source]?.messages ?? []).filter { uids.contains($0.uid) }
        var given: [UInt32] = []
        for message in moved { if let uid = self.model.mailboxes[target]?.add(message) { given.append(uid) } }
        if isMove {
            let gone = Set(moved.map(\.uid))
            self.model.mailboxes[source]?.messages.removeAll { gone.contains($0.uid) }
        }
        try expectEqual(placed.sources, UIDSet(moved.map(\.uid)), "source UIDs")
        try expectEqual(placed.uids, UIDSet(given), "target UIDs")
        try self.model.compare(source, live.view)
    }

    private mutating func create() async throws {
        let name = Self.names.randomElement(using: &self.random) ?? "a"
        guard let path = MailboxPath(name) else { return }
        do {
            try await self.fixture.store.create(self.owner, path)
            try expect(self.model.mailboxes[name] == nil, "\(name) was there")
            self.model.mailboxes[name] = .init()
        } catch let error as MailStoreError {
            try expect(error.kind == .exists && self.model.mailboxes[name] != nil, "\(error)")
        }
    }

    private mutating func delete() async throws {
        let name = ["a", "a/b", "a/b/c", "d", "e", "e/f", "INBOX"].randomElement(using: &self.random) ?? "a"
        guard let path = MailboxPath(name) else { return }
        do {
            try await self.fixture.store.delete(self.owner, path)
            try expect(self.model.mailboxes[name] != nil, "\(name) was not there")
            self.model.mailboxes[name] = nil
        } catch let error as MailStoreError {
            try expect(name == "INBOX" ? error.kind == .cannot : error.kind == .missing && self.model.mailboxes[name] == nil, "\(error)")
        }
    }

    private mutating func rename() async throws {
        let old = ["a", "a/b", "a/b/c", "d", "e", "e/f", "INBOX"].randomElement(using: &self.random) ?? "a"
        let new = ["a", "a/b", "d", "e", "e/f", "e/f/g", "h"].randomElement(using: &self.random) ?? "d"
        guard let from = MailboxPath(old), let to = MailboxPath(new) else { return }
        let moves = old == "INBOX" ? [] : self.model.mailboxes.keys.filter { $0 == old || $0.hasPrefix(old + "/") }.sorted()
        let targets = moves.map { new + $0.dropFirst(old.count) }
        let taken = ([new] + targets).contains { self.model.mailboxes[$0] != nil && !moves.contains($0) } || self.model.mailboxes[new] != nil
        do {
            try await self.fixture.store.rename(self.owner, from, to: to)
            try expect(!taken && old != new && !new.hasPrefix(old + "/"), "\(old) became \(new)")
            if old == "INBOX" {
                var target = MailStoreModel.Mailbox()
                for message in self.model.mailboxes["INBOX"]?.messages ?? [] { _ = target.add(message) }
                self.model.mailboxes["INBOX"]?.messages = []
                self.model.mailboxes[new] = target
            } else {
                try expect(!moves.isEmpty, "\(old) was not there")
                let moved = moves.map { self.model.mailboxes.removeValue(forKey: $0) }
                for (target, mailbox) in zip(targets, moved) { self.model.mailboxes[target] = mailbox }
            }
        } catch let error as MailStoreError {
            switch error.kind {
            case .exists: try expect(taken || old == new, "\(error)")
            case .missing: try expect(moves.isEmpty && old != "INBOX", "\(error)")
            case .cannot: try expect(new.hasPrefix(old + "/"), "\(error)")
            default: throw error
            }
        }
    }

    private mutating func read() async throws {
        let name = self.pick()
        let view = try await self.live(name).view
        guard let place = view.columns.uids.indices.randomElement(using: &self.random) else { return }
        let message = try self.fixture.store.message(view.columns.blob(at: place), ordinal: view.columns.ordinals[place])
        let expected = self.model.mailboxes[name]?.messages[place]
        try expectEqual(message.octets, MailStoreFixture.octets(expected?.number ?? 0), "octets")
        try expectEqual(message.count, expected?.size ?? 0, "size")
    }

    /// Some deliveries whose rows are lost, and written again from the journal.
    private mutating func replay() async throws {
        let name = "kept-\(self.number)"
        try self.fixture.keepTables(as: name)
        var messages: [DeliverableMessage] = []
        for _ in 0..<Int.random(in: 1...20, using: &self.random) {
            let (message, name, expected) = try await self.delivery()
            messages.append(message)
            _ = self.model.mailboxes[name]?.add(expected)
        }
        try await self.fixture.deliver(messages)
        if Bool.random(using: &self.random) { await self.fixture.store.settled() }
        try self.fixture.restoreTables(from: name)
        try await self.compareAll()
    }

    // MARK: Comparing

    private func compareAll() async throws {
        let entries = try await self.fixture.store.list(self.owner)
        try expectEqual(Set(entries.filter { $0.id != nil }.map(\.path.name)), Set(self.model.mailboxes.keys), "names")
        for entry in entries {
            guard let id = entry.id, let status = entry.status else { continue }
            let view = try await self.fixture.store.open(id).view
            try self.model.compare(entry.path.name, view)
            try expectEqual(status.counts, view.columns.counts, "\(entry.path): counts")
            try expectEqual(status.uidNext, view.uidNext, "\(entry.path): UIDNEXT of the row")
            try expectEqual(view.uidValidity, status.uidValidity, "\(entry.path): UIDVALIDITY")
        }
        let usage = try await self.fixture.store.usage(of: self.owner)
        try expectEqual(usage.messages, Int64(self.model.mailboxes.values.reduce(0) { $0 + $1.messages.count }), "usage: messages")
        try expectEqual(
            usage.octets, Int64(self.model.mailboxes.values.reduce(0) { $0 + $1.messages.reduce(0) { $0 + $1.size } }), "usage: octets")
    }
}
