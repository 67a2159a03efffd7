// One IMAP listener: binds, accepts, ends.
import IMAPProtocol
import Logging
import MailFormat
package import NIOCore
import NIOPosix
import NIOSSL

/// Why a listener could not be started. The text is for the operator.
package struct IMAPServerError: Error, CustomStringConvertible {
    package let description: String
}

/// A running listener.
package final class IMAPServer: Sendable {
    private let channel: any Channel
    private let listener: IMAPListener

    private init(channel: any Channel, listener: IMAPListener) {
        self.channel = channel
        self.listener = listener
    }

    /// Binds the address and begins to accept.
    package static func start(
        _ configuration: IMAPListenerConfiguration, service: IMAPService, resources: ServerResources
    ) async throws(IMAPServerError) -> IMAPServer {
        if configuration.tlsMode != .none, resources.tls == nil {
            throw IMAPServerError(description: "listener \(configuration.name) needs a certificate")
        }
        let listener = IMAPListener(configuration, service: service, resources: resources)
        let refusals = Refusals(listener)
        let bootstrap = ServerBootstrap(group: resources.group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.recvAllocator, value: SessionReadAllocator())
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 128 * 1024, high: 512 * 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Self.accept(channel, listener, refusals) }
            }
        do {
            let channel: any Channel
            switch configuration.address {
            case .tcp(let address, let port):
                channel = try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .bind(to: SocketAddress(ipAddress: address.description, port: Int(port))).get()
            case .unix(let path):
                channel = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            }
            resources.logger.info("imap listening", metadata: ["listener": "\(configuration.name)", "address": "\(configuration.address)"])
            return IMAPServer(channel: channel, listener: listener)
        } catch {
            throw IMAPServerError(description: "listener \(configuration.name), \(configuration.address): \(error)")
        }
    }

    /// The port in use, which matters where port 0 was asked for; 0 on a socket in the file system.
    package var port: UInt16 { Endpoint(channel.localAddress)?.port ?? 0 }

    /// Sessions at this moment.
    package var sessionCount: Int { listener.registry.count }

    /// Stops accepting at once. Sessions finish their command, hear BYE and are closed; those still there after `bound` are cut off.
    package func shutDown(within bound: Duration) async {
        // An error here says that the channel is closed already, which is what is wanted.
        try? await channel.close().get()
        await listener.registry.drain(within: bound)
    }

    /// What clients hear that are not let in.
    private struct Refusals: Sendable {
        let full: OverloadHandler
        let draining: OverloadHandler

        init(_ listener: IMAPListener) {
            func line(_ status: StatusResponse) -> [UInt8]? {
                guard listener.configuration.tlsMode != .implicit else { return nil }
                var buffer = ResponseBuffer()
                buffer.append(status: status, tag: nil)
                return buffer.take()
            }
            full = OverloadHandler(line: line(.bye(.tooManySessions, .unavailable)))
            draining = OverloadHandler(line: line(.bye(.shuttingDown, .unavailable)))
        }
    }

    /// Builds the pipeline of a new connection: PROXY header, TLS, dialogue.
    private static func accept(_ channel: any Channel, _ listener: IMAPListener, _ refusals: Refusals) throws {
        let pipeline = channel.pipeline.syncOperations
        switch listener.registry.admit() {
        case .admitted: break
        case .full: return try pipeline.addHandler(refusals.full)
        case .draining: return try pipeline.addHandler(refusals.draining)
        }
        do {
            let configuration = listener.configuration
            let connection = IMAPConnection(listener, shard: listener.registry.shard(of: channel.eventLoop), eventLoop: channel.eventLoop)
            if !configuration.balancers.isEmpty, let peer = Endpoint(channel.remoteAddress),
                configuration.balancers.contains(where: { $0.contains(peer.address) })
            {
                try pipeline.addHandler(ProxyHeaderHandler(timeout: TimeAmount(configuration.proxyHeaderTimeout)))
                connection.phase = .proxyHeader
            }
            if configuration.tlsMode == .implicit, let tls = listener.resources.tls {
                try pipeline.addHandler(TLSHandler(context: tls.current))
            }
            try pipeline.addHandler(connection)
        } catch {
            listener.registry.release()
            throw error
        }
    }
}
