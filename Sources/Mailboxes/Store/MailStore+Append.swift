// Messages that a client puts into a mailbox (RFC 9051 §6.3.12 APPEND).
import Storage
import Synchronization

/// A message to append.
package struct AppendedMessage: Sendable {
    package var octets: [UInt8]
    package var flags: FlagList
    /// INTERNALDATE, seconds since 1970.
    package var internalDate: Int64
    /// `MessageSummary.encoded()` of `octets`; may be empty.
    package var summary: [UInt8]

    package init(octets: [UInt8], flags: FlagList = .init(), internalDate: Int64, summary: [UInt8] = []) {
        self.octets = octets
        self.flags = flags
        self.internalDate = internalDate
        self.summary = summary
    }
}

/// Where messages went: what APPENDUID and COPYUID say (RFC 9051 §7.1).
package struct PlacedMessages: Sendable, Equatable {
    package let uidValidity: UIDValidity
    /// The UIDs in the source, in the order of `uids`; empty for appended messages.
    package let sources: UIDSet
    /// The UIDs they have now, rising in the order they were given.
    package let uids: UIDSet
}

extension MailStore {
    /// Appends messages, all or none; on return they are durable and visible.
    /// - Parameter quota: octets that the owner may have in all, checked in the same transaction (RFC 9208); nil for no bound.
    /// - Throws: `.missing` (TRYCREATE), `.overQuota`, `.limit` (keywords), `.storage`.
    package func append(_ messages: [AppendedMessage], to id: MailboxID, quota: Int64? = nil) async throws(MailStoreError) -> PlacedMessages {
        var blobs: [BlobID] = []
        // Compaction leaves these records alone until the rows that refer to them are there.
        defer { self.release(blobs) }
        for message in messages { blobs.append(try await self.keep(message)) }
        let facts = zip(messages, blobs).map { message, blob in
            (
                Arrival(flags: 0, date: message.internalDate, size: UInt32(clamping: message.octets.count), blob: blob.rawValue, ordinal: 0),
                message.flags
            )
        }
        return try await self.change { turn in
            let row = try turn.row(id)
            var table = row.keywords
            var operations: [StoredChange.Operation] = []
            var arrivals: [Arrival] = []
            arrivals.reserveCapacity(facts.count)
            for (arrival, flags) in facts {
                var arrival = arrival
                arrival.flags = try WriterTurn.bind(flags, &table, &operations)
                arrivals.append(arrival)
            }
            guard let last = arrivals.indices.last else { return PlacedMessages(uidValidity: row.uidValidity, sources: .init(), uids: .init()) }
            try Self.check(quota, adding: arrivals, to: row.owner, turn)
            let first = try turn.arrive(arrivals, in: row, keywords: operations, table: table)
            return PlacedMessages(
                uidValidity: row.uidValidity, sources: .init(), uids: UIDSet(first...(first + UInt32(truncatingIfNeeded: last))))
        }
    }

    /// Refuses what would put the owner over the bound.
    static func check(_ quota: Int64?, adding arrivals: [Arrival], to owner: MailboxOwner, _ turn: WriterTurn) throws {
        guard let quota else { return }
        var sum = try Self.usage(of: owner, turn.transaction).octets
        for arrival in arrivals { sum += Int64(arrival.size) }
        guard sum <= quota else { throw MailStoreError(.overQuota, "owner \(owner) would have \(sum) of \(quota) octets") }
    }

    private func keep(_ message: AppendedMessage) async throws(MailStoreError) -> BlobID {
        guard let head = JournalHead.encode(internalDate: message.internalDate, summary: message.summary) else {
            throw MailStoreError(.limit, "the summary is too large")
        }
        do {
            return try await withCheckedThrowingContinuation { continuation in
                self.log.append(JournalEntry(kind: MailJournalKind.appended, head: head, octets: message.octets)) { [self] result in
                    // On the log's thread: before the segment can be sealed.
                    if case .success(let blob) = result { self.unborn.withLock { $0[blob, default: 0] += 1 } }
                    continuation.resume(with: result.mapError { $0 as any Error })
                }
            }
        } catch { throw MailStoreError(error) }
    }

    private func release(_ blobs: [BlobID]) {
        self.unborn.withLock { unborn in
            for blob in blobs {
                let count = (unborn[blob] ?? 1) - 1
                unborn[blob] = count > 0 ? count : nil
            }
        }
    }
}
