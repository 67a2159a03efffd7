// APPEND: the messages come in pieces, within bounds, and are stored all or none (RFC 9051 §6.3.12, RFC 3502).
import Measurement
import IMAPProtocol
import Mailboxes
import MailFormat
import NIOCore

/// An APPEND whose messages are on their way.
final class IncomingAppend {
    let tag: OctetString
    var target: MailboxID?
    var quota: Int64?
    /// Messages that are whole.
    var messages: [AppendedMessage] = []
    /// The message that comes now.
    var octets: [UInt8] = []
    var flags = FlagList()
    var internalDate: Int64?
    var isBinary = false
    var hasNull = false
    /// Octets held in all.
    var held = 0
    let lease: ReceiveBudget.Lease

    init(tag: OctetString, budget: ReceiveBudget) {
        self.tag = tag
        self.lease = ReceiveBudget.Lease(budget)
    }
}

extension IMAPConnection {
    /// The first message is announced. Its mailbox is looked up before its octets are taken.
    func received(_ start: AppendStart) {
        commandBegan = eventLoop.now
        if let refusal = session.machine.admitAppend() ?? judge(start.message, already: 0) { return refuse(start.tag, refusal) }
        let append = IncomingAppend(tag: start.tag, budget: listener.resources.budget)
        guard prepare(append, start.message) else { return refuse(start.tag, .bad(.wrongArguments)) }
        guard let path = session.path(start.mailbox) else { return refuse(start.tag, .no(.mailboxNameBad, .cannot)) }
        self.append = append
        wait = .command
        let session = self.session
        let size = start.message.literal.count
        Task(executorPreference: listener.service.executor) {
            let target = await session.target(path, adding: size)
            self.eventLoop.execute { self.targetFound(target, append: start.tag) }
        }
    }

    private func targetFound(_ target: Result<(id: MailboxID, quota: Int64?), AppendRefusal>, append tag: OctetString) {
        wait = .nothing
        guard phase == .open else { return release() }
        switch target {
        case .success(let target):
            self.append?.target = target.id
            self.append?.quota = target.quota
            accept()
        case .failure(let refusal): refuse(tag, refusal.response)
        }
        run()
    }

    /// A further message of the same APPEND.
    func received(_ message: AppendMessage) {
        guard let append else { return refuse(OctetString("*"), .bad(.notNow)) }
        if let refusal = judge(message, already: append.held) { return refuse(append.tag, refusal) }
        guard prepare(append, message) else { return refuse(append.tag, .bad(.wrongArguments)) }
        accept()
    }

    private func accept() {
        if framer.acceptMessage() { output.appendContinuation() }
    }

    /// Answers and passes over the rest of the command, or ends the connection where that is too much.
    private func refuse(_ tag: OctetString, _ refusal: StatusResponse) {
        append = nil
        let goesOn = framer.refuseMessage()
        respond(tag, refusal)
        if !goesOn { sayBye(.messageTooLarge, .tooBig) }
    }

    private func judge(_ message: AppendMessage, already held: Int) -> StatusResponse? {
        if message.literal.count == 0 { return .no(.messageEmpty) }
        if message.literal.count > listener.configuration.appendLimit { return .no(.messageTooLarge, .tooBig) }
        // All messages of one command are held until the last has come.
        if UInt64(held) + message.literal.count > max(listener.configuration.appendLimit, 64 << 20) { return .no(.limitReached, .tooBig) }
        if !message.options.extensions.isEmpty { return .bad(.conditionUnknown) }
        return nil
    }

    private func prepare(_ append: IncomingAppend, _ message: AppendMessage) -> Bool {
        guard let flags = FlagList(names: message.options.flags.map(\.name.text)) else { return false }
        append.flags = flags
        append.internalDate = message.options.internalDate?.secondsSinceEpoch
        append.isBinary = message.literal.isBinary
        append.octets = []
        append.octets.reserveCapacity(Int(min(message.literal.count, 65_536)))
        return true
    }

    /// Keeps octets of the message; false where the budget is used up and reading must wait.
    func keepMessageOctets(_ range: Range<Int>) -> Bool {
        guard let append else { return true }
        input.withUnsafeReadableBytes { readable in
            let octets = readable[range.clamped(to: 0..<readable.count)]
            append.octets.append(contentsOf: octets)
            if octets.contains(0) { append.hasNull = true }
        }
        append.held += range.count
        patience = eventLoop.now + listener.times.idle
        let retry: @Sendable () -> Void = { [weak self] in
            guard let self else { return }
            self.eventLoop.execute { self.roomFound() }
        }
        if append.lease.grow(to: append.held, orWhenRoom: retry) { return true }
        wait = .room
        return false
    }

    private func roomFound() {
        guard phase == .open, case .room = wait else { return }
        wait = .nothing
        run()
    }

    func messageEnded() {
        guard let append else { return }
        append.messages.append(
            AppendedMessage(
                octets: append.octets, flags: append.flags, internalDate: append.internalDate ?? listener.service.clock.seconds))
        append.octets = []
    }

    func appendEnded() {
        guard let append, let target = append.target else { return }
        self.append = nil
        // RFC 9051 §9: CHAR8 is any octet but NUL; only literal8 may carry it, and nothing is re-encoded here (RFC 3516 §4.4 UNKNOWN-CTE).
        if append.hasNull { return respond(append.tag, append.isBinary ? .no(.unknownTransferEncoding, .unknownCTE) : .no(.messageWithNull)) }
        wait = .command
        patience = .distantFuture
        let session = self.session
        let (tag, messages, quota, lease) = (append.tag, append.messages, append.quota, append.lease)
        Task(executorPreference: listener.service.executor) {
            var writer = ResponseWriter(self)
            let response = await session.append(messages, to: target, quota: quota)
            session.tellNews(allowsExpunge: true, &writer.buffer)
            writer.buffer.append(status: response, tag: tag)
            let rest = writer.buffer.take()
            withExtendedLifetime(lease) {}
            self.eventLoop.execute {
                self.listener.resources.measurements.imapCommands("APPEND", response.condition == .ok ? "ok" : "no").add()
                self.commandEnded(rest)
            }
        }
    }
}
