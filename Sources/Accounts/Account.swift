// What is known of an account, apart from its password.
package import MailFormat

/// An account: one main address, which is also its sign-in name, and perhaps others.
package struct Account: Sendable, Hashable {
    package let id: AccountID
    /// The main address. Every address of the account signs in.
    package let address: EmailAddress
    /// Octets of mail that it may keep; 0 for no limit.
    package let quota: Int64
    /// A disabled account signs in nowhere and takes no mail.
    package let isDisabled: Bool
    /// Seconds since 1970.
    package let created: Int64

    package init(id: AccountID, address: EmailAddress, quota: Int64, isDisabled: Bool, created: Int64) {
        self.id = id
        self.address = address
        self.quota = quota
        self.isDisabled = isDisabled
        self.created = created
    }
}

/// Another name for one or more addresses.
package struct Alias: Sendable, Hashable {
    package let address: EmailAddress
    /// One or more addresses of hosted domains: accounts or other aliases.
    package let targets: [EmailAddress]

    package init(address: EmailAddress, targets: [EmailAddress]) {
        self.address = address
        self.targets = targets
    }
}

/// A domain whose mail ends here.
package struct HostedDomain: Sendable, Hashable {
    package let name: Domain
    /// How many accounts have an address in it.
    package let accounts: Int64

    package init(name: Domain, accounts: Int64) {
        self.name = name
        self.accounts = accounts
    }
}
