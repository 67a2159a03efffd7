// What one session knows of its selected mailbox: the UID behind each sequence number, and the news it has not been told yet.

/// A change a session is to be told.
package enum ViewUpdate: Hashable, Sendable {
    /// The message with this number is gone; numbers above it fall by one (RFC 9051 §7.5.1).
    case expunge(SequenceNumber)
    /// There are so many messages now (RFC 9051 §7.4.1).
    case exists(Int)
    /// The flags of this message changed.
    case flags(SequenceNumber, uid: UInt32)
}

/// The sequence numbers of one session (RFC 9051 §2.3.1.2). Numbers change only when the session is told.
///
/// The array of UIDs is shared with the mailbox and other sessions until one of them changes it.
package struct SessionView: Sendable {
    /// UIDs in ascending order; index + 1 is the sequence number.
    package private(set) var uids: [UInt32]
    /// Gone from the mailbox, still numbered here; ascending.
    private var expunged: [UInt32] = []
    /// New in the mailbox, not numbered yet; ascending.
    private var arrived: [UInt32] = []
    /// Flags changed since the session was told.
    private var changed: Set<UInt32> = []

    /// A view of a mailbox as it is now.
    ///
    /// - Parameter uids: ascending.
    package init(uids: [UInt32] = []) { self.uids = uids }

    package var count: Int { self.uids.count }

    /// Whether there is anything to tell.
    package var hasNews: Bool { !self.expunged.isEmpty || !self.arrived.isEmpty || !self.changed.isEmpty }

    package var hasExpunged: Bool { !self.expunged.isEmpty }

    // MARK: Look-up

    /// The UID behind a sequence number.
    package func uid(of number: SequenceNumber) -> UInt32? {
        let index = Int(number.rawValue) - 1
        return index < self.uids.count ? self.uids[index] : nil
    }

    /// The sequence number of a UID.
    ///
    /// - Complexity: O(log n).
    package func number(of uid: UInt32) -> SequenceNumber? {
        let index = self.firstIndex(notBelow: uid)
        return index < self.uids.count && self.uids[index] == uid ? SequenceNumber(index: index) : nil
    }

    /// The index of the first UID that is at least `uid`.
    package func firstIndex(notBelow uid: UInt32) -> Int {
        var low = 0
        var high = self.uids.count
        while low < high {
            let middle = (low + high) / 2
            if self.uids[middle] < uid { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Ranges of indexes for a set of sequence numbers, or nil where a number is larger than the mailbox (RFC 9051 §6.4.8, BAD or empty).
    package func indexes(ofNumbers set: SequenceSet) -> [Range<Int>]? {
        let largest = UInt32(clamping: self.uids.count)
        var ranges: [Range<Int>] = []
        for range in set.resolved(largest: largest) {
            guard range.upperBound <= largest else { return nil }
            ranges.append(Int(range.lowerBound) - 1..<Int(range.upperBound))
        }
        return ranges
    }

    /// Ranges of indexes for a set of UIDs; UIDs that are not there are passed over (RFC 9051 §6.4.9).
    package func indexes(ofUIDs set: SequenceSet) -> [Range<Int>] {
        self.indexes(ofUIDs: set.resolved(largest: self.uids.last ?? 0))
    }

    /// Ranges of indexes for sorted ranges of UIDs.
    package func indexes(ofUIDs ranges: [ClosedRange<UInt32>]) -> [Range<Int>] {
        ranges.compactMap { range in
            let first = self.firstIndex(notBelow: range.lowerBound)
            let last = range.upperBound == .max ? self.uids.count : self.firstIndex(notBelow: range.upperBound + 1)
            return first < last ? first..<last : nil
        }
    }

    // MARK: News

    /// Messages came in. UIDs not above the last known are passed over.
    package mutating func note(arrived uids: some Sequence<UInt32>) {
        for uid in uids where uid > self.arrived.last ?? self.uids.last ?? 0 { self.arrived.append(uid) }
    }

    /// Messages are gone.
    package mutating func note(expunged uids: some Sequence<UInt32>) {
        var gone = Set<UInt32>(self.expunged)
        var unseen = Set<UInt32>()
        let last = self.uids.last ?? 0
        for uid in uids {
            if uid > last {
                unseen.insert(uid)  // came and went untold
            } else if self.number(of: uid) != nil {
                gone.insert(uid)
            }
            self.changed.remove(uid)
        }
        if !unseen.isEmpty { self.arrived.removeAll { unseen.contains($0) } }
        self.expunged = gone.sorted()
    }

    /// Flags of messages changed.
    package mutating func note(changed uids: some Sequence<UInt32>) {
        for uid in uids where self.number(of: uid) != nil { self.changed.insert(uid) }
    }

    /// The session has just been told this message's flags.
    package mutating func told(_ uid: UInt32) { self.changed.remove(uid) }

    /// Uses the mailbox's own array where it holds the same, so that many sessions of one mailbox have one array.
    package mutating func share(_ uids: [UInt32]) {
        if self.arrived.isEmpty, uids.count == self.uids.count, uids == self.uids { self.uids = uids }
    }

    /// What may be told now; the view changes with it.
    ///
    /// - Parameter allowsExpunge: false during FETCH, STORE and SEARCH without UID (RFC 9051 §7.5.1).
    package mutating func takeNews(allowsExpunge: Bool) -> [ViewUpdate] {
        guard self.hasNews else { return [] }
        var updates: [ViewUpdate] = []
        if allowsExpunge, !self.expunged.isEmpty {
            let gone = Set(self.expunged)
            // From the end, so that the numbers still to come do not move.
            for uid in self.expunged.reversed() {
                if let number = self.number(of: uid) { updates.append(.expunge(number)) }
                self.changed.remove(uid)
            }
            self.uids.removeAll { gone.contains($0) }
            self.expunged = []
        }
        if !self.arrived.isEmpty {
            self.uids.append(contentsOf: self.arrived)
            self.arrived = []
            updates.append(.exists(self.uids.count))
        }
        let pending = self.changed.sorted()
        self.changed = []
        for uid in pending {
            if let number = self.number(of: uid) { updates.append(.flags(number, uid: uid)) }
        }
        return updates
    }
}
