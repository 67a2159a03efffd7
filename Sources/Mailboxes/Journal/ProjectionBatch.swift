// Some delivered messages, sorted by mailbox, and the rows that make them visible.
import Storage

/// A batch on its way into the database. Everything that can be worked out before the writer's turn is.
struct ProjectionBatch: Sendable {
    private struct Group: Sendable {
        var arrivals: [Arrival] = []
        /// By place in `arrivals`; only those with keywords.
        var keywords: [(Int, [Keyword])] = []

        /// Takes up another group, in the order of the log.
        mutating func merge(_ other: Group) {
            var all: [(Arrival, [Keyword])] = []
            all.reserveCapacity(self.arrivals.count + other.arrivals.count)
            for group in [self, other] {
                var named: [Int: [Keyword]] = [:]
                for (place, keywords) in group.keywords { named[place] = keywords }
                for (place, arrival) in group.arrivals.enumerated() { all.append((arrival, named[place] ?? [])) }
            }
            all.sort { ($0.0.blob, $0.0.ordinal) < ($1.0.blob, $1.0.ordinal) }
            self.arrivals = all.map(\.0)
            self.keywords = all.enumerated().compactMap { $1.1.isEmpty ? nil : ($0, $1.1) }
        }
    }

    private let first: BlobID
    private let last: BlobID
    private let records: [Projector.Record]
    private let groups: [(Projector.Target, Group)]

    init(_ records: [Projector.Record]) {
        self.records = records
        self.first = records.first?.blob ?? BlobID(rawValue: 0)
        self.last = records.last?.blob ?? BlobID(rawValue: 0)
        self.groups = Self.groups(records)
    }

    private static func groups(_ records: [Projector.Record]) -> [(Projector.Target, Group)] {
        var places: [Projector.Target: Int] = [:]
        var groups: [(Projector.Target, Group)] = []
        for record in records {
            for recipient in record.arrivals {
                let place: Int
                if let known = places[recipient.target] {
                    place = known
                } else {
                    place = groups.count
                    places[recipient.target] = place
                    groups.append((recipient.target, Group()))
                }
                if !recipient.flags.keywords.isEmpty { groups[place].1.keywords.append((groups[place].1.arrivals.count, recipient.flags.keywords)) }
                groups[place].1.arrivals.append(
                    Arrival(
                        flags: recipient.flags.system.rawValue, date: record.internalDate, size: recipient.size, blob: record.blob.rawValue,
                        ordinal: recipient.ordinal))
            }
        }
        return groups
    }

    /// Writes what the mark says is still to be written, and moves it.
    func write(_ turn: WriterTurn, _ projector: Projector) throws {
        let mark = try Projector.mark(turn.transaction)
        var groups = self.groups
        if let mark, mark >= self.first {
            if mark >= self.last { return }
            groups = Self.groups(self.records.filter { $0.blob > mark })
        }
        let merged = try Self.byMailbox(groups, turn, projector)
        let gone = try Self.write(merged, turn)
        for id in gone {
            // The mailbox is gone: each of its destinations is looked for anew.
            for (target, rest) in groups where projector.find(target) == id {
                projector.forget(target)
                guard try Self.write([(try Self.resolve(target, turn, projector), rest)], turn).isEmpty else {
                    throw MailStoreError(.missing, "mailbox \(id)")
                }
            }
        }
        try Projector.move(to: self.last, turn.transaction)
    }

    /// Two destinations may be one mailbox: their messages come together in the order of the log.
    private static func byMailbox(
        _ groups: [(Projector.Target, Group)], _ turn: WriterTurn, _ projector: Projector
    ) throws -> [(MailboxID, Group)] {
        var places: [MailboxID: Int] = [:]
        var merged: [(MailboxID, Group)] = []
        merged.reserveCapacity(groups.count)
        for (target, group) in groups {
            let id = try projector.find(target) ?? Self.resolve(target, turn, projector)
            if let place = places[id] {
                merged[place].1.merge(group)
            } else {
                places[id] = merged.count
                merged.append((id, group))
            }
        }
        return merged
    }

    /// The mailbox of a destination that is not known, or not there any more: in the end INBOX, which is made if need be.
    private static func resolve(_ target: Projector.Target, _ turn: WriterTurn, _ projector: Projector) throws -> MailboxID {
        if case .specialUse(let use) = target.destination, let row = try MailboxRow.find(target.owner, use, turn.transaction) {
            projector.keep(row.id, for: target)
            return row.id
        }
        if let inbox = try MailboxRow.find(target.owner, .inbox, turn.transaction) {
            if target.destination == .inbox { projector.keep(inbox.id, for: target) }
            return inbox.id
        }
        // Not kept: this transaction may still be rolled back.
        return try MailboxRow.make(target.owner, .inbox, nil, now: turn.now, turn.transaction).id
    }

    /// Mailboxes that one statement moves on: a statement costs more than a row.
    private static let chunk = 16

    /// For each mailbox its row moved on and one change row with all its messages.
    /// - Returns: those that are not there.
    private static func write(_ merged: [(MailboxID, Group)], _ turn: WriterTurn) throws -> [MailboxID] {
        var gone: [MailboxID] = []
        var plain: [(MailboxID, Group)] = []
        plain.reserveCapacity(merged.count)
        for (id, group) in merged {
            if group.keywords.isEmpty {
                plain.append((id, group))
            } else if try !self.writeWithKeywords(group, in: id, turn) {
                gone.append(id)
            }
        }
        var start = 0
        while start < plain.count {
            // Two forms of each statement, one and many, so that both stay prepared.
            let end = plain.count - start >= Self.chunk ? start + Self.chunk : start + 1
            gone += try self.write(plain[start..<end], turn)
            start = end
        }
        return gone
    }

    private static func write(_ groups: ArraySlice<(MailboxID, Group)>, _ turn: WriterTurn) throws -> [MailboxID] {
        var values: [SQLValue] = []
        values.reserveCapacity(groups.count * 7)
        var sums: [MailboxCounts] = []
        sums.reserveCapacity(groups.count)
        for (id, group) in groups {
            var counts = MailboxCounts()
            for arrival in group.arrivals { counts.add(flags: arrival.flags, size: arrival.size) }
            sums.append(counts)
            values.append(.integer(id.rawValue))
            values.append(.integer(Int64(group.arrivals.count)))
            values.append(.integer(counts.octets))
            values.append(.integer(counts.unseen))
            values.append(.integer(counts.deleted))
            values.append(.integer(Int64(StoredChange.encodedCount(arrivals: group.arrivals.count))))
        }
        var updated: [Int64: Updated] = [:]
        try turn.transaction.query(groups.count == 1 ? Self.updateOne : Self.updateMany, values) { row in
            updated[row.integer(0)] = Updated(
                uidNext: row.integer(1), modSeq: row.integer(2), rows: row.integer(3), octets: row.integer(4), messages: row.integer(5),
                owner: MailboxOwner(rawValue: row.integer(6)))
        }
        var gone: [MailboxID] = []
        values.removeAll(keepingCapacity: true)
        for ((id, group), counts) in zip(groups, sums) {
            guard let row = updated[id.rawValue] else {
                gone.append(id)
                continue
            }
            guard row.uidNext <= Int64(UInt32.max) else { throw MailStoreError(.limit, "mailbox \(id) has no UIDs left") }
            let modSeq = ModSeq(stored: row.modSeq)
            let operations: [StoredChange.Operation] = [.arrivals(first: UInt32(clamping: row.uidNext - Int64(group.arrivals.count)), group.arrivals)]
            values.append(.integer(id.rawValue))
            values.append(.integer(row.modSeq))
            values.append(.blob(StoredChange.encode(operations)))
            turn.remember(
                StoredChange(modSeq: modSeq, operations: operations), in: id, owner: row.owner, counts: counts,
                wantsFold: turn.wantsFold(rows: row.rows, octets: row.octets, messages: row.messages))
        }
        if values.count == Self.chunk * 3 {
            try turn.transaction.execute(Self.insertMany, values)
        } else {
            for start in stride(from: 0, to: values.count, by: 3) { try turn.transaction.execute(Self.insertOne, Array(values[start..<(start + 3)])) }
        }
        return gone
    }

    private static let updateOne = update(1)
    private static let updateMany = update(chunk)
    private static let insertOne = insert(1)
    private static let insertMany = insert(chunk)

    /// The columns of VALUES are called `column1` … in both engines.
    private static func update(_ count: Int) -> String {
        let rows = (0..<count).map { row in "(" + (1...6).map { "CAST($\(row * 6 + $0) AS BIGINT)" }.joined(separator: ", ") + ")" }
        return """
            UPDATE mailbox SET uid_next = uid_next + column2, highest_modseq = highest_modseq + 1, messages = messages + column2,
                octets = octets + column3, unseen = unseen + column4, deleted = deleted + column5, change_rows = change_rows + 1,
                change_octets = change_octets + column6
            FROM (VALUES \(rows.joined(separator: ", "))) AS moved
            WHERE id = column1 RETURNING id, uid_next, highest_modseq, change_rows, change_octets, messages, owner
            """
    }

    private static func insert(_ count: Int) -> String {
        let rows = (0..<count).map { "($\($0 * 3 + 1), $\($0 * 3 + 2), 0, $\($0 * 3 + 3))" }
        return "INSERT INTO mailbox_change (mailbox, modseq, part, payload) VALUES \(rows.joined(separator: ", "))"
    }

    private struct Updated {
        let uidNext: Int64
        let modSeq: Int64
        let rows: Int64
        let octets: Int64
        let messages: Int64
        let owner: MailboxOwner
    }

    /// The same where keywords have to find their places. One that finds none is left off: the message matters more.
    private static func writeWithKeywords(_ group: Group, in id: MailboxID, _ turn: WriterTurn) throws -> Bool {
        let row: MailboxRow
        do { row = try turn.row(id) } catch let error as MailStoreError where error.kind == .missing { return false }
        var table = row.keywords
        var operations: [StoredChange.Operation] = []
        var arrivals = group.arrivals
        for (place, keywords) in group.keywords {
            for keyword in keywords {
                if let flag = table.flag(keyword) {
                    arrivals[place].flags |= flag.rawValue
                } else if let flag = table.add(keyword) {
                    arrivals[place].flags |= flag.rawValue
                    operations.append(.keyword(keyword))
                }
            }
        }
        _ = try turn.arrive(arrivals, in: row, keywords: operations, table: table)
        return true
    }
}
