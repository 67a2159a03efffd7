// One IMAP connection on its event loop: the channel's events, time, and the loop that feeds the session.
import Measurement
import Accounts
import IMAPProtocol
import Logging
import MailFormat
import NIOCore
import NIOTLS
import SASL

/// Drives one `IMAPSession`: reads octets, frames them, runs one command at a time, writes what it says, keeps the time-outs.
///
/// `@unchecked Sendable`: everything that changes is used on `eventLoop` only. A command's task reaches the connection through `send` and its end, which
/// go to the event loop first.
final class IMAPConnection: ChannelDuplexHandler, ServerConnection, @unchecked Sendable {
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
        /// BYE is written; what still comes is thrown away until the client closes.
        case lingering
        case closed
    }

    /// Whose turn it is, besides the client's.
    enum Wait {
        /// Nobody's: the next command may come.
        case nothing
        /// A command's task has the session.
        case command
        /// The answer to a wrong password is held back.
        case delay
        /// IDLE runs; its tag.
        case idle(OctetString)
        /// AUTHENTICATE waits for a response.
        case exchange(Exchange)
        /// Room for the octets of a message.
        case room
    }

    let listener: IMAPListener
    let eventLoop: any EventLoop
    let shard: ConnectionShard
    var place = -1
    var context: ChannelHandlerContext?

    let session: IMAPSession
    var framer: CommandFramer
    var phase = Phase.open
    var wait = Wait.nothing
    /// An APPEND on its way.
    var append: IncomingAppend?
    /// Input that was not consumed yet; without storage when empty.
    var input = ByteBuffer()
    /// Responses that were not written yet; without storage when empty.
    var output = ResponseBuffer()
    /// A command's task that waits for the client to read.
    var blocked: CheckedContinuation<Bool, Never>?

    let sessionID: String
    let began: NIODeadline
    var patience = NIODeadline.distantFuture
    var commandBegan = NIODeadline.distantFuture
    var lingered: Int64 = 0
    var isRunning = false
    var isInputClosed = false
    /// `input` shares its storage with the channel's buffer for reading.
    var isInputShared = false
    /// The channel has asked for a read that we have not let through.
    var isReadHeldBack = false
    var hasEntered = false
    var hasEnded = false

    init(_ listener: IMAPListener, shard: ConnectionShard, eventLoop: any EventLoop) {
        self.listener = listener
        self.eventLoop = eventLoop
        self.shard = shard
        self.began = eventLoop.now
        self.sessionID = listener.resources.sessionNames.make()
        self.session = IMAPSession(listener, isPrivate: listener.configuration.tlsMode == .implicit)
        self.framer = CommandFramer(limits: listener.limits)
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        shard.join(self)
        listener.sessions.add()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ended()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        if phase == .open, listener.configuration.tlsMode == .implicit { phase = .handshake }
        switch phase {
        case .open: greet()
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

    /// Says who we are and what we can (RFC 9051 §7.1.1).
    func greet() {
        phase = .open
        guard !shard.isDraining else { return sayBye(.shuttingDown, .unavailable) }
        output.append(status: .ok(.greeting, .capability(session.machine.capabilities)), tag: nil)
        patience = began + listener.times.login
        log(.debug, "imap connect")
    }

    /// The connection is gone: everything waiting for it is told so.
    func ended() {
        guard !hasEnded else { return }
        hasEnded = true
        phase = .closed
        shard.leave(self)
        listener.registry.release()
        listener.sessions.subtract()
        blocked?.resume(returning: false)
        blocked = nil
        input = ByteBuffer()
        output = ResponseBuffer()
        append = nil
        // A command's task still has the session; it ends by itself and comes to `commandEnded`.
        if case .command = wait { return }
        release()
    }

    /// Lets go of what the session holds for others to share.
    func release() {
        session.deselect()
        if hasEntered, let account = session.account {
            hasEntered = false
            listener.service.leave(account.account)
        }
    }

    // MARK: Events

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        switch phase {
        case .open: break
        case .lingering:
            lingered += Int64(buffer.readableBytes)
            if lingered > 1 << 20 { close() }
            return
        case .proxyHeader, .handshake, .closed: return
        }
        if input.readableBytes == 0 {
            input = buffer
            isInputShared = true
        } else {
            input.writeBuffer(&buffer)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        run()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            if let blocked {
                self.blocked = nil
                patience = .distantFuture
                blocked.resume(returning: true)
            }
            newsArrived()
            run()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: inputClosed()
        case TLSUserEvent.handshakeCompleted: handshakeCompleted()
        case is ProxyHeader: proxied()
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        log(.debug, "imap error", ["error": "\(error)"])
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
        case .room, .delay: return false
        case .nothing, .command, .idle, .exchange:
            return input.readableBytes < listener.configuration.pendingInput && context?.channel.isWritable == true
        }
    }

    private func inputClosed() {
        isInputClosed = true
        switch phase {
        case .proxyHeader, .handshake, .lingering: close()
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
        case .command, .delay: break
        case .nothing, .room, .idle, .exchange: close()
        }
    }

    private func handshakeCompleted() {
        guard phase == .handshake else { return }
        if session.machine.isPrivate {
            greet()
        } else {
            // What was learnt in clear is forgotten (RFC 9051 §6.2.1); nothing was kept.
            session.machine.startedTLS()
            phase = .open
            patience = began + listener.times.login
            run()
        }
        settle()
    }

    private func proxied() {
        guard phase == .proxyHeader else { return }
        if listener.configuration.tlsMode == .implicit {
            phase = .handshake
            patience = eventLoop.now + listener.times.handshake
        } else {
            greet()
        }
        settle()
    }

    // MARK: The loop

    /// Works off what has arrived, as far as possible now; then writes all responses at once.
    func run() {
        guard !isRunning, phase == .open else { return }
        isRunning = true
        while phase == .open, step() {}
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
        shard.setDeadline(patience, of: self)
        if isReadHeldBack, wantsInput, let context {
            isReadHeldBack = false
            context.read()
        }
    }

    /// Writes the responses that have gathered.
    func flush() {
        guard !output.isEmpty, let context else { return }
        if case .delay = wait { return }
        let buffer = context.channel.allocator.buffer(bytes: output.take())
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Writes octets of a command's task; true when the client can take more, false when it is gone.
    func send(_ octets: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            eventLoop.execute {
                guard self.phase == .open, let context = self.context else { return continuation.resume(returning: false) }
                context.writeAndFlush(self.wrapOutboundOut(context.channel.allocator.buffer(bytes: octets)), promise: nil)
                if context.channel.isWritable {
                    continuation.resume(returning: true)
                } else {
                    self.blocked = continuation
                    self.patience = self.eventLoop.now + .minutes(5)
                    self.shard.setDeadline(self.patience, of: self)
                }
            }
        }
    }

    // MARK: Ending

    /// Says BYE and leaves. The client's last octets are still read, for a reset would take BYE away from it.
    func sayBye(_ text: ResponseText, _ code: ResponseCode? = nil) {
        guard phase == .open, let context else { return }
        output.append(status: .bye(text, code), tag: nil)
        wait = .nothing
        flush()
        leave(context)
    }

    /// Shuts our side after what was written.
    func leave(_ context: ChannelHandlerContext) {
        session.machine.loggedOut()
        append = nil
        input = ByteBuffer()
        phase = .lingering
        patience = eventLoop.now + .seconds(2)
        if isInputClosed { return close() }
        context.close(mode: .output, promise: nil)
        settle()
    }

    /// Closes without a word.
    func close() {
        guard phase != .closed else { return }
        phase = .closed
        context?.close(promise: nil)
    }

    func deadlineReached(_ now: NIODeadline) {
        switch phase {
        case .proxyHeader, .closed: return
        case .handshake, .lingering: return close()
        case .open: break
        }
        guard now >= patience else { return shard.setDeadline(patience, of: self) }
        if blocked != nil { return close() }
        switch wait {
        case .nothing, .idle, .exchange, .room: sayBye(.idleTooLong, session.account == nil ? nil : .unavailable)
        case .command, .delay: break
        }
    }

    func drain() {
        switch phase {
        case .proxyHeader, .handshake: close()
        case .open:
            switch wait {
            case .nothing, .idle, .exchange, .room: sayBye(.shuttingDown, .unavailable)
            // Their end looks whether we are closing down.
            case .command, .delay: break
            }
        case .lingering, .closed: break
        }
    }

    func cut() { close() }

    func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata = [:]) {
        let logger = listener.resources.logger
        guard logger.logLevel <= level else { return }
        logger.log(level: level, message, metadata: metadata().merging(["session": "\(sessionID)", "listener": "\(listener.configuration.name)"]) { old, _ in old })
    }
}
