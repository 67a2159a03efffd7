// One SMTP or LMTP connection on its event loop: the channel's events, and the loop that feeds the machine.
import Logging
import MailFormat
import Measurement
import NIOCore
import NIOTLS
import SMTPProtocol

/// Drives one `ServerMachine`: reads octets, feeds it one command at a time, performs its actions in order, keeps its time-outs.
///
/// `@unchecked Sendable`: everything that changes is used on `eventLoop` only. Other threads reach a connection through the completion of a question
/// and the budget's retry, which touch constants and then go to the event loop.
final class SMTPConnection: ChannelDuplexHandler, ServerConnection, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How far the connection is.
    enum Phase {
        /// A balancer has yet to say whom it speaks for.
        case proxyHeader
        /// A TLS handshake is going on.
        case handshake
        case open
        /// The last reply is written; what still comes is thrown away until the client closes.
        case lingering
        case closed
    }

    /// What the dialogue waits for, besides octets.
    enum Wait {
        case nothing
        /// The time to greet.
        case greeting
        /// The answer to this question.
        case answer(Question)
        /// The time of a delayed reply, which stands in `output`.
        case reply
        /// Room in the receive budget.
        case room
    }

    let listener: SMTPListener
    let eventLoop: any EventLoop
    let shard: ConnectionShard
    var place = -1
    var context: ChannelHandlerContext?

    var machine: ServerMachine
    var framer = CommandFramer()
    var session: (any SMTPSession)?
    var facts: ConnectionFacts
    var tls: TLSFacts?
    var summary = SessionSummary()

    var phase = Phase.open
    var wait = Wait.nothing
    /// The message on its way; also between the chunks of one.
    var reception: Reception?
    /// Input that was not consumed yet; without storage when empty.
    var input = ByteBuffer()
    /// Replies that were not written yet; without storage when empty.
    var output: [UInt8] = []

    let began: NIODeadline
    /// When a command, or the next octets, must be there.
    var patience = NIODeadline.distantFuture
    /// Counts questions, so that a late answer is not taken for one to a later question.
    var questionNumber: UInt32 = 0
    /// Answered inside `consult`.
    var inlineAnswer: Answer?
    /// The message whose last reply is due.
    var finishing: Finishing?
    /// Octets thrown away after the last reply.
    var lingered: Int64 = 0
    var lastVerb = SMTPListenerMeasurements.Verb.connect
    var isGreeted = false
    var isAsking = false
    var isRunning = false
    var isInputClosed = false
    /// `input` shares its storage with the channel's buffer for reading.
    var isInputShared = false
    /// The channel has asked for a read that we have not let through.
    var isReadHeldBack = false
    var hasDelaySlot = false

    init(_ listener: SMTPListener, shard: ConnectionShard, eventLoop: any EventLoop) {
        self.listener = listener
        self.eventLoop = eventLoop
        self.shard = shard
        self.began = eventLoop.now
        let isTLS = listener.configuration.tlsMode == .implicit
        machine = ServerMachine(listener.configuration.server, isTLS: isTLS)
        facts = ConnectionFacts(
            listener: listener.configuration.name, sessionID: listener.resources.sessionNames.make(), client: nil, local: nil, isTLS: isTLS)
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        shard.join(self)
        listener.measurements.sessions.add()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ended()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        listener.measurements.accepted.add()
        facts.client = Endpoint(context.remoteAddress)
        facts.local = Endpoint(context.localAddress)
        if phase == .open, listener.configuration.tlsMode == .implicit { phase = .handshake }
        switch phase {
        case .open: begin()
        case .handshake: patience = eventLoop.now + listener.times.handshake
        // The header's own time-out is the header handler's.
        case .proxyHeader, .lingering, .closed: break
        }
        settle()
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    /// The client may be greeted.
    func begin() {
        phase = .open
        guard !shard.isDraining else { return finish(.shutDown) }
        let session = listener.policy.session(facts)
        self.session = session
        if let tls { session.secured(tls) }
        log(.debug, "smtp connect")
        guard listener.times.greetingDelay > .zero else { return greet() }
        wait = .greeting
        patience = eventLoop.now + listener.times.greetingDelay
    }

    /// Asks whether the client is welcome.
    func greet() {
        wait = .nothing
        perform(machine.connected())
        run()
    }

    // MARK: Events

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        switch phase {
        case .open: break
        case .lingering:
            discarded(buffer.readableBytes)
            return
        case .proxyHeader, .handshake, .closed: return
        }
        summary.octetsReceived += Int64(buffer.readableBytes)
        if input.readableBytes == 0 {
            input = buffer
            isInputShared = true
        } else {
            input.writeBuffer(&buffer)
        }
        if !isGreeted { spokeEarly() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        run()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { run() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: inputClosed()
        case TLSUserEvent.handshakeCompleted: handshakeCompleted()
        case let header as ProxyHeader: proxied(header)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whatever it is (a reset, a TLS alert, a truncated TLS stream): nothing more can be trusted to arrive, so nothing half received is kept.
        if phase == .handshake {
            summary.ending = .tlsFailed
            listener.measurements.failedHandshakes.add()
        } else if error is ProxyHeaderError {
            summary.ending = .badProxyHeader
        }
        log(.debug, "smtp error", ["error": "\(error)"])
        close()
    }

    func read(context: ChannelHandlerContext) {
        if wantsInput { context.read() } else { isReadHeldBack = true }
    }

    /// False while what has arrived must be worked off first.
    private var wantsInput: Bool {
        switch phase {
        case .proxyHeader, .handshake, .lingering: return true
        case .closed: return false
        case .open: break
        }
        switch wait {
        case .room, .reply: return false
        case .nothing, .greeting, .answer:
            return input.readableBytes < listener.configuration.limits.pendingInput && context?.channel.isWritable == true
        }
    }

    /// The client sends no more. What it said completely is still answered; a message cut off in the middle is dropped (RFC 5321 §4.1.1.4).
    private func inputClosed() {
        isInputClosed = true
        switch phase {
        case .proxyHeader, .handshake: close()
        case .lingering: leave()
        case .closed: break
        case .open:
            run()
            leaveIfDone()
        }
    }

    /// After the client's last octet: closes when nothing is left to be done.
    private func leaveIfDone() {
        guard isInputClosed, phase == .open, !isRunning else { return }
        switch wait {
        case .answer, .reply, .greeting: break
        case .nothing, .room:
            // Replies that the client has yet to read go first; their time-out runs.
            if context?.channel.isWritable == true { leave() }
        }
    }

    private func handshakeCompleted() {
        guard phase == .handshake, let context else { return }
        let handler = try? context.pipeline.syncOperations.handler(type: TLSHandler.self)
        let tls = TLSFacts(version: handler?.versionName ?? "TLS")
        self.tls = tls
        listener.measurements.handshakes.add()
        if session == nil {
            begin()
        } else {
            phase = .open
            machine.tlsEstablished()
            session?.secured(tls)
            run()
        }
        settle()
    }

    private func proxied(_ header: ProxyHeader) {
        guard phase == .proxyHeader else { return }
        if case .proxied(let source, let destination) = header.origin {
            facts.client = source
            facts.local = destination
        }
        if listener.configuration.tlsMode == .implicit {
            phase = .handshake
            patience = eventLoop.now + listener.times.handshake
        } else {
            begin()
        }
        settle()
    }

    // MARK: The loop

    /// Works off what has arrived, as far as possible now; then writes all replies at once.
    func run() {
        guard !isRunning, phase == .open else { return }
        isRunning = true
        while phase == .open, case .nothing = wait, isGreeted, step() {}
        isRunning = false
        settle()
        leaveIfDone()
    }

    /// Leaves nothing behind that an idle connection does not need.
    func settle() {
        flush()
        if input.readableBytes == 0 {
            input = ByteBuffer()
            isInputShared = false
        } else if isInputShared, input.readableBytes <= 4096 {
            input = ByteBuffer(bytes: input.readableBytesView)
            isInputShared = false
        }
        setDeadline()
        if isReadHeldBack, wantsInput, let context {
            isReadHeldBack = false
            context.read()
        }
    }

    /// Writes the replies that have gathered.
    func flush() {
        guard !output.isEmpty, let context else { return }
        if case .reply = wait { return }
        let buffer = context.channel.allocator.buffer(bytes: output)
        output = []
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    // MARK: A graceful stop

    func drain() {
        switch phase {
        case .proxyHeader, .handshake: close(.shutDown)
        case .open:
            if session == nil { close(.shutDown) } else { run() }
        case .lingering, .closed: break
        }
    }

    func cut() { close(.shutDown) }
}
