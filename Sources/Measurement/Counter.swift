// A number that only grows, added to from many threads at once.
import Synchronization

/// A counter. Adding is one uncontended atomic operation.
package final class Counter: Sendable {
    private let total = Atomic<UInt64>(0)

    package init() {}

    /// Adds to the counter; it wraps after 2⁶⁴, which no process lives to see.
    package func add(_ count: UInt64 = 1) { total.wrappingAdd(count, ordering: .relaxed) }

    package var value: UInt64 { total.load(ordering: .relaxed) }
}

/// A number that goes up and down: open sessions, octets on the disk.
package final class Gauge: Sendable {
    private let current = Atomic<Int64>(0)

    package init() {}

    package func add(_ count: Int64 = 1) { current.wrappingAdd(count, ordering: .relaxed) }
    package func subtract(_ count: Int64 = 1) { current.wrappingSubtract(count, ordering: .relaxed) }
    package func set(_ value: Int64) { current.store(value, ordering: .relaxed) }

    package var value: Int64 { current.load(ordering: .relaxed) }
}
