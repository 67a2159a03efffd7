// Mailbox names and LIST patterns as a client gives them, and their meaning in either revision (RFC 9051 §5.1, RFC 3501 §5.1.3).
package import MailFormat

/// A mailbox name as it came from the wire: modified UTF-7 or UTF-8, depending on what the session has enabled.
package struct MailboxName: Hashable, Sendable {
    /// The octets of the argument.
    package let wire: OctetString

    package init(_ wire: OctetString) { self.wire = wire }

    /// Octets between levels of the hierarchy.
    package static let delimiter = UInt8(ascii: "/")

    /// The one name that every account has.
    package static let inbox: OctetString = "INBOX"

    /// Whether this is INBOX, in any case (RFC 9051 §5.1).
    package var isInbox: Bool { self.wire.equalsIgnoringASCIICase(MailboxName.inbox) }

    /// The name in UTF-8, with `INBOX` in capitals wherever it is the first level, or nil where no mailbox can be called this.
    ///
    /// - Parameter isUTF8: whether the session's names are UTF-8 (after ENABLE IMAP4rev2 or UTF8=ACCEPT). In rev1 a name with raw
    ///   UTF-8 is taken too when it is well-formed and has no `&` (what some programs send), RFC 3501 §5.1 notwithstanding.
    package func text(isUTF8: Bool) -> OctetString? {
        var name: [UInt8]
        if isUTF8 {
            name = self.wire.octets
        } else if !self.wire.isASCII {
            guard !self.wire.octets.contains(UInt8(ascii: "&")) else { return nil }
            name = self.wire.octets
        } else {
            guard let decoded = ModifiedUTF7.decode(self.wire.octets) else { return nil }
            name = decoded
        }
        guard Self.isAllowed(name) else { return nil }
        if name.count >= 5, name.count == 5 || name[5] == Self.delimiter, OctetString(name[..<5]).equalsIgnoringASCIICase(MailboxName.inbox) {
            name.replaceSubrange(..<5, with: Array("INBOX".utf8))
        }
        return OctetString(name)
    }

    /// Whether the octets can be a name at all: well-formed UTF-8 without controls (RFC 9051 §5.1, RFC 5198 §2).
    static func isAllowed(_ name: [UInt8]) -> Bool {
        guard UTF8Check.isWellFormed(name.span, in: 0..<name.count) else { return false }
        for (index, octet) in name.enumerated() {
            if octet < 0x20 || octet == 0x7F { return false }
            // C1 controls, U+2028 and U+2029 (RFC 9051 §5.1).
            if octet == 0xC2, index + 1 < name.count, name[index + 1] < 0xA0 { return false }
            if octet == 0xE2, index + 2 < name.count, name[index + 1] == 0x80, name[index + 2] == 0xA8 || name[index + 2] == 0xA9 { return false }
        }
        return true
    }

    /// The wire form of a UTF-8 name for a session.
    package static func wire(_ text: OctetString, isUTF8: Bool) -> [UInt8] {
        if isUTF8 || (text.isASCII && !text.octets.contains(UInt8(ascii: "&"))) { return text.octets }
        return ModifiedUTF7.encode(text.octets) ?? text.octets
    }
}

/// list-mailbox: a name with wildcards, `*` for anything and `%` for anything within a level (RFC 9051 §6.3.9).
package struct ListPattern: Hashable, Sendable {
    package let wire: OctetString

    package init(_ wire: OctetString) { self.wire = wire }

    /// The pattern in UTF-8, or nil where nothing can match it.
    package func text(isUTF8: Bool) -> OctetString? {
        if self.wire.isEmpty { return self.wire }
        if isUTF8 || !self.wire.isASCII { return UTF8Check.isWellFormed(self.wire.octets.span, in: 0..<self.wire.count) ? self.wire : nil }
        // The wildcards are not base64 digits, so an encoded run never holds one.
        return ModifiedUTF7.decode(self.wire.octets).map(OctetString.init(_:))
    }

    /// Whether a name matches. INBOX as a first level matches in any case. Linear in pattern × name at worst, without recursion.
    package static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        self.matchEnds(pattern, name).wholeName
    }

    /// Matches a pattern against a name and all its parents at once.
    ///
    /// - Returns: whether the whole name matches, and the lengths of the parents (prefixes before a delimiter) that match.
    package static func matchEnds(_ pattern: [UInt8], _ name: [UInt8]) -> (wholeName: Bool, parents: [Int]) {
        // The set of pattern positions that are reachable after the octets read so far, as in a small automaton.
        var reachable = [Bool](repeating: false, count: pattern.count + 1)
        func close(_ states: inout [Bool]) {
            for index in pattern.indices where states[index] && (pattern[index] == UInt8(ascii: "*") || pattern[index] == UInt8(ascii: "%")) {
                states[index + 1] = true
            }
        }
        reachable[0] = true
        close(&reachable)
        var parents: [Int] = []
        let foldsInbox = name.count >= 5 && (name.count == 5 || name[5] == MailboxName.delimiter) && OctetString(name[..<5]).equalsIgnoringASCIICase(MailboxName.inbox)
        for (offset, octet) in name.enumerated() {
            if octet == MailboxName.delimiter, reachable[pattern.count] { parents.append(offset) }
            var next = [Bool](repeating: false, count: pattern.count + 1)
            for index in pattern.indices where reachable[index] {
                switch pattern[index] {
                case UInt8(ascii: "*"): next[index] = true
                case UInt8(ascii: "%"): if octet != MailboxName.delimiter { next[index] = true }
                case octet: next[index + 1] = true
                default: if foldsInbox, offset < 5, ASCII.lowercased(pattern[index]) == ASCII.lowercased(octet) { next[index + 1] = true }
                }
            }
            close(&next)
            reachable = next
        }
        return (reachable[pattern.count], parents)
    }
}

extension WireScanner {
    /// mailbox: an astring (RFC 9051 §9).
    package mutating func mailbox() throws(SyntaxError) -> MailboxName { MailboxName(try self.astring()) }

    /// list-mailbox: a string, or one or more list-char (RFC 9051 §9).
    package mutating func listPattern() throws(SyntaxError) -> ListPattern {
        switch try self.peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "{"): ListPattern(try self.string())
        default: ListPattern(self.copy(try self.run(of: .listOctet)))
        }
    }
}
