// What an operator changes: domains, accounts, addresses, passwords, aliases.
import Foundation
package import MailFormat
import Storage

extension AccountStore {
    // MARK: Domains

    /// Hosts a domain. False when it was hosted before.
    @discardableResult
    package func addDomain(_ domain: Domain) async throws(AccountError) -> Bool {
        guard domain.form == .name else { throw AccountError(.invalid, "\(domain) is not a domain name") }
        return try await change { transaction in
            try transaction.execute(
                "INSERT INTO domain (name, created) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", [.text(domain.name.text), .integer(Self.now)]) > 0
        }
    }

    /// Stops hosting a domain, which must have no accounts and no aliases left.
    package func deleteDomain(_ domain: Domain) async throws(AccountError) {
        let name = SQLValue.text(domain.name.text)
        try await change { transaction in
            for table in ["address", "alias"] where try transaction.first("SELECT 1 FROM \(table) WHERE domain = $1", [name], { _ in true }) != nil {
                throw AccountError(.inUse, "\(domain) still has \(table == "alias" ? "aliases" : "accounts")")
            }
            guard try transaction.execute("DELETE FROM domain WHERE name = $1", [name]) > 0 else {
                throw AccountError(.unknown, "\(domain) is not hosted here")
            }
        }
    }

    // MARK: Accounts

    /// What a new account is given.
    package struct NewAccount: Sendable {
        package var address: EmailAddress
        package var password: PasswordHash
        /// Nil: the configured one.
        package var quota: Int64?
        package var isDisabled = false

        package init(address: EmailAddress, password: PasswordHash, quota: Int64? = nil, isDisabled: Bool = false) {
            self.address = address
            self.password = password
            self.quota = quota
            self.isDisabled = isDisabled
        }
    }

    /// Makes an account and what belongs to it. Its domain must be hosted, its address free.
    package func add(_ account: NewAccount) async throws(AccountError) -> AccountID {
        try await change { [self] transaction in try insert(account, in: transaction) }
    }

    /// Makes many accounts in one transaction: all of them or, where one is refused, none.
    /// - Parameter skipExisting: leaves out those whose address is taken, instead of refusing.
    /// - Returns: the accounts made, in order.
    package func add(_ accounts: [NewAccount], skipExisting: Bool = false) async throws(AccountError) -> [AccountID] {
        try await change { [self] transaction in
            try accounts.compactMap { account in
                if skipExisting, try transaction.isTaken(account.address) { return nil }
                do { return try insert(account, in: transaction) } catch let error as AccountError {
                    throw AccountError(
                        error.kind, error.detail.contains(account.address.description) ? error.detail : "\(account.address): \(error.detail)")
                }
            }
        }
    }

    /// Gives an account one more address.
    package func addAddress(_ address: EmailAddress, to account: EmailAddress) async throws(AccountError) {
        try await change { [self] transaction in
            let id = try transaction.account(of: account)
            try insert(address, of: id, in: transaction)
        }
    }

    /// Takes an address, not the main one, from its account.
    package func deleteAddress(_ address: EmailAddress) async throws(AccountError) {
        let key = AddressKey(address)
        try await change { transaction in
            let id = try transaction.account(of: address)
            let main = try transaction.first("SELECT main_address FROM account WHERE id = $1", [.integer(id.rawValue)]) { $0.text(0) }
            guard main.flatMap({ EmailAddress($0) }).map({ AddressKey($0) }) != key else {
                throw AccountError(.inUse, "\(address) is the main address of its account")
            }
            try transaction.execute("DELETE FROM address WHERE domain = $1 AND local = $2", [.text(key.domain), .text(key.local)])
        }
    }

    /// Sets a new password. Whoever signed in with the old one must sign in again.
    package func setPassword(_ password: PasswordHash, of account: EmailAddress) async throws(AccountError) {
        try await update("password", .text(password.text), of: account)
    }

    /// Lets an account sign in and take mail, or not.
    package func setDisabled(_ isDisabled: Bool, of account: EmailAddress) async throws(AccountError) {
        try await update("disabled", .integer(isDisabled ? 1 : 0), of: account)
    }

    /// Sets how many octets of mail an account may keep; 0 for no limit.
    package func setQuota(_ octets: Int64, of account: EmailAddress) async throws(AccountError) {
        guard octets >= 0 else { throw AccountError(.invalid, "a quota is not negative") }
        try await update("quota", .integer(octets), of: account)
    }

    /// Removes an account, its addresses and what belongs to it. Its mailboxes are cleared away later, by the server (`removedAccounts`): they may be large, and open.
    package func delete(_ account: EmailAddress) async throws(AccountError) {
        try await change { [self] transaction in
            let id = try transaction.account(of: account)
            try deleted(id, transaction)
            try transaction.execute("INSERT INTO account_removed (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", [.integer(id.rawValue)])
            try transaction.execute("DELETE FROM address WHERE account = $1", [.integer(id.rawValue)])
            try transaction.execute("DELETE FROM account WHERE id = $1", [.integer(id.rawValue)])
        }
    }

    /// Removed accounts whose mailboxes have not been cleared away yet.
    package func removedAccounts() async throws(AccountError) -> [AccountID] {
        try await ask { transaction in
            var accounts: [AccountID] = []
            try transaction.query("SELECT id FROM account_removed ORDER BY id") { accounts.append(AccountID(rawValue: $0.integer(0))) }
            return accounts
        }
    }

    /// Notes that nothing of a removed account is left.
    package func forgetRemoved(_ account: AccountID) async throws(AccountError) {
        try await change { transaction -> Void in
            try transaction.execute("DELETE FROM account_removed WHERE id = $1", [.integer(account.rawValue)])
        }
    }

    // MARK: Aliases

    /// Makes an alias, or gives one new targets. Each target is an address of a hosted domain: mail is not sent on to other systems.
    package func setAlias(_ alias: Alias) async throws(AccountError) {
        guard !alias.targets.isEmpty, alias.targets.count <= 1000 else { throw AccountError(.invalid, "an alias has 1 to 1000 targets") }
        let key = AddressKey(alias.address)
        try await change { transaction in
            guard try transaction.hosts(alias.address.domain) else { throw AccountError(.unknown, "\(alias.address.domain) is not hosted here") }
            let taken = try transaction.first("SELECT 1 FROM address WHERE domain = $1 AND local = $2", [.text(key.domain), .text(key.local)]) { _ in
                true
            }
            guard taken == nil else { throw AccountError(.exists, "\(alias.address) is an account's address") }
            for target in alias.targets {
                guard try transaction.hosts(target.domain) else { throw AccountError(.invalid, "\(target) is not an address of a hosted domain") }
                guard AddressKey(target) != key else { throw AccountError(.invalid, "\(target) points to itself") }
            }
            try transaction.deleteAlias(key)
            try transaction.execute(
                "INSERT INTO alias (domain, local, spelling) VALUES ($1, $2, $3)",
                [.text(key.domain), .text(key.local), .text(alias.address.description)])
            for (position, target) in alias.targets.enumerated() {
                try transaction.execute(
                    "INSERT INTO alias_target (domain, local, position, target) VALUES ($1, $2, $3, $4)",
                    [.text(key.domain), .text(key.local), .integer(Int64(position)), .text(target.description)])
            }
        }
    }

    /// Removes an alias.
    package func deleteAlias(_ address: EmailAddress) async throws(AccountError) {
        try await change { transaction in
            guard try transaction.deleteAlias(AddressKey(address)) else { throw AccountError(.unknown, "there is no alias \(address)") }
        }
    }

    // MARK: Rows

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    private func insert(_ account: NewAccount, in transaction: Transaction) throws -> AccountID {
        let id = AccountID(rawValue: try transaction.nextID("account"))
        try transaction.execute(
            "INSERT INTO account (id, main_address, password, quota, disabled, created) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            [
                .integer(id.rawValue), .text(account.address.description), .text(account.password.text),
                .integer(max(0, account.quota ?? configuration.quota)),
                .integer(account.isDisabled ? 1 : 0), .integer(Self.now),
            ])
        try insert(account.address, of: id, in: transaction)
        try created(id, transaction)
        return id
    }

    private func insert(_ address: EmailAddress, of id: AccountID, in transaction: Transaction) throws {
        guard try transaction.hosts(address.domain) else {
            throw AccountError(.unknown, "\(address.domain) is not hosted here: add the domain first")
        }
        let key = AddressKey(address)
        let alias = try transaction.first("SELECT 1 FROM alias WHERE domain = $1 AND local = $2", [.text(key.domain), .text(key.local)]) { _ in true }
        guard alias == nil else { throw AccountError(.exists, "\(address) is an alias") }
        let rows = try transaction.execute(
            "INSERT INTO address (domain, local, account, spelling) VALUES ($1, $2, $3, $4) ON CONFLICT (domain, local) DO NOTHING",
            [.text(key.domain), .text(key.local), .integer(id.rawValue), .text(address.description)])
        guard rows > 0 else { throw AccountError(.exists, "\(address) is taken") }
    }

    private func update(_ column: StaticString, _ value: SQLValue, of account: EmailAddress) async throws(AccountError) {
        try await change { transaction in
            let id = try transaction.account(of: account)
            try transaction.execute("UPDATE account SET \(column) = $1 WHERE id = $2", [value, .integer(id.rawValue)])
        }
    }
}

extension Transaction {
    /// The account that an address belongs to.
    /// - Throws: `AccountError.unknown`.
    func account(of address: EmailAddress) throws -> AccountID {
        let key = AddressKey(address)
        let id = try first("SELECT account FROM address WHERE domain = $1 AND local = $2", [.text(key.domain), .text(key.local)]) { $0.integer(0) }
        guard let id else { throw AccountError(.unknown, "there is no account \(address)") }
        return AccountID(rawValue: id)
    }

    /// True where an address is an account's or an alias.
    fileprivate func isTaken(_ address: EmailAddress) throws -> Bool {
        let key = AddressKey(address)
        for table in ["address", "alias"] {
            let found = try first("SELECT 1 FROM \(table) WHERE domain = $1 AND local = $2", [.text(key.domain), .text(key.local)]) { _ in true }
            if found != nil { return true }
        }
        return false
    }

    /// True where there was one.
    @discardableResult
    fileprivate func deleteAlias(_ key: AddressKey) throws -> Bool {
        try execute("DELETE FROM alias_target WHERE domain = $1 AND local = $2", [.text(key.domain), .text(key.local)])
        return try execute("DELETE FROM alias WHERE domain = $1 AND local = $2", [.text(key.domain), .text(key.local)]) > 0
    }
}
