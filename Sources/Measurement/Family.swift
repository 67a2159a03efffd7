// One metric name with its series, one for each combination of label values, their number bounded.
import Synchronization

/// The series of one metric. A caller in a hot path keeps the series it was given and does not ask again.
package final class Family<Series: AnyObject & Sendable>: Sendable {
    package let name: String
    package let help: String
    /// Names of the labels, in the order in which values are given.
    package let labels: [String]
    private let series = Mutex<[[String]: Series]>([:])
    private let make: @Sendable () -> Series

    /// Combinations of values beyond this many share one series in which every value is `other`: what a peer can choose must not fill the memory.
    package static var seriesLimit: Int { 500 }

    init(name: String, help: String, labels: [String], make: @escaping @Sendable () -> Series) {
        self.name = name
        self.help = help
        self.labels = labels
        self.make = make
        if labels.isEmpty { series.withLock { $0[[]] = make() } }
    }

    /// The series of these values; missing ones are empty, more than there are labels are left out.
    package func callAsFunction(_ values: String...) -> Series { self[values] }

    /// The series of these values.
    package subscript(_ values: [String]) -> Series {
        var values = Array(values.prefix(labels.count))
        while values.count < labels.count { values.append("") }
        return series.withLock { series in
            if let found = series[values] { return found }
            if series.count >= Self.seriesLimit { values = labels.map { _ in "other" } }
            if let found = series[values] { return found }
            let new = make()
            series[values] = new
            return new
        }
    }

    /// All series with their values, sorted.
    var all: [(values: [String], series: Series)] {
        series.withLock { $0.map { ($0.key, $0.value) } }.sorted { $0.values.lexicographicallyPrecedes($1.values) }
    }
}
