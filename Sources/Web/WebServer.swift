// The web server: its routes and its listeners.
import HTTPTypes
import Hummingbird
package import Logging
package import Measurement
import MailFormat
package import NIOCore
import ServiceLifecycle
import Synchronization

/// Serves the start page, health and metrics on every configured place.
package final class WebServer: Service {
    private let configuration: WebServerConfiguration
    private let health: HealthChecks
    private let registry: MeasurementRegistry
    private let logger: Logger
    private let group: any EventLoopGroup
    private let listening: @Sendable (WebServerConfiguration.Place, SocketAddress?) -> Void

    /// - Parameter listening: called for each place when it listens, with the address it got (a port of 0 is chosen by the system).
    package init(
        configuration: WebServerConfiguration, health: HealthChecks, registry: MeasurementRegistry, logger: Logger, group: any EventLoopGroup,
        listening: @escaping @Sendable (WebServerConfiguration.Place, SocketAddress?) -> Void = { _, _ in }
    ) {
        self.configuration = configuration
        self.health = health
        self.registry = registry
        self.logger = logger
        self.group = group
        self.listening = listening
    }

    /// Listens until the service stops. Without places it waits for the stop.
    package func run() async throws {
        guard !configuration.places.isEmpty else {
            try await gracefulShutdown()
            return
        }
        let router = Self.router(configuration: configuration, health: health, registry: registry)
        let responder = router.buildResponder()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for place in configuration.places {
                let address: BindAddress =
                    switch place {
                    case .ip(let address, let port): .hostname(address.description, port: port)
                    case .unix(let path): .unixDomainSocket(path: path)
                    }
                let application = Application(
                    responder: responder, server: .http1(configuration: .init(idleTimeout: .seconds(60))),
                    configuration: .init(address: address, serverName: nil),
                    onServerRunning: { [listening] channel in listening(place, channel.localAddress) },
                    eventLoopGroupProvider: .shared(group), logger: logger)
                tasks.addTask { try await application.run() }
            }
            try await tasks.waitForAll()
        }
    }

    /// The routes, for tests too.
    static func router(configuration: WebServerConfiguration, health: HealthChecks, registry: MeasurementRegistry) -> Router<WebContext> {
        let site = configuration.site
        let mayLookInside: @Sendable (WebContext) -> Bool = { context in
            context.isLocalSocket || context.peer.map { peer in configuration.metricsNetworks.contains { $0.contains(peer) } } ?? false
        }
        let router = Router(context: WebContext.self)
        router.addMiddleware { ProtectionHeaders() }
        let start = Page.html(StartPage.html(site: site))
        let missing = Page.html(StartPage.missing(site: site), status: .notFound)
        router.get("/") { _, _ in start.response }
        router.get("/style.css") { _, _ in
            var response = Page(status: .ok, type: "text/css; charset=utf-8", text: Layout.style).response
            response.headers[.cacheControl] = "max-age=3600"
            return response
        }
        router.get("/health/live") { _, _ in
            let isLive = await health.isLive()
            return Page.plain(isLive ? "alive\n" : "not alive\n", status: isLive ? .ok : .serviceUnavailable).response
        }
        router.get("/health/ready") { _, context in
            let parts = await health.parts()
            let isReady = parts.allSatisfy(\.isWell)
            var text = isReady ? "ready\n" : "not ready\n"
            if mayLookInside(context) {
                for part in parts { text += "\(part.name): \(part.isWell ? "well" : "not well")\(part.detail.isEmpty ? "" : " (\(part.detail))")\n" }
            }
            return Page.plain(text, status: isReady ? .ok : .serviceUnavailable).response
        }
        router.get("/metrics") { _, context in
            guard mayLookInside(context) else { return Page.plain("not for this network\n", status: .forbidden).response }
            return Page(status: .ok, type: "text/plain; version=0.0.4; charset=utf-8", text: registry.prometheusText()).response
        }
        router.get("/**") { _, _ in missing.response }
        return router
    }
}

/// A finished page.
struct Page: Sendable {
    let status: HTTPResponse.Status
    let type: String
    let text: String

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Page { Page(status: status, type: "text/html; charset=utf-8", text: text) }
    static func plain(_ text: String, status: HTTPResponse.Status) -> Page { Page(status: status, type: "text/plain; charset=utf-8", text: text) }

    var response: Response { Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text))) }
}
