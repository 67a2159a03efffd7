// From the machine's actions to octets, questions and handshakes.
import Catalogue
import Logging
import MailFormat
import NIOCore
import NIOSSL
import SMTPProtocol

extension SMTPConnection {
    /// A message whose last reply is due.
    struct Finishing {
        var octets: Int64
        var began: NIODeadline
        var recipients = 0
    }

    /// An answer is awaited.
    var isAwaitingAnswer: Bool {
        if case .answer = wait { true } else { false }
    }

    /// Performs an action and what follows from it, until the machine waits for somebody else.
    func perform(_ action: Action, ending: SessionSummary.Ending = .refused) {
        var next: Action? = action
        while let action = next {
            next = nil
            switch action {
            case .reply(let reply, let delay): say(reply, delay: delay)
            case .replies(let replies):
                account(for: replies)
                for reply in replies { encode(reply) }
            case .close(let reply):
                if let reply {
                    account(for: [reply])
                    encode(reply)
                }
                let isQuit = lastVerb == .quit && reply?.code.rawValue == 221
                finish(isQuit ? .quit : ending)
            case .consult(let question):
                guard let answer = ask(question) else { return }
                next = machine.decided(answer)
            case .startTLS(let reply): startTLS(reply)
            case .receiveMessage(let reply, let limit):
                encode(reply)
                reception = Reception(.lines, limit: limit, budget: listener.resources.budget, now: eventLoop.now)
                patience = eventLoop.now + listener.times.dataBlock
            case .receiveChunk(let count, let keep, let isFirst, let isLast):
                if isFirst || reception == nil {
                    reception = Reception(
                        .betweenChunks, limit: listener.configuration.server.sizeLimit, budget: listener.resources.budget, now: eventLoop.now)
                }
                reception?.kind = .chunk(remaining: count, keep: keep, isLast: isLast)
                patience = eventLoop.now + listener.times.dataBlock
            }
        }
    }

    // MARK: Replies

    private func encode(_ reply: Reply) {
        reply.encode(into: &output, enhancedCodes: machine.usesEnhancedCodes)
        listener.measurements.count(lastVerb, reply.code)
    }

    private func say(_ reply: Reply, delay: Int) {
        account(for: [reply])
        if delay > 0, listener.takeDelaySlot() {
            // What was said before goes out before the pause.
            flush()
            hasDelaySlot = true
            wait = .reply
            patience = eventLoop.now + .milliseconds(Int64(delay))
        }
        encode(reply)
        if case .nothing = wait { isGreeted = true }
    }

    /// The time of a delayed reply has come.
    func delayIsOver() {
        giveDelaySlot()
        wait = .nothing
        awaitCommand()
        isGreeted = true
        run()
    }

    func giveDelaySlot() {
        guard hasDelaySlot else { return }
        hasDelaySlot = false
        listener.giveDelaySlot()
    }

    // MARK: Questions

    /// Asks the policy. Nil: it answers later.
    private func ask(_ question: Question) -> Answer? {
        questionNumber &+= 1
        let number = questionNumber
        wait = .answer(question)
        patience = eventLoop.now + listener.times.answer
        guard let session else { return .refuse(listener.configuration.server.reply(.lookupTrouble)) }
        var message: MessageContext?
        var lease: ReceiveBudget.Lease?
        if case .message(let envelope, _) = question {
            var octets: [UInt8] = []
            // Moved, not shared: whoever changes the octets shall not have to copy them first.
            if let reception { swap(&octets, &reception.octets) }
            finishing?.recipients = envelope.recipients.count
            message = MessageContext(
                octets: octets, heloName: machine.heloName, protocolName: machine.protocolName, tls: tls,
                spokeEarly: summary.spokeEarly)
            lease = reception?.lease
            reception = nil
        }
        isAsking = true
        session.consult(question, message: message) { [self, lease] answer in
            answered(answer, number)
            // The octets are the policy's until here.
            withExtendedLifetime(lease) {}
        }
        isAsking = false
        guard let answer = inlineAnswer else {
            flush()
            return nil
        }
        inlineAnswer = nil
        wait = .nothing
        awaitCommand()
        return answer
    }

    /// Any thread.
    private func answered(_ answer: Answer, _ number: UInt32) {
        if eventLoop.inEventLoop, isAsking, number == questionNumber {
            if inlineAnswer == nil { inlineAnswer = answer }
        } else {
            eventLoop.execute { self.decided(answer, number) }
        }
    }

    private func decided(_ answer: Answer, _ number: UInt32) {
        guard number == questionNumber, phase == .open, isAwaitingAnswer else { return }
        questionNumber &+= 1
        wait = .nothing
        awaitCommand()
        perform(machine.decided(answer))
        run()
        settle()
    }

    /// Nobody has answered in time: the client hears of trouble of ours, which it can wait out (RFC 1047).
    func answerIsOverdue(_ question: Question) {
        questionNumber &+= 1
        wait = .nothing
        log(.warning, "smtp answer overdue")
        let entry: CatalogueEntry =
            switch question {
            case .connect: .overloaded
            case .helo, .sender, .recipient: .lookupTrouble
            case .message: .storageTrouble
            }
        awaitCommand()
        perform(machine.decided(.refuse(listener.configuration.server.reply(entry))), ending: .timedOut)
        run()
        settle()
    }

    // MARK: TLS

    private func startTLS(_ reply: Reply) {
        // RFC 3207 §4.2, CVE-2011-0411: what was sent in clear behind STARTTLS must never be taken for something said under TLS.
        guard input.readableBytes == 0 else { return close(.injection) }
        guard let context, let tls = listener.resources.tls else {
            encode(listener.configuration.server.reply(.tlsUnavailable))
            return finish(.tlsFailed)
        }
        encode(reply)
        flush()
        guard phase == .open else { return }
        input = ByteBuffer()
        do {
            try context.pipeline.syncOperations.addHandler(TLSHandler(context: tls.current), position: .before(self))
            phase = .handshake
            patience = eventLoop.now + listener.times.handshake
        } catch {
            close(.tlsFailed)
        }
    }
}
