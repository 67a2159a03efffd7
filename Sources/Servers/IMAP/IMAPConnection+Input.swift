// From octets to commands: what the framer gives, and who performs it.
import Mailboxes
import Logging
import Measurement
import IMAPProtocol
import MailFormat
import NIOCore
import NIOSSL

extension IMAPConnection {
    /// Takes one step; false when there is nothing to be done before something else happens.
    func step() -> Bool {
        switch wait {
        case .command, .delay, .room: return false
        case .nothing, .idle, .exchange: break
        }
        if shard.isDraining, append == nil {
            sayBye(.shuttingDown, .unavailable)
            return false
        }
        guard input.readableBytes > 0, context?.channel.isWritable == true else { return false }
        var position = 0
        let event = framer.next(input.readableBytesUInt8Span, from: &position)
        if case .messageOctets(let range) = event {
            let isRoomy = keepMessageOctets(range)
            input.moveReaderIndex(forwardBy: position)
            return isRoomy
        }
        input.moveReaderIndex(forwardBy: position)
        switch event {
        case .needsMore: return false
        case .command(let octets): received(octets)
        case .continuation: output.appendContinuation()
        case .line(let line): received(line: line)
        case .append(let start): received(start)
        case .appendMessage(let message): received(message)
        case .messageOctets: break
        case .messageEnd: messageEnded()
        case .appendEnd: appendEnded()
        case .refused(let tag, let refusal):
            append = nil
            mistake(tag, refusal.response)
        case .broken(let tag, let refusal):
            output.append(status: refusal.response, tag: tag)
            sayBye(.tooManyMistakes)
        }
        return true
    }

    private func received(_ octets: [UInt8]) {
        switch CommandParser.parse(octets, limits: listener.limits) {
        case .bad(let tag, let error): mistake(tag, error.response(octets))
        case .command(let tagged):
            if let refusal = session.machine.admit(tagged.command) {
                count(tagged.command, refusal.condition)
                if refusal.condition == .bad { return mistake(tagged.tag, refusal) }
                return respond(tagged.tag, refusal)
            }
            perform(tagged)
        }
    }

    /// Performs what needs no store here and now; the rest gets a task.
    private func perform(_ tagged: TaggedCommand) {
        commandBegan = eventLoop.now
        let tag = tagged.tag
        switch tagged.command {
        case .capability:
            output.append(capabilities: session.machine.capabilities)
            finish(tagged, .ok(.completed))
        case .noop, .check:
            session.tellNews(allowsExpunge: true, &output)
            finish(tagged, .ok(.completed))
        case .identify(let parameters):
            log(.debug, "imap client", ["client": "\(parameters.prefix(8).map { "\($0.field.text)=\($0.value?.text.prefix(64) ?? "")" }.joined(separator: " "))"])
            output.append(identification: listener.configuration.identification)
            finish(tagged, .ok(.completed))
        case .namespace:
            output.appendNamespace()
            finish(tagged, .ok(.completed))
        case .enable(let names):
            let wasOn = session.machine.enabled.conditionalStore
            output.append(enabled: session.machine.enable(names))
            if !wasOn, session.machine.enabled.conditionalStore, let selected = session.selected {
                output.append(status: .ok(.highestModSequence, .highestModSequence(max(selected.live.highestModSeq.rawValue, 1))), tag: nil)
            }
            finish(tagged, .ok(.completed))
        case .unselect:
            session.deselect()
            finish(tagged, .ok(.completed))
        case .logout:
            output.append(status: .bye(.goodbye), tag: nil)
            finish(tagged, .ok(.completed))
            flush()
            if let context { leave(context) }
        case .startTLS: startTLS(tag)
        case .login(let user, let password): signIn(tag, "LOGIN", user: user.octets, password: password.octets)
        case .authenticate(let mechanism, let initialResponse): authenticate(tag, mechanism, initialResponse)
        case .idle: beginIdle(tag)
        default: start(tagged)
        }
    }

    /// Gives the session to a task until the command is done.
    private func start(_ tagged: TaggedCommand) {
        wait = .command
        patience = .distantFuture
        let session = self.session
        Task(executorPreference: listener.service.executor) {
            var writer = ResponseWriter(self)
            let condition = await session.perform(tagged, &writer)
            let rest = writer.buffer.take()
            self.eventLoop.execute {
                if let condition { self.count(tagged.command, condition) }
                self.commandEnded(rest)
            }
        }
    }

    /// The task has given the session back.
    func commandEnded(_ rest: [UInt8]) {
        wait = .nothing
        guard phase == .open else { return release() }
        output.append(rest)
        patience = eventLoop.now + listener.times.idle
        run()
    }

    func finish(_ tagged: TaggedCommand, _ response: StatusResponse) {
        count(tagged.command, response.condition)
        respond(tagged.tag, response)
    }

    func respond(_ tag: OctetString?, _ response: StatusResponse) {
        output.append(status: response, tag: tag)
        if session.account != nil { patience = eventLoop.now + listener.times.idle }
    }

    /// Answers what was not understood; too much of that ends the connection.
    func mistake(_ tag: OctetString?, _ response: StatusResponse) {
        respond(tag, response)
        if session.machine.countMistake() { sayBye(.tooManyMistakes) }
    }

    func count(_ command: Command, _ condition: StatusCondition) {
        let result =
            switch condition {
            case .ok: "ok"
            case .no: "no"
            case .bad, .bye: "bad"
            }
        let name = command.name.description
        listener.resources.measurements.imapCommands(name, result).add()
        let took = eventLoop.now - commandBegan
        if commandBegan != .distantFuture { listener.resources.measurements.imapCommandSeconds(name).record(Double(took.nanoseconds) / 1e9) }
        commandBegan = .distantFuture
    }

    // MARK: IDLE (RFC 9051 §6.3.13, RFC 2177)

    private func beginIdle(_ tag: OctetString) {
        framer.expectLine()
        wait = .idle(tag)
        patience = eventLoop.now + listener.times.idle
        session.tellNews(allowsExpunge: true, &output)
        output.appendContinuation(Array("idling".utf8))
        awaitNews()
    }

    private func awaitNews() {
        session.selected?.news.arm { [weak self] in
            guard let self else { return }
            self.eventLoop.execute { self.newsArrived() }
        }
    }

    func newsArrived() {
        guard phase == .open, case .idle = wait else { return }
        // A client that does not read is told no more before it does; the news gather meanwhile.
        guard context?.channel.isWritable == true else { return }
        session.tellNews(allowsExpunge: true, &output)
        flush()
        awaitNews()
    }

    private func received(line: [UInt8]) {
        switch wait {
        case .idle(let tag):
            wait = .nothing
            session.selected?.news.disarm()
            let isDone = ASCII.equalsIgnoringCase(line.span, in: 0..<line.count, "DONE")
            if isDone {
                session.tellNews(allowsExpunge: true, &output)
                respond(tag, .ok(.idleEnded))
            } else {
                mistake(tag, .bad(.unknownCommand))
            }
        case .exchange(let exchange): received(response: line, exchange)
        default: break
        }
    }

    // MARK: STARTTLS (RFC 9051 §6.2.1)

    private func startTLS(_ tag: OctetString) {
        guard let tls = listener.resources.tls, let context else { return respond(tag, .bad(.noTLSHere)) }
        // Octets behind the command were sent in clear, by whomever: they must not be taken for the client's over TLS.
        guard input.readableBytes == 0 else { return close() }
        respond(tag, .ok(.begunTLS))
        flush()
        do {
            try context.pipeline.syncOperations.addHandler(TLSHandler(context: tls.current), position: .before(self))
            phase = .handshake
            patience = eventLoop.now + listener.times.handshake
        } catch {
            log(.warning, "imap starttls", ["error": "\(error)"])
            close()
        }
    }
}

extension CommandFramer.Refusal {
    /// What the client hears.
    var response: StatusResponse {
        switch self {
        case .commandTooLong, .lineTooLong: .bad(.commandTooLong)
        case .literalTooLarge: .bad(.literalTooLarge)
        case .syntax(let error): error.response([])
        }
    }
}

extension SyntaxError {
    /// What the client hears: whether its command or its arguments were not understood.
    func response(_ octets: [UInt8]) -> StatusResponse {
        if self.kind == .limit { return .bad(.tooMuchNesting) }
        // An error at the first octet behind the tag's space is the command's name.
        let tag = octets.prefix { $0 != 0x20 }.count
        return .bad(self.offset <= tag + 1 ? .unknownCommand : .wrongArguments)
    }
}
