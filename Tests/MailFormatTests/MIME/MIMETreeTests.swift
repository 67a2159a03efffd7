// The structure of small messages, each the smallest that shows its rule.
import MailFormat
import Testing

@Suite("MIME tree")
struct MIMETreeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let outline: String
        var defects: MIMEDefects = []
        var testDescription: String { self.name }
    }

    static let cases = [
        Case(name: "no header at all", text: "\nhello\n", outline: "text/plain 7"),
        Case(name: "nothing", text: "", outline: "text/plain 0"),
        Case(name: "plain", text: "Subject: x\n\nhello\n", outline: "text/plain 7"),
        Case(name: "header only", text: "Subject: x", outline: "text/plain 0"),
        Case(
            name: "two parts, preamble and epilogue",
            text: "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: text/html\n\n<p>\n--b--\nepi\n",
            outline: "multipart/mixed[text/plain 3, text/html 3]"),
        Case(
            name: "part without header or blank line",
            text: "Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\n--b--\n",
            outline: "multipart/mixed[text/plain 0, text/plain 0]", defects: [.unfinishedHeader]),
        Case(
            name: "part whose header runs into the delimiter",
            text: "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/css\n--b\n\nx\n--b--\n",
            outline: "multipart/mixed[text/css 0, text/plain 1]", defects: [.unfinishedHeader]),
        Case(
            name: "no closing delimiter",
            text: "Content-Type: multipart/mixed; boundary=b"
                + "\n\n--b\n\none\n", outline: "multipart/mixed[text/plain 5]", defects: [.missingClose]),
        Case(
            name: "nested, the inner one never closed",
            text: "Content-Type: multipart/mixed; boundary=o"
                + "\n\n--o\nContent-Type: multipart/related; boundary=i\n\n--i\n\na\n--o\n\nb\n--o--\n",
            outline: "multipart/mixed[multipart/related[text/plain 1], text/plain 1]", defects: [.missingClose]),
        Case(
            name: "inner boundary begins with the outer one",
            text: "Content-Type: multipart/mixed; boundary=b"
                + "\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\na\n--bb--\n--b\n\nc\n--b--\n",
            outline: "multipart/mixed[multipart/mixed[text/plain 1], text/plain 1]", defects: [.ambiguousBoundary]),
        Case(
            name: "outer boundary begins with the inner one",
            text: "Content-Type: multipart/mixed; boundary=bb"
                + "\n\n--bb\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\na\n--b--\n--bb\n\nc\n--bb--\n",
            outline: "multipart/mixed[multipart/mixed[text/plain 1], text/plain 1]", defects: [.ambiguousBoundary]),
        Case(
            name: "a boundary that looks like the closing of another",
            text: "Content-Type: multipart/mixed; boundary=\"b\""
                + "\n\n--b\nContent-Type: multipart/mixed; boundary=\"b--\"\n\n--b--\n\na\n--b----\n--b--\n",
            outline: "multipart/mixed[multipart/mixed[text/plain 1]]", defects: [.ambiguousBoundary, .delimiterAfterClose, .missingClose]),
        Case(
            name: "delimiter after the closing one",
            text: "Content-Type: multipart/mixed; boundary=b\n\n--b\n\na\n--b--\n--b\n\nhidden\n",
            outline: "multipart/mixed[text/plain 1]", defects: [.delimiterAfterClose]),
        Case(
            name: "blanks and text after the boundary",
            text: "Content-Type: multipart/mixed; boundary=b\n\n--b \t\n\na\n--b junk\n\nc\n--b-- \n",
            outline: "multipart/mixed[text/plain 1, text/plain 1]", defects: [.delimiterWithTail]),
        Case(
            name: "hyphens that are no delimiter",
            text: "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--\n-- \n-b\n--a\n--b--",
            outline: "multipart/mixed[text/plain 16]"),
        Case(
            name: "multipart without boundary",
            text: "Content-Type: multipart/mixed\n\n--b\n\na\n", outline: "text/plain 10", defects: [.missingBoundary]),
        Case(
            name: "multipart without parts",
            text: "Content-Type: multipart/mixed; boundary=b\n\nnothing\n", outline: "multipart/mixed[]", defects: [.noParts, .missingClose]),
        Case(
            name: "multipart closed before any part",
            text: "Content-Type: multipart/mixed; boundary=b\n\n--b--\n", outline: "multipart/mixed[]", defects: [.noParts]),
        Case(
            name: "type that cannot be read",
            text: "Content-Type: text\n\nx\n", outline: "text/plain 3", defects: [.malformedContentType]),
        Case(
            name: "digest",
            text: "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: 1\n\none\n--b\nContent-Type: text/plain\n\ntwo\n--b--\n",
            outline: "multipart/digest[message/rfc822[text/plain 3], text/plain 3]"),
        Case(
            name: "encapsulated message, of both kinds, with parts of its own",
            text: """
                Content-Type: multipart/mixed; boundary=o

                --o
                Content-Type: message/rfc822

                Subject: inner
                Content-Type: multipart/mixed; boundary=i

                --i

                a
                --i--
                --o
                Content-Type: message/global

                Subject: x

                b
                --o--

                """,
            outline: "multipart/mixed[message/rfc822[multipart/mixed[text/plain 1]], message/global[text/plain 1]]"),
        Case(
            name: "encapsulated message without a body",
            text: "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\nSubject: i\n--o--\n",
            outline: "multipart/mixed[message/rfc822[text/plain 0]]", defects: [.unfinishedHeader]),
        Case(
            name: "encoded message stays shut",
            text: "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0KDQp5\n",
            outline: "message/rfc822[text/plain 22]", defects: [.encodedComposite]),
        Case(
            name: "a boundary of two folded words",
            text: "Content-Type: multipart/mixed; boundary=\"foo\n bar\"\n\n--foo bar\n\na\n\n--foo bar--\n",
            outline: "multipart/mixed[text/plain 3]"),
        Case(
            name: "the same boundary inside and outside",
            text: "Content-Type: multipart/mixed; boundary=b"
                + "\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\na\n--b--\n--b\n\nc\n",
            outline: "multipart/mixed[multipart/mixed[text/plain 1]]", defects: [.ambiguousBoundary, .delimiterAfterClose, .missingClose]),
        Case(
            name: "the first of two types counts",
            text: "Content-Type: text/html\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\na\n",
            outline: "text/html 10", defects: [.repeatedField]),
    ]

    @Test("A message has the parts that its delimiters say, with CRLF and with LF", arguments: cases)
    func structure(_ test: Case) throws {
        for lineEnd in [[0x0D, 0x0A], [0x0A]] as [[UInt8]] {
            let octets = lines(Array(test.text.utf8), with: lineEnd)
            let tree = MIMETree.parse(octets.span)
            #expect(TreeCheck.problem(octets, tree) == nil)
            #expect(tree.defects == test.defects)
            // Sizes are written for CRLF where line ends count, so compare those, and for LF the shape alone.
            let outline = TreeCheck.outline(tree)
            if lineEnd.count == 2 {
                #expect(outline == test.outline)
            } else {
                #expect(outline.filter { !$0.isNumber } == test.outline.filter { !$0.isNumber })
            }
        }
    }

    @Test("Beyond the bound on parts the rest is one opaque part; at the bound nothing is lost", arguments: [(8, false), (9, true), (50, true)])
    func partBound(_ count: Int, _ isFlagged: Bool) {
        let limits = MailLimits(parts: 10)
        let octets = wire("Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\nx\n", count: count) + "--b--\n")
        let tree = MIMETree.parse(octets.span, limits: limits)
        #expect(TreeCheck.problem(octets, tree, limits: limits) == nil)
        #expect(tree.defects.contains(.tooManyParts) == isFlagged)
        #expect(tree.parts.count == min(count + 1, 10))
        if isFlagged {
            #expect(tree.parts[9].contentType == .opaque)
            #expect(tree.parts[9].bodyRange.upperBound == octets.count)
        }
    }

    @Test("Beyond the bound on depth a composite is kept shut; at the bound it is opened", arguments: [(5, false), (6, true), (40, true)])
    func depthBound(_ depth: Int, _ isFlagged: Bool) {
        let limits = MailLimits(depth: 5)
        let octets = wire(String(repeating: "Content-Type: message/rfc822\n\n", count: depth) + "Subject: x\n\ny\n")
        let tree = MIMETree.parse(octets.span, limits: limits)
        #expect(TreeCheck.problem(octets, tree, limits: limits) == nil)
        #expect(tree.defects.contains(.tooDeep) == isFlagged)
        #expect(tree.parts.count == 6)
        #expect(tree.parts[5].contentType == (isFlagged ? .opaque : .plainText))
    }

    @Test("Fields of all headers together are bounded, and every part still has those that MIME needs")
    func fieldBound() {
        let limits = MailLimits(headerFields: 100)
        let part = "--b\nContent-Type: text/html\n" + String(repeating: "a:\n", count: 200) + "\nx\n"
        let octets = wire("Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: part, count: 100) + "--b--\n")
        let tree = MIMETree.parse(octets.span, limits: limits)
        #expect(TreeCheck.problem(octets, tree, limits: limits) == nil)
        #expect(tree.parts.count == 101)
        #expect(tree.parts.dropFirst().allSatisfy { $0.contentType.isHTML && $0.bodyRange.count == 1 })
        #expect(tree.parts.reduce(0) { $0 + $1.header.fields.count } <= 10 * 100 + 101 * 50)
    }

    @Test(
        "The first readable word of Content-Transfer-Encoding decides",
        arguments: [
            ("7bit", TransferEncoding.sevenBit), (" BASE64 ", .base64), ("(c) Quoted-Printable (x)", .quotedPrintable), ("8bit", .eightBit),
            ("binary", .binary), ("", .sevenBit), ("x-uuencode", .unknown), ("base-64", .unknown), ("8-bit", .eightBit),
        ])
    func encoding(_ body: String, _ expected: TransferEncoding) {
        let octets = Array(body.utf8)
        #expect(TransferEncoding(octets.span, in: 0..<octets.count) == expected)
    }
}
