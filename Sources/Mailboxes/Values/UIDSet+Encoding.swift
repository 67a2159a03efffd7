// The compact stored form of a UID set: gaps and lengths as variable-length numbers.

extension UIDSet {
    /// Appends the number of ranges, then for each the gap to the end of the one before and its length less one.
    func encode(into octets: inout [UInt8]) {
        octets.appendVariable(UInt64(self.ranges.count))
        var previous: UInt32 = 0
        for range in self.ranges {
            octets.appendVariable(UInt64(range.lowerBound - previous))
            octets.appendVariable(UInt64(range.upperBound - range.lowerBound))
            previous = range.upperBound
        }
    }

    /// The stored form by itself.
    func encoded() -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(1 + self.ranges.count * 3)
        self.encode(into: &octets)
        return octets
    }

    /// Reads a set; nil where the octets are not one.
    init?(_ reader: inout OctetReader) {
        guard let count = reader.variable(), count <= UInt64(reader.remaining) else { return nil }
        var set = UIDSet()
        var previous: UInt64 = 0
        for _ in 0..<count {
            guard let gap = reader.variable(), let length = reader.variable(), gap > 0, gap <= UInt64(UInt32.max), length <= UInt64(UInt32.max)
            else { return nil }
            let low = previous + gap
            let high = low + length
            guard high <= UInt64(UInt32.max) else { return nil }
            set.append(UInt32(low)...UInt32(high))
            previous = high
        }
        self = set
    }

    /// Reads a set that is all of `octets`.
    init?(decoding octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let set = UIDSet(&reader), reader.remaining == 0 else { return nil }
        self = set
    }
}
