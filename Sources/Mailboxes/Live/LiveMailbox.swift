// A mailbox in memory: its columns, the changes on their way, those who want to be told.
import Storage
import Synchronization

/// An open mailbox, shared by all who use it. Nothing in it is authoritative: it follows what was committed.
///
/// Lock order: `order`, then `state`. `order` makes telling happen in the order of mod-sequences; `state` is held for moments only.
package final class LiveMailbox: Sendable {
    package let id: MailboxID

    private enum Phase { case loading, ready, behind, gone }

    /// A change whose transaction is not committed yet.
    private struct Pending {
        let turn: UInt64
        let change: StoredChange
    }

    private struct State {
        var phase = Phase.loading
        var view: MailboxView?
        var pending: [Pending] = []
        /// The view with all that is pending, made when two changes of one group commit need it.
        var draft: MailboxView?
        /// Committed changes that came while the mailbox was loaded.
        var backlog: [StoredChange] = []
        var subscribers: [UInt64: @Sendable (MailboxChange) -> Void] = [:]
        var lastSubscriber: UInt64 = 0
        var waiters: [CheckedContinuation<Void, any Error>] = []
        var recentFrom: UInt32 = 1
        var owner = MailboxOwner(rawValue: 0)
    }

    private let order = Mutex<Void>(())
    private let state = Mutex(State())

    init(id: MailboxID) { self.id = id }

    // MARK: Reading

    /// The mailbox as it is now. Keep it for the time of one command; a session keeps no more than `view.columns.uids`.
    package var view: MailboxView {
        self.state.withLock { state in
            state.view
                ?? MailboxView(
                    uidValidity: UIDValidity(stored: 1), uidNext: 1, highestModSeq: ModSeq(0), keywords: KeywordTable(), columns: MailboxColumns())
        }
    }

    /// Whose mailbox it is.
    package var owner: MailboxOwner { self.state.withLock { $0.owner } }

    /// The mod-sequence of the last change.
    package var highestModSeq: ModSeq { self.state.withLock { $0.view?.highestModSeq ?? ModSeq(0) } }

    /// Whether the mailbox was deleted while it was open.
    package var isGone: Bool { self.state.withLock { $0.phase == .gone } }

    /// Messages in memory, for the bound of the cache.
    var weight: Int { self.state.withLock { $0.view?.count ?? 0 } }

    var hasSubscribers: Bool { self.state.withLock { !$0.subscribers.isEmpty } }

    // MARK: Subscribing

    /// From now on tells `body` of every change, in order and without a gap to `subscription.start`.
    /// - Parameter body: called on the store's writer thread; it hands the change on and returns. It must not subscribe or wait.
    package func subscribe(_ body: @escaping @Sendable (MailboxChange) -> Void) -> MailboxSubscription {
        self.order.withLock { _ in
            let number = self.state.withLock { state in
                state.lastSubscriber += 1
                state.subscribers[state.lastSubscriber] = body
                return state.lastSubscriber
            }
            return MailboxSubscription(mailbox: self, number: number, start: self.view)
        }
    }

    func unsubscribe(_ number: UInt64) { self.state.withLock { $0.subscribers[number] = nil } }

    // MARK: \Recent

    /// The messages that are `\Recent` for the caller: nobody else will be told so of them (RFC 3501 §2.3.2).
    /// - Returns: the first UID of them (all from there on) and the UID from which the next claim counts.
    func claimRecent() -> (from: UInt32, next: UInt32) {
        self.state.withLock { state in
            let from = state.recentFrom
            state.recentFrom = max(from, state.view?.uidNext ?? 1)
            return (from, state.recentFrom)
        }
    }

    /// The first UID that nobody has claimed as `\Recent`, for EXAMINE, which claims nothing.
    package var recentFrom: UInt32 { self.state.withLock { $0.recentFrom } }

    // MARK: The writer's turn

    /// Lends the mailbox as the writer's transaction sees it; nil where memory does not agree with the row and the tables must be read.
    func withWriterView<R>(at highest: ModSeq, _ body: (MailboxView) throws -> R) rethrows -> R? {
        try self.state.withLock { state in
            guard state.phase == .ready, let view = state.view else { return nil }
            if state.pending.isEmpty {
                guard view.highestModSeq == highest else { return nil }
                return try body(view)
            }
            if state.draft == nil {
                var draft = view
                for pending in state.pending where pending.change.modSeq > draft.highestModSeq {
                    guard pending.change.modSeq.rawValue == draft.highestModSeq.rawValue + 1 else { return nil }
                    draft.apply(pending.change)
                }
                state.draft = draft
            }
            guard let draft = state.draft, draft.highestModSeq == highest else { return nil }
            return try body(draft)
        }
    }

    /// The mailbox after a committed change, if that is the last one known here.
    func committedView(at highest: ModSeq) -> MailboxView? {
        self.state.withLock { state in
            guard state.phase == .ready, let view = state.view, view.highestModSeq == highest else { return nil }
            return view
        }
    }

    /// A change was written in a transaction that is still open.
    func record(_ change: StoredChange, turn: UInt64) {
        self.state.withLock { state in
            // Only without a gap: a change may have been written while the mailbox was being read.
            guard state.phase == .ready, let last = state.pending.last?.change.modSeq ?? state.view?.highestModSeq,
                change.modSeq.rawValue == last.rawValue + 1
            else { return }
            state.pending.append(Pending(turn: turn, change: change))
            if state.draft != nil { state.draft?.apply(change) }
        }
    }

    /// The changes of a turn did not happen.
    func abandon(turn: UInt64) {
        self.state.withLock { state in
            guard state.pending.contains(where: { $0.turn == turn }) else { return }
            state.pending.removeAll { $0.turn == turn }
            state.draft = nil
        }
    }

    /// A change is durable: applies it and tells the subscribers.
    /// - Returns: false where an earlier change is missing, so that the mailbox has to be read again.
    func receive(_ change: StoredChange, turn: UInt64) -> Bool {
        self.order.withLock { _ in
            let (told, isComplete) = self.state.withLock { state -> (Bool, Bool) in
                if let index = state.pending.firstIndex(where: { $0.turn == turn && $0.change.modSeq == change.modSeq }) {
                    state.pending.remove(at: index)
                    if state.pending.isEmpty { state.draft = nil }
                }
                return Self.take(change, &state)
            }
            if told { self.tell(change) }
            return isComplete
        }
    }

    /// - Returns: whether the view has the change now and had not before; whether nothing is missing.
    private static func take(_ change: StoredChange, _ state: inout State) -> (Bool, Bool) {
        switch state.phase {
        case .gone: return (false, true)
        case .loading, .behind:
            state.backlog.append(change)
            return (false, true)
        case .ready:
            guard let highest = state.view?.highestModSeq.rawValue else { return (false, true) }
            if change.modSeq.rawValue <= highest { return (false, true) }
            guard change.modSeq.rawValue == highest + 1 else {
                state.phase = .behind
                state.backlog.append(change)
                state.draft = nil
                return (false, false)
            }
            state.view?.apply(change)
            return (true, true)
        }
    }

    private func tell(_ change: StoredChange) {
        let subscribers = self.state.withLock { $0.subscribers.values.map { $0 } }
        guard !subscribers.isEmpty else { return }
        let told = MailboxChange(change)
        for subscriber in subscribers { subscriber(told) }
    }

    private func tell(_ change: MailboxChange) {
        let subscribers = self.state.withLock { $0.subscribers.values.map { $0 } }
        for subscriber in subscribers { subscriber(change) }
    }

    /// The mailbox was deleted.
    func remove() {
        self.order.withLock { _ in
            let highest = self.state.withLock { state -> ModSeq in
                state.phase = .gone
                state.pending = []
                state.draft = nil
                state.backlog = []
                return state.view?.highestModSeq ?? ModSeq(0)
            }
            self.tell(MailboxChange(modSeq: highest, isRemoved: true))
        }
        self.resumeWaiters(nil)
    }

    // MARK: Loading

    /// Begins reading again where another process has gone ahead. False when the mailbox is being read already.
    func fallBehind(of highest: ModSeq) -> Bool {
        self.state.withLock { state in
            guard state.phase == .ready, let view = state.view, view.highestModSeq < highest, state.pending.isEmpty else { return false }
            state.phase = .behind
            state.draft = nil
            return true
        }
    }

    /// What was read from the tables. Changes that were committed meanwhile follow.
    /// - Returns: false where one is still missing and the mailbox has to be read once more.
    func loaded(_ view: MailboxView, owner: MailboxOwner, recentFrom: UInt32) -> Bool {
        let isComplete = self.order.withLock { _ in
            let (before, after, isComplete) = self.state.withLock { state -> (MailboxView?, MailboxView?, Bool) in
                guard state.phase == .loading || state.phase == .behind else { return (nil, nil, true) }
                let before = state.view
                if let before, before.highestModSeq >= view.highestModSeq {
                    // Nothing newer than what is in memory was read.
                } else {
                    state.view = view
                }
                state.recentFrom = max(state.recentFrom, recentFrom)
                state.owner = owner
                let wasLoading = state.phase == .loading
                state.phase = .ready
                let backlog = state.backlog.sorted { $0.modSeq < $1.modSeq }
                state.backlog = []
                var isComplete = true
                for change in backlog where !Self.take(change, &state).1 { isComplete = false }
                return (wasLoading ? nil : before, state.view, isComplete)
            }
            if let before, let after, before.highestModSeq != after.highestModSeq { self.tell(before.difference(to: after)) }
            return isComplete
        }
        if isComplete { self.resumeWaiters(nil) }
        return isComplete
    }

    /// Reading has failed. Where the mailbox had been read before, it is read again at the next change.
    /// - Returns: whether it was never read, so that it is of no use.
    func failed(_ error: any Error) -> Bool {
        let isUseless = self.state.withLock { state in
            if state.phase == .behind { state.phase = .ready }
            state.backlog = []
            return state.view == nil
        }
        self.resumeWaiters(error)
        return isUseless
    }

    /// Waits until the mailbox was read.
    func ready() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let isReady = self.state.withLock { state in
                if state.phase != .loading { return true }
                state.waiters.append(continuation)
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    private func resumeWaiters(_ error: (any Error)?) {
        let waiters = self.state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters {
            if let error { waiter.resume(throwing: error) } else { waiter.resume() }
        }
    }
}

/// The telling of changes, until it is cancelled or nobody holds it. It keeps the mailbox in memory.
package final class MailboxSubscription: Sendable {
    package let mailbox: LiveMailbox
    /// The mailbox when the telling began: the first change told follows it.
    package let start: MailboxView
    private let number: UInt64

    init(mailbox: LiveMailbox, number: UInt64, start: MailboxView) {
        self.mailbox = mailbox
        self.number = number
        self.start = start
    }

    deinit { self.mailbox.unsubscribe(self.number) }

    /// No change is told any more that was not on its way already.
    package func cancel() { self.mailbox.unsubscribe(self.number) }
}
