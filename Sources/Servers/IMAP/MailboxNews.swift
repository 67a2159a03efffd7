// What happened in a session's mailbox and the session has not looked at yet: gathered on the store's thread, taken by the session.
import Mailboxes
import Synchronization

/// Changes since the last look, merged, so that a client that never asks costs no more than the sets of UIDs.
final class MailboxNews: Sendable {
    struct Gathered {
        var arrivals = UIDSet()
        var flagged = UIDSet()
        var expunged = UIDSet()
        var addsKeywords = false
        var isRemoved = false
    }

    private struct State {
        var gathered: Gathered?
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Takes a change in; called by the mailbox.
    func note(_ change: MailboxChange) {
        let wake = self.state.withLock { state in
            var gathered = state.gathered ?? Gathered()
            if !change.arrivals.isEmpty { gathered.arrivals = gathered.arrivals.union(change.arrivals) }
            if !change.flagged.isEmpty { gathered.flagged = gathered.flagged.union(change.flagged) }
            if !change.expunged.isEmpty { gathered.expunged = gathered.expunged.union(change.expunged) }
            gathered.addsKeywords = gathered.addsKeywords || change.addsKeywords
            gathered.isRemoved = gathered.isRemoved || change.isRemoved
            state.gathered = gathered
            defer { state.wake = nil }
            return state.wake
        }
        wake?()
    }

    /// What has gathered, if anything.
    func take() -> Gathered? {
        self.state.withLock { state in
            defer { state.gathered = nil }
            return state.gathered
        }
    }

    /// Calls `wake` once, at the next change, or at once where there is one already.
    func arm(_ wake: @escaping @Sendable () -> Void) {
        let isDue = self.state.withLock { state in
            guard state.gathered == nil else { return true }
            state.wake = wake
            return false
        }
        if isDue { wake() }
    }

    func disarm() { self.state.withLock { $0.wake = nil } }
}
