// What the signals of the system mean to the server.
import Dispatch
import Glibc
import ServiceLifecycle
import Synchronization

/// Turns signals into calls: SIGTERM and SIGINT stop gracefully, a second one hurries, SIGHUP reloads. SIGPIPE is ignored for good: a peer that
/// goes away is an error of a write, not the end of the process.
package struct SignalWatch: Service {
    /// The calls; each is made on a queue of its own and must be quick.
    package struct Calls: Sendable {
        package var stop: @Sendable () -> Void
        package var hurry: @Sendable () -> Void
        package var reload: @Sendable () -> Void

        package init(stop: @escaping @Sendable () -> Void, hurry: @escaping @Sendable () -> Void, reload: @escaping @Sendable () -> Void) {
            self.stop = stop
            self.hurry = hurry
            self.reload = reload
        }
    }

    private let calls: Calls

    package init(_ calls: Calls) { self.calls = calls }

    /// Watches until the task is cancelled.
    package func run() async throws {
        let (signals, continuation) = AsyncStream<Int32>.makeStream(bufferingPolicy: .bufferingNewest(16))
        signal(SIGPIPE, SIG_IGN)
        let queue = DispatchQueue(label: "signals")
        let sources = [SIGTERM, SIGINT, SIGHUP].map { number in
            // The default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, SIG_DFL) }
        }
        var isStopping = false
        await withTaskCancellationHandler {
            for await number in signals {
                switch number {
                case SIGHUP: if !isStopping { calls.reload() }
                case _ where isStopping: calls.hurry()
                default:
                    isStopping = true
                    calls.stop()
                }
            }
        } onCancel: {
            continuation.finish()
        }
    }
}
