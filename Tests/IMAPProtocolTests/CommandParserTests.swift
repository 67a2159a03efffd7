// Whole commands: the values they give, the tags that bad ones keep, and the bounds on nesting and number.
import IMAPProtocol
import MailFormat
import Testing

private func parse(_ text: String, limits: IMAPLimits = IMAPLimits()) -> CommandParser.Outcome { CommandParser.parse(Array(text.utf8), limits: limits) }

private func command(_ text: String) -> Command? {
    if case .command(let tagged) = parse(text + "\r\n") { return tagged.command }
    return nil
}

@Suite("Commands")
struct CommandParserTests {
    @Test("Commands give these values")
    func values() {
        #expect(command("a LOGIN alex \"pass \\\"word\"") == .login(user: "alex", password: "pass \"word"))
        #expect(command("a LOGIN {4+}\r\nalex {0+}\r\n") == .login(user: "alex", password: ""))
        #expect(command("a AUTHENTICATE plain =") == .authenticate(mechanism: "plain", initialResponse: "="))
        #expect(command("a select \"In box\" (CONDSTORE)") == .select(MailboxName("In box"), [.conditionalStore]))
        #expect(command("a UID FETCH 1:*,7 (UID BODY.PEEK[1.2.HEADER.FIELDS (To \"From\")]<0.100>) (CHANGEDSINCE 5)") == .fetch(FetchRequest(
            messages: .set(SequenceSet([SequenceRange(1, 0), SequenceRange(7, 7)])),
            items: [.uid, .section(Section(part: [1, 2], text: .headerFields(["To", "From"])), PartialRange(origin: 0, count: 100), peek: true)],
            modifiers: [.changedSince(5)], isUID: true)))
        #expect(command("a SEARCH OR FROM x NOT (SEEN SINCE 1-Feb-2003)") == .search(SearchRequest(key: .or(
            .header(name: "From", text: "x"), .not(.and([.flag(.seen, isSet: true), .since(CalendarDay(year: 2003, month: 2, day: 1)!)]))))))
        #expect(command("a STORE 2 +FLAGS.SILENT (\\Deleted $x)") == .store(StoreRequest(
            messages: .set(SequenceSet([SequenceRange(2, 2)])), modifiers: [], operation: .add, isSilent: true, flags: [.deleted, Flag("$x")], isUID: false)))
        #expect(command("a LIST (SUBSCRIBED) \"\" (\"a*\" %) RETURN (STATUS (MESSAGES SIZE) CHILDREN)") == .list(ListRequest(
            selection: [.subscribed], reference: MailboxName(""), patterns: [ListPattern("a*"), ListPattern("%")],
            returning: [.status([.messages, .size]), .children], isExtended: true)))
        #expect(command("a CREATE Sent (USE (\\Sent))") == .create(MailboxName("Sent"), [.use(["\\Sent"])]))
        #expect(command("a UID EXPUNGE 3:5") == .uidExpunge(SequenceSet([SequenceRange(3, 5)])))
        #expect(command("a ID (\"name\" NIL)") == .identify([IdentificationParameter(field: "name", value: nil)]))
    }

    @Test("A bad command keeps its tag", arguments: [
        ("a1 NONSENSE\r\n", "a1"), ("a2 FETCH\r\n", "a2"), ("a3 NOOP x\r\n", "a3"), ("a4 SELECT \"x\r\n", "a4"), ("a5 LOGIN a {1}\r\nb c\r\n", "a5"),
        ("a6 FETCH 0 FLAGS\r\n", "a6"), ("a7 FETCH 4294967296 FLAGS\r\n", "a7"), ("a8 APPEND x\r\n", "a8"), ("a9 LOGIN a\u{0}b c\r\n", "a9"), ("b1  NOOP\r\n", "b1"),
    ])
    func keepsTag(text: String, tag: String) {
        guard case .bad(let kept, _) = parse(text) else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(kept?.text == tag)
    }

    @Test("What has no tag is answered untagged", arguments: ["\r\n", "a\r\n", "+ NOOP\r\n", "(a) NOOP\r\n", "\"a\" NOOP\r\n", "a\tNOOP\r\n"])
    func withoutTag(text: String) {
        guard case .bad(let tag, _) = parse(text) else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(tag == nil)
    }

    @Test("Parentheses nest 32 deep and no deeper")
    func parentheses() {
        func search(_ depth: Int) -> String { "a SEARCH " + String(repeating: "(", count: depth) + "ALL" + String(repeating: ")", count: depth) + "\r\n" }
        if case .bad = parse(search(32)) { Issue.record("32 refused") }
        guard case .bad(_, let error) = parse(search(33)) else {
            Issue.record("33 taken")
            return
        }
        #expect(error.kind == .limit)
    }

    @Test("NOT and OR nest 256 deep and no deeper")
    func operators() {
        if case .bad = parse("a SEARCH " + String(repeating: "NOT ", count: 256) + "ALL\r\n") { Issue.record("256 refused") }
        if case .command = parse("a SEARCH " + String(repeating: "NOT ", count: 257) + "ALL\r\n") { Issue.record("257 taken") }
        if case .bad = parse("a SEARCH " + String(repeating: "OR SEEN ", count: 256) + "ALL\r\n") { Issue.record("OR 256 refused") }
        if case .command = parse("a SEARCH " + String(repeating: "OR SEEN ", count: 257) + "ALL\r\n") { Issue.record("OR 257 taken") }
    }

    @Test("A sequence set has 8,192 items and no more")
    func sequenceItems() {
        func fetch(_ count: Int) -> String { "a FETCH " + (1...count).map { "\($0)" }.joined(separator: ",") + " FLAGS\r\n" }
        if case .bad = parse(fetch(8_192)) { Issue.record("8,192 refused") }
        if case .command = parse(fetch(8_193)) { Issue.record("8,193 taken") }
    }

    @Test("Sequence sets resolve to sorted ranges that do not touch")
    func resolve() {
        let set = SequenceSet([SequenceRange(9, 0), SequenceRange(1, 3), SequenceRange(4, 4), SequenceRange(7, 6)])
        #expect(set.resolved(largest: 12) == [1...4, 6...7, 9...12])
        #expect(set.resolved(largest: 5) == [1...9])
        #expect(SequenceSet([SequenceRange(0, 0)]).resolved(largest: 0) == [])
        #expect(SequenceSet([SequenceRange(1, .max), SequenceRange(.max, .max)]).resolved(largest: 3) == [1...UInt32.max])
    }

    @Test("Dates become instants")
    func dates() throws {
        var scanner = WireScanner(Array("\"25-Jun-1994 01:02:03 +0130\"\r\n".utf8))
        #expect(try scanner.dateTime() == InternalDate(secondsSinceEpoch: 772_500_723, zoneMinutes: 90))
        #expect(CalendarDay(year: 1970, month: 1, day: 1)?.daysSinceEpoch == 0)
        #expect(CalendarDay(year: 2000, month: 2, day: 29)?.daysSinceEpoch == 11_016)
        #expect(CalendarDay(year: 1900, month: 2, day: 29) == nil)
    }
}
