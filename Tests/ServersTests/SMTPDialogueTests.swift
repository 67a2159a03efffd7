// Dialogues with a real listener on loopback: order, pipelining, messages, the ends of sessions.
import Catalogue
import Glibc
import MailFormat
import SMTPProtocol
import Synchronization
import Testing

@testable import Servers

@Suite("SMTP on a socket: dialogues", .serialized)
struct SMTPDialogueTests {
    static let refusal = Reply(550, .init(5, 1, 1), lines: ["No"])

    /// Refuses recipients whose local part is `bad`.
    @Sendable static func table(_ question: Question) -> Answer {
        if case .recipient(.address(let address), _, _) = question, address.localPart.octets == "bad" { return .refuse(refusal) }
        return .accept
    }

    @Test("a message goes through as it was sent, dots undone")
    func message() async throws {
        let policy = TestPolicy { .now(Self.table($0)) }
        try await withServer(policy) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.reply().hasPrefix("220 mx.example.net"))
            #expect(try client.ask("EHLO client.example").contains("PIPELINING"))
            #expect(try client.ask("MAIL FROM:<a@example.org>").hasPrefix("250 2.1.0"))
            #expect(try client.ask("RCPT TO:<bad@example.net>").hasPrefix("550 5.1.1"))
            #expect(try client.ask("RCPT TO:<b@example.net>").hasPrefix("250 2.1.5"))
            #expect(try client.ask("DATA").hasPrefix("354"))
            #expect(try client.ask("Subject: x\r\n\r\n..dot\r\n.").hasPrefix("250"))
            #expect(try client.ask("QUIT").hasPrefix("221"))
            #expect(client.rest() == "")
            #expect(policy.messages == ["Subject: x\r\n\r\n.dot\r\n"])
            let context = policy.seen.withLock { $0.messages[0] }
            #expect(context.heloName == "client.example" && context.protocolName == "ESMTP" && context.tls == nil)
            client.close()
            let summary = try #require(policy.summaries(1).first)
            #expect(summary.ending == .quit && summary.messagesAccepted == 1 && summary.commands == 6)
        }
    }

    /// A batch that a client which waits for nothing but 354 may send.
    static let batch = "EHLO c.example\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<bad@example.net>\r\nRCPT TO:<b@example.net>\r\nNOOP\r\nRSET\r\n"
        + "MAIL FROM:<>\r\nRCPT TO:<b@example.net>\r\nBDAT 5\r\nab\r\ncBDAT 3 LAST\r\nd\r\nVRFY x\r\nWHAT\r\nQUIT\r\n"
    static let batchCodes = ["250", "250", "550", "250", "250", "250", "250", "250", "250", "250", "252", "500", "221"]

    @Test("replies to a pipelined batch come in order, wherever the batch is cut")
    func cuts() async throws {
        let policy = TestPolicy { .now(Self.table($0)) }
        try await withServer(policy) { server in
            let octets = Array(Self.batch.utf8)
            for cut in 0...octets.count {
                let client = try SMTPTestClient(port: server.port)
                #expect(try client.codes(1) == ["220"])
                client.send(Array(octets[..<cut]))
                usleep(1500)
                client.send(Array(octets[cut...]))
                #expect(try client.codes(Self.batchCodes.count) == Self.batchCodes, "cut at \(cut)")
                #expect(client.rest() == "")
            }
            #expect(policy.messages.allSatisfy { $0 == "ab\r\ncd\r\n" })
            #expect(policy.messages.count == octets.count + 1)
        }
    }

    @Test("octet by octet gives the same")
    func octetByOctet() async throws {
        let policy = TestPolicy { .now(Self.table($0)) }
        try await withServer(policy) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            for octet in Self.batch.utf8 {
                client.send([octet])
                usleep(200)
            }
            #expect(try client.codes(Self.batchCodes.count) == Self.batchCodes)
            #expect(policy.messages == ["ab\r\ncd\r\n"])
        }
    }

    @Test("answers that come later from another thread keep the order of replies")
    func slowAnswers() async throws {
        let policy = TestPolicy { .later(Self.table($0), milliseconds: 5) }
        try await withServer(policy) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            client.send(Self.batch)
            #expect(try client.codes(Self.batchCodes.count) == Self.batchCodes)
            #expect(client.rest() == "")
            #expect(policy.messages == ["ab\r\ncd\r\n"])
        }
    }

    @Test("a reply does not wait for the answer to the next command")
    func earlierReplyFlushed() async throws {
        let policy = TestPolicy { question in
            if case .sender = question { return .later(.accept, milliseconds: 400) }
            return .now(.accept)
        }
        try await withServer(policy) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            let clock = ContinuousClock()
            let start = clock.now
            client.send("EHLO a.example\r\nMAIL FROM:<a@example.org>\r\n")
            #expect(try client.codes(1) == ["250"])
            #expect(clock.now - start < .milliseconds(300))
            #expect(try client.codes(1) == ["250"])
        }
    }

    @Test("LMTP on a socket in the file system answers once for each recipient")
    func lmtp() async throws {
        let policy = TestPolicy { question in
            if case .message = question { return .now(.each([Reply(250, .init(2, 1, 5), lines: ["one"]), Self.refusal])) }
            return .now(.accept)
        }
        let path = "/tmp/postmaster-lmtp-\(getpid())"
        try await withServer(policy, {
            $0.configuration.address = .unix(path: path)
            $0.configuration.server.dialect = .lmtp
        }) { _ in
            let client = try SMTPTestClient(path: path)
            #expect(try client.reply().contains("LMTP"))
            #expect(try client.ask("LHLO c.example").hasPrefix("250"))
            client.send("MAIL FROM:<>\r\nRCPT TO:<a@example.net>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n")
            #expect(try client.codes(4) == ["250", "250", "250", "354"])
            client.send("x\r\n.\r\nQUIT\r\n")
            #expect(try client.codes(3) == ["250", "550", "221"])
            #expect(policy.seen.withLock { $0.facts[0].client } == nil)
        }
        unlink(path)
    }

    @Test("a client that has said all and closes its side still gets every answer")
    func halfClose() async throws {
        let policy = TestPolicy { .later(Self.table($0), milliseconds: 2) }
        try await withServer(policy) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            client.send(Self.batch)
            client.closeWriting()
            #expect(try client.codes(Self.batchCodes.count) == Self.batchCodes)
            #expect(client.rest() == "")
        }
    }

    @Test("two hundred sessions at a time", .timeLimit(.minutes(1)))
    func parallel() async throws {
        let policy = TestPolicy { .later(Self.table($0), milliseconds: 1) }
        try await withServer(policy) { server in
            let clients = try (0..<200).map { _ in try SMTPTestClient(port: server.port) }
            for client in clients { #expect(try client.codes(1) == ["220"]) }
            for client in clients { client.send(Self.batch) }
            for client in clients { #expect(try client.codes(Self.batchCodes.count) == Self.batchCodes) }
            #expect(policy.messages.count == 200)
            for client in clients { client.close() }
            #expect(policy.summaries(200).count == 200)
            for _ in 0..<200 where server.sessionCount > 0 { usleep(10_000) }
            #expect(server.sessionCount == 0)
        }
    }

    @Test("sessions beyond the limit hear 421, and there is room again afterwards")
    func sessionLimit() async throws {
        try await withServer(TestPolicy(), { $0.configuration.limits.sessions = 2 }) { server in
            let first = try SMTPTestClient(port: server.port)
            let second = try SMTPTestClient(port: server.port)
            #expect(try first.codes(1) == ["220"] && second.codes(1) == ["220"])
            let third = try SMTPTestClient(port: server.port)
            #expect(try third.reply().hasPrefix("421 mx.example.net is too busy"))
            #expect(third.rest() == "")
            first.close()
            for _ in 0..<200 where server.sessionCount > 1 { usleep(10_000) }
            let fourth = try SMTPTestClient(port: server.port)
            #expect(try fourth.codes(1) == ["220"])
        }
    }

    @Test("a refusal at connect is heard and ends the session")
    func refusedAtConnect() async throws {
        let policy = TestPolicy { _ in .now(.refuse(Reply(554, nil, lines: ["No service"], closes: true))) }
        try await withServer(policy) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(client.rest() == "554 No service\r\n")
            client.close()
            #expect(policy.summaries(1).first?.ending == .refused)
        }
    }
}
