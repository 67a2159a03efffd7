// All connections of a listener: how many there may be, and how they end together.
package import NIOCore
import Synchronization

/// The connections of one listener over all event loops.
package final class ConnectionRegistry: Sendable {
    /// Whether a connection may come in.
    package enum Admission: Sendable {
        case admitted
        /// There are as many as there may be.
        case full
        /// The listener is closing down.
        case draining
    }

    /// Connections at a time.
    package let limit: Int
    private let current = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)
    private let shards: [ObjectIdentifier: ConnectionShard]
    /// For an event loop that is not of the group; its connections would share a shard that is never told of them.
    private let first: ConnectionShard

    /// - Parameters:
    ///   - group: the event loops on which connections will live.
    ///   - precision: how late a deadline may be noticed.
    package init(group: any EventLoopGroup, limit: Int, precision: TimeAmount = .milliseconds(100)) {
        self.limit = limit
        var shards: [ObjectIdentifier: ConnectionShard] = [:]
        for eventLoop in group.makeIterator() {
            shards[ObjectIdentifier(eventLoop)] = ConnectionShard(eventLoop: eventLoop, precision: precision)
        }
        self.shards = shards
        let any = group.any()
        self.first = shards[ObjectIdentifier(any)] ?? ConnectionShard(eventLoop: any, precision: precision)
    }

    /// Open connections.
    package var count: Int { current.load(ordering: .relaxed) }
    /// Nearly as many as there may be: time-outs shrink.
    package var isCrowded: Bool { count >= limit - limit / 10 }
    /// True from the beginning of a graceful stop.
    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Asks for room; after `.admitted`, `release()` must follow some time.
    package func admit() -> Admission {
        guard !isDraining else { return .draining }
        guard current.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            current.wrappingSubtract(1, ordering: .relaxed)
            return .full
        }
        return .admitted
    }

    /// Gives the room of one connection back.
    package func release() { current.wrappingSubtract(1, ordering: .relaxed) }

    /// The shard of an event loop.
    package func shard(of eventLoop: any EventLoop) -> ConnectionShard { shards[ObjectIdentifier(eventLoop)] ?? first }

    /// Ends all connections: each is told to finish and leave; those that are still there after `bound` are closed.
    package func drain(within bound: Duration) async {
        draining.store(true, ordering: .relaxed)
        for shard in shards.values { shard.eventLoop.execute { shard.drain() } }
        await wait(for: bound)
        guard count > 0 else { return }
        for shard in shards.values { shard.eventLoop.execute { shard.cut() } }
        await wait(for: .seconds(5))
    }

    /// Until there are no connections, or for so long.
    private func wait(for bound: Duration) async {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: bound)
        while count > 0, clock.now < end {
            do { try await clock.sleep(until: min(end, clock.now.advanced(by: .milliseconds(10)))) } catch { return }
        }
    }
}
