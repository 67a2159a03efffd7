// The commands about hosted domains.
import Accounts
import ArgumentParser

/// `postmaster domain`.
struct DomainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "domain", abstract: "Add, list and remove hosted domains.",
        subcommands: [DomainAddCommand.self, DomainListCommand.self, DomainDeleteCommand.self])
}
