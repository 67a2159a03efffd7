// Where log lines go: whole lines, one write each.
import Glibc
import Synchronization

/// Takes finished lines. Lines of different threads never mix.
package final class LogOutput: Sendable {
    private let descriptor: Int32
    private let capture: (@Sendable (String) -> Void)?
    private let lock = Mutex(())

    /// Standard error, where the system's journal reads.
    package static let standardError = LogOutput(descriptor: 2)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        self.capture = nil
    }

    /// Hands lines to a closure.
    package init(_ capture: @escaping @Sendable (String) -> Void) {
        self.descriptor = -1
        self.capture = capture
    }

    /// Writes one line; a line end is added. A line that cannot be written is lost: logging must not stop mail.
    package func write(_ line: String) {
        if let capture { return capture(line) }
        var octets = Array(line.utf8)
        octets.append(UInt8(ascii: "\n"))
        lock.withLock { _ in
            var rest = octets[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
