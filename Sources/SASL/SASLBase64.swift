// Base64 of the exchange (RFC 4648 §4): strict, because a lenient reader gives one password two spellings.

/// Strict base64 with bounds, for challenges and responses.
package enum SASLBase64 {
    /// Decodes a response, or nil where a character, the padding or the length is wrong. `=` alone is the empty response (RFC 4954 §4, RFC 4959 §3).
    ///
    /// - Parameter limit: the longest encoded text taken.
    package static func decode(_ octets: some Collection<UInt8>, limit: Int = SASLLimits.encodedLineOctets) -> [UInt8]? {
        let count = octets.count
        guard count <= limit else { return nil }
        if count == 1, octets.first == UInt8(ascii: "=") { return [] }
        guard count % 4 == 0 else { return nil }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(count / 4 * 3)
        var group: UInt32 = 0
        var digits = 0
        var padding = 0
        for octet in octets {
            if octet == UInt8(ascii: "=") {
                padding += 1
                guard padding <= 2, digits + padding <= 4, digits >= 2 else { return nil }
                continue
            }
            guard padding == 0, let value = self.value(of: octet) else { return nil }
            group = group << 6 | value
            digits += 1
            if digits == 4 {
                decoded.append(UInt8(truncatingIfNeeded: group >> 16))
                decoded.append(UInt8(truncatingIfNeeded: group >> 8))
                decoded.append(UInt8(truncatingIfNeeded: group))
                group = 0
                digits = 0
            }
        }
        switch (digits, padding) {
        case (0, 0): return decoded
        case (2, 2):
            guard group & 0xF == 0 else { return nil }
            decoded.append(UInt8(truncatingIfNeeded: group >> 4))
            return decoded
        case (3, 1):
            guard group & 0x3 == 0 else { return nil }
            decoded.append(UInt8(truncatingIfNeeded: group >> 10))
            decoded.append(UInt8(truncatingIfNeeded: group >> 2))
            return decoded
        default: return nil
        }
    }

    /// Encodes a challenge.
    package static func encode(_ octets: [UInt8]) -> [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity((octets.count + 2) / 3 * 4)
        var index = 0
        while index < octets.count {
            let left = octets.count - index
            let one = UInt32(octets[index])
            let two = left > 1 ? UInt32(octets[index + 1]) : 0
            let three = left > 2 ? UInt32(octets[index + 2]) : 0
            let group = one << 16 | two << 8 | three
            encoded.append(self.digit(group >> 18))
            encoded.append(self.digit(group >> 12))
            encoded.append(left > 1 ? self.digit(group >> 6) : UInt8(ascii: "="))
            encoded.append(left > 2 ? self.digit(group) : UInt8(ascii: "="))
            index += 3
        }
        return encoded
    }

    private static func value(of octet: UInt8) -> UInt32? {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(octet) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(octet) - 97 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(octet) - 48 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static func digit(_ group: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: group & 0x3F)
        switch value {
        case 0..<26: return value + 65
        case 26..<52: return value - 26 + 97
        case 52..<62: return value - 52 + 48
        case 62: return UInt8(ascii: "+")
        default: return UInt8(ascii: "/")
        }
    }
}
