// The stores of one data folder, opened together and closed in the order that loses nothing.
import Accounts
import Ledger
import Mailboxes
import Storage

/// Database, segment log, accounts, mailboxes and ledger.
struct Stores: Sendable {
    let database: Database
    let log: SegmentLog
    let accounts: AccountStore
    let mail: MailStore
    let ledger: DecisionLedger

    /// Opens everything below the data folder; what the journal holds beyond its mark becomes visible. Blocks.
    init(_ configuration: PostmasterConfiguration) throws {
        let folder = configuration.data.folder
        database = try Database(path: StorePaths.database(below: folder))
        do {
            try AccountCompanions.prepare(database)
            log = try SegmentLog(folder: StorePaths.segments(below: folder))
            accounts = try AccountStore(
                database: database, configuration: configuration.accounts.storeConfiguration, created: AccountCompanions.created)
            mail = try MailStore(database: database, log: log)
            ledger = try DecisionLedger(folder: StorePaths.ledger(below: folder))
        } catch {
            database.close()
            throw error
        }
    }

    /// Writes what waits and closes. Servers and commands have ended before.
    func close() {
        ledger.close()
        accounts.close()
        log.close()
        mail.close()
        database.close()
    }
}
