// What all IMAP listeners of a process share: accounts, mailboxes, the threads commands run on, the sessions of each account.
package import Accounts
package import Mailboxes
package import Measurement
import Synchronization

/// The services behind IMAP.
package final class IMAPService: Sendable {
    package let accounts: AccountStore
    package let store: MailStore
    let executor: CommandExecutor
    let clock: WallClock
    /// Sessions of one account at a time.
    let sessionsPerAccount: Int
    private let sessions = Mutex<[AccountID: Int]>([:])

    /// - Parameter threads: how many commands run at the same moment; others wait their turn.
    package init(accounts: AccountStore, store: MailStore, sessionsPerAccount: Int = 50, threads: Int = 8, clock: WallClock = .system) {
        self.clock = clock
        self.accounts = accounts
        self.store = store
        self.sessionsPerAccount = sessionsPerAccount
        self.executor = CommandExecutor(threads: threads)
    }

    /// Ends the threads; after the listeners have been shut down.
    package func close() async { await self.executor.stop() }

    /// Takes one of the account's places; false where it has as many sessions as it may have.
    func enter(_ account: AccountID) -> Bool {
        self.sessions.withLock { sessions in
            let count = sessions[account] ?? 0
            guard count < self.sessionsPerAccount else { return false }
            sessions[account] = count + 1
            return true
        }
    }

    /// Gives it back.
    func leave(_ account: AccountID) {
        self.sessions.withLock { sessions in
            let count = (sessions[account] ?? 1) - 1
            sessions[account] = count > 0 ? count : nil
        }
    }
}
