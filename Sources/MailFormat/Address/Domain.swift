// A domain or address literal as it stands after the @ (RFC 5321 §4.1.2, §4.1.3; RFC 6531 §3.3).

/// A domain name or address literal that is well-formed; letters A–Z are kept in lower case, so equality ignores case.
///
/// A label in UTF-8 (U-label) is kept as it was written; that it equals its A-label is for whoever looks names up to know.
package struct Domain: Hashable, Sendable, CustomStringConvertible {
    /// Which of the three forms a domain has.
    package enum Form: Hashable, Sendable {
        case name, ipv4Literal, ipv6Literal
    }

    /// The canonical octets: `example.net`, `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
    package let name: OctetString

    /// Which of the three forms this is.
    package let form: Form

    /// RFC 5321 §4.5.3.1.2: octets of a domain.
    package static let maximumOctets = 255
    /// RFC 1035 §2.3.4: octets of a label.
    package static let maximumLabelOctets = 63
    /// Characters of a U-label: its A-label has four more, and no more than 63.
    package static let maximumLabelCharacters = 59

    /// The domain spelt by all of these octets, or nil when they are not one (a trailing dot is not one).
    package init?(_ octets: some Collection<UInt8>, allowUTF8: Bool = true) {
        guard octets.count <= Self.maximumOctets else { return nil }
        let copy = Array(octets)
        guard let (domain, end) = Self.parse(copy.span, at: 0, allowUTF8: allowUTF8), end == copy.count else { return nil }
        self = domain
    }

    /// The domain spelt by the whole text, or nil.
    package init?(_ text: String) {
        self.init(text.utf8)
    }

    private init(name: OctetString, form: Form) {
        self.name = name
        self.form = form
    }

    /// The domain of an address that is known in numbers.
    package init(_ literal: AddressLiteral) {
        self.name = literal.bracketed
        switch literal {
        case .ipv4: self.form = .ipv4Literal
        case .ipv6: self.form = .ipv6Literal
        }
    }

    package var description: String { self.name.text }

    /// Whether a label is in UTF-8 (RFC 6531 §3.3), so that the name needs SMTPUTF8 or its A-labels.
    package var isInternationalized: Bool { !self.name.isASCII }

    /// The longest domain or literal that begins at `offset`, and where it ends; nil where none does.
    ///
    /// What follows is for the caller to judge; a dot that follows is refused here (`example.net.` is no domain, RFC 5321 §4.1.2).
    package static func parse(_ octets: Span<UInt8>, at offset: Int, allowUTF8: Bool) -> (domain: Domain, end: Int)? {
        guard offset >= 0, offset < octets.count else { return nil }
        if octets[offset] == 0x5B { return self.parseLiteral(octets, at: offset) }
        var index = offset
        while true {
            guard let end = self.labelEnd(octets, at: index, allowUTF8: allowUTF8) else { return nil }
            index = end
            if index - offset > self.maximumOctets { return nil }
            if index < octets.count, octets[index] == 0x2E {
                index += 1
                continue
            }
            let name = OctetString(copying: octets, in: offset..<index).asciiLowercased
            return (Domain(name: name, form: .name), index)
        }
    }

    private static func parseLiteral(_ octets: Span<UInt8>, at offset: Int) -> (domain: Domain, end: Int)? {
        // RFC 5321 §4.1.3: the longest literal we read is a tagged IPv6 address, far below 64 octets.
        guard let close = LineScan.next(0x5D, in: octets, from: offset + 1, to: offset + 64),
            let literal = AddressLiteral(octets, in: offset + 1..<close)
        else { return nil }
        return (Domain(literal), close + 1)
    }

    /// RFC 5321 §4.1.2 sub-domain: letter or digit first and last, hyphens between; RFC 6531 §3.3 adds UTF-8.
    private static func labelEnd(_ octets: Span<UInt8>, at start: Int, allowUTF8: Bool) -> Int? {
        var index = start
        var characters = 0
        var hasUTF8 = false
        while index < octets.count {
            let octet = octets[index]
            if ByteSet.letterDigit.contains(octet) || (octet == 0x2D && index > start) {
                index += 1
            } else if octet >= 0x80 {
                guard allowUTF8, let (value, length) = UTF8Check.scalar(in: octets, at: index, end: octets.count), self.mayStandInLabel(value) else {
                    return nil
                }
                hasUTF8 = true
                index += length
            } else {
                break
            }
            characters += 1
            if characters > self.maximumLabelOctets { return nil }
        }
        guard index > start, octets[index - 1] != 0x2D else { return nil }
        return hasUTF8 && characters > self.maximumLabelCharacters ? nil : index
    }

    /// No U-label has control characters, spaces, separators, or one of the dots that look like the label separator.
    private static func mayStandInLabel(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x80...0xA0, 0x2000...0x200B, 0x200E...0x200F, 0x2028...0x202F, 0x2060...0x206F, 0x3000, 0x3002, 0xFEFF, 0xFF0E, 0xFF61, 0xFFF0...0xFFFF:
            return false
        default:
            return true
        }
    }
}
