// Flags, keywords and their places.
import Testing

@testable import Mailboxes

struct FlagsTests {
    @Test(
        "system flags are known in any case, \\Recent is none",
        arguments: [
            ("\\Seen", Flags.seen), ("\\ANSWERED", .answered), ("\\flagged", .flagged), ("\\Deleted", .deleted), ("\\dRaFt", .draft),
            ("\\Recent", nil),
            ("Seen", nil), ("\\Odd", nil),
        ] as [(String, Flags?)])
    func system(name: String, flag: Flags?) { #expect(Flags.system(named: name) == flag) }

    @Test(
        "a keyword is an atom",
        arguments: [
            ("$Junk", true), ("a]b", true), ("", false), ("a b", false), ("a(b", false), ("\\x", false), ("\u{e4}", false), ("a*", false),
            ("a\"", false),
            (String(repeating: "k", count: 128), true), (String(repeating: "k", count: 129), false),
        ])
    func keyword(name: String, isKeyword: Bool) { #expect((Keyword(name) != nil) == isKeyword) }

    @Test("keywords are the same in any case and keep their first spelling and place")
    func table() {
        var table = KeywordTable()
        let first = Keyword("Work").flatMap { table.add($0) }
        let again = Keyword("WORK").flatMap { table.add($0) }
        #expect(first == again)
        #expect(table.keywords.map(\.name) == ["Work"])
        #expect(KeywordTable(stored: table.stored) == table)
        #expect(table.names(of: [.seen, .keyword(0)]) == ["\\Seen", "Work"])
    }

    @Test("there are 57 places and they do not overlap each other or the system's flags")
    func places() {
        var table = KeywordTable()
        var all = Flags.system
        for number in 0..<57 {
            guard let keyword = Keyword("k\(number)"), let flag = table.add(keyword) else {
                Issue.record("place \(number) was refused")
                return
            }
            #expect(all.isDisjoint(with: flag))
            all.insert(flag)
        }
        #expect(Keyword("one-more").flatMap { table.add($0) } == nil)
        #expect(table.names(of: all).count == 62)
    }

    @Test("a list of names takes keywords once, leaves unknown backslash names out, and refuses what is no flag")
    func list() {
        #expect(FlagList(names: ["\\Seen", "\\Recent", "a", "A", "\\Odd"]) == FlagList([.seen], keywords: [Keyword("a")].compactMap { $0 }))
        #expect(FlagList(names: ["a b"]) == nil)
    }

    @Test("numbers keep to their bounds")
    func numbers() {
        #expect(UID(0) == nil)
        #expect(UIDValidity(0) == nil)
        #expect(ModSeq(UInt64.max).rawValue == UInt64(Int64.max))
    }
}
