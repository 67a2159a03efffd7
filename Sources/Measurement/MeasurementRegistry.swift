// All metrics of a process by name, and their text for Prometheus.
import Synchronization

/// The metrics of one process. A composition makes one and hands it to whoever counts; nothing is global.
package final class MeasurementRegistry: Sendable {
    private enum Metric: Sendable {
        case counter(Family<Counter>)
        case gauge(Family<Gauge>)
        case histogram(Family<Histogram>)
        /// Read when the text is made.
        case reading(help: String, type: String, @Sendable () -> [(labels: [(String, String)], value: Double)])
    }

    private let metrics = Mutex<[String: Metric]>([:])

    package init() {}

    /// The counter of that name (ending in `_total`), made at the first call. A name that is taken by another kind gives a counter that is not shown.
    package func counter(_ name: String, _ help: String, labels: [String] = []) -> Family<Counter> {
        let new = Family(name: name, help: help, labels: labels) { Counter() }
        return metrics.withLock { metrics in
            if case .counter(let found)? = metrics[name] { return found }
            if metrics[name] == nil { metrics[name] = .counter(new) }
            return new
        }
    }

    /// The gauge of that name, made at the first call.
    package func gauge(_ name: String, _ help: String, labels: [String] = []) -> Family<Gauge> {
        let new = Family(name: name, help: help, labels: labels) { Gauge() }
        return metrics.withLock { metrics in
            if case .gauge(let found)? = metrics[name] { return found }
            if metrics[name] == nil { metrics[name] = .gauge(new) }
            return new
        }
    }

    /// The histogram of that name, made at the first call.
    package func histogram(_ name: String, _ help: String, labels: [String] = [], bounds: [Double] = Histogram.secondBounds) -> Family<Histogram> {
        let new = Family(name: name, help: help, labels: labels) { Histogram(bounds: bounds) }
        return metrics.withLock { metrics in
            if case .histogram(let found)? = metrics[name] { return found }
            if metrics[name] == nil { metrics[name] = .histogram(new) }
            return new
        }
    }

    /// A gauge that is read when the text is made: sizes that somebody else keeps. A second one of the same name replaces the first.
    package func reading(_ name: String, _ help: String, _ read: @escaping @Sendable () -> Double) {
        readings(name, help) { [([], read())] }
    }

    /// Gauges with labels that are read when the text is made.
    package func readings(_ name: String, _ help: String, _ read: @escaping @Sendable () -> [(labels: [(String, String)], value: Double)]) {
        metrics.withLock { $0[name] = .reading(help: help, type: "gauge", read) }
    }

    /// A counter that somebody else keeps, read when the text is made.
    package func readingTotal(_ name: String, _ help: String, _ read: @escaping @Sendable () -> Double) {
        metrics.withLock { $0[name] = .reading(help: help, type: "counter") { [([], read())] } }
    }

    /// The text that Prometheus reads (exposition format 0.0.4), metrics by name.
    package func prometheusText() -> String {
        let metrics = metrics.withLock { $0 }.sorted { $0.key < $1.key }
        var text = ""
        for (name, metric) in metrics {
            switch metric {
            case .counter(let family):
                Self.head(name, family.help, "counter", &text)
                for (values, series) in family.all { text += "\(name)\(Self.labels(family.labels, values)) \(series.value)\n" }
            case .gauge(let family):
                Self.head(name, family.help, "gauge", &text)
                for (values, series) in family.all { text += "\(name)\(Self.labels(family.labels, values)) \(series.value)\n" }
            case .histogram(let family):
                Self.head(name, family.help, "histogram", &text)
                for (values, series) in family.all {
                    let (cumulative, sum) = series.snapshot
                    let bounds = series.bounds.map { Self.number($0) } + ["+Inf"]
                    for (bound, count) in zip(bounds, cumulative) {
                        text += "\(name)_bucket\(Self.labels(family.labels + ["le"], values + [bound])) \(count)\n"
                    }
                    text += "\(name)_sum\(Self.labels(family.labels, values)) \(Self.number(sum))\n"
                    text += "\(name)_count\(Self.labels(family.labels, values)) \(cumulative.last ?? 0)\n"
                }
            case .reading(let help, let type, let read):
                Self.head(name, help, type, &text)
                for (labels, value) in read() { text += "\(name)\(Self.labels(labels.map(\.0), labels.map(\.1))) \(Self.number(value))\n" }
            }
        }
        return text
    }

    private static func head(_ name: String, _ help: String, _ type: String, _ text: inout String) {
        text += "# HELP \(name) \(escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
    }

    private static func labels(_ names: [String], _ values: [String]) -> String {
        if names.isEmpty { return "" }
        return "{" + zip(names, values).map { "\($0)=\"\(escaped($1, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }
}
