// A client's network address and the networks it may belong to.

/// An IPv4 or IPv6 address. An IPv4 address that came mapped into IPv6 (::ffff:a.b.c.d) is the IPv4 address.
package enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// Parses the usual text forms; nil for anything else. No brackets, no zone.
    package init?(_ text: String) { self.init(Array(text.utf8).span) }

    /// Parses the usual text forms; nil for anything else. No brackets, no zone.
    package init?(_ octets: Span<UInt8>) {
        if let v4 = AddressLiteral.ipv4(octets, in: 0..<octets.count) {
            self = .v4(v4)
        } else if let (high, low) = AddressLiteral.ipv6(octets, in: 0..<octets.count) {
            self.init(high: high, low: low)
        } else {
            return nil
        }
    }

    /// An IPv6 address by its halves; mapped ones become IPv4.
    package init(high: UInt64, low: UInt64) {
        self = high == 0 && low >> 32 == 0xffff ? .v4(UInt32(truncatingIfNeeded: low)) : .v6(high: high, low: low)
    }

    /// The address as text, without brackets.
    package var description: String {
        switch self {
        case .v4(let value): "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
        case .v6(let high, let low):
            // RFC 5952: lower case, the longest run of zero groups shortened.
            Self.text((0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - ($0 & 3) * 16)) })
        }
    }

    /// As it stands in a Received field: `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3).
    package var literal: String {
        switch self {
        case .v4: "[\(description)]"
        case .v6: "[IPv6:\(description)]"
        }
    }

    private static func text(_ groups: [UInt16]) -> String {
        var best = 0..<0
        var at = 0
        while at < 8 {
            var end = at
            while end < 8, groups[end] == 0 { end += 1 }
            if end - at > best.count { best = at..<end }
            at = max(end, at + 1)
        }
        let hex = { (range: Range<Int>) in groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
        return best.count < 2 ? hex(0..<8) : "\(hex(0..<best.lowerBound))::\(hex(best.upperBound..<8))"
    }
}

/// Addresses that share their first bits (`192.0.2.0/24`, `2001:db8::/32`).
package struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    /// 0 to 32 or 0 to 128.
    package let prefixLength: Int

    /// Parses `ADDRESS/BITS`; an address alone is a network of one. Nil where bits beyond the prefix are set or the text is something else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        let width = if case .v4 = address { 32 } else { 128 }
        guard let bits = parts.count == 2 ? Int(parts[1]) : width, (0...width).contains(bits) else { return nil }
        guard Self.masked(address, bits) == address else { return nil }
        self.address = address
        prefixLength = bits
    }

    /// True when the address lies in this network.
    package func contains(_ other: IPAddress) -> Bool {
        switch (address, other) {
        case (.v4, .v4), (.v6, .v6): Self.masked(other, prefixLength) == address
        default: false
        }
    }

    package var description: String { "\(address)/\(prefixLength)" }

    private static func masked(_ address: IPAddress, _ bits: Int) -> IPAddress {
        switch address {
        case .v4(let value):
            return .v4(bits == 0 ? 0 : value & (UInt32.max << UInt32(32 - bits)))
        case .v6(let high, let low):
            let highMask = bits == 0 ? 0 : bits >= 64 ? UInt64.max : UInt64.max << UInt64(64 - bits)
            let lowMask = bits <= 64 ? 0 : UInt64.max << UInt64(128 - bits)
            return .v6(high: high & highMask, low: low & lowMask)
        }
    }
}
