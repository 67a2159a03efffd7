// Flags of a message as bits: the system's in fixed places, keywords in the places of their mailbox's table.

/// What is set on a message (RFC 9051 §2.3.2). The bits of keywords mean something only with the `KeywordTable` of the mailbox.
package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let seen = Flags(rawValue: 1 << 0)
    package static let answered = Flags(rawValue: 1 << 1)
    package static let flagged = Flags(rawValue: 1 << 2)
    package static let deleted = Flags(rawValue: 1 << 3)
    package static let draft = Flags(rawValue: 1 << 4)

    /// The flags that every mailbox has.
    package static let system = Flags(rawValue: 0x1f)
    /// Two places are kept free between the system's flags and the keywords.
    static let keywords = Flags(rawValue: ~UInt64(0x7f))

    /// The system flag of a name, in any case: `\Seen` … (RFC 9051 §2.3.2). Nil for others, among them `\Recent`, which nobody can set.
    package static func system(named name: String) -> Flags? {
        switch name.lowercased() {
        case "\\seen": .seen
        case "\\answered": .answered
        case "\\flagged": .flagged
        case "\\deleted": .deleted
        case "\\draft": .draft
        default: nil
        }
    }

    /// The system's flags with their names, in the order they are shown in.
    package static let systemNames: [(flag: Flags, name: String)] = [
        (.answered, "\\Answered"), (.flagged, "\\Flagged"), (.deleted, "\\Deleted"), (.seen, "\\Seen"), (.draft, "\\Draft"),
    ]

    /// The flag of a keyword's place in the table; the place must be below `KeywordTable.limit`.
    package static func keyword(_ place: Int) -> Flags { Flags(rawValue: 1 << UInt64(7 + max(0, min(place, KeywordTable.limit - 1)))) }
}
