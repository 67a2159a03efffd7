// argon2id through libsodium: the only place that makes and checks hashes.
import CSodium
import MailFormat

/// A stored password: the text form `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
package struct PasswordHash: Sendable, Hashable {
    package let text: String

    /// Nil unless it is an argon2 text whose cost is bounded: at most 256 MiB, 20 passes, 16 lanes. Otherwise one imported line could stop every sign-in.
    package init?(_ text: String) {
        guard text.utf8.count < 128, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id" || parts[1] == "argon2i", parts[2] == "v=19", !parts[4].isEmpty,
            !parts[5].isEmpty
        else { return nil }
        var costs: [Substring: Int] = [:]
        for cost in parts[3].split(separator: ",") {
            let pair = cost.split(separator: "=")
            guard pair.count == 2, let number = Int(pair[1]), number > 0 else { return nil }
            costs[pair[0]] = number
        }
        guard costs.count == 3, let memory = costs["m"], let passes = costs["t"], let lanes = costs["p"], memory <= 262_144, passes <= 20, lanes <= 16
        else { return nil }
        self.text = text
    }

    fileprivate init(trusted text: String) { self.text = text }

    /// Hashes a password. Takes tens of milliseconds and the cost's memory: never on an event loop.
    /// - Throws: `AccountError.invalid` for a password that cannot be one, `.store` where memory is short.
    package static func make(of password: [UInt8], cost: PasswordCost) throws(AccountError) -> PasswordHash {
        Sodium.start
        guard var prepared = PreparedPassword(password) else {
            throw AccountError(.invalid, "a password has 1 to \(PreparedPassword.maximumOctets) octets of UTF-8 without control characters")
        }
        defer { prepared.wipe() }
        var output = [CChar](repeating: 0, count: Int(crypto_pwhash_strbytes()))
        let result = crypto_pwhash_str_alg(
            &output, prepared.characters, UInt64(prepared.characters.count), UInt64(cost.passes), cost.memory, crypto_pwhash_ALG_ARGON2ID13)
        guard result == 0 else { throw AccountError(.store, "not enough memory to hash a password") }
        return PasswordHash(trusted: String(decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// True when the password is the one. Takes as long as the hash's cost says: never on an event loop.
    package func matches(_ password: [UInt8]) -> Bool {
        Sodium.start
        guard var prepared = PreparedPassword(password) else { return false }
        defer { prepared.wipe() }
        return crypto_pwhash_str_verify(self.text, prepared.characters, UInt64(prepared.characters.count)) == 0
    }

    /// True when the hash was made with another cost, so that a successful sign-in should replace it.
    package func needsUpgrade(to cost: PasswordCost) -> Bool {
        Sodium.start
        return crypto_pwhash_str_needs_rehash(self.text, UInt64(cost.passes), cost.memory) != 0
    }
}

/// The library's own start-up, done once.
enum Sodium {
    static let start: Void = { _ = sodium_init() }()
}
