// Makes an alias or gives one new targets.
import Accounts
import ArgumentParser
import MailFormat

/// `postmaster alias add ADDRESS TARGET …`.
struct AliasAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an alias, or replace its targets.",
        discussion: "Each target is an address of a hosted domain: an account or another alias.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The alias.")
    var address: EmailAddress
    @Argument(help: "Who gets its mail.")
    var targets: [EmailAddress]

    func run() async throws {
        try await AccountAccess.with(options) { store, _ in
            try await store.setAlias(Alias(address: address, targets: targets))
            for target in targets where try await store.resolve(target) == .unknown {
                Console.current.note("Note: \(target) is nobody's address yet.")
            }
        }
        Console.current.note("\(address) reaches \(targets.map(\.description).joined(separator: ", ")).")
    }
}
