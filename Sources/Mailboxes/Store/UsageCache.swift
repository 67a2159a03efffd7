// How much owners have stored, kept in memory for the question at every RCPT.
import Synchronization

/// What an owner's mailboxes hold in all.
package struct MailboxUsage: Sendable, Equatable {
    /// Octets as users see them: a message in two mailboxes counts twice.
    package var octets: Int64
    package var messages: Int64

    package init(octets: Int64, messages: Int64) {
        self.octets = octets
        self.messages = messages
    }
}

/// Sums by owner, moved by every committed change.
final class UsageCache: Sendable {
    private let known = Mutex<[MailboxOwner: MailboxUsage]>([:])
    private let limit: Int

    init(limit: Int) { self.limit = max(1, limit) }

    func find(_ owner: MailboxOwner) -> MailboxUsage? { self.known.withLock { $0[owner] } }

    /// Keeps a sum that was read in the writer's turn; called on its thread, before any later change is added.
    func keep(_ usage: MailboxUsage, for owner: MailboxOwner) {
        self.known.withLock { known in
            if known.count >= self.limit, known[owner] == nil {
                // Any other owner will do: the sum is read again when it is asked for.
                if let victim = known.keys.first { known[victim] = nil }
            }
            known[owner] = usage
        }
    }

    func add(_ counts: MailboxCounts, for owner: MailboxOwner) {
        guard counts.octets != 0 || counts.messages != 0 else { return }
        self.known.withLock { known in
            known[owner]?.octets += counts.octets
            known[owner]?.messages += counts.messages
        }
    }

    func forgetAll() { self.known.withLock { $0 = [:] } }
}
