// Message ids in References and In-Reply-To.
import Testing

@testable import MailFormat

@Suite struct MessageIDListTests {
    private static let rows: [(String, [OctetString])] = [
        ("", []), ("<a@b>", ["a@b"]), ("<a@b> <c@d>", ["a@b", "c@d"]), ("<a@b><c@d>", ["a@b", "c@d"]), ("<a@b>,\r\n\t<c@d>", ["a@b", "c@d"]),
        ("<a\r\n @b>", ["a@b"]), ("<>", []), ("a@b", ["a@b"]), ("word a@b other", ["a@b"]), ("Your message of <a@b> \"x <y@z>\"", ["a@b"]),
        ("(comment <x@y>) <a@b>", ["a@b"]), ("<a@b <c@d>", ["a@b", "c@d"]), ("<a@b", ["a@b"]), ("m", []), ("<\"quoted\"@b>", ["\"quoted\"@b"]),
    ]

    @Test("each body gives its ids", arguments: rows)
    func eachRow(_ row: (String, [OctetString])) {
        let octets = Array(row.0.utf8)
        #expect(MessageIDList.parse(octets.span, in: 0..<octets.count) == row.1)
        for end in 0...octets.count {
            for start in 0...end { _ = MessageIDList.parse(octets.span, in: start..<end) }
        }
    }
}
