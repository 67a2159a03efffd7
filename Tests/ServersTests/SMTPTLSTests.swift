// STARTTLS and implicit TLS on a listener, and the attacks on their edges.
import Foundation
import Glibc
import MailFormat
import NIOCore
import NIOPosix
import NIOSSL
import SMTPProtocol
import Synchronization
import Testing

@testable import Servers

/// A client that can begin TLS in the middle; waits by looking again and again.
final class TLSTestClient: Sendable {
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let received = Mutex<[UInt8]>([])
        let isClosed = Mutex(false)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            received.withLock { $0 += Array(buffer.readableBytesView) }
        }
        func channelInactive(context: ChannelHandlerContext) { isClosed.withLock { $0 = true } }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { isClosed.withLock { $0 = true } }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    let channel: any Channel
    private let collector = Collector()

    init(port: UInt16, tls: Bool = false) async throws {
        let collector = collector
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if tls { try channel.pipeline.syncOperations.addHandler(Self.handler()) }
                    try channel.pipeline.syncOperations.addHandler(collector)
                }
            }
            .connect(host: "127.0.0.1", port: Int(port)).get()
    }

    private static func handler() throws -> NIOSSLClientHandler {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: nil)
    }

    func startTLS() async throws {
        try await channel.eventLoop.submit { [channel] in
            try channel.pipeline.syncOperations.addHandler(Self.handler(), position: .first)
        }.get()
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }

    /// Waits for so many whole replies and gives their codes.
    func codes(_ count: Int) async throws -> [String] {
        for _ in 0..<1000 {
            let codes = collector.received.withLock { received -> [String]? in
                let lines = String(decoding: received, as: UTF8.self).components(separatedBy: "\r\n").dropLast()
                let last = lines.filter { $0.utf8.count < 4 || Array($0.utf8)[3] == 0x20 }
                guard last.count >= count else { return nil }
                received = []
                return last.map { String($0.prefix(3)) }
            }
            if let codes { return codes }
            if isClosed { break }
            try await Task.sleep(for: .milliseconds(5))
        }
        return [text]
    }

    var isClosed: Bool { collector.isClosed.withLock { $0 } }
    var text: String { collector.received.withLock { String(decoding: $0, as: UTF8.self) } }

    func waitUntilClosed() async throws -> Bool {
        for _ in 0..<1000 where !isClosed { try await Task.sleep(for: .milliseconds(5)) }
        return isClosed
    }
}

@Suite("SMTP on a socket: TLS", .serialized)
struct SMTPTLSTests {
    static func listen(
        _ policy: TestPolicy, _ mode: SMTPListenerConfiguration.TLSMode, _ change: (inout TestSetting) throws -> Void = { _ in },
        _ body: (SMTPServer) async throws -> Void
    ) async throws {
        try await withServer(policy, {
            $0.configuration.tlsMode = mode
            $0.resources.tls = TLSContext(try TestCertificate.context())
            try change(&$0)
        }, body)
    }

    @Test("after STARTTLS everything begins anew, under TLS")
    func startTLS() async throws {
        let policy = TestPolicy()
        try await Self.listen(policy, .startTLS) { server in
            let client = try await TLSTestClient(port: server.port)
            #expect(try await client.codes(1) == ["220"])
            try await client.send("EHLO c.example\r\nMAIL FROM:<a@example.org>\r\n")
            #expect(try await client.codes(2) == ["250", "250"])
            try await client.send("STARTTLS\r\n")
            #expect(try await client.codes(1) == ["220"])
            try await client.startTLS()
            try await client.send("MAIL FROM:<a@example.org>\r\nEHLO c.example\r\nSTARTTLS\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\n")
            #expect(try await client.codes(5) == ["503", "250", "503", "250", "250"])
            try await client.send("DATA\r\n")
            #expect(try await client.codes(1) == ["354"])
            try await client.send("x\r\n.\r\nQUIT\r\n")
            #expect(try await client.codes(2) == ["250", "221"])
            #expect(try await client.waitUntilClosed())
            let seen = policy.seen.withLock { $0 }
            #expect(seen.messages.first?.protocolName == "ESMTPS")
            #expect(seen.messages.first?.tls?.version == "TLSv1.3" && seen.tls.count == 1)
            try? await client.channel.close().get()
        }
    }

    @Test("commands behind STARTTLS are never run, however they are cut into segments (CVE-2011-0411, EX-16)")
    func injection() async throws {
        let policy = TestPolicy()
        try await Self.listen(policy, .startTLS) { server in
            let octets = Array("STARTTLS\r\nRSET\r\nEHLO evil.example\r\n".utf8)
            for cut in 0...octets.count {
                let client = try SMTPTestClient(port: server.port)
                #expect(try client.codes(1) == ["220"])
                #expect(try client.ask("EHLO c.example").hasPrefix("250"))
                client.send(Array(octets[..<cut]))
                usleep(2000)
                client.send(Array(octets[cut...]))
                let rest = client.rest()
                #expect(!rest.contains("250"), "cut at \(cut)")
                #expect(rest.isEmpty || rest.hasPrefix("220 2.0.0 "), "cut at \(cut)")
            }
            let names = policy.seen.withLock { $0.questions.filter { $0 == .helo("evil.example") } }
            #expect(names.isEmpty)
            let summaries = policy.summaries(octets.count + 1)
            #expect(summaries.allSatisfy { $0.ending == .injection || $0.ending == .tlsFailed })
        }
    }

    @Test("implicit TLS greets under TLS; clear octets there close")
    func implicit() async throws {
        let policy = TestPolicy()
        try await Self.listen(policy, .implicit) { server in
            let client = try await TLSTestClient(port: server.port, tls: true)
            #expect(try await client.codes(1) == ["220"])
            try await client.send("EHLO c.example\r\n")
            #expect(try await client.codes(1) == ["250"])
            #expect(policy.seen.withLock { $0.facts[0].isTLS && $0.tls.count == 1 })
            try? await client.channel.close().get()
            let clear = try SMTPTestClient(port: server.port)
            clear.send("EHLO c.example\r\n")
            #expect(!clear.rest().contains("220"))
        }
    }

    @Test("a balancer's header comes before TLS (LB-04)")
    func proxyBeforeTLS() async throws {
        let policy = TestPolicy()
        try await Self.listen(policy, .implicit, { $0.configuration.balancers = [try #require(PROXYListenerTests.loopback)] }) { server in
            let client = try await TLSTestClient(port: server.port)
            try await client.send("PROXY TCP4 192.0.2.1 198.51.100.7 56324 465\r\n")
            try await client.startTLS()
            #expect(try await client.codes(1) == ["220"])
            #expect(policy.seen.withLock { $0.facts[0].client } == PROXYHeaderTests.endpoint("192.0.2.1", 56324))
            try? await client.channel.close().get()
        }
    }

    @Test("a handshake that does not come is given up")
    func silentHandshake() async throws {
        let policy = TestPolicy()
        try await Self.listen(policy, .startTLS, { $0.configuration.timeouts.handshake = .milliseconds(150) }) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            #expect(try client.ask("EHLO c.example").contains("STARTTLS"))
            #expect(try client.ask("STARTTLS").hasPrefix("220"))
            #expect(client.rest() == "")
            #expect(policy.summaries(1).first?.ending == .timedOut)
        }
    }

    enum Cut: CaseIterable { case closeNotify, closeNotifyThenClear, abrupt }

    @Test("TLS that ends inside a message leaves nothing behind, and what follows in clear is not read (EX-07, CVE-2026-45185)", arguments: Cut.allCases)
    func cut(_ cut: Cut) async throws {
        let policy = TestPolicy()
        let transfers = [("DATA\r\n", "Subject: x\r\n\r\nb\r\n.\r"), ("BDAT 12 LAST\r\n", "abcdefghijk")]
        try await Self.listen(policy, .implicit) { server in
            var sessions = 0
            for (command, octets) in transfers {
                for count in 0...octets.utf8.count {
                    sessions += 1
                    let client = try await TLSTestClient(port: server.port, tls: true)
                    #expect(try await client.codes(1) == ["220"])
                    try await client.send(SMTPAbuseTests.opening)
                    #expect(try await client.codes(3) == ["250", "250", "250"])
                    try await client.send(command)
                    if command.hasPrefix("DATA") { #expect(try await client.codes(1) == ["354"]) }
                    if count > 0 { try await client.send(String(octets.prefix(count))) }
                    let channel = client.channel
                    switch cut {
                    case .closeNotify: try? await channel.close(mode: .output).get()
                    case .closeNotifyThenClear:
                        try await channel.eventLoop.submit {
                            let context = try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
                            let handler = try channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
                            handler.stopTLS(promise: nil)
                            context.writeAndFlush(NIOAny(ByteBuffer(string: "\n\r\n.\r\nlQUIT\r\n")), promise: nil)
                        }.get()
                    case .abrupt:
                        try await channel.eventLoop.submit {
                            let context = try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
                            context.close(promise: nil)
                        }.get()
                    }
                    #expect(try await client.waitUntilClosed())
                    #expect(client.text == "")
                    try? await channel.close().get()
                }
            }
            let summaries = policy.summaries(sessions)
            #expect(summaries.count == sessions)
            #expect(summaries.allSatisfy { $0.messagesAccepted == 0 && $0.messagesLost == 1 })
            #expect(policy.messages.isEmpty)
        }
    }

    @Test("replacing the certificate fails no handshake (SE-09)")
    func reload() async throws {
        let policy = TestPolicy()
        let tls = TLSContext(try TestCertificate.context())
        try await Self.listen(policy, .implicit, { $0.resources.tls = tls }) { server in
            for _ in 0..<20 {
                let client = try await TLSTestClient(port: server.port, tls: true)
                tls.replace(try TestCertificate.context())
                #expect(try await client.codes(1) == ["220"])
                try? await client.channel.close().get()
            }
        }
    }
}
