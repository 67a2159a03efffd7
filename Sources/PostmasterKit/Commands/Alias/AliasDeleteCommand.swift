// Removes an alias.
import Accounts
import ArgumentParser
import MailFormat

/// `postmaster alias delete ADDRESS`.
struct AliasDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Remove an alias.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The alias.")
    var address: EmailAddress

    func run() async throws {
        try await AccountAccess.with(options) { store, _ in try await store.deleteAlias(address) }
        Console.current.note("\(address) was removed.")
    }
}
