// A number of octets as people write it: "10 MiB".

/// A number of octets, never negative.
package struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let octets: Int

    package init(_ octets: Int) { self.octets = max(0, octets) }

    /// Reads a whole number and an optional unit: `B`, `KiB`, `MiB`, `GiB`, `TiB` (powers of 1,024) or `kB`, `MB`, `GB`, `TB` (powers of 1,000).
    package init?(_ text: some StringProtocol) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let unit = text[digits.endIndex...].drop { $0 == " " }
        guard let scale = unit.isEmpty ? 1 : Self.units.first(where: { $0.name == unit })?.octets else { return nil }
        let (octets, overflow) = number.multipliedReportingOverflow(by: scale)
        guard !overflow else { return nil }
        self.octets = octets
    }

    private static let units: [(name: String, octets: Int)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ]

    /// The shortest exact text: the largest binary unit that divides the number, else octets.
    package var description: String {
        for unit in Self.units.prefix(4) where self.octets >= unit.octets && self.octets % unit.octets == 0 {
            return "\(self.octets / unit.octets) \(unit.name)"
        }
        return "\(self.octets) B"
    }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.octets < right.octets }
}
