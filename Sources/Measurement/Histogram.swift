// How often values fell into which range: durations, sizes.
import Synchronization

/// Counts of values by fixed upper bounds, with their sum. Recording is a search over a few bounds and two atomic additions.
package final class Histogram: Sendable {
    /// Upper bounds, ascending, each including its own value; beyond the last is one more range.
    package let bounds: [Double]
    private let counts: [Counter]
    /// The bits of a Double.
    private let sum = Atomic<UInt64>(0)

    package init(bounds: [Double]) {
        self.bounds = bounds.sorted()
        self.counts = (0...bounds.count).map { _ in Counter() }
    }

    /// Seconds from half a millisecond to a minute.
    package static let secondBounds: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
    /// Octets from 1 KiB to 64 MiB.
    package static let octetBounds: [Double] = [1024, 4096, 16384, 65536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864]

    /// Records one value; a value that is no number is left out.
    package func record(_ value: Double) {
        guard !value.isNaN else { return }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count].add()
        var old = sum.load(ordering: .relaxed)
        while true {
            let outcome = sum.compareExchange(expected: old, desired: (Double(bitPattern: old) + value).bitPattern, ordering: .relaxed)
            if outcome.exchanged { return }
            old = outcome.original
        }
    }

    /// Records a duration in seconds.
    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        record(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    /// The counts up to each bound, the last being all, and the sum.
    package var snapshot: (cumulative: [UInt64], sum: Double) {
        var total: UInt64 = 0
        let cumulative = counts.map { counter in
            total &+= counter.value
            return total
        }
        return (cumulative, Double(bitPattern: sum.load(ordering: .relaxed)))
    }
}
