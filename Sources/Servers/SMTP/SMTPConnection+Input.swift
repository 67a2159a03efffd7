// From octets to the machine's events: commands, lines of a message, chunks.
import MailFormat
import NIOCore
import SMTPProtocol

extension SMTPConnection {
    /// Takes one step; false when there is nothing to be done before something else happens.
    func step() -> Bool {
        switch reception?.kind {
        case .lines: return stepLines()
        case .chunk(let remaining, let keep, let isLast): return stepChunk(remaining, keep: keep, isLast: isLast)
        case .betweenChunks, nil: return stepCommand()
        }
    }

    private func stepCommand() -> Bool {
        // A transaction that was given up takes its chunks with it.
        if reception != nil, !machine.isInTransaction { reception = nil }
        if shard.isDraining, !machine.isInTransaction {
            perform(machine.shutDown(), ending: .shutDown)
            return false
        }
        guard input.readableBytes > 0, context?.channel.isWritable == true else { return false }
        if summary.commands == 0, input.getInteger(at: input.readerIndex, as: UInt8.self) == 0x16 {
            // The first octet of a TLS handshake.
            close(.foreignProtocol)
            return false
        }
        let command: Command
        switch framer.next(input.readableBytesUInt8Span) {
        case .needMore(let consumed):
            input.moveReaderIndex(forwardBy: consumed)
            return false
        case .invalid(let problem, let consumed):
            input.moveReaderIndex(forwardBy: consumed)
            command = .invalid(problem)
        case .line(let range, let consumed):
            if ForeignProtocol.speaks(input.readableBytesUInt8Span.extracting(range)) {
                close(.foreignProtocol)
                return false
            }
            command = CommandParser.parse(input.readableBytesUInt8Span.extracting(range), configuration: listener.configuration.server)
            input.moveReaderIndex(forwardBy: consumed)
        }
        summary.commands += 1
        lastVerb = .init(command)
        awaitCommand()
        perform(machine.received(command, moreInput: input.readableBytes > 0))
        return true
    }

    private func stepLines() -> Bool {
        guard let reception, input.readableBytes > 0, hasRoom(input.readableBytes) else { return false }
        let (consumed, ended) = reception.lines.decode(input.readableBytesUInt8Span, into: &reception.octets)
        input.moveReaderIndex(forwardBy: consumed)
        octetsArrived(consumed)
        guard ended else { return false }
        reception.kind = .betweenChunks
        awaitCommand()
        let facts = reception.lines.facts
        finishing = Finishing(octets: facts.octets, began: eventLoop.now)
        perform(machine.messageReceived(facts))
        self.reception = nil
        return true
    }

    private func stepChunk(_ remaining: Int64, keep: Bool, isLast: Bool) -> Bool {
        guard let reception else { return false }
        var left = remaining
        if left > 0 {
            let count = Int(min(left, Int64(input.readableBytes)))
            guard count > 0 else { return false }
            if keep {
                guard hasRoom(count) else { return false }
                reception.chunks.decode(input.readableBytesUInt8Span.extracting(0..<count), into: &reception.octets)
            }
            input.moveReaderIndex(forwardBy: count)
            octetsArrived(count)
            left -= Int64(count)
        }
        guard left == 0 else {
            reception.kind = .chunk(remaining: left, keep: keep, isLast: isLast)
            return false
        }
        reception.kind = .betweenChunks
        awaitCommand()
        if keep, isLast {
            reception.chunks.finish(into: &reception.octets)
            finishing = Finishing(octets: reception.chunks.facts.octets, began: eventLoop.now)
        }
        perform(machine.chunkReceived(keep ? reception.chunks.facts : MessageFacts()))
        if case .nothing = wait { finishing = nil }
        return true
    }

    /// The next command is due in its time; what the machine does next may set another.
    func awaitCommand() {
        patience = eventLoop.now + (listener.registry.isCrowded ? listener.times.crowdedCommand : listener.times.command)
    }

    private func octetsArrived(_ count: Int) {
        reception?.arrived(count)
        patience = eventLoop.now + listener.times.dataBlock
    }

    /// Room in the budget for octets to come; where there is none the connection waits for it, with its time-out running.
    private func hasRoom(_ count: Int) -> Bool {
        guard let reception else { return false }
        let retry: @Sendable () -> Void = { [weak self] in
            guard let self else { return }
            self.eventLoop.execute { self.roomFound() }
        }
        if reception.makeRoom(for: count, orWhenRoom: retry) { return true }
        reception.isWindowExempt = true
        wait = .room
        return false
    }

    private func roomFound() {
        guard case .room = wait else { return }
        wait = .nothing
        run()
    }

    /// The client did not wait for the greeting (standards SM-02).
    func spokeEarly() {
        guard !summary.spokeEarly else { return }
        summary.spokeEarly = true
        guard listener.configuration.earlyTalkers == .refuse else { return }
        questionNumber &+= 1
        wait = .nothing
        perform(machine.spokeEarly(), ending: .spokeEarly)
    }
}
