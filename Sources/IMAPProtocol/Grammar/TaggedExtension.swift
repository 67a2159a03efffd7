// The general form of parameters of extensions (RFC 4466 §2.1, RFC 9051 §9 tagged-ext): read, kept, and refused later by whoever does not know them.
package import MailFormat

/// A parameter by name with whatever value followed.
package struct ExtensionParameter: Hashable, Sendable {
    /// The name in capitals.
    package let name: OctetString
    /// The octets of the value as they came, or nil where there was none.
    package let value: OctetString?

    package init(name: OctetString, value: OctetString? = nil) {
        self.name = name
        self.value = value
    }
}

extension WireScanner {
    /// tagged-ext-label: an atom of letters, digits and `-_.:` that begins with a letter or `-_.`; in capitals.
    package mutating func extensionLabel() throws(SyntaxError) -> OctetString {
        let first = try self.peek()
        guard !ASCII.isDigit(first), first != UInt8(ascii: ":") else { throw self.invalid() }
        let range = try self.run(of: .labelOctet)
        return OctetString(self.octets[range].map(ASCII.uppercased))
    }

    /// tagged-ext-simple or `"(" [tagged-ext-comp] ")"`; the octets read.
    package mutating func extensionValue() throws(SyntaxError) -> OctetString {
        let start = self.position
        if try self.peek() == UInt8(ascii: "(") {
            try self.parenthesized { scanner throws(SyntaxError) in
                if try scanner.peek() != UInt8(ascii: ")") { try scanner.extensionComplex() }
            }
        } else {
            _ = try self.run(of: .extensionSimple)
        }
        return self.copy(start..<self.position)
    }

    /// tagged-ext-comp: astrings and parenthesized lists of them.
    package mutating func extensionComplex() throws(SyntaxError) {
        _ = try self.spaced { scanner throws(SyntaxError) in try scanner.extensionComponent() }
    }

    /// One astring, or a parenthesized list.
    package mutating func extensionComponent() throws(SyntaxError) {
        if try self.peek() == UInt8(ascii: "(") {
            try self.parenthesized { inner throws(SyntaxError) in try inner.extensionComplex() }
        } else {
            _ = try self.astring()
        }
    }

    /// `tagged-ext-label [SP tagged-ext-val]`.
    package mutating func extensionParameter() throws(SyntaxError) -> ExtensionParameter {
        let name = try self.extensionLabel()
        guard try self.peek() == 0x20 else { return ExtensionParameter(name: name) }
        guard let next = self.octet(ahead: 1) else { throw SyntaxError(.incomplete, at: self.octets.count) }
        // A name after the space is the next parameter of the list; only numbers, sets and lists are values.
        guard ASCII.isDigit(next) || next == UInt8(ascii: "(") || next == UInt8(ascii: "*") || next == UInt8(ascii: "$") || next == UInt8(ascii: "-") else {
            return ExtensionParameter(name: name)
        }
        self.skip()
        return ExtensionParameter(name: name, value: try self.extensionValue())
    }

    /// `SP "(" parameter *(SP parameter) ")"` if it is next, else none.
    mutating func optionalParameters<Parameter>(_ parameter: (inout WireScanner) throws(SyntaxError) -> Parameter) throws(SyntaxError) -> [Parameter] {
        guard try self.peek() == 0x20 else { return [] }
        guard let next = self.octet(ahead: 1) else { throw SyntaxError(.incomplete, at: self.octets.count) }
        guard next == UInt8(ascii: "(") else { return [] }
        self.skip()
        return try self.list(allowsEmpty: false, parameter)
    }
}

extension ByteSet {
    /// tagged-ext-simple: sequence sets, numbers and ranges.
    fileprivate static var extensionSimple: ByteSet { ByteSet(0x07FF_3410_0000_0000, 0) }
}
