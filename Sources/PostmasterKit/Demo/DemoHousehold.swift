// The demo's accounts and their passwords.
import Accounts
import Foundation
package import MailFormat

/// Makes the household where it is missing and knows its passwords.
package enum DemoHousehold {
    /// One person of the household.
    package struct Member: Sendable, Hashable {
        package let address: EmailAddress
        package let password: String
    }

    /// Hosts the domain, makes missing accounts, and keeps the passwords in the data folder, readable by this user only.
    static func prepare(_ store: AccountStore, folder: String, password: String?) async throws -> [Member] {
        let path = folder + "/" + DemoProfile.passwordFile
        let before = passwords(at: path)
        var after = before
        var members: [Member] = []
        for text in DemoProfile.addresses {
            guard let address = EmailAddress(text) else { throw CommandFailure(.input, "\(text) is not an address") }
            let chosen = password ?? before[text] ?? generatedPassword()
            after[text] = chosen
            try await store.addDomain(address.domain)
            let exists = try await store.resolve(address) != .unknown
            // A hash takes a while: only where something changes.
            if !exists || before[text] != chosen {
                let hash = try PasswordHash.make(of: Array(chosen.utf8), cost: store.configuration.passwordCost)
                if exists {
                    try await store.setPassword(hash, of: address)
                } else {
                    _ = try await store.add(.init(address: address, password: hash))
                }
            }
            members.append(Member(address: address, password: chosen))
        }
        if after != before { try keep(after, at: path) }
        return members
    }

    /// Sixteen characters that are read and typed without mistakes, 80 bits.
    private static func generatedPassword() -> String {
        let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String((0..<4).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }) }.joined(separator: "-")
    }

    private static func passwords(at path: String) -> [String: String] {
        guard let content = FileManager.default.contents(atPath: path) else { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: content)) ?? [:]
    }

    private static func keep(_ passwords: [String: String], at path: String) throws(CommandFailure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let content = (try? encoder.encode(passwords)) ?? Data()
        guard FileManager.default.createFile(atPath: path, contents: content, attributes: [.posixPermissions: 0o600]) else {
            throw CommandFailure(.storage, "\(path) cannot be written")
        }
    }
}
