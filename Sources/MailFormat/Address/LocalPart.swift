// The part before the @: kept unquoted with its case, written with quotes only where the grammar needs them.

/// The local part of an address (RFC 5321 §4.1.2), unquoted; its case is kept and matters (§2.4).
package struct LocalPart: Hashable, Sendable, CustomStringConvertible {
    /// The octets after quotes and backslashes are removed: `"a\"b"` is `a"b`.
    package let octets: OctetString

    /// RFC 5321 §4.5.3.1.1: octets of a local part as it is written.
    package static let maximumOctets = 64

    /// The local part that stands for these unquoted octets, or nil: printable ASCII, space, and (when allowed) well-formed UTF-8 only,
    /// no longer than 64 octets as written.
    package init?(unquoted octets: OctetString, allowUTF8: Bool = true) {
        guard octets.count <= Self.maximumOctets else { return nil }
        let span = octets.octets.span
        var index = 0
        while index < span.count {
            let octet = span[index]
            if octet >= 0x80 {
                guard allowUTF8, let (value, length) = UTF8Check.scalar(in: span, at: index, end: span.count), value > 0x9F else { return nil }
                index += length
            } else {
                guard octet >= 0x20, octet < 0x7F else { return nil }
                index += 1
            }
        }
        self.octets = octets
        guard self.wire.count <= Self.maximumOctets else { return nil }
    }

    package var description: String { self.wire.text }

    /// Whether the local part has UTF-8 (RFC 6531 §3.3), so that it needs SMTPUTF8.
    package var isInternationalized: Bool { !self.octets.isASCII }

    /// Whether the octets are a Dot-string (RFC 5321 §4.1.2) and need no quotes.
    package var isDotString: Bool { Self.isDotString(self.octets.octets.span) }

    /// The form to write: as it is for a Dot-string, else with quotes, and backslashes before `"` and `\` only.
    package var wire: OctetString { Self.quotedIfNeeded(self.octets) }

    /// Any octets as a local part is written: with quotes only where they are needed.
    package static func quotedIfNeeded(_ octets: OctetString) -> OctetString {
        if self.isDotString(octets.octets.span) { return octets }
        var quoted: [UInt8] = []
        quoted.reserveCapacity(octets.count + 4)
        quoted.append(0x22)
        for octet in octets.octets {
            if octet == 0x22 || octet == 0x5C { quoted.append(0x5C) }
            quoted.append(octet)
        }
        quoted.append(0x22)
        return OctetString(quoted)
    }

    private static func isDotString(_ octets: Span<UInt8>) -> Bool {
        guard octets.count > 0 else { return false }
        let allowed = ByteSet.atext.union(.eightBit)
        var afterDot = true
        var index = 0
        while index < octets.count {
            if octets[index] == 0x2E {
                if afterDot { return false }
                afterDot = true
            } else {
                guard allowed.contains(octets[index]) else { return false }
                afterDot = false
            }
            index += 1
        }
        return !afterDot
    }

    /// The local part that begins at `offset`, a Dot-string or a Quoted-string (RFC 5321 §4.1.2), and where it ends.
    ///
    /// A Dot-string ends where an octet follows that cannot continue it; whether that is an `@` is for the caller to see, which is how
    /// `just"not"right@…` is refused rather than repaired (field case FC06).
    package static func parse(_ octets: Span<UInt8>, at offset: Int, allowUTF8: Bool) -> (localPart: LocalPart, end: Int)? {
        guard offset >= 0, offset < octets.count else { return nil }
        if octets[offset] == 0x22 { return self.parseQuoted(octets, at: offset, allowUTF8: allowUTF8) }
        let allowed = allowUTF8 ? ByteSet.atext.union(.eightBit) : ByteSet.atext
        // One octet more than is allowed is looked at, so that a longer one is refused and not cut.
        let stop = min(octets.count, offset + self.maximumOctets + 1)
        var index = offset
        var afterDot = true
        while index < stop {
            let octet = octets[index]
            if octet == 0x2E {
                if afterDot { return nil }
                afterDot = true
            } else if allowed.contains(octet) {
                afterDot = false
            } else {
                break
            }
            index += 1
        }
        guard !afterDot, let part = LocalPart(unquoted: OctetString(copying: octets, in: offset..<index), allowUTF8: allowUTF8) else { return nil }
        return (part, index)
    }

    private static func parseQuoted(_ octets: Span<UInt8>, at offset: Int, allowUTF8: Bool) -> (localPart: LocalPart, end: Int)? {
        var content: [UInt8] = []
        var index = offset + 1
        while index < octets.count {
            var octet = octets[index]
            if octet == 0x22 {
                guard let part = LocalPart(unquoted: OctetString(content), allowUTF8: allowUTF8) else { return nil }
                return (part, index + 1)
            }
            if octet == 0x5C {
                // RFC 5321 §4.1.2 quoted-pairSMTP: a backslash and one printable ASCII octet or space.
                index += 1
                guard index < octets.count, octets[index] >= 0x20, octets[index] < 0x7F else { return nil }
                octet = octets[index]
            }
            content.append(octet)
            if content.count > self.maximumOctets { return nil }
            index += 1
        }
        return nil
    }
}
