// Makes an account.
import Accounts
import ArgumentParser
import MailFormat

/// `postmaster account add ADDRESS`.
struct AccountAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an account.",
        discussion:
            "The password is asked for, or read from standard input with --password-stdin. Its domain must be hosted (`postmaster domain add`).")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var password: PasswordOptions
    @Option(help: "How much mail it may keep, for example \"2 GiB\"; 0 for no limit.")
    var quota: ByteCount?
    @Argument(help: "The address, which is also the sign-in name.")
    var address: EmailAddress

    func run() async throws {
        let octets = try password.read()
        try await AccountAccess.with(options) { store, configuration in
            let hash = try PasswordHash.make(of: octets, cost: store.configuration.passwordCost)
            _ = try await store.add(.init(address: address, password: hash, quota: quota.map { Int64($0.octets) }))
        }
        Console.current.note("\(address) was added.")
    }
}
