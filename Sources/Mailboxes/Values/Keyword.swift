// Flags with names of the users' own, and where a mailbox keeps them.

/// A keyword: an atom that does not begin with a backslash; case does not matter (RFC 9051 §2.3.2).
package struct Keyword: Hashable, Sendable, CustomStringConvertible {
    /// As it was first spelled.
    package let name: String
    private let folded: String

    /// A name longer than this is refused.
    package static let octetLimit = 128

    /// Nil where the name is not an atom of 7-bit octets.
    package init?(_ name: String) {
        guard !name.isEmpty, name.utf8.count <= Self.octetLimit else { return nil }
        for octet in name.utf8 {
            switch octet {
            case 0...0x20, 0x7f...0xff: return nil
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "*"), UInt8(ascii: "\""),
                UInt8(ascii: "\\"):
                return nil
            default: continue
            }
        }
        self.name = name
        self.folded = name.lowercased()
    }

    package static let junk = Keyword(known: "$Junk")
    package static let notJunk = Keyword(known: "$NotJunk")
    package static let forwarded = Keyword(known: "$Forwarded")

    private init(known name: String) {
        self.name = name
        self.folded = name.lowercased()
    }

    package static func == (a: Keyword, b: Keyword) -> Bool { a.folded == b.folded }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.folded) }
    package var description: String { self.name }
}

/// The keywords of one mailbox in the order of their places. A place, once given, keeps its keyword for ever.
package struct KeywordTable: Hashable, Sendable {
    /// Places there are; more keywords are refused with LIMIT (RFC 5530).
    package static let limit = 57

    package private(set) var keywords: [Keyword]

    package init() { self.keywords = [] }

    /// Reads the stored form: names with a space between.
    init(stored: String) { self.keywords = stored.split(separator: " ").prefix(Self.limit).compactMap { Keyword(String($0)) } }

    var stored: String { self.keywords.map(\.name).joined(separator: " ") }

    /// The flag of a keyword; nil when the mailbox does not know it.
    package func flag(_ keyword: Keyword) -> Flags? { self.keywords.firstIndex(of: keyword).map(Flags.keyword) }

    /// Gives a keyword the next place. Nil when all are taken.
    mutating func add(_ keyword: Keyword) -> Flags? {
        if let known = self.flag(keyword) { return known }
        guard self.keywords.count < Self.limit else { return nil }
        self.keywords.append(keyword)
        return Flags.keyword(self.keywords.count - 1)
    }

    /// The names of all flags that are set, the system's first.
    package func names(of flags: Flags) -> [String] {
        var names: [String] = []
        for (flag, name) in Flags.systemNames where flags.contains(flag) { names.append(name) }
        var rest = flags.intersection(.keywords).rawValue
        while rest != 0 {
            let place = rest.trailingZeroBitCount - 7
            if place < self.keywords.count { names.append(self.keywords[place].name) }
            rest &= rest - 1
        }
        return names
    }
}

/// Flags by name, as a command or a delivery gives them: not yet bound to a mailbox.
package struct FlagList: Hashable, Sendable {
    /// Flags of the system; bits of keywords are ignored.
    package var system: Flags
    package var keywords: [Keyword]

    package init(_ system: Flags = [], keywords: [Keyword] = []) {
        self.system = system.intersection(.system)
        self.keywords = keywords
    }

    /// Flags by their wire names. `\Recent` and unknown `\…` names are left out; nil where a name is no keyword.
    package init?(names: [String]) {
        self.init()
        for name in names {
            if let flag = Flags.system(named: name) {
                self.system.insert(flag)
            } else if !name.hasPrefix("\\") {
                guard let keyword = Keyword(name) else { return nil }
                if !self.keywords.contains(keyword) { self.keywords.append(keyword) }
            }
        }
    }
}
