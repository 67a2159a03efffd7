// What compaction of the segment log must know: which records are still somebody's.
package import Storage
import Synchronization

extension MailStore {
    /// Segments in which something is dead, the most first. Upper bounds: copies of a message count as dead too.
    package func deadOctets() async throws(MailStoreError) -> [(segment: UInt32, octets: Int64)] {
        try await self.read { transaction in
            var segments: [(segment: UInt32, octets: Int64)] = []
            try transaction.query("SELECT segment, octets FROM segment_dead WHERE octets > 0 ORDER BY octets DESC") {
                segments.append((UInt32(truncatingIfNeeded: $0.integer(0)), $0.integer(1)))
            }
            return segments
        }
    }

    /// The records of these segments that mailboxes refer to; nil where a segment may not be compacted now, because it holds messages that are not
    /// visible yet or that a transaction on its way will refer to. A record that is not live in one consistent state never becomes live again.
    package func liveBlobs(inSegments segments: Set<UInt32>) async throws(MailStoreError) -> Set<BlobID>? {
        // Before reading: what is unborn now may be in the tables a moment later.
        let unborn = self.unborn.withLock { Set($0.keys.map(\.segment)) }
        guard unborn.isDisjoint(with: segments) else { return nil }
        let end = self.log.end
        let isSettled = self.projector.backlog == 0
        return try await self.read { transaction in
            let mark = try Projector.mark(transaction)
            for segment in segments where segment >= end.segment || (!isSettled && segment >= (mark?.segment ?? 0)) { return nil }
            var live: Set<BlobID> = []
            for id in try Self.allMailboxes(transaction) {
                guard let row = try MailboxRow.find(id, transaction) else { continue }
                for raw in try row.load(transaction).columns.blobs where segments.contains(BlobID(rawValue: raw).segment) {
                    live.insert(BlobID(rawValue: raw))
                }
            }
            return live
        }
    }

    /// A segment was compacted: nothing in it is dead.
    package func compacted(_ segment: UInt32) async throws(MailStoreError) {
        _ = try await self.change { turn in
            try turn.transaction.execute("DELETE FROM segment_dead WHERE segment = $1", [.integer(Int64(segment))])
        }
    }

    static func allMailboxes(_ transaction: Transaction) throws -> [MailboxID] {
        var ids: [MailboxID] = []
        try transaction.query("SELECT id FROM mailbox ORDER BY id") { ids.append(MailboxID(rawValue: $0.integer(0))) }
        return ids
    }
}
