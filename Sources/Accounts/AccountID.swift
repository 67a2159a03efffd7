// The identity of an account: a number that is never given twice.

/// An account's identity. Addresses and names change; this does not.
package struct AccountID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package var description: String { String(self.rawValue) }

    package static func < (left: AccountID, right: AccountID) -> Bool { left.rawValue < right.rawValue }
}
