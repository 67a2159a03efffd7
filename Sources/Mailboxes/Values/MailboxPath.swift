// The name of a mailbox in its owner's hierarchy: checked once, compared in normal form, kept as given.
import Foundation
import MailFormat

/// A mailbox's name in UTF-8 with "/" between levels (RFC 9051 §5.1). It cannot be wrong once it is made.
///
/// Two names are the same when their NFC forms are; INBOX as the first level is the same in any case. The octets are kept as they came.
package struct MailboxPath: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// As given, with INBOX in capitals where it is the first level.
    package let name: String
    /// What names are compared by.
    let key: String

    /// Octets of the whole name; a level has at most `levelOctetLimit`.
    package static let octetLimit = 1000
    package static let levelOctetLimit = 255
    package static let depthLimit = 32

    /// Nil where no mailbox can be called this: an empty level, `.` or `..` as a level, control characters, or too long.
    package init?(_ name: String) {
        let octets = Array(name.utf8)
        guard !octets.isEmpty, octets.count <= Self.octetLimit else { return nil }
        var isASCII = true
        for scalar in name.unicodeScalars {
            let value = scalar.value
            // Controls and line separators (RFC 9051 §5.1, RFC 5198 §2).
            if value < 0x20 || (0x7f...0x9f).contains(value) || value == 0x2028 || value == 0x2029 { return nil }
            if value > 0x7f { isASCII = false }
        }
        var levels = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard levels.count <= Self.depthLimit else { return nil }
        for level in levels {
            guard !level.isEmpty, level.utf8.count <= Self.levelOctetLimit, level != ".", level != ".." else { return nil }
        }
        if levels[0].utf8.count == 5, levels[0].uppercased() == "INBOX" { levels[0] = "INBOX" }
        self.name = levels.joined(separator: "/")
        self.key = isASCII ? self.name : self.name.precomposedStringWithCanonicalMapping
    }

    /// A name read from our own table.
    init(stored name: String, key: String) {
        self.name = name
        self.key = key
    }

    /// The one that every account has.
    package static let inbox = MailboxPath(stored: "INBOX", key: "INBOX")

    /// True for INBOX itself.
    package var isInbox: Bool { self.key == "INBOX" }

    /// The levels, outermost first.
    package var levels: [String] { self.name.split(separator: "/").map(String.init) }

    /// The level above; nil at the top.
    package var parent: MailboxPath? {
        guard let slash = self.name.utf8.lastIndex(of: UInt8(ascii: "/")), let end = self.key.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return nil
        }
        return MailboxPath(stored: String(self.name[..<slash]), key: String(self.key[..<end]))
    }

    /// Whether this name is somewhere below `other`.
    package func isBelow(_ other: MailboxPath) -> Bool {
        self.key.utf8.count > other.key.utf8.count + 1 && self.key.utf8.starts(with: other.key.utf8)
            && self.key.utf8.dropFirst(other.key.utf8.count).first == UInt8(ascii: "/")
    }

    /// The same place below another name; nil where it would be too long, or this is not below `old`.
    func moved(from old: MailboxPath, to new: MailboxPath) -> MailboxPath? {
        guard self.isBelow(old) else { return nil }
        let depth = old.levels.count
        return MailboxPath(([new.name] + self.levels.dropFirst(depth)).joined(separator: "/"))
    }

    package static func == (a: MailboxPath, b: MailboxPath) -> Bool { a.key.utf8.elementsEqual(b.key.utf8) }
    package func hash(into hasher: inout Hasher) { for octet in self.key.utf8 { hasher.combine(octet) } }

    /// INBOX first, then by octets.
    package static func < (a: MailboxPath, b: MailboxPath) -> Bool {
        if a.isInbox != b.isInbox { return a.isInbox }
        return a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
    }

    package var description: String { self.name }
}
