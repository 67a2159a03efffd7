// Let a disabled account sign in and take mail again.
import Accounts
import ArgumentParser
import MailFormat

/// `postmaster account enable ADDRESS`.
struct AccountEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: "Let a disabled account sign in and take mail again.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "An address of the account.")
    var address: EmailAddress

    func run() async throws {
        try await AccountAccess.with(options) { store, _ in try await store.setDisabled(false, of: address) }
        Console.current.note("\(address) is active again.")
    }
}
