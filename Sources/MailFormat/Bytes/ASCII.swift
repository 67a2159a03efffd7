// ASCII letters without locale: folding and comparing, the only case rules the protocols have.

/// ASCII rules on octets.
package enum ASCII {
    /// A–Z becomes a–z; everything else stays.
    @inline(__always)
    package static func lowercased(_ octet: UInt8) -> UInt8 {
        octet &- 0x41 < 26 ? octet | 0x20 : octet
    }

    /// a–z becomes A–Z; everything else stays.
    @inline(__always)
    package static func uppercased(_ octet: UInt8) -> UInt8 {
        octet &- 0x61 < 26 ? octet & 0xDF : octet
    }

    /// Whether the octet is 0–9.
    @inline(__always)
    package static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    /// Whether the octet is A–Z or a–z.
    @inline(__always)
    package static func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    package static func hexValue(_ octet: UInt8) -> UInt8? {
        if octet &- 0x30 < 10 { return octet &- 0x30 }
        let letter = (octet | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    /// Whether two runs of octets are the same when A–Z equals a–z.
    package static func equalsIgnoringCase(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var index = 0
        while index < left.count {
            if self.lowercased(left[index]) != self.lowercased(right[index]) { return false }
            index += 1
        }
        return true
    }

    /// Whether the octets in `range` spell `word` when A–Z equals a–z. A range that leaves the octets never matches.
    package static func equalsIgnoringCase(_ octets: Span<UInt8>, in range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount, range.lowerBound >= 0, range.upperBound <= octets.count else { return false }
        return word.withUTF8Buffer { buffer in
            var index = 0
            while index < buffer.count {
                if self.lowercased(octets[range.lowerBound + index]) != self.lowercased(buffer[index]) { return false }
                index += 1
            }
            return true
        }
    }
}
