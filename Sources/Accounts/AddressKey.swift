// An address as it is compared here.
import MailFormat

/// The key of an address in the tables: local part with ASCII letters in lower case, and the domain.
///
/// Senders may spell a local part in any case; RFC 5321 §2.4 leaves its meaning to the host that owns it, and here case means nothing.
struct AddressKey: Hashable, Sendable {
    let local: String
    let domain: String

    init(local: OctetString, domain: Domain) {
        self.local = local.asciiLowercased.text
        self.domain = domain.name.text
    }

    init(_ address: EmailAddress) { self.init(local: address.localPart.octets, domain: address.domain) }

    /// The key and the detail of an address whose local part has a separator inside; nil where it has none, or nothing before it.
    static func withoutDetail(_ address: EmailAddress, separator: UInt8?) -> (key: AddressKey, detail: OctetString)? {
        let octets = address.localPart.octets.octets
        guard let separator, let at = octets.firstIndex(of: separator), at > 0 else { return nil }
        return (AddressKey(local: OctetString(octets[..<at]), domain: address.domain), OctetString(octets[(at + 1)...]))
    }
}
