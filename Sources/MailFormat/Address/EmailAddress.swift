// A strict RFC 5321 mailbox: the address type of envelopes, accounts and policy.

/// A mailbox `local-part@domain` that follows RFC 5321 §4.1.2 to the letter (RFC 6531 §3.3 where UTF-8 is allowed).
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    /// What stands before the `@`, unquoted.
    package let localPart: LocalPart
    /// What stands after it.
    package let domain: Domain

    /// RFC 5321 §4.5.3.1.3: octets of a path, its angle brackets included.
    package static let maximumPathOctets = 256

    /// An address of two parts that are already known to be good.
    package init(localPart: LocalPart, domain: Domain) {
        self.localPart = localPart
        self.domain = domain
    }

    /// The address that the whole text spells, or nil.
    package init?(_ text: String) {
        self.init(OctetString(text))
    }

    /// The address that all the octets spell, or nil.
    package init?(_ octets: OctetString, allowUTF8: Bool = true) {
        let span = octets.octets.span
        guard let (address, end) = Self.parse(span, at: 0, allowUTF8: allowUTF8), end == span.count else { return nil }
        self = address
    }

    /// The mailbox that begins at `offset` and where it ends: local part of at most 64 octets, domain of at most 255.
    ///
    /// Whether more may follow is for the caller to say. The bound on a whole path (256 octets) belongs to the path's grammar.
    package static func parse(_ octets: Span<UInt8>, at offset: Int, allowUTF8: Bool) -> (address: EmailAddress, end: Int)? {
        guard let (localPart, at) = LocalPart.parse(octets, at: offset, allowUTF8: allowUTF8),
            at < octets.count, octets[at] == 0x40,
            let (domain, end) = Domain.parse(octets, at: at + 1, allowUTF8: allowUTF8)
        else { return nil }
        return (EmailAddress(localPart: localPart, domain: domain), end)
    }

    /// The address as it is written on the wire: quotes only where they are needed, domain in lower case.
    package var wire: OctetString {
        var octets = self.localPart.wire.octets
        octets.append(0x40)
        octets.append(contentsOf: self.domain.name.octets)
        return OctetString(octets)
    }

    /// Whether the address has UTF-8 before or after the `@` and so needs SMTPUTF8 (RFC 6531 §3.2).
    package var isInternationalized: Bool { self.localPart.isInternationalized || self.domain.isInternationalized }

    package var description: String { self.wire.text }
}
