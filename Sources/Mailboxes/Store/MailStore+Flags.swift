// Flags and expunging (RFC 9051 §6.4.6 STORE, §6.4.3 EXPUNGE).

/// What STORE does with the flags it names.
package enum FlagChange: Sendable {
    case add, remove, replace
}

/// What STORE has done.
package struct StoredFlags: Sendable, Equatable {
    /// The mod-sequence that the changed messages have now; nil where nothing has changed.
    package let modSeq: ModSeq?
    /// Messages whose flags are other than before.
    package let changed: UIDSet
    /// Messages of the set that are there and were left as they are, since they have been changed after `unchangedSince` (RFC 7162 §3.1.3 MODIFIED).
    package let modified: UIDSet
}

/// What EXPUNGE has done.
package struct ExpungedMessages: Sendable, Equatable {
    /// Nil where nothing was expunged.
    package let modSeq: ModSeq?
    package let uids: UIDSet
}

extension MailStore {
    /// Changes flags of messages. Parallel changes of the same messages merge; UIDs that are not there (any more) are passed over.
    /// - Parameter unchangedSince: messages changed after this are left alone (RFC 7162 §3.1.3).
    /// - Throws: `.missing`, `.limit` (no place for another keyword).
    package func store(
        _ change: FlagChange, _ flags: FlagList, of uids: UIDSet, in mailbox: LiveMailbox, unchangedSince: ModSeq? = nil
    ) async throws(MailStoreError) -> StoredFlags {
        try await self.change { turn in
            // Kept for the time of the turn: what is in memory saves reading the tables.
            defer { withExtendedLifetime(mailbox) {} }
            let row = try turn.row(mailbox.id)
            var table = row.keywords
            var operations: [StoredChange.Operation] = []
            let mask: UInt64
            if change == .remove {
                // A keyword that the mailbox does not know is not set anywhere.
                mask = flags.keywords.reduce(flags.system) { $0.union(table.flag($1) ?? []) }.rawValue
            } else {
                mask = try WriterTurn.bind(flags, &table, &operations)
            }
            let (remove, add): (UInt64, UInt64) =
                switch change {
                case .add: (0, mask)
                case .remove: (mask, 0)
                case .replace: (.max, mask)
                }
            let plan = try turn.withView(of: row) { view in
                FlagPlan(view.columns, uids, remove: remove, add: add, unchangedSince: unchangedSince)
            }
            guard !plan.changed.isEmpty || !operations.isEmpty else { return StoredFlags(modSeq: nil, changed: .init(), modified: plan.modified) }
            if !plan.changed.isEmpty { operations.append(.flags(plan.changed, remove: remove, add: add)) }
            let modSeq = try turn.write(operations, in: row, counts: plan.counts, table: table)
            return StoredFlags(modSeq: plan.changed.isEmpty ? nil : modSeq, changed: plan.changed, modified: plan.modified)
        }
    }

    /// Removes messages for ever.
    /// - Parameters:
    ///   - uids: which; nil for all.
    ///   - onlyDeleted: only those with `\Deleted` (RFC 9051 §6.4.3, §6.4.9).
    package func expunge(_ uids: UIDSet?, in mailbox: LiveMailbox, onlyDeleted: Bool = true) async throws(MailStoreError) -> ExpungedMessages {
        try await self.change { turn in
            defer { withExtendedLifetime(mailbox) {} }
            let row = try turn.row(mailbox.id)
            return try Self.expunge(uids, in: row, onlyDeleted: onlyDeleted, turn)
        }
    }

    /// The same inside a turn.
    static func expunge(_ uids: UIDSet?, in row: MailboxRow, onlyDeleted: Bool, isBuried: Bool = true, _ turn: WriterTurn) throws -> ExpungedMessages
    {
        let (gone, counts, dead) = try turn.withView(of: row) { view -> (UIDSet, MailboxCounts, [UInt32: Int64]) in
            let columns = view.columns
            let all = uids.map { columns.places(of: $0) } ?? [0..<columns.count]
            var gone = UIDSet()
            var places: [Range<Int>] = []
            if onlyDeleted {
                for range in all {
                    for place in range where columns.flags[place] & Flags.deleted.rawValue != 0 {
                        gone.append(columns.uids[place])
                        if let last = places.last, last.upperBound == place {
                            places[places.count - 1] = last.lowerBound..<(place + 1)
                        } else {
                            places.append(place..<(place + 1))
                        }
                    }
                }
            } else {
                places = all
                for range in all {
                    for place in range { gone.append(columns.uids[place]) }
                }
            }
            return (gone, columns.counts(at: places), isBuried ? WriterTurn.dead(columns, places) : [:])
        }
        guard !gone.isEmpty else { return ExpungedMessages(modSeq: nil, uids: gone) }
        let modSeq = try turn.write([.expunge(gone)], in: row, counts: -counts)
        try turn.bury(dead)
        return ExpungedMessages(modSeq: modSeq, uids: gone)
    }
}

/// Which messages a STORE changes, and by how much the counts move.
struct FlagPlan {
    var changed = UIDSet()
    var modified = UIDSet()
    var counts = MailboxCounts()

    init(_ columns: MailboxColumns, _ uids: UIDSet, remove: UInt64, add: UInt64, unchangedSince: ModSeq?) {
        let since = unchangedSince?.rawValue ?? .max
        for range in columns.places(of: uids) {
            for place in range {
                if columns.modSeqs[place] > since {
                    self.modified.append(columns.uids[place])
                    continue
                }
                let old = columns.flags[place]
                let new = old & ~remove | add
                guard old != new else { continue }
                self.changed.append(columns.uids[place])
                let turned = old ^ new
                if turned & Flags.seen.rawValue != 0 { self.counts.unseen += new & Flags.seen.rawValue != 0 ? -1 : 1 }
                if turned & Flags.deleted.rawValue != 0 { self.counts.deleted += new & Flags.deleted.rawValue != 0 ? 1 : -1 }
            }
        }
    }
}
