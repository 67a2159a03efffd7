// ID: what client and server call themselves (RFC 2971).
package import MailFormat

/// A field of ID with its value.
package struct IdentificationParameter: Hashable, Sendable {
    package let field: OctetString
    package let value: OctetString?

    package init(field: OctetString, value: OctetString?) {
        self.field = field
        self.value = value
    }
}

extension WireScanner {
    /// id-params-list: NIL or `"(" *(string SP nstring) ")"`; more spaces than one are let pass, since programs send them.
    package mutating func identificationParameters() throws(SyntaxError) -> [IdentificationParameter] {
        if try self.takeNil() { return [] }
        return try self.parenthesized { scanner throws(SyntaxError) in
            var parameters: [IdentificationParameter] = []
            while true {
                while scanner.take(0x20) {}
                if try scanner.peek() == UInt8(ascii: ")") { return parameters }
                // RFC 2971 §3.3: at most 30 fields, names within 30 octets and values within 1,024; more is cut by whoever logs it.
                guard parameters.count < 64 else { throw scanner.overLimit() }
                let field = try scanner.string()
                try scanner.space()
                while scanner.take(0x20) {}
                parameters.append(IdentificationParameter(field: field, value: try scanner.nstring()))
            }
        }
    }
}
