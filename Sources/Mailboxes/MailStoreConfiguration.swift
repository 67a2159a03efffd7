// What an operator may tune of the mail store.

/// Settings of the mail store.
package struct MailStoreConfiguration: Sendable {
    /// Delivered messages that may be durable but not yet visible; beyond it deliveries are answered later, so that memory stays bounded.
    package var backlogLimit = 20_000
    /// How long the projection gathers messages while nobody waits to see them, in microseconds.
    package var gathering = 8_000
    /// Messages made visible in one transaction at most.
    package var batchLimit = 2_000
    /// Mailboxes kept in memory without anybody using them.
    package var cachedMailboxes = 256
    /// Messages of those mailboxes in all (about 42 octets each).
    package var cachedMessages = 2_000_000
    /// Change rows of a mailbox before they are folded into its snapshot; a large mailbox has one more for each 64 messages.
    package var foldRows = 256
    /// Octets of change rows before they are folded; a large mailbox has one more for each octet of a quarter of its snapshot.
    package var foldOctets = 65_536
    /// Mailboxes that one owner may have (RFC 5530 LIMIT).
    package var mailboxLimit = 5_000
    /// Expunged sets kept of a mailbox for QRESYNC; older ones are forgotten (RFC 7162 §3.2.5.2).
    package var expungedSets = 1_000
    /// Owners whose usage is kept in memory.
    package var cachedOwners = 50_000

    package init() {}
}
