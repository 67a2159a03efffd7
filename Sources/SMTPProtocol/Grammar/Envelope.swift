// Who a message is from and to, as the dialogue said: not the header.
package import MailFormat

/// Where reports go (RFC 5321 §4.1.1.2): an address, or nobody.
package enum ReversePath: Hashable, Sendable {
    /// `<>` (RFC 5321 §4.5.5).
    case null
    case address(EmailAddress)

    /// As on the wire, without brackets.
    package var wire: OctetString {
        switch self {
        case .null: OctetString()
        case .address(let address): address.wire
        }
    }

    package var address: EmailAddress? {
        if case .address(let address) = self { address } else { nil }
    }
}

/// Where a message goes (RFC 5321 §4.1.1.3). A source route is read and forgotten (appendix C).
package enum ForwardPath: Hashable, Sendable {
    case address(EmailAddress)
    /// `<postmaster>` without a domain (RFC 5321 §4.5.1).
    case postmaster

    package var wire: OctetString {
        switch self {
        case .address(let address): address.wire
        case .postmaster: "postmaster"
        }
    }
}

/// BODY of MAIL (RFC 6152, 3030).
package enum BodyType: Hashable, Sendable {
    case sevenBit, eightBitMIME
}

/// RET of MAIL (RFC 3461 §4.3).
package enum ReturnContent: Hashable, Sendable {
    case full, headers
}

/// NOTIFY of RCPT (RFC 3461 §4.1).
package struct Notify: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let never = Notify(rawValue: 1)
    package static let success = Notify(rawValue: 2)
    package static let failure = Notify(rawValue: 4)
    package static let delay = Notify(rawValue: 8)
}

/// What MAIL may carry.
package struct MailParameters: Hashable, Sendable {
    /// Declared octets (RFC 1870); capped at `Int64.max`.
    package var size: Int64?
    package var body: BodyType?
    package var usesSMTPUTF8 = false
    package var returnContent: ReturnContent?
    /// ENVID, decoded from xtext.
    package var envelopeID: OctetString?

    package init() {}
}

/// What RCPT may carry.
package struct RecipientParameters: Hashable, Sendable {
    package var notify: Notify?
    /// ORCPT: address type and address, decoded from xtext.
    package var originalRecipient: OriginalRecipient?

    package init() {}
}

/// An ORCPT value (RFC 3461 §4.2).
package struct OriginalRecipient: Hashable, Sendable {
    package var addressType: OctetString
    package var address: OctetString
}

/// The envelope of one transaction.
package struct Envelope: Hashable, Sendable {
    /// A recipient that was accepted.
    package struct Recipient: Hashable, Sendable {
        package var path: ForwardPath
        package var parameters: RecipientParameters
    }

    package var reversePath: ReversePath
    package var parameters: MailParameters
    package var recipients: [Recipient] = []

    package init(reversePath: ReversePath, parameters: MailParameters) {
        self.reversePath = reversePath
        self.parameters = parameters
    }
}
