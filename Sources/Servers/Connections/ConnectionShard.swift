// The connections of one event loop with their deadlines: the place of a timer for each of them.
package import NIOCore

/// The connections that live on one event loop, used on that event loop only.
///
/// Deadlines stand in one array that a single repeated task looks through. A timer for each connection would cost more memory, and cancelling
/// one is a linear search under a lock in the event loop; a pass over 10,000 connections reads 80 KB.
///
/// `@unchecked Sendable`: every member except `init` is used on `eventLoop` only (checked in debug builds), so no two threads ever meet here.
package final class ConnectionShard: @unchecked Sendable {
    package let eventLoop: any EventLoop
    /// How late a deadline may be noticed.
    private let precision: TimeAmount
    private var members: [any ServerConnection] = []
    private var deadlines: [NIODeadline] = []
    private var isTicking = false
    /// True from the beginning of a graceful stop.
    package private(set) var isDraining = false

    init(eventLoop: any EventLoop, precision: TimeAmount) {
        self.eventLoop = eventLoop
        self.precision = precision
    }

    /// Takes a connection in, without a deadline.
    package func join(_ connection: any ServerConnection) {
        eventLoop.assertInEventLoop()
        connection.place = members.count
        members.append(connection)
        deadlines.append(.distantFuture)
        tickLater()
    }

    /// Lets a connection go; nothing happens when it is not a member.
    package func leave(_ connection: any ServerConnection) {
        eventLoop.assertInEventLoop()
        let place = connection.place
        guard members.indices.contains(place), members[place] === connection else { return }
        connection.place = -1
        let last = members.count - 1
        if place != last {
            members[place] = members[last]
            deadlines[place] = deadlines[last]
            members[place].place = place
        }
        members.removeLast()
        deadlines.removeLast()
    }

    /// When `deadlineReached` is to be called, at the earliest; replaces what was set before.
    package func setDeadline(_ deadline: NIODeadline, of connection: any ServerConnection) {
        guard deadlines.indices.contains(connection.place) else { return }
        deadlines[connection.place] = deadline
    }

    func drain() {
        eventLoop.assertInEventLoop()
        isDraining = true
        for member in members { member.drain() }
    }

    func cut() {
        eventLoop.assertInEventLoop()
        for member in members { member.cut() }
    }

    private func tickLater() {
        guard !isTicking else { return }
        isTicking = true
        _ = eventLoop.scheduleTask(in: precision) { self.tick() }
    }

    private func tick() {
        isTicking = false
        let now = eventLoop.now
        // Backwards: a member that leaves is replaced by one that was looked at already.
        var place = members.count - 1
        while place >= 0 {
            if place < members.count, deadlines[place] <= now {
                deadlines[place] = .distantFuture
                members[place].deadlineReached(now)
            }
            place -= 1
        }
        if !members.isEmpty { tickLater() }
    }
}
