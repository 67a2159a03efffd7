// Stop an account from signing in and taking mail.
import Accounts
import ArgumentParser
import MailFormat

/// `postmaster account disable ADDRESS`.
struct AccountDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "disable", abstract: "Stop an account from signing in and taking mail.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "An address of the account.")
    var address: EmailAddress

    func run() async throws {
        try await AccountAccess.with(options) { store, _ in try await store.setDisabled(true, of: address) }
        Console.current.note("\(address) is disabled.")
    }
}
