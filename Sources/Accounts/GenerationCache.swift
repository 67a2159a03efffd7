// A bounded memory of answers: what was not asked for in a while falls out, without a list to keep in order.
import Synchronization

/// A cache of two generations. When the young one is full it becomes the old one and the former old one is forgotten; a hit in the old one
/// moves to the young. At most `size` entries, constant time.
package final class GenerationCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]
        var epoch: UInt64 = 0
    }

    private let state = Mutex(State())
    private let half: Int

    package init(size: Int) { self.half = max(1, size / 2) }

    /// The value of a key, if it is remembered.
    package func find(_ key: Key) -> Value? {
        state.withLock { state in
            if let value = state.young[key] { return value }
            guard let value = state.old.removeValue(forKey: key) else { return nil }
            self.put(value, key, &state)
            return value
        }
    }

    /// Counts how often everything was dropped. Taken before an answer is looked up and given with it, so that an answer older than a change is not kept.
    package var epoch: UInt64 { state.withLock { $0.epoch } }

    /// Remembers a value, unless everything was dropped since `epoch` was taken.
    package func insert(_ value: Value, for key: Key, epoch: UInt64) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            state.old[key] = nil
            self.put(value, key, &state)
        }
    }

    /// Forgets everything.
    package func drop() {
        state.withLock { state in
            state.young = [:]
            state.old = [:]
            state.epoch &+= 1
        }
    }

    package var count: Int { state.withLock { $0.young.count + $0.old.count } }

    private func put(_ value: Value, _ key: Key, _ state: inout State) {
        if state.young.count >= half, state.young[key] == nil {
            state.old = state.young
            state.young = [:]
        }
        state.young[key] = value
    }
}
