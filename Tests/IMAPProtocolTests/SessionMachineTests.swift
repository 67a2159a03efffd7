// What is legal when, capabilities by state, and the session's view of its mailbox.
import IMAPProtocol
import MailFormat
import Testing

private func refusal(_ text: String, _ prepare: (inout SessionMachine) -> Void, rules: SessionRules = SessionRules(), isPrivate: Bool = true) -> StatusResponse? {
    var machine = SessionMachine(rules: rules, isPrivate: isPrivate)
    prepare(&machine)
    guard case .command(let tagged) = CommandParser.parse(Array("a \(text)\r\n".utf8)) else { return .bad(.unknownCommand) }
    return machine.admit(tagged.command)
}

@Suite("Sessions")
struct SessionMachineTests {
    @Test("Before sign-in only these are legal", arguments: [
        ("CAPABILITY", true), ("NOOP", true), ("LOGOUT", true), ("ID NIL", true), ("LOGIN a b", true), ("AUTHENTICATE PLAIN", true), ("SELECT x", false), ("LIST \"\" *", false), ("IDLE", false),
        ("FETCH 1 FLAGS", false), ("ENABLE CONDSTORE", false),
    ])
    func signedOut(text: String, isLegal: Bool) { #expect((refusal(text) { _ in } == nil) == isLegal) }

    @Test("After sign-in these are legal", arguments: [
        ("CAPABILITY", true), ("SELECT x", true), ("LIST \"\" *", true), ("IDLE", true), ("ENABLE CONDSTORE", true), ("LOGIN a b", false), ("STARTTLS", false), ("FETCH 1 FLAGS", false), ("CLOSE", false),
        ("SORT (DATE) UTF-8 ALL", false), ("GETQUOTA x", false),
    ])
    func signedIn(text: String, isLegal: Bool) { #expect((refusal(text) { $0.signedIn() } == nil) == isLegal) }

    @Test("A mailbox open for reading is not changed", arguments: [
        ("FETCH 1 FLAGS", true), ("COPY 1 x", true), ("SEARCH ALL", true), ("CLOSE", true), ("STORE 1 FLAGS \\Seen", false), ("EXPUNGE", false), ("UID EXPUNGE 1", false), ("MOVE 1 x", false),
    ])
    func readOnly(text: String, isLegal: Bool) {
        #expect((refusal(text) {
            $0.signedIn()
            $0.selected(isReadOnly: true)
        } == nil) == isLegal)
    }

    @Test("Passwords in clear are refused, unless the listener takes them")
    func privacy() {
        #expect(refusal("LOGIN a b", { _ in }, isPrivate: false) == .no(.privacyRequired, .privacyRequired))
        #expect(refusal("STARTTLS", { _ in }, isPrivate: false) == nil)
        var rules = SessionRules()
        rules.allowsClearTextLogin = true
        #expect(refusal("LOGIN a b", { _ in }, rules: rules, isPrivate: false) == nil)
        #expect(refusal("LOGIN a b", { $0.startedTLS() }, isPrivate: false) == nil)
    }

    @Test("Capabilities follow the state")
    func capabilities() {
        var machine = SessionMachine(rules: SessionRules(), isPrivate: false)
        let inClear = machine.capabilities
        #expect(inClear == ["IMAP4rev1", "IMAP4rev2", "LITERAL+", "ID", "ENABLE", "SASL-IR", "STARTTLS", "LOGINDISABLED"])
        machine.startedTLS()
        let overTLS = machine.capabilities
        #expect(overTLS == ["IMAP4rev1", "IMAP4rev2", "LITERAL+", "ID", "ENABLE", "SASL-IR", "AUTH=PLAIN", "AUTH=LOGIN"])
        machine.signedIn()
        let all = machine.capabilities
        #expect(all.contains("MOVE") && all.contains("APPENDLIMIT=52428800") && !all.contains("AUTH=PLAIN"))
        var rules = SessionRules()
        rules.disabledCapabilities = ["MOVE"]
        var switched = SessionMachine(rules: rules, isPrivate: true)
        switched.signedIn()
        let fewer = switched.capabilities
        #expect(!fewer.contains("MOVE"))
    }

    @Test("ENABLE names what it switched on, once")
    func enable() {
        var machine = SessionMachine(rules: SessionRules(), isPrivate: true)
        machine.signedIn()
        let first = machine.enable(["imap4rev2", "X-NONE", "CONDSTORE"])
        #expect(first == ["IMAP4REV2", "CONDSTORE"])
        let second = machine.enable(["IMAP4rev2"])
        #expect(second == [])
        let (isUTF8, isNew) = (machine.isUTF8, machine.usesConditionalStore())
        #expect(isUTF8 && !isNew)
    }

    @Test("A session that is over admits nothing, and mistakes are counted")
    func over() {
        #expect(refusal("NOOP") { $0.loggedOut() } == .bad(.notNow))
        var machine = SessionMachine(rules: SessionRules(), isPrivate: true)
        var mistakes: [Bool] = []
        for _ in 0..<21 { mistakes.append(machine.countMistake()) }
        #expect(mistakes == Array(repeating: false, count: 20) + [true])
        let (first, second, third) = (machine.countFailedSignIn(), machine.countFailedSignIn(), machine.countFailedSignIn())
        #expect(!first && !second && third)
    }
}

@Suite("The view of a mailbox")
struct SessionViewTests {
    private func number(_ value: UInt32) -> SequenceNumber { SequenceNumber(value)! }

    @Test("Numbers and UIDs find each other")
    func lookUp() {
        let view = SessionView(uids: [2, 5, 9])
        #expect(view.uid(of: number(2)) == 5)
        #expect(view.uid(of: number(4)) == nil)
        #expect(view.number(of: 9) == number(3))
        #expect(view.number(of: 3) == nil)
        #expect(view.indexes(ofUIDs: SequenceSet([SequenceRange(3, 0)])) == [1..<3])
        #expect(view.indexes(ofUIDs: SequenceSet([SequenceRange(100, 0)])) == [2..<3])
        #expect(view.indexes(ofUIDs: SequenceSet([SequenceRange(6, 8)])) == [])
        #expect(view.indexes(ofNumbers: SequenceSet([SequenceRange(2, 3)])) == [1..<3])
        #expect(view.indexes(ofNumbers: SequenceSet([SequenceRange(2, 4)])) == nil)
        #expect(SessionView().indexes(ofNumbers: SequenceSet([SequenceRange(1, 0)])) == [])
    }

    @Test("EXPUNGE waits during FETCH; EXISTS and flags do not")
    func moments() {
        var view = SessionView(uids: [1, 2, 3, 4])
        view.note(expunged: [2, 4])
        view.note(arrived: [7, 8])
        view.note(changed: [3, 2])
        #expect(view.takeNews(allowsExpunge: false) == [.exists(6), .flags(number(2), uid: 2), .flags(number(3), uid: 3)])
        #expect(view.number(of: 8) == number(6))
        #expect(view.takeNews(allowsExpunge: true) == [.expunge(number(4)), .expunge(number(2))])
        #expect(view.uids == [1, 3, 7, 8])
        #expect(!view.hasNews)
    }

    @Test("What came and went untold is never mentioned")
    func untold() {
        var view = SessionView(uids: [1])
        view.note(arrived: [5, 6])
        view.note(expunged: [5])
        view.note(changed: [5, 6])
        #expect(view.takeNews(allowsExpunge: true) == [.exists(2)])
        #expect(view.uids == [1, 6])
    }

    @Test("Being told twice of the same thing changes nothing")
    func twice() {
        var view = SessionView(uids: [1, 2])
        view.note(arrived: [2, 3])
        view.note(arrived: [3])
        view.note(expunged: [1])
        view.note(expunged: [1])
        #expect(view.takeNews(allowsExpunge: true) == [.expunge(number(1)), .exists(2)])
        view.note(expunged: [1])
        #expect(!view.hasNews)
    }
}
