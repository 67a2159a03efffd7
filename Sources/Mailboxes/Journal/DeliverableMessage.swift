// A message that has been accepted and is to be kept in the mailboxes of its recipients.

/// What the intake hands over: one copy of the octets, what each recipient has before them.
package struct DeliverableMessage: Sendable {
    /// One recipient on this machine.
    package struct Recipient: Sendable, Equatable {
        package var owner: MailboxOwner
        package var destination: Destination
        package var flags: FlagList
        /// `Delivered-To: …` with its CRLF; may be empty.
        package var deliveredToLine: [UInt8]

        package init(owner: MailboxOwner, destination: Destination = .inbox, flags: FlagList = .init(), deliveredToLine: [UInt8] = []) {
            self.owner = owner
            self.destination = destination
            self.flags = flags
            self.deliveredToLine = deliveredToLine
        }
    }

    /// Into which of the owner's mailboxes. Where it does not exist (any more): INBOX, which is made if need be.
    package enum Destination: Sendable, Hashable {
        case inbox
        case specialUse(SpecialUse)
        case mailbox(MailboxID)
    }

    /// INTERNALDATE, seconds since 1970.
    package var internalDate: Int64
    /// For logs and for telling two deliveries apart.
    package var queueID: [UInt8]
    /// `Return-Path: <…>` with its CRLF (RFC 5321 §4.4); may be empty.
    package var returnPathLine: [UInt8]
    /// Trace fields written at this delivery (Received, Authentication-Results …), each with its CRLF.
    package var trace: [UInt8]
    /// `MessageSummary.encoded()` of `octets`; may be empty, and is then worked out when it is asked for.
    package var summary: [UInt8]
    package var recipients: [Recipient]
    /// The message as received.
    package var octets: [UInt8]

    package init(
        internalDate: Int64, queueID: [UInt8] = [], returnPathLine: [UInt8] = [], trace: [UInt8] = [], summary: [UInt8] = [],
        recipients: [Recipient], octets: [UInt8]
    ) {
        self.internalDate = internalDate
        self.queueID = queueID
        self.returnPathLine = returnPathLine
        self.trace = trace
        self.summary = summary
        self.recipients = recipients
        self.octets = octets
    }
}

/// Kinds of records that this room writes into the journal.
package enum MailJournalKind {
    /// A delivery: its rows are written by the projector.
    package static let delivery: UInt8 = 1
    /// Octets that a transaction refers to (APPEND): nothing to project.
    package static let appended: UInt8 = 2
}

/// A message as a recipient sees it: what is in front of it, and the octets as received.
package struct StoredMessage: Sendable, Equatable {
    /// Return-Path, Delivered-To and trace fields; empty for a message that a client has put there.
    package let prefix: [UInt8]
    package let octets: [UInt8]

    /// RFC822.SIZE.
    package var count: Int { self.prefix.count + self.octets.count }

    /// Prefix and octets in one array.
    package var whole: [UInt8] {
        if self.prefix.isEmpty { return self.octets }
        var whole: [UInt8] = []
        whole.reserveCapacity(self.count)
        whole.append(contentsOf: self.prefix)
        whole.append(contentsOf: self.octets)
        return whole
    }
}
