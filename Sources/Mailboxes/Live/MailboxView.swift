// A mailbox at one mod-sequence: what a command reads from beginning to end.

/// A mailbox as it was after one change. Holding it costs nothing until the mailbox changes; then the changed columns are copied once.
package struct MailboxView: Sendable, Equatable {
    package let uidValidity: UIDValidity
    /// The UID that the next message will get at least (RFC 9051 §2.3.1.1).
    package internal(set) var uidNext: UInt32
    package internal(set) var highestModSeq: ModSeq
    package internal(set) var keywords: KeywordTable
    package internal(set) var columns: MailboxColumns

    init(uidValidity: UIDValidity, uidNext: UInt32, highestModSeq: ModSeq, keywords: KeywordTable, columns: MailboxColumns) {
        self.uidValidity = uidValidity
        self.uidNext = uidNext
        self.highestModSeq = highestModSeq
        self.keywords = keywords
        self.columns = columns
    }

    /// How many messages there are (RFC 9051 §7.4.1 EXISTS).
    package var count: Int { self.columns.count }

    mutating func apply(_ change: StoredChange) {
        for operation in change.operations {
            switch operation {
            case .arrivals(let first, let arrivals):
                self.columns.append(first: first, modSeq: change.modSeq.rawValue, arrivals)
                self.uidNext = max(self.uidNext, first &+ UInt32(truncatingIfNeeded: arrivals.count))
            case .flags(let set, let remove, let add): self.columns.change(set, remove: remove, add: add, modSeq: change.modSeq.rawValue)
            case .expunge(let set): self.columns.remove(set)
            case .keyword(let keyword): _ = self.keywords.add(keyword)
            }
        }
        self.highestModSeq = max(self.highestModSeq, change.modSeq)
    }

    /// What tells a reader of this view how to come to a later one of the same mailbox.
    func difference(to later: MailboxView) -> MailboxChange {
        var arrivals = UIDSet()
        var flagged = UIDSet()
        var expunged = UIDSet()
        let (old, new) = (self.columns, later.columns)
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if j >= new.count || (i < old.count && old.uids[i] < new.uids[j]) {
                expunged.append(old.uids[i])
                i += 1
            } else if i >= old.count || new.uids[j] < old.uids[i] {
                arrivals.append(new.uids[j])
                j += 1
            } else {
                if old.modSeqs[i] != new.modSeqs[j] { flagged.append(new.uids[j]) }
                i += 1
                j += 1
            }
        }
        return MailboxChange(
            modSeq: later.highestModSeq, arrivals: arrivals, flagged: flagged, expunged: expunged,
            addsKeywords: self.keywords.keywords.count != later.keywords.keywords.count)
    }
}
