// The handle of a message in logs, trace fields and the last reply.
import Synchronization

/// Makes handles that are short and never come twice: milliseconds of the start and a counter, in Crockford's base 32.
package final class QueueIDs: Sendable {
    private let start: UInt64
    private let counter = Atomic<UInt64>(0)

    /// - Parameter start: milliseconds since 1970 at the start of the process.
    package init(start: Int64) { self.start = UInt64(max(0, start)) << 12 }

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// The next handle, 12 characters.
    package func next() -> [UInt8] {
        // More than 4,096 messages a millisecond since the start would be needed to meet another start's numbers.
        var value = start &+ counter.wrappingAdd(1, ordering: .relaxed).newValue
        var text = [UInt8](repeating: 0x30, count: 12)
        for index in stride(from: 11, through: 0, by: -1) {
            text[index] = Self.alphabet[Int(value & 31)]
            value >>= 5
        }
        return text
    }
}
