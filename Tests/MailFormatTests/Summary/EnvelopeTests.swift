// ENVELOPE as it goes to the wire, field by field.
import MailFormat
import Testing

@Suite("ENVELOPE")
struct EnvelopeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let header: String
        let envelope: String
        var testDescription: String { self.name }
    }

    static func envelope(_ octets: [UInt8]) -> String {
        String(decoding: MessageSummary.envelope(of: HeaderBlock.parse(octets.span), octets.span), as: UTF8.self)
    }

    @Test(
        "A header gives the envelope of RFC 9051 §7.5.2",
        arguments: [
            Case(name: "nothing", header: "", envelope: "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
            Case(
                name: "every field",
                header: """
                    Message-ID: <msg@id>
                    In-Reply-To: <reply@to.id>
                    Date: Thu, 15 Feb 2007 01:02:03 +0200
                    Subject: subject header
                    From: From Real <fromuser@fromdomain.org>
                    To: To Real <touser@todomain.org>
                    Cc: Cc Real <ccuser@ccdomain.org>
                    Bcc: Bcc Real <bccuser@bccdomain.org>
                    Sender: Sender Real <senderuser@senderdomain.org>
                    Reply-To: ReplyTo Real <replytouser@replytodomain.org>
                    """,
                envelope: """
                    ("Thu, 15 Feb 2007 01:02:03 +0200" "subject header" (("From Real" NIL "fromuser" "fromdomain.org")) \
                    (("Sender Real" NIL "senderuser" "senderdomain.org")) (("ReplyTo Real" NIL "replytouser" "replytodomain.org")) \
                    (("To Real" NIL "touser" "todomain.org")) (("Cc Real" NIL "ccuser" "ccdomain.org")) \
                    (("Bcc Real" NIL "bccuser" "bccdomain.org")) "<reply@to.id>" "<msg@id>")
                    """),
            Case(
                name: "sender and reply-to of From, a comment as name",
                header: "From: user@domain (Real Name)\nSender:\nReply-To: \n",
                envelope: """
                    (NIL NIL (("Real Name" NIL "user" "domain")) (("Real Name" NIL "user" "domain")) (("Real Name" NIL "user" "domain")) \
                    NIL NIL NIL NIL NIL)
                    """),
            Case(
                name: "groups, empty ones too",
                header: "To: group: g1@d1.org, g2@d2.org;, group2: g3@d3.org;\nCc: group:;, group2: (foo) ;\n",
                envelope: """
                    (NIL NIL NIL NIL NIL \
                    ((NIL NIL "group" NIL)(NIL NIL "g1" "d1.org")(NIL NIL "g2" "d2.org")(NIL NIL NIL NIL)\
                    (NIL NIL "group2" NIL)(NIL NIL "g3" "d3.org")(NIL NIL NIL NIL)) \
                    ((NIL NIL "group" NIL)(NIL NIL NIL NIL)(NIL NIL "group2" NIL)(NIL NIL NIL NIL)) NIL NIL NIL)
                    """),
            Case(
                name: "a route",
                header: "From: <@route:user@domain>",
                envelope:
                    #"(NIL NIL ((NIL "@route" "user" "domain")) ((NIL "@route" "user" "domain")) ((NIL "@route" "user" "domain")) NIL NIL NIL NIL NIL)"#
            ),
            Case(
                name: "an address without domain is no group",
                header: "To: fred",
                envelope: #"(NIL NIL NIL NIL NIL ((NIL NIL "fred" "")) NIL NIL NIL NIL)"#),
            Case(
                name: "fields that are there but empty",
                header: "Date:\nSubject: \nFrom:\nTo: ,\nIn-Reply-To:\nMessage-ID:\t",
                envelope: #"("" "" NIL NIL NIL NIL NIL NIL "" "")"#),
            Case(
                name: "encoded words are left, folds are not",
                header: "Subject: =?utf-8?q?a?=\n =?utf-8?q?b?=\n\tc\n",
                envelope: "(NIL \"=?utf-8?q?a?= =?utf-8?q?b?=\tc\" NIL NIL NIL NIL NIL NIL NIL NIL)"),
            Case(
                name: "quotes and backslashes",
                header: #"Subject: a "b" \c"# + "\n" + #"To: "Joe \"Q\" \\ P" <"a b"@x>"#,
                envelope: #"(NIL "a \"b\" \\c" NIL NIL NIL (("Joe \"Q\" \\ P" NIL "a b" "x")) NIL NIL NIL NIL)"#),
            Case(
                name: "octets above 127 are literals",
                header: "Subject: Grüße\nTo: \"Jürgen\" <j@x>",
                envelope: "(NIL {7}\r\nGrüße NIL NIL NIL (({7}\r\nJürgen NIL \"j\" \"x\")) NIL NIL NIL NIL)"),
            Case(
                name: "a lone CR is a literal, NUL is left out",
                header: "Subject: a\rb\nMessage-ID: <a\u{0}b@c>\n",
                envelope: "(NIL {3}\r\na\rb NIL NIL NIL NIL NIL NIL NIL \"<ab@c>\")"),
            Case(
                name: "of fields that may come once the first counts, recipients add up",
                header: "Subject: 1\nSubject: 2\nFrom: a@x\nFrom: b@x\nTo: c@x\nTo: d@x\nTo:\n",
                envelope: """
                    (NIL "1" ((NIL NIL "a" "x")) ((NIL NIL "a" "x")) ((NIL NIL "a" "x")) ((NIL NIL "c" "x")(NIL NIL "d" "x")) NIL NIL NIL NIL)
                    """),
        ])
    func envelope(_ test: Case) {
        for octets in [Array(test.header.utf8), wire(test.header)] {
            let envelope = Self.envelope(octets)
            #expect(envelope == test.envelope)
            #expect(WireValue(Array(envelope.utf8)).map { SummaryCheck.problem(envelope: $0) } == .some(nil))
        }
    }

    @Test("Text up to the bound is quoted, longer text a literal", arguments: [(999, true), (1_000, true), (1_001, false)])
    func quotedBound(_ count: Int, _ isQuoted: Bool) {
        let subject = String(repeating: "x", count: count)
        let envelope = Self.envelope(wire("Subject: \(subject)\n"))
        #expect(envelope.hasPrefix(isQuoted ? "(NIL \"\(subject)\" NIL" : "(NIL {\(count)}\r\n\(subject) NIL"))
    }

    @Test("Latin-1 octets go to the wire as they came")
    func rawOctets() {
        let octets = Array("Subject: Gr".utf8) + [0xFC, 0xDF] + Array("e\n".utf8)
        let envelope = MessageSummary.envelope(of: HeaderBlock.parse(octets.span), octets.span)
        #expect(envelope.starts(with: Array("(NIL {5}\r\nGr".utf8) + [0xFC, 0xDF, 0x65]))
    }

    @Test("Every control character in every field leaves a value that can be read", arguments: 0..<128 as Range<UInt8>)
    func controls(_ octet: UInt8) {
        for name in ["Date", "Subject", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "In-Reply-To", "Message-ID"] {
            let octets = Array("\(name): a".utf8) + [octet] + Array("b <c@d>\r\n\r\n".utf8)
            let tree = MIMETree.parse(octets.span)
            #expect(SummaryCheck.problem(MessageSummary.render(octets.span, tree), tree, octets) == nil)
        }
    }

    @Test("Addresses beyond the bound of a message are left out, and what is written stays whole")
    func addressBound() {
        let list = String(repeating: "a@b,", count: 9_000)
        let part = "--b\nContent-Type: message/rfc822\n\nFrom: \(list)\nTo: \(list)\nCc: \(list)\n\nx\n"
        let octets = wire("To: \(list)\nContent-Type: multipart/mixed; boundary=b\n\n" + String(repeating: part, count: 5) + "--b--\n")
        let tree = MIMETree.parse(octets.span)
        let summary = MessageSummary.render(octets.span, tree)
        #expect(tree.parts.count == 11)
        #expect(SummaryCheck.problem(summary, tree, octets) == nil)
        let addresses = WireValue.count(of: "(NIL NIL \"a\" \"b\")", in: summary)
        #expect(addresses >= 20_000 && addresses <= 20_000 + 2 * 11_000)
    }
}
