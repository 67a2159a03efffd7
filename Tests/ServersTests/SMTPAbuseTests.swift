// Clients that misbehave: other protocols, floods, early talk, silence, cut connections.
import Catalogue
import Glibc
import SMTPProtocol
import Testing

@testable import Servers

@Suite("SMTP on a socket: bad clients", .serialized)
struct SMTPAbuseTests {
    static let opening = "EHLO c.example\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\n"

    @Test(
        "another protocol gets no answer and is closed (SE-07)",
        arguments: [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /x HTTP/1.1\r\n\r\nEHLO a\r\nMAIL FROM:<a@example.org>\r\n", "PUT / HTTP/1.1\r\n",
            "CONNECT mx:25 HTTP/1.1\r\n", "OPTIONS * HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n\r\n", "\u{16}\u{3}\u{1}",
        ])
    func foreign(_ text: String) async throws {
        let policy = TestPolicy()
        try await withServer(policy) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            client.send(text)
            #expect(client.rest() == "")
            #expect(policy.summaries(1).first?.ending == .foreignProtocol)
        }
    }

    @Test("ten thousand errors are cut off after twenty, and the 421 is heard")
    func errorFlood() async throws {
        let policy = TestPolicy()
        try await withServer(policy) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            client.send(String(repeating: "XYZZY\r\n", count: 10_000))
            let replies = client.rest().split(separator: "\r\n")
            #expect(replies.count == 20)
            #expect(replies.last?.hasPrefix("421") == true)
            let summary = try #require(policy.summaries(1).first)
            #expect(summary.errors == 20 && summary.ending == .refused)
        }
    }

    @Test("replies to many errors are delayed, while there are places for delays")
    func delays() async throws {
        for slots in [10, 0] {
            try await withServer(TestPolicy(), {
                $0.configuration.server.softErrorLimit = 2
                $0.configuration.limits.delayedReplies = slots
            }) { server in
                let client = try SMTPTestClient(port: server.port)
                #expect(try client.codes(1) == ["220"])
                let start = ContinuousClock().now
                client.send("X\r\nX\r\nX\r\nNOOP\r\n")
                #expect(try client.codes(4) == ["500", "500", "500", "250"])
                let took = ContinuousClock().now - start
                #expect(slots == 0 ? took < .milliseconds(400) : took > .milliseconds(490))
            }
        }
    }

    @Test("who speaks before the greeting is recorded, or refused where that is set", arguments: SMTPListenerConfiguration.EarlyTalkers.allCases)
    func earlyTalker(_ setting: SMTPListenerConfiguration.EarlyTalkers) async throws {
        let policy = TestPolicy()
        try await withServer(policy, {
            $0.configuration.earlyTalkers = setting
            $0.configuration.timeouts.greetingDelay = .milliseconds(150)
        }) { server in
            let client = try SMTPTestClient(port: server.port)
            client.send("EHLO early.example\r\n")
            switch setting {
            case .record: #expect(try client.codes(2) == ["220", "250"])
            case .refuse: #expect(client.rest().hasPrefix("554 "))
            }
            client.close()
            let summary = try #require(policy.summaries(1).first)
            #expect(summary.spokeEarly)
            #expect(summary.ending == (setting == .refuse ? .spokeEarly : .lost))
        }
    }

    @Test("who waits for a delayed greeting has not spoken early")
    func patientClient() async throws {
        let policy = TestPolicy { question in
            if case .connect = question { return .later(.accept, milliseconds: 50) }
            return .now(.accept)
        }
        try await withServer(policy, {
            $0.configuration.earlyTalkers = .refuse
            $0.configuration.timeouts.greetingDelay = .milliseconds(50)
        }) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            #expect(try client.ask("EHLO a.example").hasPrefix("250"))
            #expect(try client.ask("QUIT").hasPrefix("221"))
            client.close()
            #expect(policy.summaries(1).first?.spokeEarly == false)
        }
    }

    // MARK: Silence

    @Test("silence ends a session with 421, whatever was awaited", arguments: ["", "EHLO c.example\r\n", "NOO", opening, opening + "DATA\r\n", opening + "BDAT 10\r\nabc"])
    func silence(_ said: String) async throws {
        let policy = TestPolicy()
        try await withServer(policy, {
            $0.configuration.timeouts.command = .milliseconds(200)
            $0.configuration.timeouts.dataBlock = .milliseconds(200)
        }) { server in
            let client = try SMTPTestClient(port: server.port)
            let start = ContinuousClock().now
            client.send(said)
            let last = try #require(client.rest().split(separator: "\r\n").last)
            #expect(last.hasPrefix("421 ") && last.contains("Example.net Lost (Connection timed out)"))
            let took = ContinuousClock().now - start
            #expect(took > .milliseconds(150) && took < .seconds(5))
            client.close()
            let summary = try #require(policy.summaries(1).first)
            #expect(summary.ending == .timedOut)
            #expect(policy.messages.isEmpty)
        }
    }

    @Test("octets that trickle into a command do not extend its time")
    func trickle() async throws {
        let policy = TestPolicy()
        try await withServer(policy, { $0.configuration.timeouts.command = .milliseconds(200) }) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            for _ in 0..<100 where client.send("x") { usleep(10_000) }
            client.close()
            let summary = try #require(policy.summaries(1).first)
            #expect(summary.ending == .timedOut && summary.octetsReceived < 60)
        }
    }

    @Test("a message that comes too slowly is given up after the first window")
    func slowData() async throws {
        let policy = TestPolicy()
        try await withServer(policy, {
            $0.configuration.limits.minimumRate = 5000
            $0.configuration.limits.rateWindow = .milliseconds(150)
        }) { server in
            let client = try SMTPTestClient(port: server.port)
            client.send(Self.opening + "DATA\r\n")
            #expect(try client.codes(5) == ["220", "250", "250", "250", "354"])
            let lines = 100
            for _ in 0..<lines where client.send("slow\r\n") { usleep(10_000) }
            client.close()
            let summary = try #require(policy.summaries(1).first)
            let received = summary.octetsReceived - Int64((Self.opening + "DATA\r\n").utf8.count)
            #expect(summary.ending == .timedOut && received > 6 * 12 && received < 6 * lines)
        }
    }

    @Test("a session has an end, however busy it is")
    func sessionCap() async throws {
        let policy = TestPolicy()
        try await withServer(policy, { $0.configuration.timeouts.session = .milliseconds(300) }) { server in
            let client = try SMTPTestClient(port: server.port)
            for _ in 0..<100 where client.send("NOOP\r\n") { usleep(10_000) }
            client.close()
            let summary = try #require(policy.summaries(1).first)
            #expect(summary.ending == .timedOut && summary.commands < 60)
        }
    }

    @Test("an answer that never comes is a temporary refusal, and the session goes on")
    func overdueAnswer() async throws {
        let policy = TestPolicy { question in
            switch question {
            case .recipient, .message: .never
            default: .now(.accept)
            }
        }
        try await withServer(policy, { $0.configuration.timeouts.answer = .milliseconds(100) }) { server in
            let client = try SMTPTestClient(port: server.port)
            client.send(Self.opening)
            #expect(try client.codes(4) == ["220", "250", "250", "451"])
            #expect(try client.ask("NOOP").hasPrefix("250"))
        }
    }

    @Test("an answer that comes too late, or twice, changes nothing")
    func lateAnswer() async throws {
        let policy = TestPolicy { question in
            if case .sender = question { return .later(.accept, milliseconds: 200) }
            return .now(.accept)
        }
        try await withServer(policy, { $0.configuration.timeouts.answer = .milliseconds(50) }) { server in
            let client = try SMTPTestClient(port: server.port)
            client.send("EHLO c.example\r\nMAIL FROM:<a@example.org>\r\n")
            #expect(try client.codes(3) == ["220", "250", "451"])
            usleep(300_000)
            #expect(try client.ask("RCPT TO:<b@example.net>").hasPrefix("503"))
        }
    }

    // MARK: Cut connections

    enum Cut: CaseIterable { case close, halfClose, reset }

    @Test("a connection that is cut inside a message leaves nothing behind (EX-07, SM-31)", arguments: Cut.allCases)
    func cut(_ cut: Cut) async throws {
        let policy = TestPolicy()
        let transfers = [
            ("DATA\r\n", "Subject: x\r\n\r\nbody\r\n.\r"), ("BDAT 20 LAST\r\n", "Subject: x\r\n\r\nbody"), ("BDAT 4\r\nabcdBDAT 9 LAST\r\n", "12345678"),
        ]
        try await withServer(policy) { server in
            var sessions = 0
            for (command, octets) in transfers {
                for count in 0...octets.utf8.count {
                    let client = try SMTPTestClient(port: server.port)
                    client.send(Self.opening)
                    #expect(try client.codes(4) == ["220", "250", "250", "250"])
                    client.send(command)
                    if command.hasPrefix("DATA") { #expect(try client.codes(1) == ["354"]) }
                    client.send(Array(octets.utf8.prefix(count)))
                    sessions += 1
                    switch cut {
                    case .close: client.close()
                    case .halfClose:
                        client.closeWriting()
                        #expect(!client.rest().contains("250 2.0.0 OK"))
                    case .reset: client.reset()
                    }
                }
            }
            let summaries = policy.summaries(sessions)
            #expect(summaries.count == sessions)
            #expect(summaries.allSatisfy { $0.messagesAccepted == 0 && $0.messagesLost == 1 && $0.ending == .lost })
            #expect(policy.messages.isEmpty)
        }
    }

    @Test("huge chunk counts allocate nothing", arguments: ["9223372036854775807", "99999999999999999999999", "4294967296"])
    func hugeChunk(_ count: String) async throws {
        let policy = TestPolicy()
        let budget = ReceiveBudget()
        try await withServer(policy, { $0.resources.budget = budget }) { server in
            let client = try SMTPTestClient(port: server.port)
            client.send(Self.opening)
            #expect(try client.codes(4) == ["220", "250", "250", "250"])
            client.send("BDAT \(count) LAST\r\nabc")
            usleep(50_000)
            #expect(budget.octets < 100_000)
            client.close()
            _ = policy.summaries(1)
            #expect(policy.messages.isEmpty)
        }
    }

    @Test("chunks for which there is no recipient are swallowed, not run as commands")
    func swallowedChunk() async throws {
        try await withServer(TestPolicy()) { server in
            let client = try SMTPTestClient(port: server.port)
            client.send("EHLO c.example\r\nBDAT 14 LAST\r\nQUIT\r\nQUIT\r\n\r\nNOOP\r\n")
            #expect(try client.codes(4) == ["220", "250", "503", "250"])
        }
    }

    @Test("a message beyond the limit is read to its end, refused, and the session goes on")
    func tooLarge() async throws {
        let policy = TestPolicy()
        let budget = ReceiveBudget()
        try await withServer(policy, {
            $0.configuration.server.sizeLimit = 10_000
            $0.resources.budget = budget
        }) { server in
            let client = try SMTPTestClient(port: server.port)
            client.send(Self.opening + "DATA\r\n")
            #expect(try client.codes(5) == ["220", "250", "250", "250", "354"])
            client.send(String(repeating: "0123456789012345678901234567890\r\n", count: 10_000))
            client.send(".\r\n")
            #expect(try client.codes(1) == ["552"])
            #expect(try client.ask("NOOP").hasPrefix("250"))
            #expect(policy.messages.isEmpty)
            #expect(budget.octets == 0)
        }
    }

    // MARK: The budget

    @Test("without room in the budget a connection waits, and goes on when there is room")
    func budget() async throws {
        let policy = TestPolicy { question in
            if case .message = question { return .later(.accept, milliseconds: 300) }
            return .now(.accept)
        }
        let budget = ReceiveBudget(limit: 50_000)
        try await withServer(policy, { $0.resources.budget = budget }) { server in
            let text = String(repeating: "0123456789012345678901234567890\r\n", count: 3000)
            let clients = try (0..<6).map { _ in try SMTPTestClient(port: server.port) }
            for client in clients {
                client.send(Self.opening + "DATA\r\n")
                #expect(try client.codes(5) == ["220", "250", "250", "250", "354"])
                client.send(text + ".\r\n")
            }
            let start = ContinuousClock().now
            for client in clients { #expect(try client.codes(1) == ["250"]) }
            #expect(ContinuousClock().now - start > .milliseconds(1500))
            #expect(policy.messages == Array(repeating: text, count: 6))
            for client in clients { client.close() }
            _ = policy.summaries(6)
            for _ in 0..<100 where budget.octets > 0 { usleep(10_000) }
            #expect(budget.octets == 0)
        }
    }

    // MARK: A graceful stop

    @Test("a graceful stop lets a transaction finish and sends idle sessions away with 421")
    func drain() async throws {
        let policy = TestPolicy { question in
            if case .message = question { return .later(.accept, milliseconds: 200) }
            return .now(.accept)
        }
        try await withServer(policy) { server in
            let idle = try SMTPTestClient(port: server.port)
            let busy = try SMTPTestClient(port: server.port)
            #expect(try idle.codes(1) == ["220"])
            busy.send(Self.opening + "DATA\r\n")
            #expect(try busy.codes(5) == ["220", "250", "250", "250", "354"])
            async let ended: Void = server.shutDown(within: .seconds(5))
            #expect(idle.rest().hasPrefix("421 mx.example.net is closing down"))
            busy.send("x\r\n.\r\n")
            let last = busy.rest()
            #expect(last.hasPrefix("250"))
            #expect(last.contains("421"))
            await ended
            #expect(policy.messages == ["x\r\n"])
            #expect(server.sessionCount == 0)
        }
    }

    @Test("a graceful stop has a bound")
    func drainBound() async throws {
        let policy = TestPolicy()
        try await withServer(policy) { server in
            let busy = try SMTPTestClient(port: server.port)
            busy.send(Self.opening + "DATA\r\n")
            #expect(try busy.codes(5) == ["220", "250", "250", "250", "354"])
            let start = ContinuousClock().now
            await server.shutDown(within: .milliseconds(200))
            let took = ContinuousClock().now - start
            #expect(took > .milliseconds(190) && took < .seconds(3))
            #expect(server.sessionCount == 0)
            #expect(policy.messages.isEmpty)
        }
    }
}
