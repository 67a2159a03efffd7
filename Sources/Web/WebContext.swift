// What a request carries through the middleware to its page.
package import Hummingbird
package import MailFormat
import NIOCore

/// The context of one request.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Who asks; nil on a Unix socket.
    package let peer: IPAddress?
    /// True for a request over a Unix socket.
    package let isLocalSocket: Bool

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        let remote = source.channel.remoteAddress
        self.peer = remote?.ipAddress.flatMap { IPAddress($0) }
        self.isLocalSocket = remote?.ipAddress == nil
    }
}
