// Atoms, quoted strings and literals (RFC 9051 §4.3, §9), and the length marks of literals.
package import MailFormat

/// The mark before a literal: `{n}`, `{n+}`, `{n-}` is not one; `~{n}` for literal8 (RFC 9051 §4.3, RFC 7888, RFC 3516).
package struct LiteralMark: Hashable, Sendable {
    /// Octets announced; numbers beyond 64 bits are all `UInt64.max`.
    package let count: UInt64
    /// Whether the client waits for a continuation before it sends the octets.
    package let isSynchronizing: Bool
    /// Whether NUL may occur (literal8).
    package let isBinary: Bool

    package init(count: UInt64, isSynchronizing: Bool, isBinary: Bool) {
        self.count = count
        self.isSynchronizing = isSynchronizing
        self.isBinary = isBinary
    }
}

extension WireScanner {
    /// atom (RFC 9051 §9).
    package mutating func atom() throws(SyntaxError) -> OctetString {
        self.copy(try self.run(of: .atomOctet))
    }

    /// tag (RFC 9051 §9).
    package mutating func tag() throws(SyntaxError) -> OctetString {
        self.copy(try self.run(of: .tagOctet))
    }

    /// astring: a string, or one or more ASTRING-CHAR (RFC 9051 §9).
    package mutating func astring() throws(SyntaxError) -> OctetString {
        switch try self.peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "{"): try self.string()
        default: self.copy(try self.run(of: .astringOctet))
        }
    }

    /// string: quoted or literal (RFC 9051 §9).
    package mutating func string() throws(SyntaxError) -> OctetString {
        switch try self.peek() {
        case UInt8(ascii: "\""): try self.quoted()
        case UInt8(ascii: "{"): try self.literal()
        default: throw self.invalid()
        }
    }

    /// nstring: NIL, here nil, or a string (RFC 9051 §9).
    package mutating func nstring() throws(SyntaxError) -> OctetString? {
        switch try self.peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "{"): return try self.string()
        default:
            try self.word("NIL")
            return nil
        }
    }

    /// NIL (RFC 9051 §9).
    package mutating func nilWord() throws(SyntaxError) { try self.word("NIL") }

    /// Reads NIL if it is next and a whole token.
    mutating func takeNil() throws(SyntaxError) -> Bool {
        guard try self.peek() | 0x20 == UInt8(ascii: "n") else { return false }
        guard try self.upcomingToken(.astringOctet) == Array("NIL".utf8) else { return false }
        self.advance(by: 3)
        return true
    }

    /// quoted: `"` … `"` with `\"` and `\\`; CR, LF and NUL do not occur, UTF-8 may (RFC 9051 §4.3).
    package mutating func quoted() throws(SyntaxError) -> OctetString {
        try self.expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        var start = self.position
        while true {
            let octet = try self.peek()
            switch octet {
            case UInt8(ascii: "\""):
                text.append(contentsOf: self.octets[start..<self.position])
                self.skip()
                return OctetString(text)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: self.octets[start..<self.position])
                self.skip()
                let escaped = try self.peek()
                guard escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else { throw self.invalid() }
                start = self.position
                self.skip()
            case 0x00, 0x0A, 0x0D: throw self.invalid()
            default: self.skip()
            }
        }
    }

    /// literal: the mark, its line end and as many octets, none of them NUL (RFC 9051 §4.3).
    package mutating func literal() throws(SyntaxError) -> OctetString {
        let mark = try self.literalMark()
        guard !mark.isBinary else { throw self.invalid() }
        let range = try self.literalOctets(mark)
        guard !self.octets[range].contains(0) else { throw self.invalid() }
        return self.copy(range)
    }

    /// literal8: `~{n}`, whose octets may be any (RFC 9051 §4.3).
    package mutating func literal8() throws(SyntaxError) -> OctetString {
        let mark = try self.literalMark()
        guard mark.isBinary else { throw self.invalid() }
        return self.copy(try self.literalOctets(mark))
    }

    private mutating func literalOctets(_ mark: LiteralMark) throws(SyntaxError) -> Range<Int> {
        guard let count = Int(exactly: mark.count) else { throw self.overLimit() }
        guard count <= self.octets.count - self.position else {
            guard count <= self.limits.literalOctets else { throw self.overLimit() }
            throw SyntaxError(.incomplete, at: self.octets.count)
        }
        let start = self.position
        self.advance(by: count)
        return start..<self.position
    }

    /// The mark of a literal with its line end: `["~"] "{" number ["+"] "}" CRLF`.
    package mutating func literalMark() throws(SyntaxError) -> LiteralMark {
        let isBinary = self.take(UInt8(ascii: "~"))
        try self.expect(UInt8(ascii: "{"))
        let digits = try self.run(of: .digit)
        var count: UInt64 = 0
        for digit in self.octets[digits] {
            let (product, overflow) = count.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit &- 0x30))
            guard !overflow, !carry else {
                count = .max
                break
            }
            count = sum
        }
        let isSynchronizing = !self.take(UInt8(ascii: "+"))
        try self.expect(UInt8(ascii: "}"))
        try self.commandEnd()
        return LiteralMark(count: count, isSynchronizing: isSynchronizing, isBinary: isBinary)
    }
}
