// A bounded hand-over from any thread to one worker thread that takes everything waiting at once.
import Glibc

/// Items wait here for one consumer, which takes them all together: the heart of a group commit.
///
/// `@unchecked Sendable`: `items`, `isClosed` and `isUrgent` are touched only between `lock` and `unlock` of the pthread mutex, and the
/// mutex and condition live in memory of their own that is freed in `deinit`, when nobody can hold them.
package final class WorkQueue<Item: Sendable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var items: [Item] = []
    private var isClosed = false
    private var isUrgent = false

    package init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Adds an item. False when the queue is closed: the item was not taken.
    package func put(_ item: Item, urgent: Bool = true) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return false }
        items.append(item)
        if urgent { isUrgent = true }
        if urgent || items.count == 1 { pthread_cond_signal(condition) }
        return true
    }

    /// Asks the consumer not to wait any longer for company.
    package func hurry() {
        pthread_mutex_lock(mutex)
        isUrgent = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits for items and takes all of them, at least one. Nil when the queue is closed and empty.
    /// - Parameter gathering: nanoseconds to wait for more after the first one, unless an item is urgent.
    package func takeAll(gathering: UInt64 = 0) -> [Item]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while items.isEmpty {
            if isClosed { return nil }
            isUrgent = false
            pthread_cond_wait(condition, mutex)
        }
        if gathering > 0 {
            var deadline = timespec()
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let nanoseconds = UInt64(deadline.tv_nsec) + gathering
            deadline.tv_sec += Int(nanoseconds / 1_000_000_000)
            deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
            while !isUrgent && !isClosed {
                if pthread_cond_timedwait(condition, mutex, &deadline) != 0 { break }
            }
        }
        isUrgent = false
        let taken = items
        items = []
        items.reserveCapacity(min(taken.count, 1024))
        return taken
    }

    /// No more items are accepted; those that wait are still taken.
    package func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}
