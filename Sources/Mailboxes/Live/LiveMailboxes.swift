// The mailboxes that are in memory: one object each, however many use it.
import Synchronization

/// Finds the live object of a mailbox and keeps those used last, within bounds. One that is held by somebody is never made twice.
final class LiveMailboxes: Sendable {
    private struct Weak {
        weak var mailbox: LiveMailbox?
    }

    private struct Recent {
        let mailbox: LiveMailbox
        var stamp: UInt64
    }

    private struct State {
        var known: [MailboxID: Weak] = [:]
        var recent: [MailboxID: Recent] = [:]
        var stamp: UInt64 = 0
        var sweepAt = 1024
    }

    private let state = Mutex(State())
    private let countLimit: Int
    private let weightLimit: Int

    init(countLimit: Int, weightLimit: Int) {
        self.countLimit = max(1, countLimit)
        self.weightLimit = weightLimit
    }

    /// The live object, if there is one.
    func find(_ id: MailboxID) -> LiveMailbox? { self.state.withLock { $0.known[id]?.mailbox } }

    /// All live objects.
    var all: [LiveMailbox] { self.state.withLock { $0.known.values.compactMap(\.mailbox) } }

    /// The live object, made where there is none.
    /// - Returns: and whether it was made, so that the caller has to load it.
    func findOrMake(_ id: MailboxID) -> (LiveMailbox, isNew: Bool) {
        self.state.withLock { state in
            state.stamp += 1
            if let mailbox = state.known[id]?.mailbox {
                state.recent[id] = Recent(mailbox: mailbox, stamp: state.stamp)
                return (mailbox, false)
            }
            let mailbox = LiveMailbox(id: id)
            state.known[id] = Weak(mailbox: mailbox)
            state.recent[id] = Recent(mailbox: mailbox, stamp: state.stamp)
            if state.known.count > state.sweepAt {
                state.known = state.known.filter { $0.value.mailbox != nil }
                state.sweepAt = max(1024, state.known.count * 2)
            }
            return (mailbox, true)
        }
    }

    /// Lets go of those not used for longest until the bounds hold. Who holds one of them keeps it.
    func trim() {
        let released = self.state.withLock { state -> [LiveMailbox] in
            var released: [LiveMailbox] = []
            var weight = 0
            for entry in state.recent.values { weight += entry.mailbox.weight }
            guard state.recent.count > self.countLimit || weight > self.weightLimit else { return [] }
            for (id, entry) in state.recent.sorted(by: { $0.value.stamp < $1.value.stamp }) {
                guard state.recent.count > self.countLimit || (weight > self.weightLimit && state.recent.count > 1) else { break }
                state.recent[id] = nil
                weight -= entry.mailbox.weight
                released.append(entry.mailbox)
            }
            return released
        }
        // Freed here, outside the lock.
        withExtendedLifetime(released) {}
    }

    /// Forgets a mailbox that is gone or could not be read.
    func forget(_ mailbox: LiveMailbox) {
        self.state.withLock { state in
            if state.known[mailbox.id]?.mailbox === mailbox { state.known[mailbox.id] = nil }
            if state.recent[mailbox.id]?.mailbox === mailbox { state.recent[mailbox.id] = nil }
        }
    }
}
