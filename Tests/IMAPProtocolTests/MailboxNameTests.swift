// Modified UTF-7, mailbox names in both revisions, and LIST patterns.
import IMAPProtocol
import MailFormat
import Testing

@Suite("Mailbox names")
struct MailboxNameTests {
    @Test("Names have one spelling in modified UTF-7", arguments: [
        ("INBOX", "INBOX"), ("a&-b", "a&b"), ("&ZeVnLIqe-", "日本語"), ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"), ("Entw&APw-rfe", "Entwürfe"),
        ("&2D3eAA-", "😀"), ("&AKM-x&AKM-", "£x£"), ("", ""), ("&AAA-", "\u{0}"),
    ])
    func modifiedUTF7(wire: String, text: String) {
        #expect(ModifiedUTF7.decode(wire.utf8) == Array(text.utf8))
        #expect(ModifiedUTF7.encode(Array(text.utf8)) == Array(wire.utf8))
    }

    @Test("Other spellings match nothing", arguments: [
        "&", "&AGE-", "a&AKM", "&AKM-&AKM-", "&AK-", "&A-", "&2D0-", "&3gDYPQ-", "&AKN-", "a\u{fc}", "&AK/-", "&==-", "&Jjo!", "\u{1}",
    ])
    func refused(wire: String) { #expect(ModifiedUTF7.decode(wire.utf8) == nil) }

    @Test("INBOX is INBOX in any case, as first level too", arguments: [("inbox", "INBOX"), ("InBoX/sub", "INBOX/sub"), ("inboxes", "inboxes"), ("a/inbox", "a/inbox")])
    func inbox(wire: String, text: String) {
        #expect(MailboxName(OctetString(wire)).text(isUTF8: false) == OctetString(text))
        #expect(MailboxName(OctetString(wire)).text(isUTF8: true) == OctetString(text))
    }

    @Test("What a name means depends on the revision")
    func revisions() {
        #expect(MailboxName("Entw&APw-rfe").text(isUTF8: false) == OctetString("Entwürfe"))
        #expect(MailboxName("Entw&APw-rfe").text(isUTF8: true) == OctetString("Entw&APw-rfe"))
        #expect(MailboxName(OctetString("Entwürfe")).text(isUTF8: true) == OctetString("Entwürfe"))
        #expect(MailboxName(OctetString([0xFF])).text(isUTF8: true) == nil)
        #expect(MailboxName(OctetString([0x61, 0])).text(isUTF8: true) == nil)
        #expect(MailboxName("&AAA-").text(isUTF8: false) == nil)
        #expect(MailboxName(OctetString("a\u{2028}b")).text(isUTF8: true) == nil)
        #expect(MailboxName(OctetString("a\u{85}b")).text(isUTF8: true) == nil)
    }

    @Test("Patterns match like this", arguments: [
        ("*", "a/b/c", true), ("%", "a/b", false), ("%", "a", true), ("a/%", "a/b", true), ("a/%", "a/b/c", false), ("a*c", "a/b/c", true), ("%/%", "a/b", true),
        ("INBOX", "INBOX", true), ("inbox", "INBOX", true), ("inbox/%", "INBOX/x", true), ("A", "a", false), ("", "a", false), ("*%*", "abc", true), ("a%b*c", "axb/yc", true),
        ("**********************a", "bbbbbbbbbbbbbbbbbbbbbbbbbbbb", false),
    ])
    func patterns(pattern: String, name: String, expected: Bool) {
        #expect(ListPattern.matches(Array(pattern.utf8), Array(name.utf8)) == expected)
    }

    @Test("A pattern finds the parents it matches")
    func parents() {
        #expect(ListPattern.matchEnds(Array("%".utf8), Array("a/b/c".utf8)).parents == [1])
        #expect(ListPattern.matchEnds(Array("*".utf8), Array("a/b/c".utf8)).parents == [1, 3])
        #expect(ListPattern.matchEnds(Array("a/%".utf8), Array("a/b/c".utf8)).parents == [3])
    }
}
