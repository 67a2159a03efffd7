// The twelve characters that lead from a refusal to its explanation.

/// A reference (policies §1.2): day, number of the code and a serial number in Crockford's base 32, and a check character.
///
/// 55 bits: 16 for the days since 1970, 7 for the code, 32 for the serial number. The check is a sum weighted by position, modulo 31: it
/// stays in the alphabet and finds a wrong character as well as two that were swapped.
package struct Reference: Hashable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01 UTC.
    package let day: UInt16
    /// `CatalogueEntry.number`, below 128.
    package let codeNumber: UInt8
    package let serial: UInt32

    package init(day: UInt16, codeNumber: UInt8, serial: UInt32) {
        self.day = day
        self.codeNumber = codeNumber & 0x7f
        self.serial = serial
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Reads a reference; case does not matter, I and L are 1, O is 0, hyphens and blanks are passed over. Nil where the check does not agree.
    package init?(_ text: String) {
        var values: [UInt64] = []
        for octet in text.utf8 where octet != 0x2d && octet != 0x20 {
            let upper = octet >= 0x61 && octet <= 0x7a ? octet - 32 : octet
            let folded: UInt8 =
                switch upper {
                case 0x49, 0x4c: 0x31
                case 0x4f: 0x30
                default: upper
                }
            guard values.count < 12, let value = Self.alphabet.firstIndex(of: folded) else { return nil }
            values.append(UInt64(value))
        }
        guard values.count == 12, values[11] == Self.check(values.prefix(11)) else { return nil }
        let bits = values.prefix(11).reduce(UInt64(0)) { $0 << 5 | $1 }
        day = UInt16(truncatingIfNeeded: bits >> 39)
        codeNumber = UInt8(truncatingIfNeeded: bits >> 32 & 0x7f)
        serial = UInt32(truncatingIfNeeded: bits)
    }

    package var description: String {
        let bits = UInt64(day) << 39 | UInt64(codeNumber) << 32 | UInt64(serial)
        var values = (0..<11).map { bits >> UInt64((10 - $0) * 5) & 31 }
        values.append(Self.check(values[...]))
        return String(decoding: values.map { Self.alphabet[Int($0)] }, as: UTF8.self)
    }

    private static func check(_ values: ArraySlice<UInt64>) -> UInt64 {
        values.enumerated().reduce(UInt64(0)) { $0 + UInt64($1.offset + 1) * $1.element } % 31
    }
}
