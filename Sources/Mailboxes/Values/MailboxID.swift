// Identities of mailboxes and of those who own them.

/// The permanent identity of a mailbox, also over renaming; what MAILBOXID shows (RFC 8474 §4).
package struct MailboxID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static func < (a: MailboxID, b: MailboxID) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(self.rawValue) }
}

/// Whose mailboxes they are: the number of an account, which this room knows nothing else about.
package struct MailboxOwner: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static func < (a: MailboxOwner, b: MailboxOwner) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(self.rawValue) }
}
