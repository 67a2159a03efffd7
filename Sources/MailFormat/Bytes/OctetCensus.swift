// Counts the octets that protocols care about, eight at a time in one integer: the compiler makes no vector instructions of a plain loop here.

/// What kinds of octets a run has.
package struct OctetCensus: Hashable, Sendable {
    /// Whether there is a NUL octet.
    package private(set) var hasNul = false
    /// CR octets.
    package private(set) var carriageReturns = 0
    /// Whether an octet is above 127.
    package private(set) var hasEightBit = false

    /// Looks at a part of the octets, clamped to what is there.
    package init(_ octets: Span<UInt8>, in range: Range<Int>) {
        let part = range.clamped(to: 0..<octets.count)
        guard !part.isEmpty else { return }
        octets.extracting(part).withUnsafeBytes { buffer in
            var start = 0
            while start + 8 <= buffer.count {
                // No counter of one octet can pass 255 within a block.
                let end = start + min((buffer.count - start) / 8, 255) * 8
                self.count(buffer, start, end)
                start = end
            }
            while start < buffer.count {
                let octet = buffer[start]
                self.hasNul = self.hasNul || octet == 0
                self.hasEightBit = self.hasEightBit || octet >= 0x80
                self.carriageReturns += octet == 0x0D ? 1 : 0
                start += 1
            }
        }
    }

    /// Looks at whole words, at most 255 of them; `start` and `end` lie in the buffer, a multiple of eight octets apart.
    private mutating func count(_ buffer: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let ones: UInt64 = 0x0101_0101_0101_0101
        var union: UInt64 = 0
        var zeros: UInt64 = 0
        var returns: UInt64 = 0
        var index = start
        while index < end {
            let word = buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            union |= word
            // An octet borrows from the next only below a NUL, so some top bit is set exactly when there is one.
            zeros |= (word &- ones) & ~word
            let difference = word ^ (0x0D &* ones)
            // The top bit of each octet that is zero in `difference`, and no other.
            let equal = ~(((difference & low) &+ low) | difference | low)
            returns &+= equal &>> 7
            index += 8
        }
        self.hasEightBit = self.hasEightBit || union & ~low != 0
        self.hasNul = self.hasNul || zeros & ~low != 0
        while returns != 0 {
            self.carriageReturns += Int(returns & 0xFF)
            returns &>>= 8
        }
    }
}
