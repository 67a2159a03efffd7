// Stops hosting a domain.
import Accounts
import ArgumentParser

/// `postmaster domain delete NAME`.
struct DomainDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Stop hosting a domain that has no accounts and aliases.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The domain name.")
    var name: DomainArgument

    func run() async throws {
        try await AccountAccess.with(options) { store, _ in try await store.deleteDomain(name.domain) }
        Console.current.note("\(name.domain) is no longer hosted.")
    }
}
