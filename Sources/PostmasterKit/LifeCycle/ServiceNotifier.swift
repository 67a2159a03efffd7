// Tells systemd how the service is: the datagrams of sd_notify(3), without its library.
import Dispatch
import Foundation
import Glibc
import ServiceLifecycle

/// Sends states to the socket that `NOTIFY_SOCKET` names; without one every call does nothing.
package struct ServiceNotifier: Sendable {
    private let path: [UInt8]
    /// Half of `WATCHDOG_USEC`: how often systemd wants to hear that the process turns. Nil where it does not ask.
    package let watchdogInterval: Duration?

    package init(environment: [String: String]) {
        let path = Array((environment["NOTIFY_SOCKET"] ?? "").utf8)
        self.path = path.first == UInt8(ascii: "/") || path.first == UInt8(ascii: "@") ? path : []
        let isMine = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        let interval = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 && isMine ? Duration.microseconds($0 / 2) : nil }
        self.watchdogInterval = self.path.isEmpty ? nil : interval
    }

    /// Everything listens and the stores are open.
    package func ready(status: String) { send("READY=1\nSTATUS=\(Self.line(status))\n") }

    /// A reload has begun; `ready` ends it.
    package func reloading() {
        // CLOCK_MONOTONIC, in microseconds.
        send("RELOADING=1\nMONOTONIC_USEC=\(DispatchTime.now().uptimeNanoseconds / 1000)\n")
    }

    /// The service is stopping.
    package func stopping() { send("STOPPING=1\n") }

    /// The process turns.
    package func watchdog() { send("WATCHDOG=1\n") }

    /// A sentence for `systemctl status`.
    package func status(_ text: String) { send("STATUS=\(Self.line(text))\n") }

    private static func line(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }

    private func send(_ text: String) {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !path.isEmpty, path.count < room else { return }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { place in
            place.copyBytes(from: path)
            // A leading @ stands for the abstract namespace (unix(7)).
            if place[0] == UInt8(ascii: "@") { place[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { Glibc.close(descriptor) }
        let octets = Array(text.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }
}

/// Sends the watchdog's sign of life as long as `isTurning` answers in time.
package struct WatchdogService: Service {
    private let notifier: ServiceNotifier
    private let isTurning: @Sendable () async -> Bool

    /// - Parameter isTurning: goes through the parts that may hang; false or no answer lets systemd restart the process.
    package init(notifier: ServiceNotifier, isTurning: @escaping @Sendable () async -> Bool) {
        self.notifier = notifier
        self.isTurning = isTurning
    }

    package func run() async throws {
        guard let interval = notifier.watchdogInterval else {
            try? await gracefulShutdown()
            return
        }
        while !Task.isCancelled {
            if await isTurning() { notifier.watchdog() }
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }
}
