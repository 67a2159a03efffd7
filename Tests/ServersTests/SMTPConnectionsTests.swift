// What listeners share: the budget for messages, names of sessions, addresses, sizes of reads.
import MailFormat
import Measurement
import NIOCore
import Synchronization
import Testing

@testable import Servers

@Suite("Shared by listeners")
struct SMTPConnectionsTests {
    @Test("a budget never gives more than it has, wakes who waits, and gets everything back", .timeLimit(.minutes(1)))
    func budget() async {
        let budget = ReceiveBudget(limit: 1000)
        let most = Atomic<Int>(0)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<500 {
                        let lease = ReceiveBudget.Lease(budget)
                        for size in [100 + task, 300, 400 + round % 50] {
                            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                                // A retry that finds no room gives up this size: what is asked here is only that somebody is woken at all.
                                if lease.grow(to: size, orWhenRoom: { done.resume() }) { done.resume() }
                            }
                            most.max(budget.octets, ordering: .relaxed)
                            if lease.octets < size { break }
                        }
                    }
                }
            }
        }
        #expect(most.load(ordering: .relaxed) <= 1000)
        #expect(budget.octets == 0)
    }

    @Test("growing a lease to less changes nothing")
    func lease() {
        let budget = ReceiveBudget(limit: 10)
        let lease = ReceiveBudget.Lease(budget)
        #expect(lease.grow(to: 8, orWhenRoom: {}))
        #expect(lease.grow(to: 3, orWhenRoom: {}))
        #expect(budget.octets == 8)
        #expect(!lease.grow(to: 11, orWhenRoom: {}))
        #expect(lease.grow(to: 10, orWhenRoom: {}))
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
        #expect(!allocator.record(actualReadBytes: 20))
        for size in [1024, 8192] { #expect(allocator.record(actualReadBytes: size)) }
        #expect(allocator.buffer(allocator: ByteBufferAllocator()).capacity >= 65_536)
        #expect(allocator.record(actualReadBytes: 65_536))
        #expect(!allocator.record(actualReadBytes: 100))
        #expect(allocator.buffer(allocator: ByteBufferAllocator()).capacity < 8192)
    }
}
