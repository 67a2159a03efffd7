// Reading and writing the little-endian numbers of our own stored forms, with every bound checked.

/// A cursor over stored octets. Whatever does not fit answers nil.
struct OctetReader {
    private let octets: [UInt8]
    private(set) var position: Int

    init(_ octets: [UInt8], at position: Int = 0) {
        self.octets = octets
        self.position = position
    }

    /// Octets that are left.
    var remaining: Int { self.octets.count - self.position }

    mutating func octet() -> UInt8? {
        guard self.position < self.octets.count else { return nil }
        defer { self.position += 1 }
        return self.octets[self.position]
    }

    mutating func number<T: FixedWidthInteger>(_ type: T.Type) -> T? {
        let count = T.bitWidth / 8
        guard self.remaining >= count else { return nil }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(self.octets[self.position + index]) &<< UInt64(8 * index) }
        self.position += count
        return T(truncatingIfNeeded: value)
    }

    /// A number in groups of seven bits, the low ones first.
    mutating func variable() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let octet = self.octet() {
            guard shift < 63 || octet <= 1 else { return nil }
            value |= UInt64(octet & 0x7f) &<< shift
            if octet < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    /// Where the next `count` octets lie.
    mutating func range(_ count: Int) -> Range<Int>? {
        guard count >= 0, count <= self.remaining else { return nil }
        defer { self.position += count }
        return self.position..<(self.position + count)
    }

    mutating func octets(_ count: Int) -> [UInt8]? { self.range(count).map { Array(self.octets[$0]) } }
}

extension [UInt8] {
    mutating func appendNumber<T: FixedWidthInteger>(_ value: T) {
        var rest = UInt64(truncatingIfNeeded: value)
        for _ in 0..<(T.bitWidth / 8) {
            self.append(UInt8(truncatingIfNeeded: rest))
            rest &>>= 8
        }
    }

    mutating func appendVariable(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            self.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        self.append(UInt8(rest))
    }
}
