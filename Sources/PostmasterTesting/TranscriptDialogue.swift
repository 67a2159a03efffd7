// The machine driven in memory, as a driver on a socket does it: for transcripts and for feeding octet by octet.
import Catalogue
package import SMTPProtocol

/// A dialogue in memory: framer, decoders and machine wired as a driver wires them.
package final class SMTPDialogue {
    /// How a client's octets are cut on their way.
    package enum Cut: Sendable, Equatable {
        case whole
        case octets(Int)
        /// One cut, after so many octets of all that is sent.
        case at(Int)
    }

    private enum Phase { case commands, data, chunk(Int64, keep: Bool, last: Bool), handshake, closed }

    private var machine: ServerMachine
    private let policy: TablePolicy
    private var framer = CommandFramer()
    private var data = DataDecoder(limit: 0)
    private var chunks = ChunkDecoder(limit: 0)
    private var message: [UInt8] = []
    private var input: [UInt8] = []
    private var phase = Phase.commands
    /// Everything the server has said.
    package private(set) var output: [UInt8] = []
    /// The messages that were accepted: envelope and octets.
    package private(set) var messages: [(envelope: Envelope, octets: [UInt8], facts: MessageFacts, protocolName: String)] = []
    package var isClosed: Bool { if case .closed = phase { true } else { false } }
    /// Milliseconds of delay of all replies.
    package private(set) var delays = 0

    package init(_ configuration: ServerConfiguration, _ policy: TablePolicy, isTLS: Bool = false) {
        machine = ServerMachine(configuration, isTLS: isTLS)
        self.policy = policy
        perform(machine.connected())
    }

    /// Octets of the client, in one piece.
    package func receive(_ octets: some Sequence<UInt8>) {
        guard !isClosed else { return }
        if case .handshake = phase {
            // RFC 3207 §4.2: clear text where the handshake should be.
            phase = .closed
            return
        }
        input += octets
        while step() {}
    }

    package func tlsEstablished() {
        guard case .handshake = phase else { return }
        machine.tlsEstablished()
        phase = .commands
    }

    package func timedOut() { perform(machine.timedOut()) }
    package func shutDown() { perform(machine.shutDown()) }

    private func step() -> Bool {
        switch phase {
        case .closed, .handshake: return false
        case .commands:
            guard !input.isEmpty else { return false }
            let command: Command
            switch framer.next(input.span) {
            case .needMore(let consumed):
                input.removeFirst(consumed)
                return false
            case .invalid(let problem, let consumed):
                input.removeFirst(consumed)
                command = .invalid(problem)
            case .line(let range, let consumed):
                command = CommandParser.parse(input.span.extracting(range), configuration: machine.configuration)
                input.removeFirst(consumed)
            }
            perform(machine.received(command, moreInput: !input.isEmpty))
        case .data:
            guard !input.isEmpty else { return false }
            let (consumed, ended) = data.decode(input.span, into: &message)
            input.removeFirst(consumed)
            guard ended else { return false }
            phase = .commands
            perform(machine.messageReceived(data.facts))
        case .chunk(let left, let keep, let last):
            let taken = Int(min(left, Int64(input.count)))
            if keep { chunks.decode(input.span.extracting(0..<taken), into: &message) }
            input.removeFirst(taken)
            phase = .chunk(left - Int64(taken), keep: keep, last: last)
            guard left == Int64(taken) else { return false }
            if keep, last { chunks.finish(into: &message) }
            phase = .commands
            perform(machine.chunkReceived(keep ? chunks.facts : MessageFacts()))
        }
        return true
    }

    private func say(_ reply: Reply) { reply.encode(into: &output, enhancedCodes: machine.usesEnhancedCodes) }

    private func perform(_ action: Action) {
        var next: Action? = action
        while let action = next {
            next = nil
            switch action {
            case .reply(let reply, let delay):
                delays += delay
                say(reply)
            case .replies(let replies): replies.forEach(say)
            case .close(let reply):
                if let reply { say(reply) }
                phase = .closed
            case .consult(let question):
                let answer = policy.answer(question, machine.configuration)
                if case .message(let envelope, let facts) = question {
                    messages.append((envelope, message, facts, machine.protocolName))
                    message = []
                }
                next = machine.decided(answer)
            case .startTLS(let reply):
                guard input.isEmpty else {
                    phase = .closed
                    break
                }
                say(reply)
                phase = .handshake
            case .receiveMessage(let reply, let limit):
                say(reply)
                data = DataDecoder(limit: limit)
                message = []
                phase = .data
            case .receiveChunk(let count, let keep, let isFirst, let isLast):
                if isFirst {
                    chunks = ChunkDecoder(limit: machine.configuration.sizeLimit)
                    message = []
                }
                phase = .chunk(count, keep: keep, last: isLast)
            }
        }
    }
}
