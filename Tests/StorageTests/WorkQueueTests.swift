// The hand-over to a worker thread: order, gathering, closing.
import Foundation
import PostmasterTesting
import Synchronization
import Testing

@testable import Storage

@Suite struct WorkQueueTests {
    @Test("everything that waits is taken at once, in order; a closed queue gives what it still holds, then nothing")
    func takeAll() {
        let queue = WorkQueue<Int>()
        for n in 0..<5 { #expect(queue.put(n)) }
        #expect(queue.takeAll() == [0, 1, 2, 3, 4])
        #expect(queue.put(5))
        queue.close()
        #expect(!queue.put(6))
        #expect(queue.takeAll(gathering: 5_000_000_000) == [5])
        #expect(queue.takeAll() == nil)
    }

    @Test("gathering waits for company, and ends at once for an urgent item, for hurry and for close", arguments: 0..<4)
    func gathering(kind: Int) {
        let queue = WorkQueue<Int>()
        let begin = Moment.now
        #expect(queue.put(1, urgent: false))
        Thread.detachNewThread {
            usleep(30_000)
            switch kind {
            case 0: _ = queue.put(2, urgent: true)
            case 1:
                _ = queue.put(2, urgent: false)
                queue.hurry()
            case 2:
                _ = queue.put(2, urgent: false)
                queue.close()
            default: _ = queue.put(2, urgent: false)
            }
        }
        #expect(queue.takeAll(gathering: kind == 3 ? 300_000_000 : 20_000_000_000) == [1, 2])
        let took = Moment.now - begin
        #expect(kind == 3 ? took >= 0.29 : took < 10)
    }

    @Test("an urgent item that came before the taking is not kept waiting")
    func urgentFirst() {
        let queue = WorkQueue<Int>()
        #expect(queue.put(1, urgent: false))
        #expect(queue.put(2, urgent: true))
        let begin = Moment.now
        #expect(queue.takeAll(gathering: 20_000_000_000) == [1, 2])
        #expect(Moment.now - begin < 10)
    }

    @Test("four producers and one consumer: nothing is lost, each producer's items keep their order")
    func producers() {
        let queue = WorkQueue<Int>()
        let done = DispatchGroup()
        for producer in 0..<4 {
            done.enter()
            Thread.detachNewThread {
                for n in 0..<20_000 { _ = queue.put(producer * 100_000 + n, urgent: n % 7 == 0) }
                done.leave()
            }
        }
        done.notify(queue: .global()) { queue.close() }
        var taken: [Int] = []
        while let items = queue.takeAll() { taken += items }
        #expect(taken.count == 80_000)
        for producer in 0..<4 { #expect(taken.filter { $0 / 100_000 == producer }.map { $0 % 100_000 } == Array(0..<20_000)) }
    }
}
