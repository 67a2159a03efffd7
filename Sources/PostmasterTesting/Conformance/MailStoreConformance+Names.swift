// Cases of names, of the feed of changes, and of what is there after a restart or a crash.
import Mailboxes
import Storage
import Synchronization

extension MailStoreConformance {
    static func path(_ name: String) throws -> MailboxPath {
        guard let path = MailboxPath(name) else { throw ConformanceFailure("\(name) is no name") }
        return path
    }

    // MARK: Names

    static let nameCases: [MailStoreConformance] = [
        MailStoreConformance("an account begins with INBOX and five mailboxes of special use, all subscribed") { fixture in
            try await fixture.store.createAccountMailboxes(MailStoreFixture.owner)
            try await fixture.store.createAccountMailboxes(MailStoreFixture.owner)
            let entries = try await fixture.store.list(MailStoreFixture.owner)
            try expectEqual(entries.map(\.path.name), ["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"], "names")
            try expectEqual(entries.map { $0.specialUse?.attribute }, [nil, "\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash"], "uses")
            try expect(entries.allSatisfy { $0.isSubscribed && !$0.hasChildren && $0.id != nil }, "attributes")
        },
        MailStoreConformance("levels above a mailbox are shown as not existing, and stay when they are deleted") { fixture in
            let owner = MailStoreFixture.owner
            try await fixture.store.create(owner, try path("a/b/c"))
            var entries = try await fixture.store.list(owner)
            try expectEqual(entries.map(\.path.name), ["a", "a/b", "a/b/c"], "names")
            try expectEqual(entries.map { $0.id != nil }, [false, false, true], "existing")
            try expectEqual(entries.map(\.hasChildren), [true, true, false], "children")
            try await refuses(.missing) { try await fixture.store.delete(owner, try path("a/b")) }
            try await fixture.store.create(owner, try path("a"))
            try await fixture.store.delete(owner, try path("a"))
            entries = try await fixture.store.list(owner)
            try expectEqual(entries.map { $0.id != nil }, [false, false, true], "existing after delete")
            try await fixture.store.delete(owner, try path("a/b/c"))
            try expectEqual(try await fixture.store.list(owner), [], "nothing left")
        },
        MailStoreConformance("INBOX is one in any case and cannot be deleted; names are the same in either normal form") { fixture in
            let owner = MailStoreFixture.owner
            try await fixture.store.createAccountMailboxes(owner)
            try expect(try await fixture.store.find(owner, try path("inBox")) != nil, "INBOX in another case")
            try await refuses(.cannot) { try await fixture.store.delete(owner, try path("inbox")) }
            try await refuses(.exists) { try await fixture.store.create(owner, try path("Inbox")) }
            try await fixture.store.create(owner, try path("Entw\u{fc}rfe"))
            try await refuses(.exists) { try await fixture.store.create(owner, try path("Entwu\u{308}rfe")) }
            try expect(try await fixture.store.find(owner, try path("Entwu\u{308}rfe")) != nil, "found in the other form")
        },
        MailStoreConformance("renaming takes what is below along and keeps UIDs and validity") { fixture in
            let owner = MailStoreFixture.owner
            let box = try await fixture.mailbox("a")
            _ = try await fixture.id("a/b")
            _ = try await fixture.id("ab")
            _ = try await fixture.store.append([AppendedMessage(octets: [65], internalDate: 1)], to: box.id)
            try await fixture.store.rename(owner, try path("a"), to: try path("x/y"))
            let names = try await fixture.store.list(owner).filter { $0.specialUse == nil && $0.id != nil }.map(\.path.name)
            try expectEqual(names, ["INBOX", "ab", "x/y", "x/y/b"], "names")
            let found = try await fixture.store.find(owner, try path("x/y"))
            try expectEqual(found?.id, box.id, "identity")
            try expectEqual(found?.status.uidValidity, box.view.uidValidity, "validity")
            try await refuses(.exists) { try await fixture.store.rename(owner, try path("ab"), to: try path("x/y")) }
            try await refuses(.cannot) { try await fixture.store.rename(owner, try path("x/y"), to: try path("x/y/z")) }
            try await refuses(.missing) { try await fixture.store.rename(owner, try path("none"), to: try path("q")) }
            try await fixture.store.rename(owner, try path("x"), to: try path("z"))
            try expect(try await fixture.store.find(owner, try path("z/y/b")) != nil, "below a level that was no mailbox")
        },
        MailStoreConformance("renaming INBOX moves its messages and leaves it empty") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...3).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            try await fixture.store.rename(MailStoreFixture.owner, .inbox, to: try path("old"))
            try expectEqual(inbox.view.columns.uids, [], "INBOX")
            try expectEqual(inbox.view.uidNext, 4, "UIDNEXT of INBOX")
            try expectEqual(try await fixture.mailbox("old").view.columns.uids, [1, 2, 3], "old")
        },
        MailStoreConformance("a name that is used again has a greater validity value (RFC 9051 §2.3.1.1)") { fixture in
            let owner = MailStoreFixture.owner
            let early = try await fixture.mailbox("early")
            let late = try await fixture.mailbox("late")
            let (first, second) = (early.view.uidValidity, late.view.uidValidity)
            try expect(second > first, "values do not grow")
            try await fixture.store.delete(owner, try path("late"))
            try await fixture.store.rename(owner, try path("early"), to: try path("late"))
            let renamed = try await fixture.mailbox("late")
            try expect(renamed.view.uidValidity > second, "\(renamed.view.uidValidity) is not above \(second)")
            try expect(early.isGone, "who has it open is not told")
            try await fixture.store.rename(owner, try path("late"), to: try path("back"))
            try await fixture.store.rename(owner, try path("back"), to: try path("late"))
            try expectEqual(try await fixture.mailbox("late").view.uidValidity, renamed.view.uidValidity, "there and back")
        },
        MailStoreConformance("names may be subscribed that do not exist") { fixture in
            let owner = MailStoreFixture.owner
            try await fixture.store.subscribe(owner, try path("ghost"))
            try await fixture.store.subscribe(owner, try path("ghost"))
            let entry = try await fixture.store.list(owner).first
            try expectEqual(entry?.id, nil, "identity")
            try expectEqual(entry?.isSubscribed, true, "subscribed")
            try await fixture.store.unsubscribe(owner, try path("ghost"))
            try expectEqual(try await fixture.store.list(owner), [], "names")
        },
        MailStoreConformance("an owner has no more mailboxes than the bound") { fixture in
            fixture.configuration.mailboxLimit = 3
            try fixture.reopen()
            for name in ["a", "b", "c"] { try await fixture.store.create(MailStoreFixture.owner, try path(name)) }
            try await refuses(.limit) { try await fixture.store.create(MailStoreFixture.owner, try path("d")) }
        },
    ]

    // MARK: The feed

    static let feedCases: [MailStoreConformance] = [
        MailStoreConformance("subscribers are told of every change in order and without a gap") { fixture in
            let inbox = try await fixture.mailbox()
            let told = Told()
            let subscription = inbox.subscribe { told.add($0) }
            try await fixture.deliver((1...30).map { MailStoreFixture.message($0) })
            _ = try await fixture.store.append(
                [AppendedMessage(octets: [65], flags: FlagList(names: ["k"]) ?? .init(), internalDate: 1)], to: inbox.id)
            await fixture.store.settled()
            _ = try await fixture.store.store(.add, FlagList([.deleted]), of: UIDSet(1...9), in: inbox)
            _ = try await fixture.store.expunge(nil, in: inbox)
            _ = try await fixture.store.move(UIDSet(10...12), from: inbox, to: inbox.id)
            let changes = told.changes
            try expectEqual(
                changes.map(\.modSeq.rawValue), Array((subscription.start.highestModSeq.rawValue + 1)...inbox.highestModSeq.rawValue), "mod-sequences"
            )
            var uids = UIDSet()
            for change in changes { uids = uids.union(change.arrivals).subtracting(change.expunged) }
            try expectEqual(uids.uids, inbox.view.columns.uids, "UIDs that follow from what was told")
            try expect(changes.contains { $0.addsKeywords }, "no keyword was told")
            subscription.cancel()
            try await fixture.deliver([MailStoreFixture.message(50)])
            await fixture.store.settled()
            try expectEqual(told.changes.count, changes.count, "told after cancelling")
        },
        MailStoreConformance("who has a mailbox open that is deleted is told, and later commands are refused") { fixture in
            let box = try await fixture.mailbox("doomed")
            let told = Told()
            let subscription = box.subscribe { told.add($0) }
            try await fixture.store.delete(MailStoreFixture.owner, try path("doomed"))
            try expect(told.changes.last?.isRemoved == true, "not told")
            try expect(box.isGone, "not gone")
            try await refuses(.missing) { _ = try await fixture.store.store(.add, FlagList([.seen]), of: UIDSet(1...1), in: box) }
            try await refuses(.missing) { _ = try await fixture.store.open(box.id) }
            withExtendedLifetime(subscription) {}
        },
        MailStoreConformance("\\Recent is claimed once, also over a restart") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...3).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            try expectEqual(fixture.store.claimRecent(in: inbox), 1, "first session")
            try expectEqual(fixture.store.claimRecent(in: inbox), 4, "second session")
            try fixture.reopen()
            let again = try await fixture.mailbox()
            try expectEqual(again.recentFrom, 4, "after a restart")
        },
        MailStoreConformance("what another process writes is seen, told and not written over") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...3).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            let told = Told()
            let subscription = inbox.subscribe { told.add($0) }
            let other = try fixture.anotherProcess()
            let otherLog = try SegmentLog(folder: fixture.folder.path(of: "other-segments"))
            let otherStore = try MailStore(database: other, log: otherLog)
            let there = try await otherStore.open(inbox.id)
            _ = try await otherStore.store(.add, FlagList([.flagged], keywords: [.junk]), of: UIDSet(2...2), in: there)
            // A change that depends on flags this process has not seen.
            let merged = try await fixture.store.store(.add, FlagList([.flagged, .seen]), of: UIDSet(1...3), in: inbox)
            try expectEqual(merged.changed, UIDSet(1...3), "changed")
            _ = try await otherStore.expunge(UIDSet(1...1), in: there, onlyDeleted: false)
            try await fixture.store.absorbForeignChanges()
            for _ in 0..<200 where inbox.view.count != 2 { try await Task.sleep(nanoseconds: 5_000_000) }
            try expectEqual(MailStoreFixture.flagNames(inbox.view), [["\\Seen", "\\Flagged", "$Junk"], ["\\Seen", "\\Flagged"]], "flags")
            var gone = UIDSet()
            for change in told.changes { gone = gone.union(change.expunged) }
            try expectEqual(gone, UIDSet(1...1), "told as gone")
            withExtendedLifetime(subscription) {}
            otherLog.close()
            otherStore.close()
            other.close()
        },
    ]

    // MARK: Restart and crash

    static let recoveryCases: [MailStoreConformance] = [
        MailStoreConformance("UIDs and mod-sequences are never used again, also when the last message is gone") { fixture in
            var inbox = try await fixture.mailbox()
            try await fixture.deliver((1...3).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            _ = try await fixture.store.expunge(nil, in: inbox, onlyDeleted: false)
            let highest = inbox.highestModSeq
            try fixture.reopen()
            inbox = try await fixture.mailbox()
            try expectEqual(inbox.view.uidNext, 4, "UIDNEXT")
            try expectEqual(inbox.highestModSeq, highest, "HIGHESTMODSEQ")
            let placed = try await fixture.store.append([AppendedMessage(octets: [65], internalDate: 1)], to: inbox.id)
            try expectEqual(placed.uids, UIDSet(4...4), "UID")
        },
        MailStoreConformance("change rows are folded, and the mailbox is the same before and after") { fixture in
            fixture.configuration.foldRows = 8
            try fixture.reopen()
            let inbox = try await fixture.mailbox()
            for round in 0..<30 {
                try await fixture.deliver([MailStoreFixture.message(round * 2), MailStoreFixture.message(round * 2 + 1)])
                await fixture.store.settled()
                let uid = UInt32(round * 2 + 1)
                _ = try await fixture.store.store(.add, FlagList([.deleted], keywords: [.junk]), of: UIDSet(uid...uid), in: inbox)
                if round % 3 == 0 { _ = try await fixture.store.expunge(nil, in: inbox) }
            }
            let before = inbox.view
            try fixture.reopen()
            let rows = try await fixture.database.read { try $0.first("SELECT COUNT(*) FROM mailbox_change") { $0.integer(0) } ?? 0 }
            try expect(rows < 40, "\(rows) rows are left")
            try expectEqual(try await fixture.mailbox().view, before, "mailbox")
            let gone = try await fixture.store.expunged(since: ModSeq(1), in: inbox.id)
            try expect(gone.isComplete, "expunges are forgotten")
            try expectEqual(gone.uids, UIDSet(1...UInt32(60)).subtracting(UIDSet(before.columns.uids)), "expunged")
        },
        MailStoreConformance("old expunges are forgotten, and it says so") { fixture in
            fixture.configuration.foldRows = 4
            fixture.configuration.expungedSets = 5
            try fixture.reopen()
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...40).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            for uid in UInt32(1)...30 { _ = try await fixture.store.expunge(UIDSet(uid...uid), in: inbox, onlyDeleted: false) }
            try fixture.reopen()
            try expect(try await !fixture.store.expunged(since: ModSeq(2), in: inbox.id).isComplete, "says it is complete")
            let recent = try await fixture.store.expunged(since: ModSeq(inbox.highestModSeq.rawValue - 2), in: inbox.id)
            try expectEqual(recent, VanishedMessages(uids: UIDSet(29...30), isComplete: true), "recent ones")
        },
        MailStoreConformance("rows that were not written before a crash are written from the journal, once") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...5).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            try fixture.keepTables(as: "kept")
            try await fixture.deliver((6...40).map { MailStoreFixture.message($0, flags: $0 % 2 == 0 ? FlagList([.flagged]) : .init()) })
            let store = fixture.store
            await store.settled()
            let expected = try await fixture.store.open(inbox.id).view
            try fixture.restoreTables(from: "kept")
            let found = try await fixture.store.open(inbox.id).view
            try expectEqual(found.columns.uids, expected.columns.uids, "UIDs")
            try expectEqual(found.columns.flags, expected.columns.flags, "flags")
            try expectEqual(found.columns.blobs, expected.columns.blobs, "records")
            for _ in 0..<3 { try fixture.reopen() }
            try expectEqual(try await fixture.store.open(inbox.id).view, found, "after more starts")
        },
        MailStoreConformance("the record of a message outlives compaction, those of nobody do not") { fixture in
            fixture.logConfiguration.segmentSize = 8192
            try fixture.reopen()
            let inbox = try await fixture.mailbox()
            // Batch by batch: a segment is sealed between two flushes.
            for start in stride(from: 1, to: 200, by: 20) { try await fixture.deliver((start..<(start + 20)).map { MailStoreFixture.message($0) }) }
            await fixture.store.settled()
            _ = try await fixture.store.expunge(UIDSet(1...150), in: inbox, onlyDeleted: false)
            let dead = try await fixture.store.deadOctets()
            try expect(!dead.isEmpty, "nothing is dead")
            let tail = fixture.log.end.segment
            try expectEqual(try await fixture.store.liveBlobs(inSegments: [tail]), nil, "the segment being written")
            guard let segment = fixture.log.segments.first, segment != tail else { throw ConformanceFailure("there is one segment only") }
            guard let live = try await fixture.store.liveBlobs(inSegments: [segment]) else { throw ConformanceFailure("segment \(segment) is held") }
            _ = try fixture.log.compact(segment: segment, live: live)
            try await fixture.store.compacted(segment)
            let view = inbox.view
            for place in 0..<view.count {
                let message = try fixture.store.message(view.columns.blob(at: place), ordinal: view.columns.ordinals[place])
                try expectEqual(message.octets, MailStoreFixture.octets(Int(view.columns.uids[place])), "octets")
            }
            try expectEqual(try fixture.faults(), [], "faults")
        },
        MailStoreConformance("the check names wrong counters, lost messages and stray rows, and repairs nothing") { fixture in
            let inbox = try await fixture.mailbox()
            try await fixture.deliver((1...3).map { MailStoreFixture.message($0) })
            await fixture.store.settled()
            try expectEqual(try fixture.faults(), [], "at first")
            let id = inbox.id.rawValue
            try await fixture.database.write { transaction in
                try transaction.execute("UPDATE mailbox SET unseen = 17, uid_next = 2, highest_modseq = 1 WHERE id = $1", [.integer(id)])
                try transaction.execute("INSERT INTO mailbox_change (mailbox, modseq, part, payload) VALUES (4711, 1, 0, $1)", [.blob([1])])
            }
            let faults = try fixture.faults()
            try expect(faults.contains(.counter(inbox.id, name: "unseen", stored: 17, counted: 3)), "\(faults)")
            try expect(faults.contains(.uidNext(inbox.id, next: 2, greatest: 3)), "\(faults)")
            try expect(faults.contains { if case .modSeq = $0 { true } else { false } }, "\(faults)")
            try expect(faults.contains(.stray(MailboxID(rawValue: 4711), table: "mailbox_change")), "\(faults)")
            try await fixture.database.write { transaction in
                try transaction.execute("UPDATE mailbox_change SET payload = $1 WHERE mailbox = $2", [.blob([9, 9]), .integer(id)])
            }
            try expect(try fixture.faults().contains { if case .unreadable = $0 { true } else { false } }, "unreadable rows are not named")
            try expectEqual(try fixture.faults().count, try fixture.faults().count, "the check changes what it finds")
        },
    ]
}

/// What a subscriber was told.
private final class Told: Sendable {
    private let all = Mutex<[MailboxChange]>([])
    func add(_ change: MailboxChange) { self.all.withLock { $0.append(change) } }
    var changes: [MailboxChange] { self.all.withLock { $0 } }
}
