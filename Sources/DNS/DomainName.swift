// A name of the domain name system.
package import MailFormat

/// A domain name in its compared form: ASCII letters in lower case, no final dot. The root is the empty name.
package struct DomainName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// RFC 1035 §2.3.4: octets of a label.
    package static let maximumLabelOctets = 63
    /// RFC 1035 §2.3.4: octets of a name on the wire, which leaves 253 for its text.
    package static let maximumTextOctets = 253

    /// The root.
    package static let root = DomainName(unchecked: "")

    /// Reads a name, with or without its final dot; `.` is the root. Labels may hold any visible ASCII but the dot (RFC 2181 §11):
    /// what a host name may look like is not asked here.
    package init?(_ text: some StringProtocol) {
        var text = text.lowercased()
        if text == "." {
            self = .root
            return
        }
        if text.hasSuffix(".") { text.removeLast() }
        guard !text.isEmpty, text.utf8.count <= Self.maximumTextOctets, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy({
                (1...Self.maximumLabelOctets).contains($0.count)
            })
        else { return nil }
        self.text = text
    }

    private init(unchecked text: String) { self.text = text }

    package var isRoot: Bool { text.isEmpty }

    /// The name without its first label; nil for the root.
    package var parent: DomainName? {
        if isRoot { return nil }
        guard let dot = text.firstIndex(of: ".") else { return .root }
        return DomainName(unchecked: String(text[text.index(after: dot)...]))
    }

    package var description: String { text + "." }
}

extension DomainName {
    /// The name under which an address is asked about, below `zone` where one is given (RFC 5782 §2), else in the reverse tree: the octets of an IPv4
    /// address backwards (RFC 1035 §3.5), or the 32 hexadecimal digits of an IPv6 one (RFC 3596 §2.5).
    package init?(reversing address: IPAddress, under zone: DomainName? = nil) {
        let labels: [String]
        let tree: String
        switch address {
        case .v4(let value):
            labels = (0..<4).map { String(value >> UInt32(8 * $0) & 255) }
            tree = "in-addr.arpa"
        case .v6(let high, let low):
            labels = [low, high].flatMap { half in (0..<16).map { String(half >> UInt64(4 * $0) & 15, radix: 16) } }
            tree = "ip6.arpa"
        }
        self.init(labels.joined(separator: ".") + "." + (zone?.text ?? tree))
    }
}
