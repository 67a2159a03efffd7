// Octets used as a value: keys, tokens, header text, anything that came from the wire and must be kept as it came.

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Octets as a value; equality, order and hash are byte-wise, never the canonical equivalence of `String`.
package struct OctetString: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The octets themselves.
    package var octets: [UInt8]

    /// No octets.
    package init() { self.octets = [] }

    /// These octets.
    package init(_ octets: [UInt8]) { self.octets = octets }

    /// The UTF-8 form of a text.
    package init(_ text: String) { self.octets = Array(text.utf8) }

    /// A copy of a slice, holding nothing but the slice.
    package init(_ slice: ArraySlice<UInt8>) { self.octets = Array(slice) }

    /// A copy of borrowed octets.
    package init(copying span: Span<UInt8>) {
        self.octets = span.withUnsafeBufferPointer { Array($0) }
    }

    /// A copy of a part of borrowed octets; the part is clamped to what is there.
    package init(copying span: Span<UInt8>, in range: Range<Int>) {
        let part = range.clamped(to: 0..<span.count)
        self.octets = span.withUnsafeBufferPointer { Array($0[part]) }
    }

    package init(stringLiteral value: StaticString) {
        self.octets = value.withUTF8Buffer { Array($0) }
    }

    /// How many octets there are.
    package var count: Int { self.octets.count }

    /// True when there are none.
    package var isEmpty: Bool { self.octets.isEmpty }

    /// The octets read as UTF-8, with U+FFFD for what is not UTF-8.
    package var text: String { String(decoding: self.octets, as: UTF8.self) }

    package var description: String { self.text }

    /// The same octets with A–Z folded to a–z; other octets are untouched.
    package var asciiLowercased: OctetString {
        for octet in self.octets where octet &- 0x41 < 26 { return OctetString(self.octets.map(ASCII.lowercased)) }
        return self
    }

    /// Whether every octet is below 128.
    package var isASCII: Bool {
        var all: UInt8 = 0
        for octet in self.octets { all |= octet }
        return all < 0x80
    }

    /// Equality with A–Z and a–z taken as the same.
    @_disfavoredOverload  // a literal is a StaticString here
    package func equalsIgnoringASCIICase(_ other: OctetString) -> Bool {
        ASCII.equalsIgnoringCase(self.octets.span, other.octets.span)
    }

    /// Equality with A–Z and a–z taken as the same.
    package func equalsIgnoringASCIICase(_ other: StaticString) -> Bool {
        ASCII.equalsIgnoringCase(self.octets.span, in: 0..<self.octets.count, other)
    }

    package static func == (left: OctetString, right: OctetString) -> Bool {
        left.octets.count == right.octets.count && compare(left, right) == 0
    }

    /// Byte-wise order, a prefix before what it begins.
    package static func < (left: OctetString, right: OctetString) -> Bool {
        let order = compare(left, right)
        return order != 0 ? order < 0 : left.octets.count < right.octets.count
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.octets.count)
        self.octets.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    private static func compare(_ left: OctetString, _ right: OctetString) -> Int32 {
        left.octets.withUnsafeBufferPointer { one in
            right.octets.withUnsafeBufferPointer { two in
                guard let first = one.baseAddress, let second = two.baseAddress else { return 0 }
                return memcmp(first, second, min(one.count, two.count))
            }
        }
    }
}
