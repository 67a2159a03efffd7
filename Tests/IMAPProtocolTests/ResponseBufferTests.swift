// The encoder: strings, sets, dates and whole responses, octet for octet.
import IMAPProtocol
import MailFormat
import Testing

private func text(_ write: (inout ResponseBuffer) -> Void) -> String {
    var buffer = ResponseBuffer()
    write(&buffer)
    return OctetString(buffer.take()).text
}

@Suite("Responses")
struct ResponseBufferTests {
    @Test("Numbers", arguments: [(UInt64(0), "0"), (9, "9"), (10, "10"), (4_294_967_295, "4294967295"), (.max, "18446744073709551615")])
    func numbers(number: UInt64, expected: String) { #expect(text { $0.append(number: number) } == expected) }

    @Test("Strings are quoted where they can be, else literals", arguments: [
        ("plain", "\"plain\""), ("", "\"\""), ("a\"b\\c", "\"a\\\"b\\\\c\""), ("ü", "{2}\r\nü"), ("a\r\nb", "{4}\r\na\r\nb"), ("a\u{0}b", "{3}\r\na?b"),
    ])
    func strings(value: String, expected: String) { #expect(text { $0.append(string: Array(value.utf8)) } == expected) }

    @Test("astrings are atoms where they can be", arguments: [("abc", "abc"), ("NIL", "\"NIL\""), ("a b", "\"a b\""), ("", "\"\""), ("a*", "\"a*\""), ("a]", "a]")])
    func astrings(value: String, expected: String) { #expect(text { $0.append(astring: Array(value.utf8)) } == expected) }

    @Test("Mailbox names follow the revision")
    func mailboxes() {
        #expect(text { $0.append(mailbox: OctetString("Entwürfe"), isUTF8: false) } == "Entw&APw-rfe")
        #expect(text { $0.append(mailbox: OctetString("Entwürfe \"x\""), isUTF8: true) } == "\"Entwürfe \\\"x\\\"\"")
        #expect(text { $0.append(mailbox: "a&b", isUTF8: false) } == "a&-b")
        #expect(text { $0.append(mailbox: "a&b", isUTF8: true) } == "a&b")
    }

    @Test("Dates are in the zone given", arguments: [
        (Int64(0), 0, "\"01-Jan-1970 00:00:00 +0000\""), (772_500_723, 90, "\"25-Jun-1994 01:02:03 +0130\""), (951_782_400, -300, "\"28-Feb-2000 19:00:00 -0500\""),
        (-1, 0, "\"31-Dec-1969 23:59:59 +0000\""), (.max, 0, "\"31-Dec-9999 23:59:59 +0000\""), (.min, 0, "\"01-Jan-0000 00:00:00 +0000\""),
    ])
    func dates(seconds: Int64, zone: Int, expected: String) {
        #expect(text { $0.append(date: InternalDate(secondsSinceEpoch: seconds, zoneMinutes: zone)) } == expected)
    }

    @Test("Status responses")
    func statuses() {
        #expect(text { $0.append(status: .ok(.completed), tag: "a1") } == "a1 OK Completed\r\n")
        #expect(text { $0.append(status: .no(.mailboxMissing, .tryCreate), tag: "a1") } == "a1 NO [TRYCREATE] There is no such mailbox\r\n")
        #expect(text { $0.append(status: .bye(.goodbye), tag: nil) } == "* BYE Signing off\r\n")
        #expect(text { $0.append(status: .ok(.completed, .copyUID(uidValidity: 7, from: [1...2, 5...5], to: [10...12])), tag: "x") } == "x OK [COPYUID 7 1:2,5 10:12] Completed\r\n")
    }

    @Test("Every text is plain ASCII that fits a line and does not begin like a code")
    func texts() {
        for text in ResponseText.allCases {
            #expect(text.rawValue.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            #expect(text.rawValue.utf8.count < 80 && !text.rawValue.hasPrefix("["))
        }
    }

    @Test("LIST, STATUS, FETCH and ESEARCH")
    func responses() {
        #expect(text { $0.append(list: ListEntry(attributes: [.hasNoChildren, .specialUse("\\Sent")], name: "Sent Mail"), isUTF8: false) } == "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent Mail\"\r\n")
        #expect(text { $0.append(list: ListEntry(attributes: [.nonexistent], name: "a", hasSubscribedChildren: true), isUTF8: true) } == "* LIST (\\NonExistent) \"/\" a (CHILDINFO (\"SUBSCRIBED\"))\r\n")
        #expect(text { $0.append(search: [2...4], modSequence: 9) } == "* SEARCH 2 3 4 (MODSEQ 9)\r\n")
        #expect(text {
            $0.beginFetch(3)
            $0.append(sectionName: Section(part: [1, 2], text: .headerFieldsNot(["To", "X Y"])), origin: 5)
            $0.space()
            $0.append(binaryName: [1], origin: nil)
            $0.endFetch()
        } == "* 3 FETCH (BODY[1.2.HEADER.FIELDS.NOT (To \"X Y\")]<5> BINARY[1])\r\n")
    }
}
