// Reads the PROXY header of a connection before anything else sees its octets.
package import NIOCore

/// First in the pipeline of a balancer's connection, before TLS (standards LB-04). Tells the header as a user event, hands on what follows it, and
/// leaves the pipeline. A bad header, or none in time, closes the connection.
package final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    private let timeout: TimeAmount
    private var received = ByteBuffer()
    private var isDone = false
    private var timer: Scheduled<Void>?

    /// - Parameter timeout: from the connection to the last octet of the header.
    package init(timeout: TimeAmount) { self.timeout = timeout }

    package func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: timeout) {
            let (handler, context) = bound.value
            handler.fail(.late, context)
        }
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) { stop() }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var octets = unwrapInboundIn(data)
        if isDone {
            // The pipeline has not let us go yet.
            context.fireChannelRead(wrapInboundOut(octets))
            return
        }
        received.writeBuffer(&octets)
        switch ProxyHeader.parse(received.readableBytesUInt8Span) {
        case .needMore: break
        case .invalid(let error): fail(error, context)
        case .header(let header, let consumed):
            stop()
            isDone = true
            received.moveReaderIndex(forwardBy: consumed)
            let rest = received
            received = ByteBuffer()
            context.fireUserInboundEventTriggered(header)
            if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }

    private func fail(_ error: ProxyHeaderError, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        isDone = true
        stop()
        received = ByteBuffer()
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }
}
