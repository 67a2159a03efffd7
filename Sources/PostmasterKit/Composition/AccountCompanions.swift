// What an account has besides its rows: mailboxes, made and removed with it.
import Accounts
import Mailboxes
import Measurement
import Storage

/// Ties the rooms Accounts and Mailboxes together, which do not know each other.
package enum AccountCompanions {
    /// Brings the tables of the companions up to date; before accounts are made.
    static func prepare(_ database: Database) throws(StorageError) { try database.migrate(MailboxSchema.migrations) }

    /// Makes INBOX and the special-use mailboxes in the transaction that makes the account.
    static let created: AccountStore.Companion = { account, transaction in
        try MailStore.createAccountMailboxes(
            MailboxOwner(rawValue: account.rawValue), now: WallClock.system.seconds, in: transaction)
    }
}
