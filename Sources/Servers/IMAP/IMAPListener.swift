// What all connections of one IMAP listener share.
import IMAPProtocol
import Measurement
import NIOCore

/// The immutable surroundings of a connection.
final class IMAPListener: Sendable {
    let configuration: IMAPListenerConfiguration
    let rules: SessionRules
    let limits: IMAPLimits
    let service: IMAPService
    let resources: ServerResources
    let registry: ConnectionRegistry
    let sessions: Gauge
    let times: Times

    /// The time-outs in the event loop's units.
    struct Times: Sendable {
        let login: TimeAmount
        let idle: TimeAmount
        let handshake: TimeAmount
        let failureDelay: TimeAmount
    }

    init(_ configuration: IMAPListenerConfiguration, service: IMAPService, resources: ServerResources) {
        self.configuration = configuration
        self.rules = configuration.rules
        self.limits = configuration.limits
        self.service = service
        self.resources = resources
        self.registry = ConnectionRegistry(group: resources.group, limit: configuration.sessions)
        self.sessions = resources.measurements.imapSessions(configuration.name)
        self.times = Times(
            login: TimeAmount(configuration.loginTimeout), idle: TimeAmount(configuration.idleTimeout), handshake: TimeAmount(configuration.handshakeTimeout),
            failureDelay: TimeAmount(configuration.failureDelay))
    }
}
