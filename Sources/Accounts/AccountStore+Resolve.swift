// Where mail to an address goes: aliases followed, details cut off, postmaster never missing.
package import MailFormat
import Storage

extension AccountStore {
    /// The answer, if it is in memory. Never blocks.
    package func known(_ address: EmailAddress) -> Resolution? { resolutions.find(address) }

    /// Answers a question about an address: at once and on this thread where the answer is in memory, else later on a thread of the store.
    package func resolve(_ address: EmailAddress, completion: @escaping @Sendable (Result<Resolution, AccountError>) -> Void) {
        if let known = known(address) { return completion(.success(known)) }
        let accepted = lookups.submit { completion(self.resolveNow(address)) }
        if !accepted { completion(.failure(AccountError(.busy, "too many look-ups are waiting"))) }
    }

    /// Answers a question about an address.
    package func resolve(_ address: EmailAddress) async throws(AccountError) -> Resolution {
        if let known = known(address) { return known }
        let epoch = resolutions.epoch
        let configuration = configuration
        let resolution = try await ask { try Self.resolve(address, configuration, in: $0) }
        resolutions.insert(resolution, for: address, epoch: epoch)
        return resolution
    }

    /// Answers a question about an address and blocks meanwhile: for commands and threads of one's own.
    package func resolveNow(_ address: EmailAddress) -> Result<Resolution, AccountError> {
        if let known = known(address) { return .success(known) }
        let epoch = resolutions.epoch
        do {
            let resolution = try database.readNow { try Self.resolve(address, configuration, in: $0) }
            resolutions.insert(resolution, for: address, epoch: epoch)
            return .success(resolution)
        } catch { return .failure(AccountError(storing: error)) }
    }

    /// Where mail to `<Postmaster>` without a domain goes (RFC 5321 §4.5.1): to the configured account, or nowhere.
    package func resolvePostmaster() async throws(AccountError) -> Resolution {
        guard let postmaster = configuration.postmaster else { return .unknown }
        return try await resolve(postmaster)
    }

    /// Aliases that point to aliases are followed this deep; deeper ones are a mistake and reach nobody.
    private static let aliasDepth = 8
    /// Accounts that one address may reach.
    private static let recipientLimit = 10_000

    private static func resolve(_ address: EmailAddress, _ configuration: AccountsConfiguration, in transaction: Transaction) throws -> Resolution {
        guard address.domain.form == .name, try transaction.hosts(address.domain) else { return .foreign }
        var search = Search(configuration: configuration)
        try search.follow(address, depth: 0, in: transaction)
        if !search.recipients.isEmpty { return .accounts(search.recipients) }
        if search.metDisabled { return .disabled }
        // RFC 5321 §4.5.1 and RFC 2142: these two are never unknown while somebody is named for them.
        let isWellKnown = ["postmaster", "abuse"].contains { address.localPart.octets.asciiLowercased == OctetString($0) }
        if isWellKnown, let postmaster = configuration.postmaster, postmaster != address {
            try search.follow(postmaster, depth: 0, in: transaction)
            if !search.recipients.isEmpty { return .accounts(search.recipients) }
        }
        return .unknown
    }

    /// One walk from an address to accounts.
    private struct Search {
        let configuration: AccountsConfiguration
        var recipients: [LocalRecipient] = []
        var metDisabled = false
        private var seen: Set<AddressKey> = []
        private var reached: Set<AccountID> = []

        init(configuration: AccountsConfiguration) { self.configuration = configuration }

        mutating func follow(_ address: EmailAddress, depth: Int, in transaction: Transaction) throws {
            // The address as it is comes first: a local part with a separator in it may be somebody's.
            if try take(AddressKey(address), detail: nil, depth: depth, in: transaction) { return }
            guard let (key, detail) = AddressKey.withoutDetail(address, separator: configuration.subaddressSeparator) else { return }
            _ = try take(key, detail: detail, depth: depth, in: transaction)
        }

        /// True where the key is an address or an alias.
        private mutating func take(_ key: AddressKey, detail: OctetString?, depth: Int, in transaction: Transaction) throws -> Bool {
            guard !seen.contains(key) else { return true }
            let row = try transaction.first(
                """
                SELECT account.id, address.spelling, account.quota, account.disabled FROM address JOIN account ON account.id = address.account
                WHERE address.domain = $1 AND address.local = $2
                """, [.text(key.domain), .text(key.local)]
            ) { row in (id: AccountID(rawValue: row.integer(0)), spelling: row.text(1), quota: row.integer(2), isDisabled: row.integer(3) != 0) }
            if let row {
                seen.insert(key)
                if row.isDisabled {
                    metDisabled = true
                } else if let address = EmailAddress(row.spelling), recipients.count < AccountStore.recipientLimit, reached.insert(row.id).inserted {
                    recipients.append(LocalRecipient(account: row.id, address: address, detail: detail, quota: row.quota))
                }
                return true
            }
            var targets: [EmailAddress] = []
            try transaction.query(
                "SELECT target FROM alias_target WHERE domain = $1 AND local = $2 ORDER BY position", [.text(key.domain), .text(key.local)]
            ) { row in if let target = EmailAddress(row.text(0)) { targets.append(target) } }
            guard !targets.isEmpty else { return false }
            seen.insert(key)
            guard depth < AccountStore.aliasDepth else { return true }
            for target in targets { try follow(target, depth: depth + 1, in: transaction) }
            return true
        }
    }
}

extension Transaction {
    /// Whether mail to a domain ends here.
    func hosts(_ domain: Domain) throws -> Bool {
        try first("SELECT 1 FROM domain WHERE name = $1", [.text(domain.name.text)]) { _ in true } ?? false
    }
}
