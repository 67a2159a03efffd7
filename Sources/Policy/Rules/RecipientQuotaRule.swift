// A full mailbox takes nothing more for now.
package import Catalogue
package import MailFormat

/// Quota of the accounts that one recipient reaches (RFC 3463 X.2.2): temporary, since people tidy up. Where several accounts are reached, one with room is
/// enough to accept.
package enum RecipientQuotaRule {
    package static let name = "recipient-quota"

    /// An account's stored octets and limit; a limit of 0 is none.
    package struct Room: Sendable, Hashable {
        package var used: Int64
        package var quota: Int64

        package init(used: Int64, quota: Int64) {
            self.used = used
            self.quota = quota
        }

        /// True when `octets` more fit in.
        package func fits(_ octets: Int64) -> Bool {
            guard quota > 0 else { return true }
            let (sum, over) = used.addingReportingOverflow(max(octets, 1))
            return !over && sum <= quota
        }
    }

    /// - Parameter octets: declared with SIZE, 0 when it was not.
    package static func decide(_ rooms: [Room], octets: Int64, recipient: OctetString) -> Decision {
        guard !rooms.isEmpty, !rooms.contains(where: { $0.fits(octets) }) else { return .pass }
        return .refuse(
            Refusal(.recipientFull, rule: name, [.recipient: recipient.text], limit: rooms[0].quota, observed: rooms[0].used))
    }
}
