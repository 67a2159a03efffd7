// The commands about aliases.
import Accounts
import ArgumentParser

/// `postmaster alias`.
struct AliasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alias", abstract: "Add, list and remove aliases.",
        subcommands: [AliasAddCommand.self, AliasListCommand.self, AliasDeleteCommand.self])
}
