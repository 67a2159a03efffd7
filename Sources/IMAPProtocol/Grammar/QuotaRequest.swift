// Arguments of the QUOTA commands (RFC 9208).
package import MailFormat

/// One resource and its limit, as SETQUOTA names them.
package struct QuotaLimit: Hashable, Sendable {
    package let resource: OctetString
    package let limit: UInt64
}

extension WireScanner {
    /// `"(" [resource SP number *(SP resource SP number)] ")"`.
    package mutating func quotaLimits() throws(SyntaxError) -> [QuotaLimit] {
        try self.list { scanner throws(SyntaxError) in
            let resource = try scanner.atom()
            try scanner.space()
            return QuotaLimit(resource: resource, limit: try scanner.number64())
        }
    }
}
