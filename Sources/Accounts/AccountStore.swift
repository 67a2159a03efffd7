// The store of domains, accounts, addresses and aliases: opening it, and what all its questions share.
import MailFormat
package import Storage
import Synchronization

/// Who gets mail here and who may sign in. Rows are in the main database; answers that the mail path asks for again and again are kept in memory
/// and dropped when anything about accounts changes, here or in another process (`refresh`).
package final class AccountStore: Sendable {
    /// Something that belongs to an account and is made or removed in the same transaction, for example its mailboxes.
    package typealias Companion = @Sendable (AccountID, Transaction) throws -> Void

    package let database: Database
    package let configuration: AccountsConfiguration
    let created: Companion
    let deleted: Companion
    let resolutions: GenerationCache<EmailAddress, Resolution>
    let signIns: SignInCache
    let workers: WorkerPool
    /// Apart from the password threads: a look-up must not wait behind hashes.
    let lookups: WorkerPool
    /// What an unknown user's password is compared with, made once, when it is first needed.
    let dummy = Mutex<PasswordHash?>(nil)
    private let lastChange = Mutex<Int64?>(nil)

    /// Opens the store and brings its tables up to date. Blocks: for start-up and commands.
    /// - Parameter created: runs inside the transaction that makes an account, after its rows.
    /// - Parameter deleted: runs inside the transaction that removes one, before its rows.
    package init(
        database: Database, configuration: AccountsConfiguration = .init(), created: @escaping Companion = { _, _ in },
        deleted: @escaping Companion = { _, _ in }
    ) throws(StorageError) {
        self.database = database
        self.configuration = configuration
        self.created = created
        self.deleted = deleted
        self.resolutions = GenerationCache(size: configuration.resolutionCacheSize)
        self.signIns = SignInCache(size: configuration.signInCacheSize, time: configuration.signInCacheTime)
        self.workers = try WorkerPool(named: "passwords", threads: configuration.passwordThreads, waiting: configuration.passwordsWaiting)
        self.lookups = try WorkerPool(named: "accounts", threads: 1, waiting: 10_000)
        try database.migrate(AccountSchema.migrations)
        self.refresh()
    }

    /// Answers what waits and stops the threads. The database is closed by whoever opened it.
    package func close() {
        workers.stop()
        lookups.stop()
    }

    /// Drops what is remembered if another process has changed the database since the last call. Meant to be called about once a second; blocks for a moment.
    package func refresh() {
        // Where the counter cannot be read, nothing remembered can be trusted.
        let counter = try? database.changeCounter
        let isSame = lastChange.withLock { last in
            defer { last = counter }
            return counter != nil && last == counter
        }
        if !isSame { drop() }
    }

    /// Forgets every remembered answer.
    func drop() {
        resolutions.drop()
        signIns.drop()
    }

    /// Makes a change, then forgets what is remembered.
    func change<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws(AccountError) -> T {
        defer { drop() }
        do { return try await database.write(body) } catch { throw AccountError(storing: error) }
    }

    /// Asks a question of the tables.
    func ask<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws(AccountError) -> T {
        do { return try await database.read(body) } catch { throw AccountError(storing: error) }
    }
}

extension AccountError {
    /// What a transaction threw: a refusal of ours as it is, the store's trouble translated.
    init(storing error: any Error) {
        switch error {
        case let error as AccountError: self = error
        case let error as StorageError where error.kind == .busy: self.init(.busy, "the store is busy")
        case let error as StorageError: self.init(.store, error.description)
        default: self.init(.store, "\(error)")
        }
    }
}
