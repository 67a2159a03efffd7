// The number of a mailbox's changes (RFC 7162 §3.1).

/// A mod-sequence: 63 bits, one mailbox's own, it only grows (RFC 7162 §3.1).
package struct ModSeq: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    /// Numbers above 63 bits are cut to the greatest one, which no mailbox reaches.
    package init(_ rawValue: UInt64) { self.rawValue = min(rawValue, UInt64(Int64.max)) }

    init(stored: Int64) { self.rawValue = UInt64(max(0, stored)) }

    var stored: Int64 { Int64(self.rawValue) }

    package static func < (a: ModSeq, b: ModSeq) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(self.rawValue) }
}
