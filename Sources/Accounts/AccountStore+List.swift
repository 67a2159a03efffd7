// What an operator reads: lists of domains, accounts, aliases, and single accounts.
package import MailFormat
import Storage

extension AccountStore {
    /// The account that an address, main or other, belongs to.
    package func account(of address: EmailAddress) async throws(AccountError) -> Account {
        try await ask { transaction in
            let id = try transaction.account(of: address)
            guard let account = try Self.accounts(in: transaction, where: "id = $1", [.integer(id.rawValue)]).first else {
                throw AccountError(.unknown, "there is no account \(address)")
            }
            return account
        }
    }

    /// The account of that identity; nil where there is none (any more).
    package func account(_ id: AccountID) async throws(AccountError) -> Account? {
        try await ask { try Self.accounts(in: $0, where: "id = $1", [.integer(id.rawValue)]).first }
    }

    /// All accounts, or those with an address in a domain, by address.
    package func accounts(in domain: Domain? = nil) async throws(AccountError) -> [Account] {
        try await ask { transaction in
            guard let domain else { return try Self.accounts(in: transaction, where: "1 = 1", []) }
            return try Self.accounts(in: transaction, where: "id IN (SELECT account FROM address WHERE domain = $1)", [.text(domain.name.text)])
        }
    }

    /// Every address of an account, the main one first.
    package func addresses(of id: AccountID) async throws(AccountError) -> [EmailAddress] {
        try await ask { transaction in
            var addresses: [EmailAddress] = []
            try transaction.query(
                """
                SELECT address.spelling FROM address JOIN account ON account.id = address.account WHERE address.account = $1
                ORDER BY CASE WHEN address.spelling = account.main_address THEN 0 ELSE 1 END, address.spelling
                """, [.integer(id.rawValue)]
            ) { row in if let address = EmailAddress(row.text(0)) { addresses.append(address) } }
            return addresses
        }
    }

    /// Hosted domains by name.
    package func domains() async throws(AccountError) -> [HostedDomain] {
        try await ask { transaction in
            var domains: [HostedDomain] = []
            try transaction.query(
                "SELECT name, (SELECT COUNT(DISTINCT account) FROM address WHERE address.domain = domain.name) FROM domain ORDER BY name"
            ) { row in if let name = Domain(row.text(0)) { domains.append(HostedDomain(name: name, accounts: row.integer(1))) } }
            return domains
        }
    }

    /// Aliases by address.
    package func aliases() async throws(AccountError) -> [Alias] {
        try await ask { transaction in
            var aliases: [Alias] = []
            var current: (address: EmailAddress, targets: [EmailAddress])?
            try transaction.query(
                """
                SELECT alias.spelling, alias_target.target FROM alias JOIN alias_target ON alias_target.domain = alias.domain AND alias_target.local = alias.local
                ORDER BY alias.domain, alias.local, alias_target.position
                """
            ) { row in
                guard let address = EmailAddress(row.text(0)), let target = EmailAddress(row.text(1)) else { return }
                if current?.address == address {
                    current?.targets.append(target)
                } else {
                    if let done = current { aliases.append(Alias(address: done.address, targets: done.targets)) }
                    current = (address, [target])
                }
            }
            if let done = current { aliases.append(Alias(address: done.address, targets: done.targets)) }
            return aliases
        }
    }

    /// How many accounts there are.
    package func accountCount() async throws(AccountError) -> Int64 {
        try await ask { try $0.first("SELECT COUNT(*) FROM account") { $0.integer(0) } ?? 0 }
    }

    private static func accounts(in transaction: Transaction, where condition: StaticString, _ values: [SQLValue]) throws -> [Account] {
        var accounts: [Account] = []
        try transaction.query("SELECT id, main_address, quota, disabled, created FROM account WHERE \(condition) ORDER BY main_address", values) {
            row in
            guard let address = EmailAddress(row.text(1)) else { throw AccountError(.store, "account \(row.integer(0)) has no valid address") }
            accounts.append(
                Account(
                    id: AccountID(rawValue: row.integer(0)), address: address, quota: row.integer(2), isDisabled: row.integer(3) != 0,
                    created: row.integer(4)))
        }
        return accounts
    }
}
