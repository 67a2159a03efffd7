// Opens the store of accounts for a command, beside a running server or without one.
package import Accounts
import Foundation
import Storage

/// The main database and the accounts in it, open for one command.
struct AccountAccess {
    let database: Database
    let store: AccountStore

    /// Opens the stores below the data folder, which is made where it is missing.
    init(_ configuration: PostmasterConfiguration) throws(CommandFailure) {
        do {
            try DataFolder.makeFolder(configuration.data.folder)
            self.database = try Database(path: StorePaths.database(below: configuration.data.folder))
            try AccountCompanions.prepare(database)
            self.store = try AccountStore(
                database: database, configuration: configuration.accounts.storeConfiguration, created: AccountCompanions.created)
        } catch { throw CommandFailure(error) }
    }

    /// Runs a body with the accounts of the configuration, then closes them.
    static func with<T: Sendable>(
        _ options: ConfigurationOptions, _ body: (AccountStore, PostmasterConfiguration) async throws -> T
    ) async throws -> T {
        let configuration = try options.load()
        let access = try AccountAccess(configuration)
        defer {
            access.store.close()
            access.database.close()
        }
        do { return try await body(access.store, configuration) } catch { throw CommandFailure(error) }
    }
}

/// Where each store is below the data folder.
package enum StorePaths {
    package static func database(below folder: String) -> String { folder + "/postmaster.sqlite" }
    package static func segments(below folder: String) -> String { folder + "/segments" }
    package static func ledger(below folder: String) -> String { folder + "/ledger" }
}

extension AccountConfiguration {
    /// The settings as the room Accounts takes them.
    package var storeConfiguration: AccountsConfiguration {
        var configuration = AccountsConfiguration()
        configuration.subaddressSeparator = subaddressSeparator.utf8.first
        configuration.postmaster = postmasterAddress
        configuration.quota = Int64(quota.octets)
        configuration.passwordCost = PasswordCost(memory: passwordMemory.octets, passes: passwordPasses)
        configuration.passwordThreads = passwordThreads == 0 ? max(1, ProcessInfo.processInfo.activeProcessorCount) : passwordThreads
        return configuration
    }
}
