// How a connection ends, and what is written down about it.
import Catalogue
import Logging
import Measurement
import NIOCore
import SMTPProtocol

extension SMTPConnection {
    /// Octets that are thrown away, at most, while waiting for the client to close after our last reply.
    private static let lingerLimit: Int64 = 1 << 20

    /// Writes what is due and shuts our side. The client's last octets are still read, for a reset would take our last reply away from it.
    func finish(_ ending: SessionSummary.Ending) {
        guard phase == .open || phase == .handshake, let context else { return }
        summary.ending = ending
        dropAll()
        flush()
        guard phase != .closed else { return }
        phase = .lingering
        patience = eventLoop.now + listener.times.linger
        if isInputClosed { return leave() }
        context.close(mode: .output, promise: nil)
        settle()
    }

    /// Closes in good order: under TLS with a close_notify, whose answer the TLS handler awaits for a bounded time.
    func leave() {
        guard phase != .closed else { return }
        dropAll()
        phase = .closed
        context?.close(promise: nil)
    }

    /// Closes without a word, also under TLS.
    func close(_ ending: SessionSummary.Ending? = nil) {
        if let ending, phase != .closed { summary.ending = ending }
        dropAll()
        phase = .closed
        guard let context else { return }
        // From the TLS handler's place the close goes straight to the socket, without a farewell that a peer could keep us waiting for.
        if let tls = try? context.pipeline.syncOperations.context(handlerType: TLSHandler.self) {
            tls.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }

    func discarded(_ count: Int) {
        lingered += Int64(count)
        if lingered > Self.lingerLimit { close() }
    }

    /// Lets go of everything that was received and not decided.
    private func dropAll() {
        questionNumber &+= 1
        giveDelaySlot()
        wait = .nothing
        input = ByteBuffer()
        reception = nil
    }

    /// The channel is gone. Called more than once; acts once.
    func ended() {
        guard place >= 0 else { return }
        shard.leave(self)
        listener.registry.release()
        listener.measurements.sessions.subtract()
        if machine.isInTransaction { summary.messagesLost += 1 }
        dropAll()
        output = []
        phase = .closed
        summary.errors = machine.errorCount
        summary.duration = Duration(eventLoop.now - began)
        log(
            .info, "smtp disconnect",
            [
                "ending": "\(summary.ending.rawValue)", "commands": "\(summary.commands)", "errors": "\(summary.errors)",
                "accepted": "\(summary.messagesAccepted)", "refused": "\(summary.messagesRefused)", "lost": "\(summary.messagesLost)",
                "octets": "\(summary.octetsReceived)", "milliseconds": "\(Self.milliseconds(summary.duration))",
                "early": "\(summary.spokeEarly)", "tls": "\(tls?.version ?? "-")",
            ])
        let session = self.session
        self.session = nil
        session?.ended(summary)
    }

    // MARK: Messages

    /// Counts and logs the last reply to a message, if these replies are that.
    func account(for replies: [Reply]) {
        guard let finishing else { return }
        self.finishing = nil
        let took = Duration(eventLoop.now - finishing.began)
        let worst = replies.max { $0.code.rawValue < $1.code.rawValue }
        if replies.contains(where: \.code.isPositive) {
            summary.messagesAccepted += 1
            listener.measurements.messagesAccepted.add()
            listener.measurements.messageOctets.record(Double(finishing.octets))
        } else {
            summary.messagesRefused += 1
            let isPostponed = worst?.code.isTemporary == true
            (isPostponed ? listener.measurements.messagesPostponed : listener.measurements.messagesRefused).add()
        }
        listener.measurements.acceptSeconds.record(took)
        log(
            .info, "smtp message",
            [
                "code": "\(worst?.code.description ?? "-")", "octets": "\(finishing.octets)", "recipients": "\(finishing.recipients)",
                "milliseconds": "\(Self.milliseconds(took))",
            ])
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds &* 1000 &+ attoseconds / 1_000_000_000_000_000
    }

    /// One line of the log, with the session it belongs to.
    func log(_ level: Logger.Level, _ event: Logger.Message, _ more: @autoclosure () -> Logger.Metadata = [:]) {
        guard listener.resources.logger.logLevel <= level else { return }
        var metadata = more()
        metadata["session"] = "\(facts.sessionID)"
        metadata["listener"] = "\(facts.listener)"
        metadata["client"] = "\(facts.client?.description ?? "local")"
        listener.resources.logger.log(level: level, event, metadata: metadata)
    }
}
