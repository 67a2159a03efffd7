// What an address field of a header holds: mailboxes and groups as the sender wrote them, good or bad.

/// One mailbox of a header field (RFC 5322 §3.4). Unlike `EmailAddress` it may be anything; `address` says whether it can be mailed to.
package struct AddressMailbox: Hashable, Sendable {
    /// The display name as written, without quotes and folds, encoded words still in it; nil when there is none.
    package var phrase: OctetString?
    /// The obsolete route between `<` and `:` (RFC 5322 §4.4), as in `@a.example,@b.example`.
    package var route: OctetString?
    /// What stands before the `@`, unquoted.
    package var localPart: OctetString
    /// What stands after it, blanks and comments removed; empty when there is no `@`.
    package var domain: OctetString
    /// The comments of the mailbox, joined by spaces, encoded words still in them.
    package var comment: OctetString?
    /// Whether the octets had to be guessed at: more than one `@`, stray words, missing brackets, no domain.
    package var isMalformed: Bool

    /// The display name for people; nil when there is none.
    package var name: String? { self.phrase.map { EncodedWord.decode($0) } }

    /// The display name, or where there is none the comment, which served as one in old mail (RFC 5322 §3.4).
    package var displayName: String? { self.name ?? self.comment.map { EncodedWord.decode($0) } }

    /// The address, when it is written without guesswork and follows RFC 5321 §4.1.2.
    package var address: EmailAddress? {
        guard !self.isMalformed, let localPart = LocalPart(unquoted: self.localPart), let domain = Domain(self.domain.octets) else { return nil }
        return EmailAddress(localPart: localPart, domain: domain)
    }

    /// `local@domain` as written, for display; no claim that it is an address.
    package var spelling: OctetString {
        if self.domain.isEmpty { return self.localPart }
        return OctetString(LocalPart.quotedIfNeeded(self.localPart).octets + [0x40] + self.domain.octets)
    }
}

/// A named group of mailboxes (RFC 5322 §3.4), such as `undisclosed-recipients:;`.
package struct AddressGroup: Hashable, Sendable {
    /// The name as written, without quotes and folds, encoded words still in it.
    package var phrase: OctetString
    /// The members, perhaps none.
    package var mailboxes: [AddressMailbox]

    /// The name for people.
    package var name: String { EncodedWord.decode(self.phrase) }
}

/// A mailbox or a group.
package enum AddressItem: Hashable, Sendable {
    case mailbox(AddressMailbox)
    case group(AddressGroup)

    /// The mailboxes in it.
    package var mailboxes: [AddressMailbox] {
        switch self {
        case .mailbox(let mailbox): [mailbox]
        case .group(let group): group.mailboxes
        }
    }
}
