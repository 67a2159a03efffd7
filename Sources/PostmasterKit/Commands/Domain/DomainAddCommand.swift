// Hosts a domain.
import Accounts
import ArgumentParser

/// `postmaster domain add NAME`.
struct DomainAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Host a domain: take mail for it.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The domain name.")
    var name: DomainArgument

    func run() async throws {
        let isNew = try await AccountAccess.with(options) { store, _ in try await store.addDomain(name.domain) }
        Console.current.note(isNew ? "\(name.domain) is hosted now." : "\(name.domain) was hosted already.")
    }
}
