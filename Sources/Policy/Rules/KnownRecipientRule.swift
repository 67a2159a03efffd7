// Somebody must be there to receive it.
package import Accounts
package import Catalogue
package import MailFormat

/// Unknown recipients are refused at RCPT (RFC 5321 §3.3, RFC 3463 X.1.1), closed mailboxes with a code of their own (X.2.1).
package enum KnownRecipientRule {
    package static let name = "known-recipient"

    package static func decide(_ resolution: Resolution, recipient: OctetString) -> Decision {
        switch resolution {
        case .accounts, .foreign: .pass
        case .unknown: .refuse(Refusal(.unknownRecipient, rule: name, [.recipient: recipient.text]))
        case .disabled: .refuse(Refusal(.recipientDisabled, rule: name, [.recipient: recipient.text]))
        }
    }
}
