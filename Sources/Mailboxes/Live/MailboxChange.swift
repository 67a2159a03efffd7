// What subscribers of a mailbox are told (IDLE, NOTIFY, the next command of a session).

/// A change of a mailbox, told after it is durable, in the order of mod-sequences.
package struct MailboxChange: Sendable, Equatable {
    package let modSeq: ModSeq
    /// New messages.
    package let arrivals: UIDSet
    /// Messages whose flags have changed.
    package let flagged: UIDSet
    /// Messages that are gone.
    package let expunged: UIDSet
    /// The mailbox knows more keywords than before: FLAGS is due (RFC 9051 §7.3.5).
    package let addsKeywords: Bool
    /// The mailbox itself is gone.
    package let isRemoved: Bool

    init(
        modSeq: ModSeq, arrivals: UIDSet = .init(), flagged: UIDSet = .init(), expunged: UIDSet = .init(), addsKeywords: Bool = false,
        isRemoved: Bool = false
    ) {
        self.modSeq = modSeq
        self.arrivals = arrivals
        self.flagged = flagged
        self.expunged = expunged
        self.addsKeywords = addsKeywords
        self.isRemoved = isRemoved
    }

    init(_ change: StoredChange) {
        var arrivals = UIDSet()
        var flagged = UIDSet()
        var expunged = UIDSet()
        var addsKeywords = false
        for operation in change.operations {
            switch operation {
            case .arrivals(let first, let messages):
                if !messages.isEmpty { arrivals.append(first...(first &+ UInt32(truncatingIfNeeded: messages.count - 1))) }
            case .flags(let set, _, _): flagged = flagged.union(set)
            case .expunge(let set): expunged = expunged.union(set)
            case .keyword: addsKeywords = true
            }
        }
        self.init(modSeq: change.modSeq, arrivals: arrivals, flagged: flagged, expunged: expunged, addsKeywords: addsKeywords)
    }
}
