// What a client hears for which there is no room: one line, at a small and fixed cost.
import NIOCore

/// Says one line and closes; without state, so all connections share one. Nothing is read.
final class OverloadHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let line: ByteBuffer?

    /// - Parameter line: nil where the client could not read it (implicit TLS).
    init(line: [UInt8]?) { self.line = line.map { ByteBuffer(bytes: $0) } }

    func channelActive(context: ChannelHandlerContext) {
        if let line { context.writeAndFlush(wrapOutboundOut(line), promise: nil) }
        context.close(promise: nil)
    }
}
