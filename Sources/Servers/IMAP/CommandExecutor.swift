// The threads on which commands run that read the disk or go through many messages: never an event loop, never the shared concurrency pool.
import NIOPosix

/// Runs tasks on a bounded pool of threads, where blocking is allowed.
///
/// `@unchecked Sendable`: it has one constant member, the pool, which is made for use by many threads.
final class CommandExecutor: TaskExecutor, @unchecked Sendable {
    private let pool: NIOThreadPool

    init(threads: Int) {
        self.pool = NIOThreadPool(numberOfThreads: max(1, threads))
        self.pool.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Also where the pool has stopped: a job must run, or its task would never end.
        self.pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    func stop() async { try? await self.pool.shutdownGracefully() }
}
