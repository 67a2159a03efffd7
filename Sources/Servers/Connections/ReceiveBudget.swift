// How many octets of messages may be in memory at a time, over all connections.
import Synchronization

/// A budget for octets of messages that are being received or judged.
package final class ReceiveBudget: Sendable {
    /// Octets in all.
    package let limit: Int
    private let used = Atomic<Int>(0)
    private let waiting = Mutex<Waiting>(Waiting())
    private let waiterCount = Atomic<Int>(0)

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

    private func take(_ count: Int, orWhenRoom retry: @escaping @Sendable () -> Void) -> Bool {
        if take(count) { return true }
        return waiting.withLock { waiting in
            // Counted before the second look: whoever gives back after that look sees a waiter and comes for the lock.
            waiterCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
            if take(count) {
                waiterCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
                return true
            }
            waiting.retries.append(retry)
            return false
        }
    }

    private func give(_ count: Int) {
        guard count > 0 else { return }
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

        package init(_ budget: ReceiveBudget) { self.budget = budget }

        /// Octets held.
        package var octets: Int { held.load(ordering: .relaxed) }

        /// Holds `count` octets from now on. Where there is no room it changes nothing, answers false, and calls `retry` once, on any thread, when
        /// somebody has given octets back. Used by one thread at a time.
        package func grow(to count: Int, orWhenRoom retry: @escaping @Sendable () -> Void) -> Bool {
            let more = count - octets
            guard more > 0 else { return true }
            guard budget.take(more, orWhenRoom: retry) else { return false }
            held.store(count, ordering: .relaxed)
            return true
        }

        deinit { budget.give(octets) }
    }
}
