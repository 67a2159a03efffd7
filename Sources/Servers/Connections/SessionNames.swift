// Short names for sessions, for logs and trace fields.
package import Measurement
import Synchronization

/// Gives names that are not given again, also by a later process: they count on from the time of the start. They sort by age.
package final class SessionNames: Sendable {
    private let next: Atomic<UInt64>
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// A process that begins fewer than a million sessions a second never reaches the names of one that starts a second later.
    package init(clock: WallClock = .system) { next = Atomic(UInt64(max(0, clock.seconds)) << 20) }

    /// Eleven letters and digits, which a `String` keeps in place.
    package func make() -> String {
        let value = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return String(unsafeUninitializedCapacity: 11) { octets in
            for index in 0..<11 { octets[index] = Self.alphabet[Int(value >> UInt64((10 - index) * 5) & 31)] }
            return 11
        }
    }
}
