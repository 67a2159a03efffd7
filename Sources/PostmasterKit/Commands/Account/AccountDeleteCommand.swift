// Removes an account for good.
import Accounts
import ArgumentParser
import MailFormat

/// `postmaster account delete ADDRESS`.
struct AccountDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove an account and its mail.", discussion: "Without --yes it only says what would be removed.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Really remove it.")
    var yes = false
    @Argument(help: "An address of the account.")
    var address: EmailAddress

    func run() async throws {
        let addresses = try await AccountAccess.with(options) { store, _ in
            let account = try await store.account(of: address)
            let addresses = try await store.addresses(of: account.id)
            if yes { try await store.delete(address) }
            return addresses
        }
        let names = addresses.map(\.description).joined(separator: ", ")
        Console.current.note(
            yes
                ? "Removed \(names). The server clears its mail away."
                : "Would remove \(names) and all mail of the account. Repeat with --yes to do it.")
    }
}
