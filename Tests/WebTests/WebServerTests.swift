// The web server over a real socket: pages, health, metrics and the headers that protect them.
import Foundation
import Logging
import MailFormat
import Measurement
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Web

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite struct WebServerTests {
    /// One answer.
    private struct Reply {
        var status = 0
        var fields: [String: String] = [:]
        var text = ""
    }

    /// Runs a server, asks for some paths and stops it.
    private func ask(
        _ paths: [String], metricsNetworks: [String] = ["127.0.0.0/8"],
        parts: [HealthChecks.Part] = [.init(name: "store", isWell: true, detail: "3 files")]
    ) async throws -> [Reply] {
        var configuration = WebServerConfiguration()
        configuration.places = [.ip(.v4(0x7f00_0001), port: 0)]
        configuration.metricsNetworks = metricsNetworks.compactMap { IPNetwork($0) }
        configuration.site.operatorName = "Example <&> Net"
        configuration.site.domain = "example.net"
        configuration.site.settings = [("Mobile", [("Incoming server", "mobile.example.net"), ("Port", "993")])]
        let registry = MeasurementRegistry()
        registry.counter("mail_x_total", "x")().add()
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = WebServer(
            configuration: configuration, health: HealthChecks { parts }, registry: registry,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            group: MultiThreadedEventLoopGroup.singleton
        ) { _, address in continuation.yield(address?.port ?? 0) }
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.run() }
            defer { tasks.cancelAll() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            var replies: [Reply] = []
            for path in paths {
                let (data, response) = try await URLSession.shared.data(from: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
                let http = try #require(response as? HTTPURLResponse)
                var reply = Reply(status: http.statusCode, text: String(decoding: data, as: UTF8.self))
                for (name, value) in http.allHeaderFields { reply.fields["\(name)".lowercased()] = "\(value)" }
                replies.append(reply)
            }
            return replies
        }
    }

    @Test("the start page works without script, is escaped, and names the settings")
    func startPage() async throws {
        let reply = try #require(try await ask(["/"]).first)
        #expect(reply.status == 200 && reply.fields["content-type"] == "text/html; charset=utf-8")
        #expect(!reply.text.contains("<script") && !reply.text.contains("style=\""))
        #expect(reply.text.contains("<html lang=\"en\">") && reply.text.contains("<main id=\"main\">") && reply.text.contains("Skip to the content"))
        #expect(reply.text.contains("Example &lt;&amp;&gt; Net") && !reply.text.contains("Example <&>"))
        #expect(reply.text.contains("<dt>Incoming server</dt><dd>mobile.example.net</dd>"))
    }

    @Test("every response carries the protecting headers, refusals too")
    func headers() async throws {
        let replies = try await ask(["/", "/style.css", "/health/live", "/metrics", "/nothing/here"])
        #expect(replies.map(\.status) == [200, 200, 200, 200, 404])
        for reply in replies {
            for (name, value) in ProtectionHeaders.fields { #expect(reply.fields[name.lowercased()] == value) }
            #expect(reply.fields["server"] == nil)
        }
        #expect(replies[1].text.contains("prefers-color-scheme: dark"))
    }

    @Test("readiness follows the parts; details are for the metrics networks only")
    func health() async throws {
        var replies = try await ask(["/health/ready", "/health/live"])
        #expect(replies.map(\.status) == [200, 200])
        #expect(replies[0].text == "ready\nstore: well (3 files)\n" && replies[1].text == "alive\n")
        replies = try await ask(
            ["/health/ready", "/metrics"], metricsNetworks: ["192.0.2.0/24"], parts: [.init(name: "store", isWell: false, detail: "secret path")])
        #expect(replies.map(\.status) == [503, 403])
        #expect(replies[0].text == "not ready\n")
    }

    @Test("metrics are Prometheus text")
    func metrics() async throws {
        let reply = try #require(try await ask(["/metrics"]).first)
        #expect(reply.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(reply.text == "# HELP mail_x_total x\n# TYPE mail_x_total counter\nmail_x_total 1\n")
    }
}
