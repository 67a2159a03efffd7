// Is this the password of that user? Asked by every protocol, answered in the same time for users that exist and users that do not.
package import MailFormat
import Storage
import Synchronization

extension AccountStore {
    /// Longer user names are nobody's.
    private static let maximumNameOctets = 320

    /// Checks a user name and a password. The name is an address of the account, its domain included.
    package func authenticate(user: OctetString, password: [UInt8]) async -> SignIn {
        await withCheckedContinuation { continuation in
            authenticate(user: user, password: password) { continuation.resume(returning: $0) }
        }
    }

    /// Checks a user name and a password; the answer comes at once and on this thread where it needs no hash, else on a password thread.
    package func authenticate(user: OctetString, password: [UInt8], completion: @escaping @Sendable (SignIn) -> Void) {
        guard user.octets.contains(UInt8(ascii: "@")) else { return completion(.refused(.nameWithoutDomain)) }
        // A name or password that no account can have is refused without a hash: that tells nothing about who exists.
        guard user.count <= Self.maximumNameOctets, let address = EmailAddress(user), !password.isEmpty,
            password.count <= PreparedPassword.maximumOctets
        else {
            return completion(.refused(.wrong))
        }
        let key = signIns.key(user: Array("\(AddressKey(address).local)@\(AddressKey(address).domain)".utf8), password: password)
        if let who = signIns.find(key, now: .now) { return completion(.accepted(who)) }
        let accepted = workers.submit { completion(self.verify(address, password, key)) }
        if !accepted { completion(.unavailable(AccountError(.busy, "too many sign-ins are waiting"))) }
    }

    /// On a password thread: one look-up and one hash, whoever asks.
    private func verify(_ address: EmailAddress, _ password: [UInt8], _ key: SignInCache.Key) -> SignIn {
        let epoch = signIns.epoch
        let found: (who: SignedIn, hash: String, isDisabled: Bool)?
        do {
            let key = AddressKey(address)
            found = try database.readNow { transaction in
                try transaction.first(
                    """
                    SELECT account.id, account.main_address, account.password, account.disabled FROM address JOIN account ON account.id = address.account
                    WHERE address.domain = $1 AND address.local = $2
                    """, [.text(key.domain), .text(key.local)]
                ) { row in
                    guard let main = EmailAddress(row.text(1)) else { throw AccountError(.store, "account \(row.integer(0)) has no valid address") }
                    return (SignedIn(account: AccountID(rawValue: row.integer(0)), address: main), row.text(2), row.integer(3) != 0)
                }
            }
        } catch { return .unavailable(AccountError(storing: error)) }

        guard let found, let hash = PasswordHash(found.hash) else {
            // The same work as for a user who exists, so that time does not tell them apart.
            do { _ = try dummyHash().matches(password) } catch { return .unavailable(error) }
            return .refused(.wrong)
        }
        guard hash.matches(password) else { return .refused(.wrong) }
        guard !found.isDisabled else { return .refused(.disabled) }
        signIns.insert(found.who, for: key, now: .now, epoch: epoch)
        if hash.needsUpgrade(to: configuration.passwordCost) { upgrade(found.who.account, from: hash, password) }
        return .accepted(found.who)
    }

    /// Replaces a hash of another cost after the password was shown to be right. Nobody waits for it; where it fails the old hash stays.
    private func upgrade(_ account: AccountID, from old: PasswordHash, _ password: [UInt8]) {
        guard let new = try? PasswordHash.make(of: password, cost: configuration.passwordCost) else { return }
        database.submitWrite(urgent: false) { transaction in
            // Only if it is still the same: a password changed meanwhile wins.
            try transaction.execute(
                "UPDATE account SET password = $1 WHERE id = $2 AND password = $3", [.text(new.text), .integer(account.rawValue), .text(old.text)])
        } completion: { _ in
        }
    }

    private func dummyHash() throws(AccountError) -> PasswordHash {
        if let hash = dummy.withLock({ $0 }) { return hash }
        let hash = try PasswordHash.make(of: Array("nobody".utf8), cost: configuration.passwordCost)
        dummy.withLock { $0 = hash }
        return hash
    }
}
