// Well-formed UTF-8 (Unicode 15 table 3-7, RFC 3629): one scalar at a time for grammars, and a whole run at once.

/// Checks and reads UTF-8 without allocating.
package enum UTF8Check {
    /// The scalar that begins at `index` and the octets it takes, or nil where the octets before `end` are not well-formed there.
    package static func scalar(in octets: Span<UInt8>, at index: Int, end: Int) -> (value: UInt32, length: Int)? {
        let stop = min(end, octets.count)
        guard index >= 0, index < stop else { return nil }
        let first = octets[index]
        if first < 0x80 { return (UInt32(first), 1) }
        let length: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        var value: UInt32
        switch first {
        case 0xC2...0xDF:
            length = 2
            value = UInt32(first & 0x1F)
        case 0xE0...0xEF:
            length = 3
            value = UInt32(first & 0x0F)
            if first == 0xE0 { low = 0xA0 }
            if first == 0xED { high = 0x9F }
        case 0xF0...0xF4:
            length = 4
            value = UInt32(first & 0x07)
            if first == 0xF0 { low = 0x90 }
            if first == 0xF4 { high = 0x8F }
        default:
            return nil
        }
        guard stop - index >= length else { return nil }
        var offset = 1
        while offset < length {
            let octet = octets[index + offset]
            guard octet >= low, octet <= high else { return nil }
            value = value << 6 | UInt32(octet & 0x3F)
            low = 0x80
            high = 0xBF
            offset += 1
        }
        return (value, length)
    }

    /// Whether every octet of the range belongs to a well-formed sequence.
    package static func isWellFormed(_ octets: Span<UInt8>, in range: Range<Int>) -> Bool {
        let part = range.clamped(to: 0..<octets.count)
        var index = part.lowerBound
        while index < part.upperBound {
            if octets[index] < 0x80 {
                index += 1
                continue
            }
            guard let (_, length) = self.scalar(in: octets, at: index, end: part.upperBound) else { return false }
            index += length
        }
        return true
    }
}
