// Flags and keywords as they stand in commands and responses (RFC 9051 §2.3.2).
package import MailFormat

/// A flag: `\Seen`, `$Forwarded`, any keyword. Compared without case; the spelling is kept.
package struct Flag: Hashable, Sendable {
    /// As given, with the backslash of a system flag.
    package let name: OctetString

    /// A flag of this spelling, which the caller knows to be one.
    package init(_ name: OctetString) { self.name = name }

    package static let answered = Flag("\\Answered")
    package static let flagged = Flag("\\Flagged")
    package static let deleted = Flag("\\Deleted")
    package static let seen = Flag("\\Seen")
    package static let draft = Flag("\\Draft")
    package static let recent = Flag("\\Recent")

    /// Whether it is one of the system's, `\…`.
    package var isSystem: Bool { self.name.octets.first == UInt8(ascii: "\\") }

    package static func == (left: Flag, right: Flag) -> Bool { left.name.equalsIgnoringASCIICase(right.name) }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.name.asciiLowercased) }
}

extension WireScanner {
    /// flag (RFC 9051 §9): `\` atom or a keyword. `]` is taken too, since keywords of other servers carry it.
    package mutating func flag() throws(SyntaxError) -> Flag {
        let start = self.position
        if self.take(UInt8(ascii: "\\")) {
            _ = try self.run(of: .atomOctet)
            return Flag(self.copy(start..<self.position))
        }
        return Flag(self.copy(try self.run(of: .astringOctet)))
    }

    /// flag-extension: `\` atom.
    package mutating func flagExtension() throws(SyntaxError) -> Flag {
        guard try self.peek() == UInt8(ascii: "\\") else { throw self.invalid() }
        return try self.flag()
    }

    /// flag-keyword.
    package mutating func flagKeyword() throws(SyntaxError) -> Flag { Flag(try self.atom()) }

    /// flag-list: `"(" [flag *(SP flag)] ")"`; a space before the end is let pass.
    package mutating func flagList() throws(SyntaxError) -> [Flag] {
        try self.parenthesized { scanner throws(SyntaxError) in
            var flags: [Flag] = []
            while try scanner.peek() != UInt8(ascii: ")") {
                if !flags.isEmpty {
                    try scanner.space()
                    if try scanner.peek() == UInt8(ascii: ")") { break }
                }
                flags.append(try scanner.flag())
            }
            return flags
        }
    }
}
