// Address fields of headers, as they are written in the field.
import Testing

@testable import MailFormat

@Suite struct AddressListTests {
    /// A field body and what it holds: `name|local|domain|comment`, groups as `name:[…]`, `!` before what is malformed.
    private static let rows: [(String, [String])] = [
        ("", []),
        (" ", []),
        (",,;,", []),
        ("a@b", ["|a|b|"]),
        ("a@b, c@d", ["|a|b|", "|c|d|"]),
        ("a@b; c@d", ["|a|b|", "|c|d|"]),
        ("John Doe <jdoe@one.test>", ["John Doe|jdoe|one.test|"]),
        ("\"Doe, John\" <jdoe@one.test>", ["Doe, John|jdoe|one.test|"]),
        ("\"a \\\"q\\\" b\" <x@y>", ["a \"q\" b|x|y|"]),
        ("jdoe@one.test (John Doe)", ["|jdoe|one.test|John Doe"]),
        ("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", ["Pete|pete|silly.test|A nice ) chap his account his host"]),
        ("<@a.test,@b.test:c@d.test>", ["|c|d.test|"]),
        ("\"john doe\"@one.test", ["|john doe|one.test|"]),
        ("<\"john doe\"@one.test>", ["|john doe|one.test|"]),
        ("john . doe @ one . test", ["|john.doe|one.test|"]),
        ("\"john\".doe@one.test", ["|john.doe|one.test|"]),
        ("A Group:Ed <c@a.test>,joe@where.test;", ["A Group:[Ed|c|a.test|,|joe|where.test|]"]),
        ("undisclosed-recipients:;", ["undisclosed-recipients:[]"]),
        ("a@b, G: c@d; e@f", ["|a|b|", "G:[|c|d|]", "|e|f|"]),
        // A group within a group is no group; its name stays with the address it stood before.
        ("G: a@b, H: c@d;", ["G:[|a|b|,!H:|c|d|]"]),
        ("G: a@b", ["G:[|a|b|]"]),
        (":;", [":[]"]),
        ("=?utf-8?Q?J=C3=B6rg?= <j@x>", ["Jörg|j|x|"]),
        ("=?utf-8?Q?J=C3=B6rg?= =?utf-8?Q?_M?= <j@x>", ["Jörg M|j|x|"]),
        ("=?utf-8?Q?Doe,_John_(x)?= <j@x>", ["Doe, John (x)|j|x|"]),
        ("\"=?utf-8?Q?J=C3=B6rg?=\" <j@x>", ["Jörg|j|x|"]),
        ("Jörg <j@x>", ["Jörg|j|x|"]),
        ("Joe Q. Public <j@x>", ["Joe Q. Public|j|x|"]),
        ("<j@x> Joe", ["Joe|j|x|"]),
        ("a@[192.0.2.1]", ["|a|[192.0.2.1]|"]),
        ("<>", ["!|||"]),
        ("MAILER-DAEMON", ["!|MAILER-DAEMON||"]),
        ("two words", ["!|two words||"]),
        ("Name <no-at-sign>", ["!Name|no-at-sign||"]),
        ("Name <a@b", ["!Name|a|b|"]),
        ("Name <a@b, c@d", ["!Name|a|b|", "|c|d|"]),
        ("Name a@b", ["!Name|a|b|"]),
        ("a@b Name", ["!Name|a|b|"]),
        ("a@b <c@d>", ["a@b|c|d|"]),
        ("<<a@b>>", ["!|a|b|"]),
        ("a@b@c", ["!|a@b|c|"]),
        ("@b", ["!||b|"]),
        ("a@", ["!|a||"]),
        ("a@b>", ["!|a|b|"]),
        ("a@b)", ["!|a|b|"]),
        ("a..b@c", ["!|a..b|c|"]),
        ("just\"not\"right@c", ["!|justnotright|c|"]),
        ("\"open <a@b>", ["!|open <a@b>||"]),
        ("(open <a@b>", []),
        ("a@b\r\n ,\r\n\tc@d\r\n", ["|a|b|", "|c|d|"]),
        ("first\r\n last <a@b>", ["first last|a|b|"]),
        ("\"first\r\n last\" <a@b>", ["first last|a|b|"]),
    ]

    private static func show(_ item: AddressItem) -> String {
        switch item {
        case .mailbox(let mailbox): self.show(mailbox)
        case .group(let group): "\(group.name):[\(group.mailboxes.map(self.show).joined(separator: ","))]"
        }
    }

    private static func show(_ mailbox: AddressMailbox) -> String {
        "\(mailbox.isMalformed ? "!" : "")\(mailbox.name ?? "")|\(mailbox.localPart)|\(mailbox.domain)|\(mailbox.comment?.text ?? "")"
    }

    private static func parse(_ text: String) -> [AddressItem] {
        let octets = Array(text.utf8)
        return AddressList.parse(octets.span, in: 0..<octets.count)
    }

    @Test("each field body gives its mailboxes and groups", arguments: rows)
    func eachRow(_ row: (String, [String])) {
        #expect(Self.parse(row.0).map(Self.show) == row.1, "\(row.0)")
    }

    @Test("every truncation of every row is read", arguments: rows.map(\.0))
    func truncated(_ text: String) {
        let octets = Array(text.utf8)
        for end in 0...octets.count {
            for start in 0...end {
                let items = AddressList.parse(octets.span, in: start..<end)
                #expect(items.count <= octets.count)
            }
        }
    }

    @Test("only what is written without guesswork becomes an address to mail to")
    func strict() {
        func address(_ text: String) -> String? { Self.parse(text).first?.mailboxes.first?.address?.description }
        #expect(address("John <j@X.test>") == "j@x.test")
        #expect(address("\"a b\"@x.test") == "\"a b\"@x.test")
        #expect(address("a@b@c") == nil)
        #expect(address("John j@x.test") == nil)
        #expect(address("j@x_y.test") == nil)
        #expect(address("\"a\"b@c") == nil)
    }

    @Test("the obsolete route is kept apart")
    func route() {
        let mailbox = Self.parse("<@a.test,@b.test:c@d.test>").first?.mailboxes.first
        #expect(mailbox?.route == "@a.test,@b.test")
    }

    @Test("an address is spelt with quotes where it needs them")
    func spelling() {
        #expect(Self.parse("\"a b\"@c").first?.mailboxes.first?.spelling == "\"a b\"@c")
        #expect(Self.parse("(Old Name) x@c").first?.mailboxes.first?.displayName == "Old Name")
    }

    @Test("no more than the bound of addresses is read")
    func bound() {
        let text = Array(repeatElement("a@b", count: 50).joined(separator: ",").utf8)
        var limits = MailLimits.standard
        limits.addresses = 50
        #expect(AddressList.parse(text.span, in: 0..<text.count, limits: limits).count == 50)
        limits.addresses = 49
        #expect(AddressList.parse(text.span, in: 0..<text.count, limits: limits).count == 49)
    }
}
