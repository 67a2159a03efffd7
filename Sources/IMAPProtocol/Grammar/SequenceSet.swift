// Sets of sequence numbers or UIDs as a command names them: ranges, `*`, and `$` for the saved result.

/// A position of one message in a session's view; never stored (RFC 9051 §2.3.1.2).
package struct SequenceNumber: Hashable, Comparable, Sendable {
    package let rawValue: UInt32

    /// A sequence number, or nil for zero.
    package init?(_ rawValue: UInt32) {
        guard rawValue > 0 else { return nil }
        self.rawValue = rawValue
    }

    /// The number of the message at an index of the view.
    package init?(index: Int) {
        guard index >= 0, let value = UInt32(exactly: index), value < .max else { return nil }
        self.rawValue = value + 1
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// seq-range or seq-number (RFC 9051 §9); the ends stand as the client gave them, in either order.
package struct SequenceRange: Hashable, Sendable {
    /// How `*` is kept: zero is no message.
    package static let star: UInt32 = 0

    package let first: UInt32
    package let last: UInt32

    package init(_ first: UInt32, _ last: UInt32) {
        self.first = first
        self.last = last
    }

    /// The range in numbers when `largest` is the largest number in use (RFC 9051 §9: `*`), or nil in an empty mailbox for `*`.
    package func resolved(largest: UInt32) -> ClosedRange<UInt32>? {
        let one = self.first == Self.star ? largest : self.first
        let two = self.last == Self.star ? largest : self.last
        guard one > 0, two > 0 else { return nil }
        return min(one, two)...max(one, two)
    }
}

/// sequence-set (RFC 9051 §9).
package struct SequenceSet: Hashable, Sendable {
    /// As the client gave them: not sorted, may overlap.
    package let ranges: [SequenceRange]

    package init(_ ranges: [SequenceRange]) { self.ranges = ranges }

    /// Sorted ranges that neither overlap nor touch, with `*` resolved.
    ///
    /// - Complexity: O(n log n) in the number of ranges given.
    package func resolved(largest: UInt32) -> [ClosedRange<UInt32>] {
        let sorted = self.ranges.compactMap { $0.resolved(largest: largest) }.sorted { $0.lowerBound < $1.lowerBound }
        var merged: [ClosedRange<UInt32>] = []
        merged.reserveCapacity(sorted.count)
        for range in sorted {
            if let previous = merged.last, previous.upperBound == .max || range.lowerBound <= previous.upperBound + 1 {
                merged[merged.count - 1] = previous.lowerBound...max(previous.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    /// The largest number that stands in the set, `*` apart.
    package var largestNamed: UInt32 { self.ranges.reduce(0) { max($0, $1.first, $1.last) } }
}

/// The messages of a command: a sequence set, or `$`, the saved result (RFC 9051 §6.4.4.1, RFC 5182).
package enum MessageSet: Hashable, Sendable {
    case set(SequenceSet)
    case savedResult
}

extension WireScanner {
    /// seq-number: nz-number or `*`.
    mutating func sequenceBound() throws(SyntaxError) -> UInt32 {
        if self.take(UInt8(ascii: "*")) { return SequenceRange.star }
        return try self.nonZeroNumber()
    }

    /// seq-range or seq-number.
    package mutating func sequenceRange() throws(SyntaxError) -> SequenceRange {
        let first = try self.sequenceBound()
        guard self.take(UInt8(ascii: ":")) else { return SequenceRange(first, first) }
        return SequenceRange(first, try self.sequenceBound())
    }

    /// sequence-set without `$` (RFC 9051 §9).
    package mutating func sequenceSet() throws(SyntaxError) -> SequenceSet {
        var ranges = [try self.sequenceRange()]
        while self.take(UInt8(ascii: ",")) {
            guard ranges.count < self.limits.sequenceItems else { throw self.overLimit() }
            ranges.append(try self.sequenceRange())
        }
        return SequenceSet(ranges)
    }

    /// sequence-set (RFC 9051 §9).
    package mutating func messageSet() throws(SyntaxError) -> MessageSet {
        if self.take(UInt8(ascii: "$")) { return .savedResult }
        return .set(try self.sequenceSet())
    }
}
