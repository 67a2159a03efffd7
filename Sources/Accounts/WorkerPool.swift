// Threads for work that blocks: checking passwords, looking rows up. Few, so that a storm takes bounded memory and no event loop waits.
import Storage
import Synchronization

/// A fixed number of threads and a bounded queue before them.
final class WorkerPool: Sendable {
    typealias Job = @Sendable () -> Void

    private let queues: [WorkQueue<Job>]
    private let threads: [WorkerThread]
    private let waiting: [WaitCount]
    private let limit: Int

    /// How many jobs one queue holds, running one included.
    private final class WaitCount: Sendable {
        let count = Atomic<Int>(0)
    }

    init(named name: String, threads count: Int, waiting limit: Int) throws(StorageError) {
        let count = max(1, count)
        var threads: [WorkerThread] = []
        let queues = (0..<count).map { _ in WorkQueue<Job>() }
        let waiting = (0..<count).map { _ in WaitCount() }
        for (queue, waits) in zip(queues, waiting) {
            threads.append(
                try WorkerThread(name: name) {
                    while let jobs = queue.takeAll() {
                        for job in jobs {
                            job()
                            waits.count.wrappingSubtract(1, ordering: .relaxed)
                        }
                    }
                })
        }
        self.queues = queues
        self.waiting = waiting
        self.threads = threads
        self.limit = max(1, limit / count)
    }

    /// Runs a job on the thread with the shortest queue; false when too many wait, or the workers have stopped.
    func submit(_ job: @escaping Job) -> Bool {
        var best = 0
        for index in waiting.indices where waiting[index].count.load(ordering: .relaxed) < waiting[best].count.load(ordering: .relaxed) {
            best = index
        }
        guard waiting[best].count.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            waiting[best].count.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        guard queues[best].put(job) else {
            waiting[best].count.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Lets the threads finish what waits, and waits for them.
    func stop() {
        for queue in queues { queue.close() }
        for thread in threads { thread.join() }
    }
}
