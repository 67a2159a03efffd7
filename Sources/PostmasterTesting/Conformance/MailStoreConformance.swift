// What every mail store must do, whatever engine is below it: cases that a test target runs on each.
package import Mailboxes
import Storage
import Synchronization

/// One case of the suite.
package struct MailStoreConformance: Sendable, CustomStringConvertible {
    package let name: String
    package let run: @Sendable (MailStoreFixture) async throws -> Void

    package var description: String { self.name }

    init(_ name: String, _ run: @escaping @Sendable (MailStoreFixture) async throws -> Void) {
        self.name = name
        self.run = run
    }

    /// All cases, in the order of the room's parts.
    package static let cases: [MailStoreConformance] = deliveryCases + messageCases + nameCases + feedCases + recoveryCases

    // MARK: Delivery

    static let deliveryCases: [MailStoreConformance] = [
        MailStoreConformance("a delivered message has its prefix, its size and the next UID") { fixture in
            let inbox = try await fixture.mailbox()
            let message = MailStoreFixture.message(1)
            try await fixture.deliver([message, MailStoreFixture.message(2)])
            await fixture.store.settled()
            let view = inbox.view
            try expectEqual(view.columns.uids, [1, 2], "UIDs")
            try expectEqual(view.uidNext, 3, "UIDNEXT")
            let stored = try fixture.store.message(view.columns.blob(at: 0), ordinal: view.columns.ordinals[0])
            try expectEqual(stored.prefix, message.returnPathLine + message.recipients[0].deliveredToLine + message.trace, "prefix")
            try expectEqual(stored.octets, message.octets, "octets")
            try expectEqual(Int(view.columns.sizes[0]), stored.count, "size")
            try expectEqual(view.columns.dates[0], message.internalDate, "date")
            try expectEqual(try await fixture.store.status(inbox.id).counts, view.columns.counts, "counts")
        },
        MailStoreConformance("many recipients share one copy of the octets and have each their own prefix") { fixture in
            var message = MailStoreFixture.message(7)
            message.recipients = (1...50).map {
                .init(owner: MailboxOwner(rawValue: $0), deliveredToLine: Array("Delivered-To: user\($0)@example.net\r\n".utf8))
            }
            for owner in 1...50 { try await fixture.store.createAccountMailboxes(MailboxOwner(rawValue: Int64(owner))) }
            try await fixture.deliver([message])
            await fixture.store.settled()
            var blobs: Set<Int64> = []
            for owner in 1...50 {
                let view = try await fixture.store.open(try await fixture.id("INBOX", of: MailboxOwner(rawValue: Int64(owner)))).view
                try expectEqual(view.count, 1, "messages of \(owner)")
                blobs.insert(view.columns.blobs[0])
                let stored = try fixture.store.message(view.columns.blob(at: 0), ordinal: view.columns.ordinals[0])
                try expect(stored.prefix.starts(with: message.returnPathLine + message.recipients[owner - 1].deliveredToLine), "prefix of \(owner)")
            }
            try expectEqual(blobs.count, 1, "copies")
        },
        MailStoreConformance("a destination that is gone is INBOX, and INBOX is made where it is missing") { fixture in
            let stranger = MailboxOwner(rawValue: 99)
            try await fixture.store.createAccountMailboxes(MailStoreFixture.owner)
            let doomed = try await fixture.id("doomed")
            guard let path = MailboxPath("doomed") else { return }
            try await fixture.store.delete(MailStoreFixture.owner, path)
            try await fixture.deliver([
                MailStoreFixture.message(1, destination: .mailbox(doomed)),
                MailStoreFixture.message(2, to: stranger, destination: .specialUse(.junk)),
                MailStoreFixture.message(3, destination: .specialUse(.junk)), MailStoreFixture.message(4, to: stranger),
            ])
            await fixture.store.settled()
            try expectEqual(try await fixture.mailbox().view.count, 1, "in INBOX")
            try expectEqual(try await fixture.mailbox("Junk").view.count, 1, "in Junk")
            try expectEqual(try await fixture.store.open(try await fixture.id("INBOX", of: stranger)).view.count, 2, "of the stranger")
        },
        MailStoreConformance("messages for one mailbox under two destinations come in the order they were accepted") { fixture in
            let inbox = try await fixture.mailbox()
            let messages = (1...40).map { n in
                MailStoreFixture.message(
                    n, destination: n % 2 == 0 ? .mailbox(inbox.id) : .inbox, flags: n % 3 == 0 ? FlagList([], keywords: [.forwarded]) : .init())
            }
            try await fixture.deliver(messages)
            await fixture.store.settled()
            try expectEqual(inbox.view.columns.dates, messages.map(\.internalDate), "order")
            try expectEqual(
                MailStoreFixture.flagNames(inbox.view).map { $0.contains("$Forwarded") }, (1...40).map { $0 % 3 == 0 }, "keywords")
        },
        MailStoreConformance("a long backlog holds answers back and loses nothing") { fixture in
            fixture.configuration.backlogLimit = 5
            fixture.configuration.batchLimit = 3
            try fixture.reopen()
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...200).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            try expectEqual(inbox.view.count, 200, "messages")
            try expectEqual(fixture.store.backlog, 0, "backlog")
        },
        MailStoreConformance("usage follows every change") { fixture in
            let inbox = try await fixture.mailbox()
            try expectEqual(try await fixture.store.usage(of: MailStoreFixture.owner), MailboxUsage(octets: 0, messages: 0), "at first")
            try await fixture.deliver([MailStoreFixture.message(1), MailStoreFixture.message(2)])
            await fixture.store.settled()
            let size = inbox.view.columns.counts.octets
            try expectEqual(fixture.store.knownUsage(of: MailStoreFixture.owner), MailboxUsage(octets: size, messages: 2), "after delivery")
            _ = try await fixture.store.copy(UIDSet(1...2), from: inbox, to: try await fixture.id("Archive"))
            try expectEqual(fixture.store.knownUsage(of: MailStoreFixture.owner), MailboxUsage(octets: 2 * size, messages: 4), "after copy")
            _ = try await fixture.store.expunge(nil, in: inbox, onlyDeleted: false)
            try expectEqual(fixture.store.knownUsage(of: MailStoreFixture.owner), MailboxUsage(octets: size, messages: 2), "after expunge")
        },
    ]

    // MARK: Messages

    static let messageCases: [MailStoreConformance] = [
        MailStoreConformance("APPEND answers with the UIDs it gave, keeps flags and dates, and is all or none") { fixture in
            let inbox = try await fixture.mailbox()
            let flags = FlagList([.seen, .draft], keywords: [.forwarded])
            let placed = try await fixture.store.append(
                [AppendedMessage(octets: MailStoreFixture.octets(1), flags: flags, internalDate: 5), AppendedMessage(octets: [65], internalDate: 6)],
                to: inbox.id)
            try expectEqual(placed.uids, UIDSet(1...2), "UIDs")
            try expectEqual(placed.uidValidity, inbox.view.uidValidity, "UIDVALIDITY")
            try expectEqual(MailStoreFixture.flagNames(inbox.view), [["\\Seen", "\\Draft", "$Forwarded"], []], "flags")
            try expectEqual(inbox.view.columns.dates, [5, 6], "dates")
            let message = try fixture.store.message(inbox.view.columns.blob(at: 1), ordinal: inbox.view.columns.ordinals[1])
            try expectEqual(message.whole, [65], "octets")
            try await refuses(.overQuota) {
                _ = try await fixture.store.append([AppendedMessage(octets: [1, 2, 3], internalDate: 1)], to: inbox.id, quota: 10)
            }
            try await refuses(.missing) {
                _ = try await fixture.store.append([AppendedMessage(octets: [1], internalDate: 1)], to: MailboxID(rawValue: 4711))
            }
            try expectEqual(inbox.view.count, 2, "messages after refusals")
        },
        MailStoreConformance("STORE changes what it names, and the mod-sequence moves only where something changed") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...5).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            let first = try await fixture.store.store(.add, FlagList([.seen], keywords: [.junk]), of: UIDSet(2...3), in: inbox)
            try expectEqual(first.changed, UIDSet(2...3), "changed")
            let again = try await fixture.store.store(.add, FlagList([.seen]), of: UIDSet(1...3), in: inbox)
            try expectEqual(again.changed, UIDSet(1...1), "changed again")
            let nothing = try await fixture.store.store(.add, FlagList([.seen]), of: UIDSet(1...3), in: inbox)
            try expectEqual(nothing.modSeq, nil, "mod-sequence of nothing")
            try expectEqual(inbox.highestModSeq, again.modSeq ?? ModSeq(0), "highest")
            _ = try await fixture.store.store(.replace, FlagList([.flagged]), of: UIDSet(2...2), in: inbox)
            _ = try await fixture.store.store(.remove, FlagList([], keywords: [.junk, .notJunk]), of: UIDSet(1...9), in: inbox)
            try expectEqual(MailStoreFixture.flagNames(inbox.view), [["\\Seen"], ["\\Flagged"], ["\\Seen"], [], []], "flags")
            try expectEqual(try await fixture.store.status(inbox.id).counts, inbox.view.columns.counts, "counts")
            try expectEqual(inbox.view.columns.counts.unseen, 3, "unseen")
        },
        MailStoreConformance("STORE UNCHANGEDSINCE leaves alone what was changed later (RFC 7162 §3.1.3)") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...4).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            let known = inbox.highestModSeq
            _ = try await fixture.store.store(.add, FlagList([.flagged]), of: UIDSet(2...2), in: inbox)
            let result = try await fixture.store.store(.add, FlagList([.seen]), of: UIDSet(1...9), in: inbox, unchangedSince: known)
            try expectEqual(result.modified, UIDSet(2...2), "MODIFIED")
            try expectEqual(result.changed, UIDSet([1, 3, 4]), "changed")
        },
        MailStoreConformance("a mailbox keeps 57 keywords and refuses the next with LIMIT") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver([MailStoreFixture.message(1)])
            await fixture.store.settled()
            let keywords = (1...KeywordTable.limit).compactMap { Keyword("key\($0)") }
            _ = try await fixture.store.store(.add, FlagList([], keywords: keywords), of: UIDSet(1...1), in: inbox)
            try expectEqual(inbox.view.columns.flags[0].nonzeroBitCount, 57, "keywords set")
            try await refuses(.limit) {
                _ = try await fixture.store.store(.add, FlagList(names: ["another"]) ?? .init(), of: UIDSet(1...1), in: inbox)
            }
            _ = try await fixture.store.store(.remove, FlagList(names: ["KEY57"]) ?? .init(), of: UIDSet(1...1), in: inbox)
            try expectEqual(inbox.view.columns.flags[0].nonzeroBitCount, 56, "keywords left")
        },
        MailStoreConformance("EXPUNGE removes what is marked, and says later what has vanished") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...6).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            let before = inbox.highestModSeq
            _ = try await fixture.store.store(.add, FlagList([.deleted]), of: UIDSet([2, 4, 5]), in: inbox)
            try expectEqual(try await fixture.store.expunge(UIDSet(1...4), in: inbox).uids, UIDSet([2, 4]), "UID EXPUNGE")
            try expectEqual(try await fixture.store.expunge(nil, in: inbox).uids, UIDSet(5...5), "EXPUNGE")
            try expectEqual(try await fixture.store.expunge(nil, in: inbox).modSeq, nil, "nothing more")
            try expectEqual(inbox.view.columns.uids, [1, 3, 6], "left")
            try expectEqual(
                try await fixture.store.expunged(since: before, in: inbox.id), VanishedMessages(uids: UIDSet([2, 4, 5]), isComplete: true), "vanished"
            )
            // A session that has not been told may still name them (IM-07).
            try expectEqual(try await fixture.store.store(.add, FlagList([.seen]), of: UIDSet(2...2), in: inbox).changed, UIDSet(), "stored")
            try expectEqual(try await fixture.store.status(inbox.id).counts, inbox.view.columns.counts, "counts")
        },
        MailStoreConformance("COPY and MOVE keep flags, dates and octets, and name both sides' UIDs") { fixture in
            let inbox = try await fixture.mailbox()
            let archive = try await fixture.mailbox("Archive")
            _ = try await fixture.store.append(
                [AppendedMessage(octets: [66], flags: FlagList(names: ["x", "y"]) ?? .init(), internalDate: 1)], to: archive.id)
            try await fixture.deliver((1...4).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            _ = try await fixture.store.store(.add, FlagList([.answered], keywords: [.forwarded]), of: UIDSet(2...3), in: inbox)
            let copied = try await fixture.store.copy(UIDSet(2...3), from: inbox, to: archive.id)
            try expectEqual(copied.sources, UIDSet(2...3), "sources")
            try expectEqual(copied.uids, UIDSet(2...3), "targets")
            let moved = try await fixture.store.move(UIDSet([1, 3, 9]), from: inbox, to: archive.id)
            try expectEqual(moved.sources, UIDSet([1, 3]), "moved")
            try expectEqual(moved.uids, UIDSet(4...5), "moved to")
            try expectEqual(inbox.view.columns.uids, [2, 4], "left")
            try expectEqual(
                MailStoreFixture.flagNames(archive.view),
                [["x", "y"], ["\\Answered", "$Forwarded"], ["\\Answered", "$Forwarded"], [], ["\\Answered", "$Forwarded"]], "flags")
            try expectEqual(archive.view.columns.dates.dropFirst().map { $0 - 1_700_000_000 }, [2, 3, 1, 3], "dates")
            let within = try await fixture.store.move(UIDSet(2...2), from: inbox, to: inbox.id)
            try expectEqual(within.uids, UIDSet(5...5), "moved into itself")
            try expectEqual(inbox.view.columns.uids, [4, 5], "after that")
            try await refuses(.missing) { _ = try await fixture.store.copy(UIDSet(1...9), from: inbox, to: MailboxID(rawValue: 999)) }
            try await refuses(.overQuota) { _ = try await fixture.store.copy(UIDSet(1...9), from: inbox, to: archive.id, quota: 1) }
        },
        MailStoreConformance("flags changed by many at once are all there in the end") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...60).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            let names = ["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "k1", "k2", "k3", "k4"]
            let store = fixture.store
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, name) in names.enumerated() {
                    group.addTask {
                        for round in 0..<20 {
                            // Each task has its own flag; each message is touched by all of them.
                            let uid = UInt32((round * 7 + index * 3) % 60 + 1)
                            _ = try await store.store(.add, FlagList(names: [name]) ?? .init(), of: UIDSet(uid...uid), in: inbox)
                        }
                    }
                }
                group.addTask {
                    for number in 100..<120 { _ = try await store.deliver(MailStoreFixture.message(number)) }
                }
                try await group.waitForAll()
            }
            await fixture.store.settled()
            var expected = [Set<String>](repeating: [], count: 80)
            for (index, name) in names.enumerated() {
                for round in 0..<20 { expected[(round * 7 + index * 3) % 60].insert(name) }
            }
            try expectEqual(MailStoreFixture.flagNames(inbox.view), expected, "flags")
            let before = inbox.view
            try fixture.reopen()
            try expectEqual(try await fixture.mailbox().view, before, "after opening again")
        },
    ]
}

/// Whether a body is refused for this reason.
package func refuses(_ kind: MailStoreError.Kind, line: Int = #line, _ body: () async throws -> Void) async throws {
    do { try await body() } catch let error as MailStoreError {
        try expect(error.kind == kind, "refused with \(error), expected \(kind)", line: line)
        return
    }
    throw ConformanceFailure("line \(line): not refused, expected \(kind)")
}
