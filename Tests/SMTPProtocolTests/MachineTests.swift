// The machine alone: events against actions, where a transcript cannot show them.
import Catalogue
import MailFormat
import SMTPProtocol
import Testing

@Suite struct MachineTests {
    static func machine(_ change: (inout ServerConfiguration) -> Void = { _ in }) -> ServerMachine {
        var configuration = TranscriptTests.configuration
        change(&configuration)
        return ServerMachine(configuration, isTLS: false)
    }

    static func code(_ action: Action) -> UInt16? {
        switch action {
        case .reply(let reply, _), .receiveMessage(let reply, _), .startTLS(let reply): reply.code.rawValue
        case .close(let reply): reply?.code.rawValue
        case .replies(let replies): replies.first?.code.rawValue
        case .consult, .receiveChunk: nil
        }
    }

    @Test("the machine asks before it greets, and before each step that policy decides")
    func questions() throws {
        var machine = Self.machine()
        let address = try #require(EmailAddress("a@example.org"))
        #expect(machine.connected() == .consult(.connect))
        #expect(Self.code(machine.decided(.accept)) == 220)
        #expect(machine.received(.ehlo("c"), moreInput: false) == .consult(.helo("c")))
        #expect(Self.code(machine.decided(.accept)) == 250)
        #expect(
            machine.received(.mail(.address(address), MailParameters()), moreInput: false) == .consult(.sender(.address(address), MailParameters())))
        #expect(machine.isInTransaction == false)
        #expect(Self.code(machine.decided(.accept)) == 250)
        #expect(machine.isInTransaction == true)
        let envelope = Envelope(reversePath: .address(address), parameters: MailParameters())
        #expect(
            machine.received(.rcpt(.postmaster, RecipientParameters()), moreInput: false)
                == .consult(.recipient(.postmaster, RecipientParameters(), envelope)))
        #expect(Self.code(machine.decided(.accept)) == 250)
        #expect(Self.code(machine.received(.data, moreInput: false)) == 354)
        guard case .consult(.message(let asked, _)) = machine.messageReceived(MessageFacts()) else {
            Issue.record("no question")
            return
        }
        #expect(asked.recipients.count == 1)
        #expect(Self.code(machine.decided(.accept)) == 250)
        #expect(machine.isInTransaction == false)
    }

    @Test("a refusal that closes ends the session at every step", arguments: 0..<5)
    func closing(_ step: Int) {
        var machine = Self.machine()
        let refusal = Answer.refuse(Self.machine().configuration.reply(.overloaded))
        let commands: [Command] = [
            .ehlo("c"), .mail(.null, MailParameters()), .rcpt(.postmaster, RecipientParameters()), .data,
        ]
        _ = machine.connected()
        for place in 0..<step {
            _ = machine.decided(.accept)
            if place < 3 {
                _ = machine.received(commands[place], moreInput: false)
            } else {
                _ = machine.received(.data, moreInput: false)
                _ = machine.messageReceived(MessageFacts())
            }
        }
        #expect(machine.decided(refusal) == .close(Self.machine().configuration.reply(.overloaded)))
        #expect(machine.received(.noop, moreInput: false) == .close(nil))
    }

    @Test("answers to errors come later and later, then the session ends")
    func delays() {
        var machine = Self.machine()
        _ = machine.connected()
        _ = machine.decided(.accept)
        var delays: [Int] = []
        for _ in 0..<19 {
            guard case .reply(_, let delay) = machine.received(.invalid(.unknownCommand), moreInput: false) else {
                Issue.record("no reply")
                return
            }
            delays.append(delay)
        }
        #expect(delays.prefix(10).allSatisfy { $0 == 0 })
        #expect(delays[10] == 500 && delays[18] == 4500)
        #expect(Self.code(machine.received(.invalid(.unknownCommand), moreInput: false)) == 421)
        #expect(machine.errorCount == 20)
    }

    @Test("LMTP gives as many answers as there were recipients, whatever policy says")
    func answersOfLMTP() {
        for answer in [
            Answer.accept, .each([]), .each([Self.machine().configuration.reply(.done)]), .refuse(Self.machine().configuration.reply(.storageFull)),
        ] {
            var machine = Self.machine { $0.dialect = .lmtp }
            _ = machine.connected()
            _ = machine.decided(.accept)
            for command in [Command.lhlo("c"), .mail(.null, MailParameters())] + Array(repeating: .rcpt(.postmaster, RecipientParameters()), count: 3)
            {
                _ = machine.received(command, moreInput: false)
                _ = machine.decided(.accept)
            }
            _ = machine.received(.data, moreInput: false)
            _ = machine.messageReceived(MessageFacts())
            guard case .replies(let replies) = machine.decided(answer) else {
                Issue.record("no replies")
                return
            }
            #expect(replies.count == 3)
        }
    }

    @Test("events out of turn end this session and nothing else")
    func outOfTurn() {
        var early = Self.machine()
        #expect(early.received(.noop, moreInput: false) == .close(nil))
        var undecided = Self.machine()
        #expect(undecided.decided(.accept) == .close(nil))
        var noData = Self.machine()
        _ = noData.connected()
        _ = noData.decided(.accept)
        #expect(noData.messageReceived(MessageFacts()) == .close(nil))
        var noChunk = Self.machine()
        _ = noChunk.connected()
        _ = noChunk.decided(.accept)
        #expect(noChunk.chunkReceived(MessageFacts()) == .close(nil))
    }

    @Test("who speaks before the greeting hears 554")
    func early() {
        var machine = Self.machine()
        _ = machine.connected()
        #expect(Self.code(machine.spokeEarly()) == 554)
    }

    @Test("no reply tells of versions, paths or hosts inside (SE-28)")
    func disclosure() {
        let configuration = TranscriptTests.configuration
        for entry in Catalogue.all {
            let text = configuration.reply(entry).text.lowercased()
            for word in ["swift", "postmaster/", "version", "/var", "/home", "localhost"] { #expect(!text.contains(word), "\(entry.code)") }
        }
    }
}
