// A set of UIDs as ranges: what commands name, what changes say, what is kept of expunged messages.

/// UIDs as closed ranges, rising, disjoint and not touching. All of a large mailbox is one range.
package struct UIDSet: Hashable, Sendable, CustomStringConvertible {
    /// The ranges, rising; between two of them at least one UID is missing.
    package private(set) var ranges: [ClosedRange<UInt32>]

    /// No UIDs.
    package init() { self.ranges = [] }

    /// All UIDs of a range; 0 is left out.
    package init(_ range: ClosedRange<UInt32>) {
        self.ranges = range.upperBound == 0 ? [] : [max(1, range.lowerBound)...range.upperBound]
    }

    /// One UID.
    package init(_ uid: UID) { self.ranges = [uid.rawValue...uid.rawValue] }

    /// These UIDs, in any order; 0 is left out.
    package init(_ uids: [UInt32]) {
        self.init()
        var isRising = true
        for index in uids.indices.dropFirst() where uids[index] <= uids[index - 1] {
            isRising = false
            break
        }
        for uid in isRising ? uids : uids.sorted() where uid != 0 { self.append(uid) }
    }

    /// These ranges, in any order, overlapping or not; 0 is left out.
    package init(ranges: [ClosedRange<UInt32>]) {
        self.init()
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.upperBound != 0 {
            self.append(max(1, range.lowerBound)...range.upperBound)
        }
    }

    /// Whether there are none.
    package var isEmpty: Bool { self.ranges.isEmpty }

    /// How many UIDs there are. O(ranges).
    package var count: Int {
        var sum = 0
        for range in self.ranges { sum += Int(range.upperBound - range.lowerBound) + 1 }
        return sum
    }

    /// The least UID.
    package var first: UInt32? { self.ranges.first?.lowerBound }

    /// The greatest UID.
    package var last: UInt32? { self.ranges.last?.upperBound }

    /// Whether a UID is in the set. O(log ranges).
    package func contains(_ uid: UInt32) -> Bool {
        var low = 0
        var high = self.ranges.count
        while low < high {
            let middle = (low + high) / 2
            if self.ranges[middle].upperBound < uid { low = middle + 1 } else { high = middle }
        }
        return low < self.ranges.count && self.ranges[low].lowerBound <= uid
    }

    /// All UIDs, rising.
    package var uids: [UInt32] {
        var all: [UInt32] = []
        all.reserveCapacity(self.count)
        for range in self.ranges { all.append(contentsOf: range) }
        return all
    }

    /// Adds a UID that is greater than, or in, the last range. For building in rising order.
    mutating func append(_ uid: UInt32) {
        guard let last = self.ranges.last else {
            self.ranges = [uid...uid]
            return
        }
        if uid <= last.upperBound { return }
        if uid == last.upperBound + 1 {
            self.ranges[self.ranges.count - 1] = last.lowerBound...uid
        } else {
            self.ranges.append(uid...uid)
        }
    }

    /// Adds a range that does not begin before the last one.
    mutating func append(_ range: ClosedRange<UInt32>) {
        guard let last = self.ranges.last else {
            self.ranges = [range]
            return
        }
        if last.upperBound == .max || range.lowerBound <= last.upperBound + 1 {
            if range.upperBound > last.upperBound { self.ranges[self.ranges.count - 1] = last.lowerBound...range.upperBound }
        } else {
            self.ranges.append(range)
        }
    }

    /// Adds one UID. O(ranges) unless it is at the end.
    package mutating func insert(_ uid: UID) {
        if let last = self.ranges.last, uid.rawValue < last.lowerBound {
            self = self.union(UIDSet(uid))
        } else {
            self.append(uid.rawValue)
        }
    }

    /// The UIDs of either.
    package func union(_ other: UIDSet) -> UIDSet {
        if self.isEmpty { return other }
        if other.isEmpty { return self }
        var result = UIDSet()
        var (i, j) = (0, 0)
        while i < self.ranges.count || j < other.ranges.count {
            if j >= other.ranges.count || (i < self.ranges.count && self.ranges[i].lowerBound <= other.ranges[j].lowerBound) {
                result.append(self.ranges[i])
                i += 1
            } else {
                result.append(other.ranges[j])
                j += 1
            }
        }
        return result
    }

    /// The UIDs that are in both.
    package func intersection(_ other: UIDSet) -> UIDSet {
        var result = UIDSet()
        var (i, j) = (0, 0)
        while i < self.ranges.count, j < other.ranges.count {
            let (a, b) = (self.ranges[i], other.ranges[j])
            let low = max(a.lowerBound, b.lowerBound)
            let high = min(a.upperBound, b.upperBound)
            if low <= high { result.append(low...high) }
            if a.upperBound < b.upperBound { i += 1 } else { j += 1 }
        }
        return result
    }

    /// The UIDs that are not in `other`.
    package func subtracting(_ other: UIDSet) -> UIDSet {
        var result = UIDSet()
        var j = 0
        for range in self.ranges {
            var low = range.lowerBound
            var isSpent = false
            while j < other.ranges.count, other.ranges[j].upperBound < low { j += 1 }
            var k = j
            while k < other.ranges.count, other.ranges[k].lowerBound <= range.upperBound {
                let hole = other.ranges[k]
                if hole.lowerBound > low { result.append(low...(hole.lowerBound - 1)) }
                if hole.upperBound >= range.upperBound {
                    isSpent = true
                    break
                }
                low = max(low, hole.upperBound + 1)
                k += 1
            }
            if !isSpent { result.append(low...range.upperBound) }
        }
        return result
    }

    /// The wire form of a set, `1:3,7` (RFC 9051 §9, sequence-set); empty when there are none.
    package var description: String {
        self.ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound):\($0.upperBound)" }.joined(separator: ",")
    }
}
