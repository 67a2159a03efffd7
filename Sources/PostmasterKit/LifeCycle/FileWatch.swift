// Notices that files have changed: certificates that another program renews.
import Foundation
import ServiceLifecycle
import Synchronization

/// Looks at a few files now and then, and when asked, and calls when any differs from the last look.
package final class FileWatch: Service {
    /// What tells one state of a file from another.
    private struct Mark: Equatable {
        var inode: UInt64 = 0
        var size: Int64 = -1
        var changed = Date.distantPast
    }

    private let paths: [String]
    private let interval: Duration
    private let changed: @Sendable () -> Void
    private let last: Mutex<[Mark]>

    /// - Parameter changed: called once for each look that finds a difference, with all files present.
    package init(paths: [String], interval: Duration, changed: @escaping @Sendable () -> Void) {
        self.paths = paths
        self.interval = interval
        self.changed = changed
        self.last = Mutex(paths.map { Self.mark($0) })
    }

    /// Looks now. True when something had changed.
    @discardableResult
    package func look() -> Bool {
        let now = paths.map { Self.mark($0) }
        // A file that is missing is being replaced: wait until it is there.
        guard now.allSatisfy({ $0.size >= 0 }) else { return false }
        let isChanged = last.withLock { last in
            defer { last = now }
            return last != now
        }
        if isChanged { changed() }
        return isChanged
    }

    /// Looks in the interval until the service stops.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await Task.sleep(for: self.interval) } catch { return }
                self.look()
            }
        }
    }

    private static func mark(_ path: String) -> Mark {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else { return Mark() }
        return Mark(
            inode: (facts[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0, size: (facts[.size] as? NSNumber)?.int64Value ?? 0,
            changed: facts[.modificationDate] as? Date ?? .distantPast)
    }
}
