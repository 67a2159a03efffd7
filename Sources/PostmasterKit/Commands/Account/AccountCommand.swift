// The commands about accounts.
import Accounts
import ArgumentParser

/// `postmaster account`.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Add, list, change and remove accounts.",
        subcommands: [
            AccountAddCommand.self, AccountListCommand.self, AccountPasswordCommand.self, AccountDisableCommand.self, AccountEnableCommand.self,
            AccountDeleteCommand.self, AccountImportCommand.self,
        ])
}
