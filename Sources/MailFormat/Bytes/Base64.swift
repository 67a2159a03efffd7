// Base64 (RFC 4648 §4): exact for protocols, forgiving for mail; and hexadecimal.

/// Base64 of whole values. Protocols (SASL, DKIM keys) use `decode`, which takes no liberties; mail bodies and encoded words use `decodeLenient`.
package enum Base64 {
    /// The octets that the text stands for, or nil unless it is canonical: alphabet only, padded, unused bits zero (RFC 4648 §3.2, §3.3, §3.5).
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        if text.count == 0 { return [] }
        var digits = text.count
        while digits > 0, text.count - digits < 2, text[digits - 1] == 0x3D { digits -= 1 }
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var held = 0
        var index = 0
        while index < digits {
            guard let value = self.value(text[index]) else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
                bits &= 1 << UInt32(held) - 1
            }
            index += 1
        }
        return bits == 0 ? output : nil
    }

    /// What can be read: octets outside the alphabet are skipped, padding may be absent or in the middle (RFC 2045 §6.8).
    package static func decodeLenient(_ text: Span<UInt8>, in range: Range<Int>) -> [UInt8] {
        var output: [UInt8] = []
        var decoder = Base64Decoder()
        decoder.decode(text.extracting(range.clamped(to: 0..<text.count)), into: &output)
        decoder.finish(into: &output)
        return output
    }

    /// The base64 form, padded; with `lineOctets` broken by CRLF into lines of that many octets (RFC 2045 §6.8 allows 76), each line ended.
    package static func encode(_ octets: Span<UInt8>, lineOctets: Int? = nil) -> [UInt8] {
        var output: [UInt8] = []
        let encoded = (octets.count + 2) / 3 * 4
        let line = lineOctets.map { max(4, $0 / 4 * 4) } ?? .max
        output.reserveCapacity(encoded + (lineOctets == nil ? 0 : (encoded / line + 1) * 2))
        var index = 0
        var column = 0
        while index < octets.count {
            let one = UInt32(octets[index])
            let two = index + 1 < octets.count ? UInt32(octets[index + 1]) : 0
            let three = index + 2 < octets.count ? UInt32(octets[index + 2]) : 0
            let word = one << 16 | two << 8 | three
            output.append(self.digit(word >> 18))
            output.append(self.digit(word >> 12))
            output.append(index + 1 < octets.count ? self.digit(word >> 6) : 0x3D)
            output.append(index + 2 < octets.count ? self.digit(word) : 0x3D)
            index += 3
            column += 4
            if column >= line {
                output.append(0x0D)
                output.append(0x0A)
                column = 0
            }
        }
        if lineOctets != nil, column > 0 {
            output.append(0x0D)
            output.append(0x0A)
        }
        return output
    }

    private static func value(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x41...0x5A: octet - 0x41
        case 0x61...0x7A: octet - 0x61 + 26
        case 0x30...0x39: octet - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }

    private static func digit(_ bits: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 63)
        return switch value {
        case 0..<26: value + 0x41
        case 26..<52: value - 26 + 0x61
        case 52..<62: value - 52 + 0x30
        case 62: 0x2B
        default: 0x2F
        }
    }
}

/// Hexadecimal text (RFC 4648 §8).
package enum Hexadecimal {
    /// Two lower-case digits for every octet.
    package static func encode(_ octets: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(octets.count * 2)
        var index = 0
        while index < octets.count {
            output.append(self.digit(octets[index] >> 4))
            output.append(self.digit(octets[index] & 15))
            index += 1
        }
        return output
    }

    /// The octets that pairs of digits in either case stand for, or nil.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 2 == 0 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 2)
        var index = 0
        while index < text.count {
            guard let high = ASCII.hexValue(text[index]), let low = ASCII.hexValue(text[index + 1]) else { return nil }
            output.append(high << 4 | low)
            index += 2
        }
        return output
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value - 10 + 0x61 }
}
