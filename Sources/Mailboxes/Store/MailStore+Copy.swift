// Copying and moving between mailboxes (RFC 9051 §6.4.7 COPY, §6.4.8 MOVE): the octets stay where they are.

extension MailStore {
    /// Copies messages, all or none, with flags, dates and keywords.
    /// - Parameter quota: octets that the owner of `target` may have in all; nil for no bound.
    /// - Throws: `.missing` (TRYCREATE where it is the target), `.overQuota`, `.limit` (keywords of the target).
    package func copy(
        _ uids: UIDSet, from source: LiveMailbox, to target: MailboxID, quota: Int64? = nil
    ) async throws(MailStoreError) -> PlacedMessages {
        try await self.change { turn in
            defer { withExtendedLifetime(source) {} }
            let from = try turn.row(source.id)
            return try Self.copy(uids, from: from, to: try turn.row(target), quota: quota, turn)
        }
    }

    /// Moves messages in one transaction: never in both, never in none (RFC 6851 §3.3).
    package func move(
        _ uids: UIDSet, from source: LiveMailbox, to target: MailboxID, quota: Int64? = nil
    ) async throws(MailStoreError) -> PlacedMessages {
        try await self.change { turn in
            defer { withExtendedLifetime(source) {} }
            return try Self.move(uids, from: source.id, to: target, quota: quota, turn)
        }
    }

    static func move(_ uids: UIDSet, from source: MailboxID, to target: MailboxID, quota: Int64?, _ turn: WriterTurn) throws -> PlacedMessages {
        let from = try turn.row(source)
        let to = try turn.row(target)
        // A move between mailboxes of one owner needs no room.
        let placed = try Self.copy(uids, from: from, to: to, quota: from.owner == to.owner ? nil : quota, turn)
        // The row again: where source and target are the same it has moved on.
        _ = try Self.expunge(placed.sources, in: try turn.row(source), onlyDeleted: false, isBuried: false, turn)
        return placed
    }

    private static func copy(_ uids: UIDSet, from: MailboxRow, to: MailboxRow, quota: Int64?, _ turn: WriterTurn) throws -> PlacedMessages {
        var sources = UIDSet()
        var arrivals = try turn.withView(of: from) { view -> [Arrival] in
            var arrivals: [Arrival] = []
            for range in view.columns.places(of: uids) {
                for place in range {
                    sources.append(view.columns.uids[place])
                    arrivals.append(view.columns.arrival(at: place))
                }
            }
            return arrivals
        }
        guard let last = arrivals.indices.last else { return PlacedMessages(uidValidity: to.uidValidity, sources: .init(), uids: .init()) }
        try Self.check(quota, adding: arrivals, to: to.owner, turn)
        var table = to.keywords
        var operations: [StoredChange.Operation] = []
        if from.id != to.id { try Self.translate(&arrivals, from.keywords, &table, &operations) }
        let first = try turn.arrive(arrivals, in: to, keywords: operations, table: table)
        return PlacedMessages(uidValidity: to.uidValidity, sources: sources, uids: UIDSet(first...(first + UInt32(truncatingIfNeeded: last))))
    }

    /// Keywords have other places in the other mailbox.
    private static func translate(
        _ arrivals: inout [Arrival], _ from: KeywordTable, _ to: inout KeywordTable, _ operations: inout [StoredChange.Operation]
    ) throws {
        let keywords = Flags.keywords.rawValue
        var used: UInt64 = 0
        for arrival in arrivals { used |= arrival.flags & keywords }
        guard used != 0 else { return }
        var pairs: [(UInt64, UInt64)] = []
        for (place, keyword) in from.keywords.enumerated() where used & Flags.keyword(place).rawValue != 0 {
            pairs.append((Flags.keyword(place).rawValue, try WriterTurn.bind(FlagList([], keywords: [keyword]), &to, &operations)))
        }
        for index in arrivals.indices where arrivals[index].flags & keywords != 0 {
            var flags = arrivals[index].flags & ~keywords
            for (old, new) in pairs where arrivals[index].flags & old != 0 { flags |= new }
            arrivals[index].flags = flags
        }
    }
}
