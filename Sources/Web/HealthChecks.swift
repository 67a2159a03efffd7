// What the health pages ask the complex.

/// The questions behind `/health/live` and `/health/ready`, answered by whoever put the complex together.
package struct HealthChecks: Sendable {
    /// One part that matters and how it is.
    package struct Part: Sendable, Hashable {
        package let name: String
        package let isWell: Bool
        /// For the operator; shown to the metrics networks only.
        package let detail: String

        package init(name: String, isWell: Bool, detail: String = "") {
            self.name = name
            self.isWell = isWell
            self.detail = detail
        }
    }

    /// True while the process turns.
    package var isLive: @Sendable () async -> Bool
    /// The parts without which no mail should be sent here: stores, listeners. An empty list is ready; during the stop one part says so.
    package var parts: @Sendable () async -> [Part]

    package init(isLive: @escaping @Sendable () async -> Bool = { true }, parts: @escaping @Sendable () async -> [Part]) {
        self.isLive = isLive
        self.parts = parts
    }
}
