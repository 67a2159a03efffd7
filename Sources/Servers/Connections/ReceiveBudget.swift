// How many octets of messages may be in memory at a time, over all connections.
import Synchronization

/// A budget for octets of messages that are being received or judged.
///
/// Where it is used up, one message at a time may go beyond it. Otherwise messages that are half received could all wait for each other: each holds
/// what the others need. So the octets in memory are at most the limit and one message.
package final class ReceiveBudget: Sendable {
    /// Octets in all.
    package let limit: Int
    private let used = Atomic<Int>(0)
    private let waiting = Mutex<Waiting>(Waiting())
    private let waiterCount = Atomic<Int>(0)
    /// Some message goes beyond the limit.
    private let isOverdrawn = Atomic<Bool>(false)

    private struct Waiting {
        var retries: [@Sendable () -> Void] = []
    }

    package init(limit: Int = 256 << 20) { self.limit = limit }

    /// Octets that are spoken for.
    package var octets: Int { used.load(ordering: .relaxed) }

    private func take(_ count: Int) -> Bool {
        var old = used.load(ordering: .sequentiallyConsistent)
        while true {
            let (new, overflow) = old.addingReportingOverflow(count)
            guard !overflow, new <= limit else { return false }
            let outcome = used.compareExchange(expected: old, desired: new, ordering: .sequentiallyConsistent)
            if outcome.exchanged { return true }
            old = outcome.original
        }
    }

    /// Takes octets beyond the limit, if nobody else does.
    private func overdraw(_ count: Int) -> Bool {
        guard isOverdrawn.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent).exchanged else { return false }
        used.wrappingAdd(count, ordering: .sequentiallyConsistent)
        return true
    }

    /// How octets were taken.
    private enum Taken { case within, beyond, nothing }

    private func take(_ count: Int, orWhenRoom retry: @escaping @Sendable () -> Void) -> Taken {
        if take(count) { return .within }
        if overdraw(count) { return .beyond }
        return waiting.withLock { waiting in
            // Counted before the second look: whoever gives back after that look sees a waiter and comes for the lock.
            waiterCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
            let taken: Taken = take(count) ? .within : overdraw(count) ? .beyond : .nothing
            if case .nothing = taken {
                waiting.retries.append(retry)
            } else {
                waiterCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
            }
            return taken
        }
    }

    private func give(_ count: Int, endsOverdraft: Bool) {
        guard count > 0 else { return }
        if endsOverdraft { isOverdrawn.store(false, ordering: .sequentiallyConsistent) }
        used.wrappingSubtract(count, ordering: .sequentiallyConsistent)
        guard waiterCount.load(ordering: .sequentiallyConsistent) > 0 else { return }
        let retries = waiting.withLock { waiting in
            let all = waiting.retries
            waiting.retries = []
            waiterCount.wrappingSubtract(all.count, ordering: .sequentiallyConsistent)
            return all
        }
        for retry in retries { retry() }
    }

    /// The part of the budget that one message holds; given back when the last reference goes.
    package final class Lease: Sendable {
        private let budget: ReceiveBudget
        private let held = Atomic<Int>(0)
        /// This is the one message that may go beyond the limit.
        private let isBeyond = Atomic<Bool>(false)

        package init(_ budget: ReceiveBudget) { self.budget = budget }

        /// Octets held.
        package var octets: Int { held.load(ordering: .relaxed) }

        /// Holds `count` octets from now on. Where there is no room it changes nothing, answers false, and calls `retry` once, on any thread, when
        /// somebody has given octets back. Used by one thread at a time.
        package func grow(to count: Int, orWhenRoom retry: @escaping @Sendable () -> Void) -> Bool {
            let more = count - octets
            guard more > 0 else { return true }
            if isBeyond.load(ordering: .relaxed) {
                budget.used.wrappingAdd(more, ordering: .sequentiallyConsistent)
            } else {
                switch budget.take(more, orWhenRoom: retry) {
                case .within: break
                case .beyond: isBeyond.store(true, ordering: .relaxed)
                case .nothing: return false
                }
            }
            held.store(count, ordering: .relaxed)
            return true
        }

        deinit { budget.give(octets, endsOverdraft: isBeyond.load(ordering: .relaxed)) }
    }
}
