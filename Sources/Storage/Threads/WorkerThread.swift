// A thread of our own for blocking work (writes and flushes), joined at the end.
import CPlatform
import Glibc
import Synchronization

/// One named thread that runs a body once.
package final class WorkerThread: Sendable {
    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let identity: Mutex<pthread_t?>

    /// Starts the thread. The name shows in `top` and debuggers (15 octets).
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(StorageError) {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(body))
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            start.release()
            throw StorageError(.failed, "cannot start thread \(name): \(String(cString: strerror(result)))")
        }
        cplatform_name_thread(thread, String(name.prefix(15)))
        identity = Mutex(thread)
    }

    /// Waits until the body has returned. Later calls return at once.
    package func join() {
        let thread = identity.withLock { identity in
            defer { identity = nil }
            return identity
        }
        if let thread { pthread_join(thread, nil) }
    }
}
