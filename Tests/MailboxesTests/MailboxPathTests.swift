// Names of mailboxes: what can be one, what is the same, what is below what.
import Testing

@testable import Mailboxes

struct MailboxPathTests {
    fileprivate static let long = String(repeating: "x", count: 255)
    private static let deep: String = (1...32).map { String($0) }.joined(separator: "/")
    private static let wide: String = [String](repeating: String(repeating: "y", count: 249), count: 4).joined(separator: "/")

    private static let names: [(String, Bool)] = [
        ("INBOX", true), ("a/b/c", true), ("Entw\u{fc}rfe", true), ("", false), ("/a", false), ("a/", false), ("a//b", false), ("..", false),
        ("a/../b", false), (".", false), ("a.b", true), ("a\u{0}b", false), ("a\nb", false), ("a\u{7f}", false), ("a\u{85}b", false),
        ("a\u{2028}", false), (long, true), (long + "x", false), ("%*", true), (" ", true), (deep, true), (deep + "/33", false), (wide, true),
        (wide + "/y", false),
    ]

    @Test("what can be a name", arguments: names)
    func possible(name: String, isName: Bool) { #expect((MailboxPath(name) != nil) == isName) }

    @Test(
        "which names are the same",
        arguments: [
            ("inbox", "INBOX", true), ("InBox/a", "INBOX/a", true), ("inbox/A", "INBOX/a", false), ("INBOXES", "inboxes", false),
            ("Entw\u{fc}rfe", "Entwu\u{308}rfe", true), ("a", "A", false),
        ])
    func same(a: String, b: String, isSame: Bool) {
        #expect((MailboxPath(a) == MailboxPath(b)) == isSame)
        if isSame { #expect(MailboxPath(a)?.hashValue == MailboxPath(b)?.hashValue) }
    }

    @Test("octets are kept as given")
    func kept() {
        #expect(MailboxPath("Entwu\u{308}rfe").map { Array($0.name.utf8) } == Array("Entwu\u{308}rfe".utf8))
        #expect(MailboxPath("inbox")?.name == "INBOX")
    }

    @Test("levels and moving below another name")
    func levels() throws {
        let a = try #require(MailboxPath("a"))
        let ab = try #require(MailboxPath("a/b"))
        let abc = try #require(MailboxPath("a/b/c"))
        let other = try #require(MailboxPath("ab"))
        #expect(abc.isBelow(a) && abc.isBelow(ab) && !other.isBelow(a) && !a.isBelow(a))
        #expect(abc.parent == ab && a.parent == nil)
        #expect(abc.moved(from: a, to: other)?.name == "ab/b/c")
        #expect(other.moved(from: a, to: ab) == nil)
        #expect([abc, other, a, .inbox, ab].sorted().map(\.name) == ["INBOX", "a", "a/b", "a/b/c", "ab"])
    }
}
