// PROXY headers on a listener.
import Glibc
import MailFormat
import Synchronization
import Testing

@testable import Servers

@Suite("PROXY on a listener", .serialized)
struct PROXYListenerTests {
    static let loopback = IPNetwork("127.0.0.0/8")

    static func listen(_ policy: TestPolicy, headerWithin time: Duration = .seconds(5), _ body: (SMTPServer) async throws -> Void) async throws {
        try await withServer(policy, {
            $0.configuration.balancers = [try #require(Self.loopback)]
            $0.configuration.timeouts.proxyHeader = time
        }, body)
    }

    @Test("the client is whom the balancer names, also octet by octet and with commands behind it", arguments: PROXYHeaderTests.good)
    func named(_ octets: [UInt8], _ origin: ProxyHeader.Origin) async throws {
        let policy = TestPolicy()
        try await Self.listen(policy) { server in
            for isSplit in [false, true] where !isSplit || octets.count < 300 {
                let client = try SMTPTestClient(port: server.port)
                if isSplit {
                    for octet in octets {
                        client.send([octet])
                        usleep(300)
                    }
                } else {
                    client.send(octets)
                }
                #expect(try client.codes(1) == ["220"])
                #expect(try client.ask("EHLO c.example").hasPrefix("250"))
                let facts = try #require(policy.seen.withLock { $0.facts.last })
                switch origin {
                case .peer: #expect(facts.client?.address == .v4(0x7f00_0001))
                case .proxied(let source, let destination): #expect(facts.client == source && facts.local == destination)
                }
            }
        }
    }

    @Test("no header, or a bad one, closes without a word", arguments: ["", "PROXY TCP4 192.0", "EHLO x\r\n", "PROXY TCP4 x y 1 2\r\nEHLO x\r\n"])
    func missing(_ text: String) async throws {
        let policy = TestPolicy()
        try await Self.listen(policy, headerWithin: .milliseconds(200)) { server in
            let client = try SMTPTestClient(port: server.port)
            client.send(text)
            #expect(client.rest() == "")
            #expect(policy.seen.withLock { $0.facts.isEmpty })
        }
    }

    @Test("a header from somebody who is no balancer is garbage")
    func unlisted() async throws {
        let policy = TestPolicy()
        try await withServer(policy, { $0.configuration.balancers = [try #require(IPNetwork("192.0.2.0/24"))] }) { server in
            let client = try SMTPTestClient(port: server.port)
            #expect(try client.codes(1) == ["220"])
            #expect(try client.ask("PROXY TCP4 192.0.2.1 198.51.100.7 56324 25").hasPrefix("500"))
            #expect(policy.seen.withLock { $0.facts[0].client?.address } == .v4(0x7f00_0001))
        }
    }
}
