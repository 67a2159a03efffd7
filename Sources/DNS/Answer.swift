// What is answered.
package import MailFormat

/// One record.
package enum ResourceRecord: Sendable, Hashable {
    /// An IPv4 address.
    case a(IPAddress)
    /// An IPv6 address, or the IPv4 address that is mapped into it.
    case aaaa(IPAddress)
    case cname(DomainName)
    /// A mail exchanger; the root as the only one, of preference 0, means that the domain takes no mail (RFC 7505).
    case mx(preference: UInt16, exchange: DomainName)
    case ns(DomainName)
    case ptr(DomainName)
    /// The strings of a TXT record, put together without anything between them (RFC 7208 §3.3).
    case txt([UInt8])

    package var type: RecordType {
        switch self {
        case .a: .a
        case .aaaa: .aaaa
        case .cname: .cname
        case .mx: .mx
        case .ns: .ns
        case .ptr: .ptr
        case .txt: .txt
        }
    }
}

/// An answer that says something. Trouble is not one: it is thrown as `ResolverError`.
package enum Answer: Sendable, Hashable {
    /// One or more records of the type asked for. `canonicalName` is where aliases led.
    case records([ResourceRecord], canonicalName: DomainName)
    /// The name exists, without records of this type (RFC 2308 §2.2).
    case noData
    /// The name does not exist (RFC 2308 §2.1).
    case nameError

    /// The records; none for the other two.
    package var records: [ResourceRecord] {
        switch self {
        case .records(let records, _): records
        case .noData, .nameError: []
        }
    }
}

/// Why there is no answer. Always temporary: no permanent refusal may follow from it (policies §1.4).
package enum ResolverError: Error, Sendable, Hashable {
    /// SERVFAIL, or what comes to the same.
    case serverFailure
    /// Nothing came in time.
    case timeout
    /// The task was cancelled.
    case cancelled
}
