// Sets a new password.
import Accounts
import ArgumentParser
import MailFormat

/// `postmaster account passwd ADDRESS`.
struct AccountPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwd", abstract: "Set a new password.",
        discussion: "The password is asked for, or read from standard input with --password-stdin. A running server takes it within a second.")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var password: PasswordOptions
    @Argument(help: "An address of the account.")
    var address: EmailAddress

    func run() async throws {
        let octets = try password.read()
        try await AccountAccess.with(options) { store, _ in
            try await store.setPassword(try PasswordHash.make(of: octets, cost: store.configuration.passwordCost), of: address)
        }
        Console.current.note("\(address) has a new password.")
    }
}
