// Where mail to an address goes.
package import MailFormat

/// One account that mail to an address reaches.
package struct LocalRecipient: Sendable, Hashable {
    package let account: AccountID
    /// The account's address that was reached, without detail: after aliases are followed.
    package let address: EmailAddress
    /// What stood behind the separator (`lists` in `alex+lists@`), if anything did (RFC 5233).
    package let detail: OctetString?
    /// Octets of mail that the account may keep; 0 for no limit.
    package let quota: Int64

    package init(account: AccountID, address: EmailAddress, detail: OctetString?, quota: Int64) {
        self.account = account
        self.address = address
        self.detail = detail
        self.quota = quota
    }
}

/// The answer to "who gets mail to this address?".
package enum Resolution: Sendable, Hashable {
    /// One or more accounts, each once.
    case accounts([LocalRecipient])
    /// The domain is hosted here, the address is nobody's (RFC 3463: 5.1.1).
    case unknown
    /// The domain is hosted here and the only accounts reached are disabled (RFC 3463: 5.2.1).
    case disabled
    /// The domain is not hosted here.
    case foreign
}
