// Where everything is kept, and who has an account.
package import MailFormat

/// The folder that holds the whole state of one machine.
package struct DataFolderConfiguration: Sendable {
    package var folder = "/var/lib/postmaster"

    package init() {}

    /// A path of the configuration: absolute as it is, relative below the data folder.
    package func resolve(_ path: String) -> String { path.hasPrefix("/") ? path : folder + "/" + path }
}

extension DataFolderConfiguration {
    static let section = Section<DataFolderConfiguration>(
        "data", "Where everything is kept.",
        [
            Setting(
                "folder", \.folder, .path,
                "The folder of all state: database, message segments, certificates. One server at a time may use it. Relative paths of other settings are below it."
            )
        ])
}

/// Accounts and their passwords.
package struct AccountConfiguration: Sendable {
    /// Octets of mail that a new account may keep.
    package var quota = ByteCount(1 << 30)
    /// What separates a detail from the local part; empty: there are no details.
    package var subaddressSeparator = "+"
    /// The account that gets mail to postmaster and abuse of hosted domains without an address of that name.
    package var postmaster = ""
    package var passwordMemory = ByteCount(19 << 20)
    package var passwordPasses = 2
    /// Threads that check passwords; 0: one for each core.
    package var passwordThreads = 0

    package init() {}

    package var postmasterAddress: EmailAddress? { EmailAddress(postmaster) }
}

extension AccountConfiguration {
    static let section = Section<AccountConfiguration>(
        "accounts", "Accounts and their passwords.",
        [
            Setting("quota", \.quota, .size(ByteCount(0)...ByteCount(1 << 44)), "Octets of mail that a new account may keep; 0 for no limit."),
            Setting(
                "subaddress-separator", \.subaddressSeparator, .separator,
                "What separates a detail from the local part (alex+lists@), so that such addresses reach the account; empty switches details off (RFC 5233)."
            ),
            Setting(
                "postmaster", \.postmaster, .addressText,
                "The account that gets mail to postmaster and abuse of hosted domains that have no such address (RFC 5321 §4.5.1, RFC 2142)."),
            Setting(
                "password-memory", \.passwordMemory, .size(ByteCount(8 << 20)...ByteCount(256 << 20)),
                "Memory that one check of a password takes (argon2id, RFC 9106)."),
            Setting("password-passes", \.passwordPasses, .number(1...20), "Passes over that memory."),
            Setting("password-threads", \.passwordThreads, .number(0...64), "Threads that check passwords, which bounds memory; 0 for one a core."),
        ])
}

extension ValueForm where Value == String {
    /// One character between a local part and its detail.
    package static let separator = ValueForm(
        text: "character", expected: "one of + - _ = or \"\" for none", parse: { $0.isEmpty || ["+", "-", "_", "="].contains($0) ? $0 : nil },
        render: { $0 })
}
