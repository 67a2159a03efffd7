// What listeners share: the budget for messages, names of sessions, addresses, sizes of reads.
import MailFormat
import Measurement
import NIOCore
import Synchronization
import Testing

@testable import Servers

@Suite("Shared by listeners")
struct SMTPConnectionsTests {
    @Test("a budget gives no more than it has and one message, calls back everybody who found no room, and gets everything back", .timeLimit(.minutes(1)))
    func budget() async {
        let budget = ReceiveBudget(limit: 1000)
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<2000 {
                        let lease = ReceiveBudget.Lease(budget)
                        for size in [100 + task, 300, 400 + round % 50] {
                            guard lease.grow(to: size, orWhenRoom: { tally.retries.wrappingAdd(1, ordering: .relaxed) }) else {
                                tally.failures.wrappingAdd(1, ordering: .relaxed)
                                break
                            }
                            tally.most.max(budget.octets, ordering: .relaxed)
                            await Task.yield()
                        }
                    }
                }
            }
        }
        #expect(tally.most.load(ordering: .relaxed) <= 1000 + 450)
        #expect(budget.octets == 0)
        #expect(tally.failures.load(ordering: .relaxed) == tally.retries.load(ordering: .relaxed))
    }

    @Test("growing a lease to less changes nothing")
    func lease() {
        let budget = ReceiveBudget(limit: 10)
        let lease = ReceiveBudget.Lease(budget)
        let outcomes = [8, 3, 10].map { lease.grow(to: $0, orWhenRoom: {}) }
        #expect(outcomes == [true, true, true])
        #expect(budget.octets == 10)
    }

    @Test("only one message goes beyond the limit at a time, and it may go on")
    func overdraft() {
        let budget = ReceiveBudget(limit: 10)
        do {
            let first = ReceiveBudget.Lease(budget)
            let second = ReceiveBudget.Lease(budget)
            let outcomes = [
                first.grow(to: 8, orWhenRoom: {}), second.grow(to: 8, orWhenRoom: {}), first.grow(to: 9, orWhenRoom: {}),
                second.grow(to: 100, orWhenRoom: {}),
            ]
            #expect(outcomes == [true, true, false, true])
            #expect(budget.octets == 108)
        }
        #expect(budget.octets == 0)
        let third = ReceiveBudget.Lease(budget).grow(to: 11, orWhenRoom: {})
        #expect(third)
    }

    @Test("names of sessions are short, ascending, and go on after a restart")
    func names() {
        let first = SessionNames(clock: WallClock { 1_800_000_000_000 })
        let second = SessionNames(clock: WallClock { 1_800_000_001_000 })
        let names = (0..<1000).map { _ in first.make() } + (0..<1000).map { _ in second.make() }
        #expect(names == names.sorted() && Set(names).count == 2000)
        #expect(names.allSatisfy { $0.utf8.count == 11 })
    }

    @Test("addresses of sockets", arguments: [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1")])
    func endpoints(_ text: String, _ expected: String) throws {
        let endpoint = Endpoint(try SocketAddress(ipAddress: text, port: 2525))
        #expect(endpoint?.address == IPAddress(expected) && endpoint?.port == 2525)
        #expect(Endpoint(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }

    @Test("reads grow in the middle of a message and shrink again")
    func reads() {
        var allocator = SessionReadAllocator()
        #expect(allocator.buffer(allocator: ByteBufferAllocator()).capacity >= 1024)
        let small = allocator.record(actualReadBytes: 20)
        #expect(!small)
        for size in [1024, 8192] {
            let grown = allocator.record(actualReadBytes: size)
            #expect(grown)
        }
        #expect(allocator.buffer(allocator: ByteBufferAllocator()).capacity >= 65_536)
        let full = allocator.record(actualReadBytes: 65_536)
        let shrunk = allocator.record(actualReadBytes: 100)
        #expect(full && !shrunk)
        #expect(allocator.buffer(allocator: ByteBufferAllocator()).capacity < 8192)
    }
}

/// What the tasks of a test count together.
private final class Tally: Sendable {
    let most = Atomic<Int>(0)
    let failures = Atomic<Int>(0)
    let retries = Atomic<Int>(0)
}
