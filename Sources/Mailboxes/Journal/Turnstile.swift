// Waiting on a thread of our own for a value that another thread gives.
import Dispatch
import Synchronization

/// A place for one value; who waits is blocked until it is there. Never used on an event loop.
final class Turnstile<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let signal = DispatchSemaphore(value: 0)

    func set(_ value: Value) {
        self.value.withLock { $0 = value }
        self.signal.signal()
    }

    /// Blocks; to be called once.
    func wait() -> Value {
        while true {
            self.signal.wait()
            if let value = self.value.withLock({ $0 }) { return value }
        }
    }
}
