// Modified UTF-7 of mailbox names (RFC 3501 §5.1.3): the one reader and writer; other spellings of a name are refused.

/// The encoding of mailbox names in IMAP4rev1.
package enum ModifiedUTF7 {
    /// The UTF-8 of a name, or nil where the encoding is not the only right one for it.
    ///
    /// Refused: octets over 126 or below 32, an unclosed shift, bits left over, lone surrogates, and characters encoded that stand for themselves.
    package static func decode(_ octets: some Collection<UInt8>) -> [UInt8]? {
        var text: [UInt8] = []
        text.reserveCapacity(octets.count)
        var units: [UInt16] = []
        var index = octets.startIndex
        var endsShift = false
        while index != octets.endIndex {
            let octet = octets[index]
            octets.formIndex(after: &index)
            guard octet >= 0x20, octet <= 0x7E else { return nil }
            guard octet == UInt8(ascii: "&") else {
                text.append(octet)
                endsShift = false
                continue
            }
            guard index != octets.endIndex else { return nil }
            if octets[index] == UInt8(ascii: "-") {
                octets.formIndex(after: &index)
                text.append(UInt8(ascii: "&"))
                endsShift = false
                continue
            }
            guard !endsShift else { return nil }  // two shifts in a row are one (RFC 3501 §5.1.3: superfluous shifts)
            units.removeAll(keepingCapacity: true)
            var bits: UInt32 = 0
            var count = 0
            var isClosed = false
            while index != octets.endIndex {
                let digit = octets[index]
                octets.formIndex(after: &index)
                if digit == UInt8(ascii: "-") {
                    isClosed = true
                    break
                }
                guard let value = self.value(of: digit) else { return nil }
                bits = (bits << 6 | value) & 0x3F_FFFF
                count += 6
                if count >= 16 {
                    count -= 16
                    units.append(UInt16(truncatingIfNeeded: bits >> UInt32(count)))
                }
            }
            guard isClosed, count < 6, bits & ((1 << UInt32(count)) - 1) == 0, !units.isEmpty, self.append(units, to: &text) else { return nil }
            endsShift = true
        }
        return text
    }

    /// The modified UTF-7 of UTF-8 text, or nil where that is not well-formed.
    package static func encode(_ text: [UInt8]) -> [UInt8]? {
        guard let string = String(validating: text, as: UTF8.self) else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(text.count)
        var units: [UInt16] = []
        func flush() {
            guard !units.isEmpty else { return }
            octets.append(UInt8(ascii: "&"))
            var bits: UInt32 = 0
            var count = 0
            for unit in units {
                bits = (bits & 0x3F) << 16 | UInt32(unit)
                count += 16
                while count >= 6 {
                    count -= 6
                    octets.append(self.digit(bits >> UInt32(count)))
                }
            }
            if count > 0 { octets.append(self.digit(bits << UInt32(6 - count))) }
            octets.append(UInt8(ascii: "-"))
            units.removeAll(keepingCapacity: true)
        }
        for scalar in string.unicodeScalars {
            if scalar.value >= 0x20, scalar.value <= 0x7E {
                flush()
                octets.append(UInt8(truncatingIfNeeded: scalar.value))
                if scalar == "&" { octets.append(UInt8(ascii: "-")) }
            } else {
                units.append(contentsOf: Array(Character(scalar).utf16))
            }
        }
        flush()
        return octets
    }

    /// Appends the characters of UTF-16 units; false for a lone surrogate or a character that stands for itself.
    private static func append(_ units: [UInt16], to text: inout [UInt8]) -> Bool {
        var index = 0
        while index < units.count {
            let unit = units[index]
            var scalar = UInt32(unit)
            index += 1
            if unit & 0xFC00 == 0xD800 {
                guard index < units.count, units[index] & 0xFC00 == 0xDC00 else { return false }
                scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(units[index] & 0x3FF))
                index += 1
            }
            guard let character = Unicode.Scalar(scalar), !(0x20...0x7E).contains(scalar) else { return false }
            text.append(contentsOf: Array(String(Character(character)).utf8))
        }
        return true
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit) - 97 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit) - 48 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: ","): 63
        default: nil
        }
    }

    private static func digit(_ bits: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 0x3F)
        switch value {
        case 0..<26: return value + 65
        case 26..<52: return value - 26 + 97
        case 52..<62: return value - 52 + 48
        case 62: return UInt8(ascii: "+")
        default: return UInt8(ascii: ",")
        }
    }
}
