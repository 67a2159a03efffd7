// What all connections of one SMTP listener share.
import Catalogue
import Logging
import Measurement
import NIOCore
import SMTPProtocol
import Synchronization

/// The immutable surroundings of a connection, and the counters of its listener.
final class SMTPListener: Sendable {
    let configuration: SMTPListenerConfiguration
    let policy: any SMTPPolicy
    let resources: ServerResources
    let registry: ConnectionRegistry
    let measurements: SMTPListenerMeasurements
    let times: Times
    /// Replies that are being delayed now.
    let delayedReplies = Atomic<Int>(0)

    /// The time-outs in the event loop's units.
    struct Times: Sendable {
        let command: TimeAmount
        let crowdedCommand: TimeAmount
        let dataBlock: TimeAmount
        let answer: TimeAmount
        let handshake: TimeAmount
        let session: TimeAmount
        let linger: TimeAmount
        let greetingDelay: TimeAmount
        let rateWindow: TimeAmount
    }

    init(_ configuration: SMTPListenerConfiguration, policy: any SMTPPolicy, resources: ServerResources) {
        var configuration = configuration
        configuration.server.offersTLS = configuration.tlsMode == .startTLS && resources.tls != nil
        self.configuration = configuration
        self.policy = policy
        self.resources = resources
        let timeouts = configuration.timeouts
        registry = ConnectionRegistry(
            group: resources.group, limit: configuration.limits.sessions, precision: TimeAmount(timeouts.precision))
        measurements = SMTPListenerMeasurements(resources.measurements, listener: configuration.name)
        times = Times(
            command: TimeAmount(timeouts.command), crowdedCommand: TimeAmount(timeouts.crowdedCommand), dataBlock: TimeAmount(timeouts.dataBlock),
            answer: TimeAmount(timeouts.answer), handshake: TimeAmount(timeouts.handshake), session: TimeAmount(timeouts.session),
            linger: TimeAmount(timeouts.linger), greetingDelay: TimeAmount(timeouts.greetingDelay),
            rateWindow: TimeAmount(configuration.limits.rateWindow))
    }

    /// Takes one of the places for delayed replies, if there is one left.
    func takeDelaySlot() -> Bool {
        guard delayedReplies.wrappingAdd(1, ordering: .relaxed).newValue <= configuration.limits.delayedReplies else {
            delayedReplies.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    func giveDelaySlot() { delayedReplies.wrappingSubtract(1, ordering: .relaxed) }
}
