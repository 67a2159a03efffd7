// A message on its way in: decoders, octets, and how fast they come.
import NIOCore
import SMTPProtocol

/// What a connection holds while a message arrives, in an object of its own so that idle connections do without. Event loop only.
final class Reception {
    /// What the next octets are.
    enum Kind {
        /// Lines up to the end mark (DATA).
        case lines
        /// So many octets of a chunk (BDAT).
        case chunk(remaining: Int64, keep: Bool, isLast: Bool)
        /// Commands: between two chunks.
        case betweenChunks
    }

    var kind: Kind
    var lines: DataDecoder
    var chunks: ChunkDecoder
    var octets: [UInt8] = []
    let lease: ReceiveBudget.Lease
    private let limit: Int64

    /// The window in which the rate is measured now.
    private var windowBegan: NIODeadline
    private var windowOctets = 0
    /// No rate is asked in the first window, nor in one in which we did not read.
    var isWindowExempt = true

    init(_ kind: Kind, limit: Int64, budget: ReceiveBudget, now: NIODeadline) {
        self.kind = kind
        self.limit = limit
        lines = DataDecoder(limit: limit)
        chunks = ChunkDecoder(limit: limit)
        lease = ReceiveBudget.Lease(budget)
        windowBegan = now
    }

    /// Octets are to be decoded: makes room for them, within the budget.
    func makeRoom(for count: Int, orWhenRoom retry: @escaping @Sendable () -> Void) -> Bool {
        // What the limit does not let in is not stored, so no room is needed for it.
        let most = max(Int(clamping: limit), 0)
        let needed = min(octets.count + min(count, most), most)
        guard needed > lease.octets else { return true }
        // Made line ends may have let the array grow beyond what was asked for before; that is caught up with here.
        let capacity = max(octets.capacity, min(max(needed, octets.capacity * 2, 4096), max(most, 4096)))
        guard lease.grow(to: capacity, orWhenRoom: retry) else { return false }
        octets.reserveCapacity(capacity)
        return true
    }

    func arrived(_ count: Int) { windowOctets += count }

    /// When the rate is judged next.
    func windowEnd(_ length: TimeAmount) -> NIODeadline { windowBegan + length }

    /// Ends the window if it is over. False: the client is too slow.
    func judgeRate(_ now: NIODeadline, window: TimeAmount, minimum: Int) -> Bool {
        guard now >= windowEnd(window) else { return true }
        let seconds = Double((now - windowBegan).nanoseconds) / 1e9
        let isFast = isWindowExempt || Double(windowOctets) >= Double(minimum) * seconds
        windowBegan = now
        windowOctets = 0
        isWindowExempt = false
        return isFast
    }
}
