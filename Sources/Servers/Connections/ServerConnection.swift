// What the registry of connections needs from one of them, whatever protocol it speaks.
package import NIOCore

/// A connection as its registry sees it. Everything is used on the connection's event loop only.
package protocol ServerConnection: AnyObject, Sendable {
    /// Where the connection stands in its shard; kept by the shard, -1 outside of it.
    var place: Int { get set }
    /// The deadline set with `ConnectionShard.setDeadline(_:of:)` has passed; it is cleared before this call.
    func deadlineReached(_ now: NIODeadline)
    /// The server is closing down: finish what was promised, say so, and leave.
    func drain()
    /// Time is up: close now.
    func cut()
}
