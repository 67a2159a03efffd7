// Classes of octets as 256-bit sets: the character classes of the mail grammars.

/// A set of octets that is asked with two instructions and needs no memory.
package struct ByteSet: Hashable, Sendable {
    private let low: UInt64
    private let lowUpper: UInt64
    private let high: UInt64
    private let highUpper: UInt64

    /// The members 0–63, 64–127, 128–191 and 192–255 as bits.
    @inline(__always)
    package init(_ low: UInt64, _ lowUpper: UInt64, _ high: UInt64 = 0, _ highUpper: UInt64 = 0) {
        self.low = low
        self.lowUpper = lowUpper
        self.high = high
        self.highUpper = highUpper
    }

    /// Whether the octet is a member.
    @inline(__always)
    package func contains(_ octet: UInt8) -> Bool {
        let word = octet < 128 ? (octet < 64 ? self.low : self.lowUpper) : (octet < 192 ? self.high : self.highUpper)
        return (word &>> UInt64(octet & 63)) & 1 == 1
    }

    /// Members of either set.
    @inline(__always)
    package func union(_ other: ByteSet) -> ByteSet {
        ByteSet(self.low | other.low, self.lowUpper | other.lowUpper, self.high | other.high, self.highUpper | other.highUpper)
    }
}

// The words are written out so that no set needs to be built at run time; a test spells each class from its RFC and compares.
extension ByteSet {
    /// RFC 5322 §3.2.3 atext: letters, digits and ``!#$%&'*+-/=?^_`{|}~``.
    package static var atext: ByteSet { ByteSet(0xA3FF_ACFA_0000_0000, 0x7FFF_FFFF_C7FF_FFFE) }

    /// RFC 5322 §3.6.8 ftext: printable ASCII without the colon (octets of a field name).
    package static var fieldNameOctet: ByteSet { ByteSet(0xFBFF_FFFE_0000_0000, 0x7FFF_FFFF_FFFF_FFFF) }

    /// RFC 2045 §5.1 token: printable ASCII without space and ``()<>@,;:\"/[]?=``.
    package static var token: ByteSet { ByteSet(0x03FF_6CFA_0000_0000, 0x7FFF_FFFF_C7FF_FFFE) }

    /// Letters and digits (RFC 5321 §4.1.2 Let-dig).
    package static var letterDigit: ByteSet { ByteSet(0x03FF_0000_0000_0000, 0x07FF_FFFE_07FF_FFFE) }

    /// The digits 0–9.
    package static var digit: ByteSet { ByteSet(0x03FF_0000_0000_0000, 0) }

    /// RFC 2231 §7 attribute-char: token without `*`, `'` and `%`.
    package static var attributeCharacter: ByteSet { ByteSet(0x03FF_685A_0000_0000, 0x7FFF_FFFF_C7FF_FFFE) }

    /// Octets 128 to 255.
    package static var eightBit: ByteSet { ByteSet(0, 0, .max, .max) }

    /// Space and horizontal tab.
    package static var blank: ByteSet { ByteSet(0x0000_0001_0000_0200, 0) }

    /// Space, tab, CR and LF: what a folded header field has between words.
    package static var foldingWhite: ByteSet { ByteSet(0x0000_0001_0000_2600, 0) }
}
