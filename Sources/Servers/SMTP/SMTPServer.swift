// One SMTP or LMTP listener: binds, accepts, ends.
import Catalogue
import Logging
import MailFormat
import Measurement
import NIOCore
import NIOPosix
import NIOSSL
import SMTPProtocol

/// Why a listener could not be started. The text is for the operator.
package struct SMTPServerError: Error, CustomStringConvertible {
    package let description: String
}

/// A running listener.
package final class SMTPServer: Sendable {
    private let channel: any Channel
    private let listener: SMTPListener

    private init(channel: any Channel, listener: SMTPListener) {
        self.channel = channel
        self.listener = listener
    }

    /// Binds the address and begins to accept.
    package static func start(
        _ configuration: SMTPListenerConfiguration, policy: any SMTPPolicy, resources: ServerResources
    ) async throws(SMTPServerError) -> SMTPServer {
        if configuration.tlsMode != .none, resources.tls == nil {
            throw SMTPServerError(description: "listener \(configuration.name) needs a certificate")
        }
        let listener = SMTPListener(configuration, policy: policy, resources: resources)
        let refusals = Refusals(listener)
        let bootstrap = ServerBootstrap(group: resources.group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Without file descriptors or memory: wait a little instead of trying again at once.
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler()) }
            }
            .childChannelOption(.recvAllocator, value: SessionReadAllocator())
            // One buffer for reading is kept for a connection, not several.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
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
            let server = SMTPServer(channel: channel, listener: listener)
            resources.logger.info("smtp listening", metadata: ["listener": "\(configuration.name)", "address": "\(configuration.address)"])
            return server
        } catch {
            throw SMTPServerError(description: "listener \(configuration.name), \(configuration.address): \(error)")
        }
    }

    /// The port in use, which matters where port 0 was asked for; 0 on a socket in the file system.
    package var port: UInt16 { Endpoint(channel.localAddress)?.port ?? 0 }

    /// Sessions at this moment.
    package var sessionCount: Int { listener.registry.count }

    /// Stops accepting at once. Sessions between transactions hear 421 and are closed; transactions are finished first. Sessions that are still there
    /// after `bound` are cut off.
    package func shutDown(within bound: Duration) async {
        // An error here says that the channel is closed already, which is what is wanted.
        try? await channel.close().get()
        await listener.registry.drain(within: bound)
    }

    /// What clients hear that are not let in.
    private struct Refusals: Sendable {
        let full: OverloadHandler
        let draining: OverloadHandler

        init(_ listener: SMTPListener) {
            let configuration = listener.configuration
            func line(_ reply: Reply) -> [UInt8]? {
                guard configuration.tlsMode != .implicit else { return nil }
                var octets: [UInt8] = []
                reply.encode(into: &octets, enhancedCodes: false)
                return octets
            }
            full = OverloadHandler(line: line(configuration.server.reply(.overloaded)))
            draining = OverloadHandler(line: line(configuration.server.reply(.shutdown)))
        }
    }

    /// Builds the pipeline of a new connection: PROXY header, TLS, dialogue.
    private static func accept(_ channel: any Channel, _ listener: SMTPListener, _ refusals: Refusals) throws {
        let pipeline = channel.pipeline.syncOperations
        switch listener.registry.admit() {
        case .admitted: break
        case .full:
            listener.measurements.refused.add()
            return try pipeline.addHandler(refusals.full)
        case .draining: return try pipeline.addHandler(refusals.draining)
        }
        do {
            let configuration = listener.configuration
            let connection = SMTPConnection(listener, shard: listener.registry.shard(of: channel.eventLoop), eventLoop: channel.eventLoop)
            if !configuration.balancers.isEmpty, let peer = Endpoint(channel.remoteAddress),
                configuration.balancers.contains(where: { $0.contains(peer.address) })
            {
                try pipeline.addHandler(ProxyHeaderHandler(timeout: TimeAmount(configuration.timeouts.proxyHeader)))
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
