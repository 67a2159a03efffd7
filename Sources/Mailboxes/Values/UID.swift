// The numbers that name a message in a mailbox and a mailbox's numbering (RFC 9051 §2.3.1.1).

/// A unique identifier: never 0, strictly rising in a mailbox, never used again there (RFC 9051 §2.3.1.1).
package struct UID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32

    /// Nil for 0, which is no UID (RFC 9051 §9, nz-number).
    package init?(_ rawValue: UInt32) {
        guard rawValue != 0 else { return nil }
        self.rawValue = rawValue
    }

    package static func < (a: UID, b: UID) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(self.rawValue) }
}

/// The validity value of a mailbox's UIDs: never 0, and greater whenever the same name starts a new numbering (RFC 9051 §2.3.1.1).
package struct UIDValidity: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32

    /// Nil for 0.
    package init?(_ rawValue: UInt32) {
        guard rawValue != 0 else { return nil }
        self.rawValue = rawValue
    }

    /// A value read from our own table, where it was non-zero when it was written.
    init(stored: Int64) { self.rawValue = UInt32(truncatingIfNeeded: max(1, stored)) }

    package static func < (a: UIDValidity, b: UIDValidity) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(self.rawValue) }
}
