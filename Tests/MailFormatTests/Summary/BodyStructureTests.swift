// BODYSTRUCTURE and BODY as they go to the wire.
import MailFormat
import Testing

@Suite("BODYSTRUCTURE")
struct BodyStructureTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let message: String
        let structure: String
        let body: String
        var testDescription: String { self.name }
    }

    @Test(
        "A message gives the body structure of RFC 9051 §7.5.2, with and without extension data",
        arguments: [
            Case(
                name: "no header", message: "\nhello\n",
                structure: #"("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 7 1 NIL NIL NIL NIL)"#,
                body: #"("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 7 1)"#),
            Case(
                name: "words as they are written",
                message: "Content-Type: TEXT/x-Own; CharSet=UTF-8\nContent-Transfer-Encoding: QUOTED-PRINTABLE\n\nx",
                structure: #"("TEXT" "x-Own" ("charset" "UTF-8") NIL NIL "quoted-printable" 1 0 NIL NIL NIL NIL)"#,
                body: #"("TEXT" "x-Own" ("charset" "UTF-8") NIL NIL "quoted-printable" 1 0)"#),
            Case(
                name: "every field",
                message: """
                    Content-Type: application/pdf; name="a \\"b\\".pdf"
                    Content-ID: <id@x>
                    Content-Description: a
                     folded one
                    Content-Transfer-Encoding: x-odd
                    Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
                    Content-Disposition: attachment; filename*0*=utf-8'en'%e2%82%ac; filename*1=" rates"
                    Content-Language: en, de-CH (Swiss)
                    Content-Location: http://example.net/a

                    body
                    """,
                structure: """
                    ("application" "pdf" ("name" "a \\"b\\".pdf") "<id@x>" "a folded one" "x-odd" 4 "Q2hlY2sgSW50ZWdyaXR5IQ==" \
                    ("attachment" ("filename*" "utf-8'en'%E2%82%AC%20rates")) ("en" "de-CH") "http://example.net/a")
                    """,
                body: #"("application" "pdf" ("name" "a \"b\".pdf") "<id@x>" "a folded one" "x-odd" 4)"#),
            Case(
                name: "multipart",
                message: "Content-Type: multipart/mixed; boundary=b\nContent-Language: en\n\n--b\n\none\n--b\nContent-Type: image/gif\n\n--b--\n",
                structure: """
                    (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0 NIL NIL NIL NIL)\
                    ("image" "gif" NIL NIL NIL "7bit" 0 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL ("en") NIL)
                    """,
                body: #"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0)("image" "gif" NIL NIL NIL "7bit" 0) "mixed")"#),
            Case(
                name: "multipart without parts shows an empty text",
                message: "Content-Type: multipart/mixed; boundary=b\n\nnothing\n",
                structure: """
                    (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)
                    """,
                body: #"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0) "mixed")"#),
            Case(
                name: "encapsulated message",
                message: "Content-Type: message/rfc822\n\nSubject: inner\n\na\nb\n",
                structure: """
                    ("message" "rfc822" NIL NIL NIL "7bit" 24 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) \
                    ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 6 2 NIL NIL NIL NIL) 4 NIL NIL NIL NIL)
                    """,
                body: #"("message" "rfc822" NIL NIL NIL "7bit" 24 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) "#
                    + #"("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 6 2) 4)"#),
            Case(
                name: "what cannot be honoured is shown as what it was read as",
                message: "Content-Type: multipart/mixed\n\nx\n",
                structure: #"("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1 NIL NIL NIL NIL)"#,
                body: #"("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1)"#),
            Case(
                name: "octets above 127 are literals",
                message: "Content-Type: image/png; name=\"ü.png\"\nContent-Disposition: inline; filename=ü\n\n",
                structure: "(\"image\" \"png\" (\"name\" {6}\r\nü.png) NIL NIL \"7bit\" 0 NIL (\"inline\" (\"filename\" {2}\r\nü)) NIL NIL)",
                body: "(\"image\" \"png\" (\"name\" {6}\r\nü.png) NIL NIL \"7bit\" 0)"),
        ])
    func structure(_ test: Case) {
        let octets = wire(test.message)
        let tree = MIMETree.parse(octets.span)
        let summary = MessageSummary.render(octets.span, tree)
        #expect(String(decoding: summary.bodyStructure, as: UTF8.self) == test.structure)
        #expect(String(decoding: MessageSummary.body(octets.span, tree), as: UTF8.self) == test.body)
        #expect(SummaryCheck.problem(summary, tree, octets) == nil)
    }

    @Test("A structure as deep as the bound is written whole")
    func deep() {
        let octets = wire(String(repeating: "Content-Type: message/rfc822\n\n", count: 40) + "Subject: x\n\ny\n")
        let tree = MIMETree.parse(octets.span)
        #expect(tree.parts.count == MailLimits.standard.depth + 1)
        #expect(SummaryCheck.problem(MessageSummary.render(octets.span, tree), tree, octets) == nil)
    }
}
