// Addresses in numbers: IPv4 and IPv6 as RFC 5321 §4.1.3 writes them in brackets, checked digit by digit and written one way.

/// The number forms of a host address, without their brackets.
package enum AddressLiteral: Hashable, Sendable {
    /// An IPv4 address.
    case ipv4(UInt32)
    /// An IPv6 address as its two halves.
    case ipv6(UInt64, UInt64)

    /// Four numbers 0–255 with dots (RFC 5321 §4.1.3 IPv4-address-literal) and nothing else.
    ///
    /// The grammar lets a number begin with zero; other software reads such a number as octal, so it is refused here.
    package static func ipv4(_ octets: Span<UInt8>, in range: Range<Int>) -> UInt32? {
        guard range.lowerBound >= 0, range.upperBound <= octets.count, (7...15).contains(range.count) else { return nil }
        var value: UInt32 = 0
        var part: UInt32 = 0
        var digits = 0
        var dots = 0
        for index in range {
            let octet = octets[index]
            if ASCII.isDigit(octet) {
                if digits > 0, part == 0 { return nil }
                part = part * 10 + UInt32(octet - 0x30)
                digits += 1
                if digits > 3 || part > 255 { return nil }
            } else if octet == 0x2E {
                if digits == 0 || dots == 3 { return nil }
                value = value << 8 | part
                part = 0
                digits = 0
                dots += 1
            } else {
                return nil
            }
        }
        return dots == 3 && digits > 0 ? value << 8 | part : nil
    }

    /// An IPv6 address in any form of RFC 4291 §2.2, without tag and zone.
    ///
    /// RFC 5321 wants `::` to stand for two groups or more; RFC 4291 is content with one, and so are we.
    package static func ipv6(_ octets: Span<UInt8>, in range: Range<Int>) -> (UInt64, UInt64)? {
        guard range.lowerBound >= 0, range.upperBound <= octets.count, (2...45).contains(range.count) else { return nil }
        var groups: [UInt16] = []
        groups.reserveCapacity(8)
        var gap: Int?
        var index = range.lowerBound
        let end = range.upperBound
        if octets[index] == 0x3A {
            guard index + 1 < end, octets[index + 1] == 0x3A else { return nil }
            gap = 0
            index += 2
        }
        while index < end {
            let start = index
            var value: UInt32 = 0
            while index < end, index - start < 4, let digit = ASCII.hexValue(octets[index]) {
                value = value << 4 | UInt32(digit)
                index += 1
            }
            if index < end, octets[index] == 0x2E {
                guard let tail = self.ipv4(octets, in: start..<end), groups.count <= 6 else { return nil }
                groups.append(UInt16(tail >> 16))
                groups.append(UInt16(tail & 0xFFFF))
                index = end
                break
            }
            guard index > start, groups.count < 8 else { return nil }
            groups.append(UInt16(value))
            if index == end { break }
            guard octets[index] == 0x3A else { return nil }
            index += 1
            if index < end, octets[index] == 0x3A {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 1
            } else if index == end {
                return nil
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (place, group) in groups.enumerated() {
            if place < 4 { high = high << 16 | UInt64(group) } else { low = low << 16 | UInt64(group) }
        }
        return (high, low)
    }

    /// What stands between brackets: `192.0.2.1` or `IPv6:2001:db8::1`; the tag in any case (field case FC03), every other tag refused.
    package init?(_ octets: Span<UInt8>, in range: Range<Int>) {
        if let value = Self.ipv4(octets, in: range) {
            self = .ipv4(value)
            return
        }
        guard range.count > 5, range.lowerBound >= 0, range.upperBound <= octets.count,
            ASCII.equalsIgnoringCase(octets, in: range.lowerBound..<range.lowerBound + 5, "IPv6:"),
            let (high, low) = Self.ipv6(octets, in: range.lowerBound + 5..<range.upperBound)
        else { return nil }
        self = .ipv6(high, low)
    }

    /// The address in brackets: IPv4 in decimal, IPv6 as RFC 5952 §4 wants it.
    package var bracketed: OctetString {
        switch self {
        case .ipv4(let value):
            return OctetString("[\(Self.dotted(value))]")
        case .ipv6(let high, let low):
            return OctetString("[IPv6:\(Self.text(high, low))]")
        }
    }

    private static func dotted(_ value: UInt32) -> String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        if high == 0, low >> 32 == 0xFFFF { return "::ffff:\(self.dotted(UInt32(truncatingIfNeeded: low)))" }
        let groups = (0..<8).map { place in
            let half = place < 4 ? high : low
            return UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * (place & 3)))
        }
        var longest = 0..<0
        var place = 0
        while place < 8 {
            var stop = place
            while stop < 8, groups[stop] == 0 { stop += 1 }
            if stop - place > max(longest.count, 1) { longest = place..<stop }
            place = max(stop, place + 1)
        }
        let words = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return words.joined(separator: ":") }
        return words[..<longest.lowerBound].joined(separator: ":") + "::" + words[longest.upperBound...].joined(separator: ":")
    }
}
