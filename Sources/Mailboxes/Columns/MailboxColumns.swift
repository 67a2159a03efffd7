// The messages of a mailbox as columns: an array for each property, all of the same length, in the order of UIDs.
package import Storage

/// What a mailbox knows of its messages. Copies are cheap until one of them is changed.
package struct MailboxColumns: Sendable, Equatable {
    /// Strictly rising.
    package internal(set) var uids: [UInt32] = []
    package internal(set) var flags: [UInt64] = []
    /// The mod-sequence of each message's last change.
    package internal(set) var modSeqs: [UInt64] = []
    /// INTERNALDATE, seconds since 1970 (RFC 9051 §2.3.3).
    package internal(set) var dates: [Int64] = []
    /// RFC822.SIZE: prefix and octets.
    package internal(set) var sizes: [UInt32] = []
    /// Where the octets are: raw values of `BlobID`.
    package internal(set) var blobs: [Int64] = []
    /// Which recipient's prefix it has.
    package internal(set) var ordinals: [UInt16] = []

    package init() {}

    /// How many messages there are.
    package var count: Int { self.uids.count }

    /// The place of the first message whose UID is not below `uid`. O(log n).
    package func place(atOrAfter uid: UInt32) -> Int {
        var low = 0
        var high = self.uids.count
        while low < high {
            let middle = (low + high) / 2
            if self.uids[middle] < uid { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The place of a UID (a sequence number less one); nil when it is not there.
    package func place(of uid: UInt32) -> Int? {
        let place = self.place(atOrAfter: uid)
        return place < self.uids.count && self.uids[place] == uid ? place : nil
    }

    /// The places of the messages of a set, as ranges.
    package func places(of set: UIDSet) -> [Range<Int>] {
        var places: [Range<Int>] = []
        for range in set.ranges {
            let start = self.place(atOrAfter: range.lowerBound)
            var end = start
            if range.upperBound >= (self.uids.last ?? 0) {
                end = self.uids.count
            } else {
                end = self.place(atOrAfter: range.upperBound &+ 1)
            }
            if start < end { places.append(start..<end) }
        }
        return places
    }

    /// The messages of a set that are there.
    package func present(_ set: UIDSet) -> UIDSet {
        var present = UIDSet()
        for places in self.places(of: set) {
            // Without holes in between the whole is one range.
            let (first, last) = (self.uids[places.lowerBound], self.uids[places.upperBound - 1])
            if Int(last - first) + 1 == places.count {
                present.append(first...last)
            } else {
                for place in places { present.append(self.uids[place]) }
            }
        }
        return present
    }

    /// The record of a message, for `MailStore.message` and `summary`.
    package func blob(at place: Int) -> BlobID { BlobID(rawValue: self.blobs[place]) }

    /// What is kept of one message, to put it into another mailbox.
    func arrival(at place: Int) -> Arrival {
        Arrival(
            flags: self.flags[place], date: self.dates[place], size: self.sizes[place],
            blob: self.blobs[place], ordinal: self.ordinals[place])
    }

    mutating func append(first: UInt32, modSeq: UInt64, _ arrivals: [Arrival]) {
        var uid = first
        for arrival in arrivals {
            self.uids.append(uid)
            self.flags.append(arrival.flags)
            self.modSeqs.append(modSeq)
            self.dates.append(arrival.date)
            self.sizes.append(arrival.size)
            self.blobs.append(arrival.blob)
            self.ordinals.append(arrival.ordinal)
            uid &+= 1
        }
    }

    mutating func change(_ set: UIDSet, remove: UInt64, add: UInt64, modSeq: UInt64) {
        for places in self.places(of: set) {
            for place in places {
                self.flags[place] = self.flags[place] & ~remove | add
                self.modSeqs[place] = modSeq
            }
        }
    }

    mutating func remove(_ set: UIDSet) {
        let places = self.places(of: set)
        guard !places.isEmpty else { return }
        if places.count == 1 {
            self.uids.removeSubrange(places[0])
            self.flags.removeSubrange(places[0])
            self.modSeqs.removeSubrange(places[0])
            self.dates.removeSubrange(places[0])
            self.sizes.removeSubrange(places[0])
            self.blobs.removeSubrange(places[0])
            self.ordinals.removeSubrange(places[0])
            return
        }
        Self.cut(&self.uids, places)
        Self.cut(&self.flags, places)
        Self.cut(&self.modSeqs, places)
        Self.cut(&self.dates, places)
        Self.cut(&self.sizes, places)
        Self.cut(&self.blobs, places)
        Self.cut(&self.ordinals, places)
    }

    private static func cut<T>(_ column: inout [T], _ holes: [Range<Int>]) {
        guard let first = holes.first else { return }
        var target = first.lowerBound
        for (index, hole) in holes.enumerated() {
            let end = index + 1 < holes.count ? holes[index + 1].lowerBound : column.count
            for source in hole.upperBound..<end {
                column[target] = column[source]
                target += 1
            }
        }
        column.removeSubrange(target...)
    }

    /// Messages, octets, unseen and deleted ones at these places.
    func counts(at places: [Range<Int>]) -> MailboxCounts {
        var counts = MailboxCounts()
        for range in places {
            for place in range { counts.add(flags: self.flags[place], size: self.sizes[place]) }
        }
        return counts
    }

    /// The sums over all messages, as the mailbox's row must have them.
    package var counts: MailboxCounts { self.counts(at: [0..<self.count]) }
}

/// The sums that are kept of a mailbox, or by how much a change moves them.
package struct MailboxCounts: Sendable, Equatable {
    package internal(set) var messages: Int64 = 0
    package internal(set) var octets: Int64 = 0
    /// Messages without `\Seen`.
    package internal(set) var unseen: Int64 = 0
    /// Messages with `\Deleted`.
    package internal(set) var deleted: Int64 = 0

    package init() {}

    mutating func add(flags: UInt64, size: UInt32) {
        self.messages += 1
        self.octets += Int64(size)
        if flags & Flags.seen.rawValue == 0 { self.unseen += 1 }
        if flags & Flags.deleted.rawValue != 0 { self.deleted += 1 }
    }

    static prefix func - (counts: MailboxCounts) -> MailboxCounts {
        var negative = MailboxCounts()
        negative.messages = -counts.messages
        negative.octets = -counts.octets
        negative.unseen = -counts.unseen
        negative.deleted = -counts.deleted
        return negative
    }
}

/// A message on its way into a mailbox: all but its UID and mod-sequence.
struct Arrival: Sendable, Equatable {
    var flags: UInt64
    var date: Int64
    var size: UInt32
    var blob: Int64
    var ordinal: UInt16
}
