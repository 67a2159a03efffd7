// One server-side dialogue of SMTP or LMTP as a machine: events in, actions out.
package import Catalogue
package import MailFormat

/// What the machine wants to know. The driver asks whoever decides and answers with `decided(_:)`.
package enum Question: Sendable, Equatable {
    /// A client has connected; asked before the greeting.
    case connect
    /// The client has named itself; never a reason to refuse by itself (RFC 5321 §4.1.4).
    case helo(OctetString)
    case sender(ReversePath, MailParameters)
    case recipient(ForwardPath, RecipientParameters, Envelope)
    /// The whole message is in the driver's hands: may it be kept?
    case message(Envelope, MessageFacts)
}

/// The answer to a `Question`.
package enum Answer: Sendable, Equatable {
    case accept
    /// Accepted, in these words.
    case acceptWith(Reply)
    case refuse(Reply)
    /// LMTP after the data: one reply for each accepted recipient, in their order (RFC 2033 §4.2).
    case each([Reply])
}

/// What the driver is to do, in order, before it feeds the next command.
package enum Action: Sendable, Equatable {
    /// Write this; go on. `delay` is how many milliseconds to wait before it is written.
    case reply(Reply, delay: Int)
    /// Write these; go on.
    case replies([Reply])
    /// Write this if there is something, then close.
    case close(Reply?)
    /// Ask; feed nothing until `decided(_:)` was called.
    case consult(Question)
    /// Write this, flush, begin the handshake; then `tlsEstablished()`. Input that is already there closes the session (RFC 3207 §4.2).
    case startTLS(Reply)
    /// Write this; the octets that follow go to a `DataDecoder` with this limit until its end; then `messageReceived(_:)`.
    case receiveMessage(Reply, limit: Int64)
    /// The next `count` octets go to the `ChunkDecoder` (made new when `isFirst`), or nowhere when not `keep`; then `chunkReceived(_:)`.
    case receiveChunk(count: Int64, keep: Bool, isFirst: Bool, isLast: Bool)
}

/// What receiving a message has found.
package struct MessageFacts: Sendable, Equatable {
    /// Octets as sent, after dot-unstuffing.
    package var octets: Int64 = 0
    /// More octets than the limit; what lies beyond was not kept.
    package var isTooLarge = false
    package var hasNUL = false
    /// Bare CRs and LFs that were made CR LF, or that speak for refusing.
    package var bareLineEnds = 0
    /// Octets of the longest line, its end not counted.
    package var longestLine = 0

    package init() {}
}

/// One server-side dialogue (RFC 5321 §3, RFC 2033). Holds no socket, clock, task or store.
package struct ServerMachine: ~Copyable {
    private enum State {
        /// Before the greeting was decided.
        case connecting
        /// Between transactions.
        case idle
        /// Waiting for the answer to a question.
        case asking(Question)
        /// A sender was accepted.
        case transaction
        /// 354 was given.
        case receiving
        /// Octets of a chunk are on their way.
        case chunk(last: Bool, keep: Bool, count: Int64)
        /// STARTTLS was accepted.
        case handshake
        /// The greeting was a refusal: QUIT is answered, nothing else is done (RFC 5321 §3.1).
        case turnedAway
        case closed
    }

    /// Whether and how the client has said hello.
    private enum Hello { case none, helo, ehlo }

    /// The largest chunk whose octets are swallowed; a larger one ends the session.
    private static let chunkLimit: Int64 = 1 << 30

    package let configuration: ServerConfiguration
    private var state = State.connecting
    private var hello = Hello.none
    private var envelope: Envelope?
    /// A chunk of this transaction was accepted, so DATA does not belong here any more (RFC 3030 §2).
    private var hasChunks = false
    /// A chunk failed: everything but RSET is refused until the transaction is given up.
    private var isPoisoned = false
    private var isTLS: Bool
    private var errors = 0
    /// Commands since the last message that carried none.
    private var idleCommands = 0
    /// The name that the client gave itself.
    package private(set) var heloName = OctetString()

    /// - Parameter isTLS: the connection began with TLS.
    package init(_ configuration: ServerConfiguration, isTLS: Bool) {
        self.configuration = configuration
        self.isTLS = isTLS
    }

    // MARK: What the driver reads

    /// Enhanced codes are written only after EHLO (RFC 2034 §4).
    package var usesEnhancedCodes: Bool { hello == .ehlo && !configuration.names.legacyText }
    /// `SMTP`, `ESMTP`, `LMTP` with `S` under TLS, `UTF8` in front when the transaction uses it (RFC 3848, RFC 6531 §3.7.3).
    package var protocolName: String {
        let utf8 = envelope?.parameters.usesSMTPUTF8 == true ? "UTF8" : ""
        switch configuration.dialect {
        case .lmtp: return "\(utf8)LMTP\(isTLS ? "S" : "")"
        case .smtp:
            guard hello == .ehlo else { return "SMTP" }
            return utf8.isEmpty ? "ESMTP\(isTLS ? "S" : "")" : "UTF8SMTP\(isTLS ? "S" : "")"
        }
    }
    /// True between an accepted MAIL and its end: what a graceful stop waits for.
    package var isInTransaction: Bool { envelope != nil }
    /// Errors so far.
    package var errorCount: Int { errors }

    // MARK: Events

    /// The client has connected.
    package mutating func connected() -> Action {
        state = .asking(.connect)
        return .consult(.connect)
    }

    /// A command line has arrived.
    /// - Parameter moreInput: octets after it are waiting already.
    package mutating func received(_ command: Command, moreInput: Bool) -> Action {
        switch state {
        case .idle, .transaction: break
        case .turnedAway:
            guard command != .quit else { break }
            return error(configuration.reply(.noService))
        case .closed: return .close(nil)
        case .connecting, .asking, .receiving, .chunk, .handshake:
            // The driver feeds one command at a time; anything else would be its mistake, and ends this session only.
            state = .closed
            return .close(nil)
        }
        switch command {
        case .ehlo, .helo, .lhlo, .rset, .noop, .help, .vrfy:
            idleCommands += 1
            if idleCommands > configuration.idleCommandLimit { countError() }
        default: break
        }
        guard errors < configuration.hardErrorLimit else { return tooManyErrors() }
        switch command {
        case .invalid(let problem): return error(reply(to: problem))
        case .ehlo(let name): return hello(name, as: .ehlo, verb: "EHLO", dialect: .smtp)
        case .helo(let name): return hello(name, as: .helo, verb: "HELO", dialect: .smtp)
        case .lhlo(let name): return hello(name, as: .ehlo, verb: "LHLO", dialect: .lmtp)
        case .mail(let path, let parameters): return mail(path, parameters)
        case .rcpt(let path, let parameters): return rcpt(path, parameters)
        case .data: return data(moreInput)
        case .bdat(let count, let isLast): return bdat(count, isLast)
        case .rset:
            reset()
            return say(.done)
        case .noop: return say(.done)
        case .help: return say(.help)
        case .vrfy: return say(.verification)
        case .expn: return error(configuration.reply(.notImplemented, [.subject: "EXPN"]))
        case .auth: return error(configuration.reply(.notImplemented, [.subject: "AUTH"]))
        case .startTLS: return startTLS()
        case .quit:
            state = .closed
            return .close(configuration.reply(.goodbye))
        }
    }

    /// The answer to the last `.consult`.
    package mutating func decided(_ answer: Answer) -> Action {
        guard case .asking(let question) = state else {
            state = .closed
            return .close(nil)
        }
        switch question {
        case .connect: return decidedConnect(answer)
        case .helo(let name): return decidedHelo(name, answer)
        case .sender(let path, let parameters): return decidedSender(path, parameters, answer)
        case .recipient(let path, let parameters, _): return decidedRecipient(path, parameters, answer)
        case .message: return decidedMessage(answer)
        }
    }

    /// The end of data was seen.
    package mutating func messageReceived(_ facts: MessageFacts) -> Action {
        guard case .receiving = state, let envelope else {
            state = .closed
            return .close(nil)
        }
        if let refusal = refusal(facts) { return finish(with: refusal) }
        state = .asking(.message(envelope, facts))
        return .consult(.message(envelope, facts))
    }

    /// All octets of a chunk were seen. `facts` are those of all chunks of this message together.
    package mutating func chunkReceived(_ facts: MessageFacts) -> Action {
        guard case .chunk(let last, let keep, let count) = state else {
            state = .closed
            return .close(nil)
        }
        guard keep, let envelope else {
            state = self.envelope == nil ? .idle : .transaction
            // RFC 3030 §2: 503 in any case; a transaction that failed stays as it is until RSET.
            if self.envelope != nil, !isPoisoned { return error(configuration.reply(.noRecipients)) }
            return error(configuration.reply(.badSequence, [.subject: "BDAT"]))
        }
        guard last else {
            state = .transaction
            guard let refusal = refusal(facts) else { return say(configuration.reply(.chunkAccepted, [.octets: String(count)])) }
            isPoisoned = true
            return say(refusal)
        }
        if let refusal = refusal(facts) { return finish(with: refusal) }
        state = .asking(.message(envelope, facts))
        return .consult(.message(envelope, facts))
    }

    /// The handshake has ended well: everything learnt in clear is forgotten (RFC 3207 §4.2).
    package mutating func tlsEstablished() {
        isTLS = true
        hello = .none
        heloName = OctetString()
        reset()
    }

    /// The client was silent for too long.
    package mutating func timedOut() -> Action {
        state = .closed
        return .close(configuration.reply(.connectionLost))
    }

    /// The server is closing down; told between commands only, so that no answer already promised is cut off.
    package mutating func shutDown() -> Action {
        state = .closed
        return .close(configuration.reply(.shutdown))
    }

    /// The client spoke before the greeting and policy does not let that pass.
    package mutating func spokeEarly() -> Action {
        state = .closed
        return .close(configuration.reply(.earlyTalker))
    }

    // MARK: Commands

    private mutating func hello(_ name: OctetString, as kind: Hello, verb: String, dialect: ServerConfiguration.Dialect) -> Action {
        guard dialect == configuration.dialect else { return error(configuration.reply(.unknownCommand)) }
        // RFC 5321 §4.1.4: a second EHLO acts as RSET.
        reset()
        hello = kind
        heloName = name
        state = .asking(.helo(name))
        return .consult(.helo(name))
    }

    private mutating func mail(_ path: ReversePath, _ parameters: MailParameters) -> Action {
        guard hello != .none else { return error(configuration.reply(.helloFirst)) }
        guard envelope == nil else { return error(configuration.reply(.senderAlreadySpecified)) }
        if let address = path.address, address.isInternationalized, !parameters.usesSMTPUTF8 {
            return error(configuration.reply(.needsSMTPUTF8))
        }
        if let size = parameters.size, size > configuration.sizeLimit { return say(tooLarge(size)) }
        state = .asking(.sender(path, parameters))
        return .consult(.sender(path, parameters))
    }

    private mutating func rcpt(_ path: ForwardPath, _ parameters: RecipientParameters) -> Action {
        guard let envelope, !hasChunks else { return error(configuration.reply(.badSequence, [.subject: "RCPT"])) }
        guard envelope.recipients.count < configuration.recipientLimit else {
            return say(configuration.reply(.tooManyRecipients, [.limit: String(configuration.recipientLimit)]))
        }
        if case .address(let address) = path, address.isInternationalized, !envelope.parameters.usesSMTPUTF8 {
            return error(configuration.reply(.needsSMTPUTF8))
        }
        state = .asking(.recipient(path, parameters, envelope))
        return .consult(.recipient(path, parameters, envelope))
    }

    private mutating func data(_ moreInput: Bool) -> Action {
        // RFC 2920 §3.1: DATA ends a group. What stands behind it already was sent without waiting for 354, and must never be run as commands.
        guard !moreInput else {
            state = .closed
            errors += 1
            return .close(configuration.reply(.pipelinedData))
        }
        guard let envelope, !hasChunks, !isPoisoned else { return error(configuration.reply(.badSequence, [.subject: "DATA"])) }
        guard !envelope.recipients.isEmpty else { return error(configuration.reply(.noRecipients)) }
        state = .receiving
        return .receiveMessage(configuration.reply(.goAhead), limit: configuration.sizeLimit)
    }

    private mutating func bdat(_ count: Int64, _ isLast: Bool) -> Action {
        // More than anybody sends: not worth waiting for the end of it.
        guard count <= max(configuration.sizeLimit, Self.chunkLimit) else {
            state = .closed
            errors += 1
            return .close(tooLarge(count).closing())
        }
        // RFC 3030 §2: the octets follow in any case, so they are swallowed where the command is refused.
        let keep = envelope?.recipients.isEmpty == false && !isPoisoned
        let isFirst = !hasChunks
        if keep { hasChunks = true }
        state = .chunk(last: isLast, keep: keep, count: count)
        return .receiveChunk(count: count, keep: keep, isFirst: isFirst, isLast: isLast)
    }

    private mutating func startTLS() -> Action {
        // RFC 3207 §4: after EHLO, and once.
        guard !isTLS else { return error(configuration.reply(.badSequence, [.subject: "STARTTLS"])) }
        guard configuration.offersTLS else { return error(configuration.reply(.notImplemented, [.subject: "STARTTLS"])) }
        guard hello == .ehlo else { return error(configuration.reply(.helloFirst)) }
        state = .handshake
        return .startTLS(configuration.reply(.readyForTLS))
    }

    // MARK: Answers

    private mutating func decidedConnect(_ answer: Answer) -> Action {
        switch answer {
        case .refuse(let reply):
            state = .turnedAway
            return refuse(reply)
        case .accept, .each:
            state = .idle
            return say(configuration.dialect == .lmtp ? .lmtpGreeting : .greeting)
        case .acceptWith(let reply):
            state = .idle
            return say(reply)
        }
    }

    private mutating func decidedHelo(_ name: OctetString, _ answer: Answer) -> Action {
        state = .idle
        if case .refuse(let reply) = answer {
            hello = .none
            return refuse(reply)
        }
        let greeting = configuration.reply(.helo, [.address: name.text])
        guard hello == .ehlo else { return say(Reply(greeting.code, nil, lines: greeting.lines)) }
        return say(Reply(greeting.code, nil, lines: greeting.lines + extensions(isTLS: isTLS)))
    }

    private mutating func decidedSender(_ path: ReversePath, _ parameters: MailParameters, _ answer: Answer) -> Action {
        switch answer {
        case .refuse(let reply):
            state = .idle
            return refuse(reply)
        case .accept, .each, .acceptWith:
            envelope = Envelope(reversePath: path, parameters: parameters)
            state = .transaction
            if case .acceptWith(let reply) = answer { return say(reply) }
            return say(.senderAccepted)
        }
    }

    private mutating func decidedRecipient(_ path: ForwardPath, _ parameters: RecipientParameters, _ answer: Answer) -> Action {
        state = .transaction
        switch answer {
        case .refuse(let reply): return refuse(reply)
        case .accept, .each, .acceptWith:
            envelope?.recipients.append(.init(path: path, parameters: parameters))
            if case .acceptWith(let reply) = answer { return say(reply) }
            return say(.recipientAccepted)
        }
    }

    private mutating func decidedMessage(_ answer: Answer) -> Action {
        let recipients = envelope?.recipients.count ?? 0
        reset()
        idleCommands = 0
        let replies: [Reply]
        switch answer {
        case .accept: replies = [configuration.reply(.done)]
        case .acceptWith(let reply): replies = [reply]
        case .refuse(let reply): replies = [reply]
        case .each(let each): replies = each
        }
        guard configuration.dialect == .lmtp else { return replies.first.map { refuse($0) } ?? say(.storageTrouble) }
        // RFC 2033 §4.2: as many replies as there were accepted recipients, whatever was answered.
        let filler = replies.last ?? configuration.reply(.storageTrouble)
        return .replies((0..<recipients).map { $0 < replies.count ? replies[$0] : filler })
    }

    // MARK: Pieces

    private mutating func reset() {
        envelope = nil
        hasChunks = false
        isPoisoned = false
        state = .idle
    }

    private func refusal(_ facts: MessageFacts) -> Reply? {
        if facts.isTooLarge || facts.octets > configuration.sizeLimit { return tooLarge(facts.octets) }
        // Field case FC25: a raw NUL has no place in a message (RFC 5321 §4.5.2 is about text); every reader would make something else of it.
        if facts.hasNUL { return configuration.reply(.malformedMessage, [.reason: "NUL octet"]) }
        if facts.longestLine > configuration.textLineLimit {
            return configuration.reply(.malformedMessage, [.reason: "line longer than \(configuration.textLineLimit) octets"])
        }
        if facts.bareLineEnds > 0, configuration.bareLineEnds == .reject {
            return configuration.reply(.malformedMessage, [.reason: "bare CR or LF"])
        }
        return nil
    }

    private func tooLarge(_ octets: Int64) -> Reply {
        configuration.reply(.messageTooLarge, [.limit: String(configuration.sizeLimit), .observed: String(octets)])
    }

    /// Ends the data with a refusal decided here.
    private mutating func finish(with reply: Reply) -> Action {
        let recipients = envelope?.recipients.count ?? 0
        reset()
        return configuration.dialect == .lmtp ? .replies(Array(repeating: reply, count: recipients)) : say(reply)
    }

    private func say(_ entry: CatalogueEntry) -> Action { say(configuration.reply(entry)) }

    private func say(_ reply: Reply) -> Action { .reply(reply, delay: 0) }

    /// A reply that may end the session, without being the client's error.
    private mutating func refuse(_ reply: Reply) -> Action {
        guard reply.closes else { return say(reply) }
        state = .closed
        return .close(reply)
    }

    /// A reply to a client's error: many of them delay the answers, more end the session.
    private mutating func error(_ reply: Reply) -> Action {
        countError()
        if reply.closes { return refuse(reply) }
        guard errors < configuration.hardErrorLimit else { return tooManyErrors() }
        return .reply(reply, delay: errors > configuration.softErrorLimit ? min(5000, (errors - configuration.softErrorLimit) * 500) : 0)
    }

    private mutating func countError() { errors = min(errors + 1, Int.max - 1) }

    private mutating func tooManyErrors() -> Action {
        state = .closed
        return .close(configuration.reply(.tooManyErrors))
    }

    private func reply(to problem: CommandProblem) -> Reply {
        switch problem {
        case .unknownCommand: configuration.reply(.unknownCommand)
        case .lineTooLong: configuration.reply(.lineTooLong)
        case .bareLineEnd: configuration.reply(.bareLineEnd)
        case .bareLineFeed: configuration.reply(.bareLineFeed)
        case .control: configuration.reply(.control)
        // How many octets follow a BDAT that cannot be read is unknown; none of them may become a command.
        case .argument("BDAT"): configuration.reply(.badChunk)
        case .argument(let verb): configuration.reply(.badArgument, [.subject: verb])
        case .sender: configuration.reply(.badSender)
        case .recipient: configuration.reply(.badRecipient)
        case .parameter(let name): configuration.reply(.unknownParameter, [.subject: name.text])
        case .notImplemented(let verb): configuration.reply(.notImplemented, [.subject: verb])
        case .startTLSArgument: configuration.reply(.tlsSyntax)
        }
    }
}
