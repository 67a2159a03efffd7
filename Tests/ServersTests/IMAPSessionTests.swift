// What a dialogue file cannot show: limits, abuse, TLS, time, many octets, many sessions.
import Foundation
import IMAPProtocol
import MailFormat
import Mailboxes
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@testable import Servers

@Suite("IMAP sessions")
struct IMAPSessionTests {
    @Test("A message comes back octet for octet, whole and in pieces of any size")
    func octets() async throws {
        try await withIMAPServer { server in
            let port = server.server.port
            try await onThread {
                let client = try IMAPTestClient(port: port)
                try client.signIn()
                var message = "Subject: large\r\n\r\n"
                for line in 0..<6_000 { message += "line \(line) of a message that is larger than one buffer, and than two\r\n" }
                try client.append(message)
                try client.ok("SELECT INBOX")
                let whole = try client.ok("FETCH 1 BODY.PEEK[]")
                #expect(whole == ["* 1 FETCH (BODY[] {\(message.utf8.count)}\r\n\(message))"])
                var joined = ""
                var origin = 0
                while origin < message.utf8.count {
                    let lines = try client.ok("FETCH 1 BODY.PEEK[]<\(origin).50000>")
                    let first = lines.first ?? ""
                    guard let start = first.firstRange(of: "\r\n")?.upperBound else { break }
                    joined += first[start...].dropLast()
                    origin += 50_000
                }
                #expect(joined == message)
                #expect(try client.ok("FETCH 1 RFC822.SIZE") == ["* 1 FETCH (RFC822.SIZE \(message.utf8.count))"])
            }
        }
    }

    @Test("A literal fed octet by octet arrives whole")
    func slowLiteral() async throws {
        try await withIMAPServer { server in
            let port = server.server.port
            try await onThread {
                let client = try IMAPTestClient(port: port)
                try client.signIn()
                for octet in "a APPEND INBOX (\\Seen) {7+}\r\n1234567\r\nb STATUS INBOX (MESSAGES UNSEEN)\r\n".utf8 { client.send([octet]) }
                #expect(client.text()?.hasPrefix("a OK [APPENDUID") == true)
                #expect(client.text() == "* STATUS INBOX (MESSAGES 1 UNSEEN 0)")
                #expect(client.text() == "b OK Completed")
            }
        }
    }

    @Test("Without TLS, passwords are refused and STARTTLS is offered")
    func loginDisabled() async throws {
        try await withIMAPServer(configure: {
            $0.tlsMode = .startTLS
            $0.allowsClearTextLogin = false
        }) { server in
            let port = server.server.port
            try await onThread {
                let client = try IMAPTestClient(port: port)
                #expect(client.text()?.contains("STARTTLS LOGINDISABLED") == true)
                #expect(try client.command("LOGIN alex@charter.net secret").tagged == "NO [PRIVACYREQUIRED] Passwords are taken only over TLS")
                #expect(try client.command("AUTHENTICATE PLAIN AGEAYg==").tagged == "NO [PRIVACYREQUIRED] Passwords are taken only over TLS")
            }
        }
    }

    @Test("Octets behind STARTTLS end the connection unread")
    func injection() async throws {
        try await withIMAPServer(configure: { $0.tlsMode = .startTLS }) { server in
            let port = server.server.port
            try await onThread {
                let client = try IMAPTestClient(port: port)
                _ = client.text()
                client.send("a STARTTLS\r\nb NOOP\r\n")
                while let line = client.text() { #expect(!line.hasPrefix("b ")) }
            }
        }
    }

    @Test("STARTTLS and implicit TLS carry a session", arguments: [IMAPListenerConfiguration.TLSMode.startTLS, .implicit])
    func tls(mode: IMAPListenerConfiguration.TLSMode) async throws {
        try await withIMAPServer(configure: {
            $0.tlsMode = mode
            $0.allowsClearTextLogin = false
        }) { server in
            let lines = try await TLSDialogue.run(port: Int(server.server.port), startsInClear: mode == .startTLS, commands: [
                "a LOGIN alex@charter.net secret", "b SELECT INBOX", "c LOGOUT",
            ])
            #expect(lines.contains { $0.hasPrefix("a OK [CAPABILITY") })
            #expect(lines.contains("b OK [READ-WRITE] Mailbox selected"))
            #expect(lines.contains("c OK Completed"))
        }
    }

    @Test("Three wrong passwords end the connection; a full listener and a full account say so")
    func limits() async throws {
        try await withIMAPServer(configure: { $0.sessions = 2 }) { server in
            let port = server.server.port
            try await onThread {
                let client = try IMAPTestClient(port: port)
                _ = client.text()
                for _ in 0..<3 { #expect(try client.command("LOGIN alex@charter.net wrong").tagged.hasPrefix("NO [AUTHENTICATIONFAILED]")) }
                #expect(client.text() == "* BYE Too many wrong passwords")
                #expect(client.text() == nil)
                client.close()
                let one = try IMAPTestClient(port: port)
                _ = one.text()
                let two = try IMAPTestClient(port: port)
                _ = two.text()
                let three = try IMAPTestClient(port: port)
                #expect(three.text() == "* BYE [UNAVAILABLE] Too many connections")
                #expect(three.text() == nil)
            }
        }
    }

    @Test("Too many commands that are not understood end the connection")
    func mistakes() async throws {
        try await withIMAPServer { server in
            let port = server.server.port
            try await onThread {
                let client = try IMAPTestClient(port: port)
                _ = client.text()
                for index in 0..<21 { client.send("x\(index) NONSENSE\r\n") }
                var last: String?
                while let line = client.text() { last = line }
                #expect(last == "* BYE Too many mistakes")
            }
        }
    }

    @Test("The account's quota holds for APPEND and COPY")
    func quota() async throws {
        try await withIMAPServer(quota: 1_000) { server in
            let port = server.server.port
            try await onThread {
                let client = try IMAPTestClient(port: port)
                try client.signIn()
                let message = "Subject: x\r\n\r\n" + String(repeating: "y", count: 500)
                try client.append(message)
                #expect(try client.command("APPEND INBOX {600}").tagged == "NO [OVERQUOTA] The account is full")
                try client.ok("SELECT INBOX")
                #expect(try client.command("COPY 1 Archive").tagged == "NO [OVERQUOTA] The account is full")
                try client.ok("MOVE 1 Archive")
            }
        }
    }

    @Test("A graceful stop says BYE to idle sessions")
    func shutDown() async throws {
        let server = try await IMAPTestServer.start()
        let port = server.server.port
        let heard = Task {
            try await onThread {
                let client = try IMAPTestClient(port: port)
                try client.signIn()
                client.send("a IDLE\r\n")
                return [client.text(), client.text(), client.text()]
            }
        }
        // The session must be in IDLE before the stop.
        while server.server.sessionCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(300))
        await server.server.shutDown(within: .seconds(2))
        #expect(try await heard.value == ["+ idling", "* BYE [UNAVAILABLE] Server shutting down", nil])
        await server.close()
    }

    @Test("Sessions that do not sign in, or say nothing, are ended")
    func autologout() async throws {
        try await withIMAPServer(configure: {
            $0.loginTimeout = .milliseconds(300)
            $0.idleTimeout = .milliseconds(600)
        }) { server in
            let port = server.server.port
            try await onThread {
                let silent = try IMAPTestClient(port: port)
                _ = silent.text()
                #expect(silent.text() == "* BYE Idle for too long")
                let signed = try IMAPTestClient(port: port)
                try signed.signIn()
                #expect(signed.text() == "* BYE [UNAVAILABLE] Idle for too long")
            }
        }
    }

    @Test("Ten sessions that change one mailbox at once lose no flag and agree in the end")
    func parallel() async throws {
        try await withIMAPServer { server in
            let port = server.server.port
            try await onThread {
                let first = try IMAPTestClient(port: port)
                try first.signIn()
                for index in 0..<20 { try first.append("Subject: \(index)\r\n\r\nx") }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for session in 0..<10 {
                    group.addTask {
                        try await onThread {
                            let client = try IMAPTestClient(port: port)
                            try client.signIn()
                            try client.ok("SELECT INBOX")
                            for message in 1...20 { try client.ok("STORE \(message) +FLAGS.SILENT (own\(session))") }
                            try client.ok("NOOP")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let lines = try await onThread {
                let client = try IMAPTestClient(port: port)
                try client.signIn()
                try client.ok("EXAMINE INBOX")
                return try client.ok("FETCH 1:20 FLAGS")
            }
            #expect(lines.count == 20)
            for line in lines { #expect((0..<10).allSatisfy { line.contains("own\($0)") }, "\(line)") }
        }
    }

    @Test("A mailbox deleted elsewhere is empty to a session that has it open")
    func deletedElsewhere() async throws {
        try await withIMAPServer { server in
            let port = server.server.port
            try await onThread {
                let one = try IMAPTestClient(port: port)
                try one.signIn()
                try one.ok("CREATE gone")
                try one.append("x", to: "gone")
                let two = try IMAPTestClient(port: port)
                try two.signIn()
                try two.ok("SELECT gone")
                try one.ok("DELETE gone")
                #expect(try two.ok("NOOP") == ["* 1 EXPUNGE"])
                #expect(try two.ok("SEARCH ALL") == ["* SEARCH"])
                #expect(try two.command("SELECT gone").tagged == "NO [NONEXISTENT] There is no such mailbox")
            }
        }
    }
}

/// A TLS client made of the library's own parts, enough to send commands and gather lines.
private enum TLSDialogue {
    static func run(port: Int, startsInClear: Bool, commands: [String]) async throws -> [String] {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        let context = try NIOSSLContext(configuration: configuration)
        let gathered = Gatherer()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                if !startsInClear {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                }
                try channel.pipeline.syncOperations.addHandler(gathered, name: "gatherer")
            }
        }.connect(host: "127.0.0.1", port: port).get()
        if startsInClear {
            try await channel.writeAndFlush(ByteBuffer(string: "s STARTTLS\r\n")).get()
            while !gathered.text.contains("s OK") { try await Task.sleep(for: .milliseconds(10)) }
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil), position: .first)
            }.get()
        }
        try await channel.writeAndFlush(ByteBuffer(string: commands.joined(separator: "\r\n") + "\r\n")).get()
        try await channel.closeFuture.get()
        return gathered.text.split(separator: "\r\n").map(String.init)
    }

    /// Keeps what arrives.
    private final class Gatherer: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let octets = Mutex<[UInt8]>([])
        var text: String { String(decoding: self.octets.withLock { $0 }, as: UTF8.self) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = self.unwrapInboundIn(data)
            self.octets.withLock { $0 += Array(buffer.readableBytesView) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
        }
    }
}
