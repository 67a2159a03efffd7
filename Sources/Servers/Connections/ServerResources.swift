// What all listeners of a process share.
package import Logging
package import Measurement
package import NIOCore

/// What a server is given besides its own configuration.
package struct ServerResources: Sendable {
    package var group: any EventLoopGroup
    /// For listeners with TLS.
    package var tls: TLSContext?
    package var budget: ReceiveBudget
    package var sessionNames: SessionNames
    package var measurements: MailMeasurements
    package var logger: Logger

    package init(
        group: any EventLoopGroup, tls: TLSContext? = nil, budget: ReceiveBudget = ReceiveBudget(), sessionNames: SessionNames = SessionNames(),
        measurements: MailMeasurements = MailMeasurements(), logger: Logger
    ) {
        self.group = group
        self.tls = tls
        self.budget = budget
        self.sessionNames = sessionNames
        self.measurements = measurements
        self.logger = logger
    }
}
