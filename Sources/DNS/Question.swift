// What is asked.

/// The types of records that mail needs (RFC 1035 §3.2.2, RFC 3596).
package enum RecordType: String, Sendable, Hashable, CaseIterable {
    case a = "A"
    case aaaa = "AAAA"
    case cname = "CNAME"
    case mx = "MX"
    case ns = "NS"
    case ptr = "PTR"
    case txt = "TXT"
}

/// A name and the type of record wanted.
package struct Question: Sendable, Hashable, CustomStringConvertible {
    package let name: DomainName
    package let type: RecordType

    package init(_ name: DomainName, _ type: RecordType) {
        self.name = name
        self.type = type
    }

    package var description: String { "\(name) \(type.rawValue)" }
}
