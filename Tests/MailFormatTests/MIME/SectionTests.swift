// Part numbers and sections of IMAP on the example of RFC 9051 §6.4.5.1 and on messages that are one part.
import MailFormat
import Testing

@Suite("IMAP sections")
struct SectionTests {
    /// The tree of RFC 9051 §6.4.5.1: 1 text, 2 octets, 3 message with two parts, 4 multipart with an image and a message with a multipart.
    static let example = wire(
        """
        Subject: outer
        Content-Type: multipart/mixed; boundary=m

        --m

        1 text
        --m
        Content-Type: application/octet-stream

        2 octets
        --m
        Content-Type: message/rfc822

        Subject: three
        Content-Type: multipart/mixed; boundary=t

        --t

        3.1 text
        --t
        Content-Type: application/octet-stream

        3.2 octets
        --t--
        --m
        Content-Type: multipart/mixed; boundary=f

        --f
        Content-Type: image/gif

        4.1 gif
        --f
        Content-Type: message/rfc822

        Subject: four two
        Content-Type: multipart/mixed; boundary=g

        --g

        4.2.1 text
        --g
        Content-Type: multipart/alternative; boundary=h

        --h

        4.2.2.1 text
        --h
        Content-Type: text/richtext

        4.2.2.2 rich
        --h--
        --g--
        --f--
        --m--

        """)

    static let single = wire("Subject: one\nContent-Type: text/html\n\n<p>\n")
    static let message = wire("Subject: outer\nContent-Type: message/rfc822\n\nSubject: inner\n\nhello\n")

    static func text(_ octets: [UInt8], _ section: MIMETree.SectionText, _ path: [Int]) -> String? {
        MIMETree.parse(octets.span).range(of: section, at: path).map { String(decoding: octets[$0], as: UTF8.self) }
    }

    @Test(
        "Part numbers follow the example of the RFC",
        arguments: [
            ([1], "1 text"), ([2], "2 octets"), ([3, 1], "3.1 text"), ([3, 2], "3.2 octets"), ([4, 1], "4.1 gif"), ([4, 2, 1], "4.2.1 text"),
            ([4, 2, 2, 1], "4.2.2.1 text"), ([4, 2, 2, 2], "4.2.2.2 rich"),
        ] as [([Int], String)])
    func numbers(_ path: [Int], _ body: String) {
        #expect(Self.text(Self.example, .whole, path) == body)
    }

    @Test(
        "Numbers that mean nothing give nothing",
        arguments: [
            [0], [-1], [5], [1, 1], [3, 3], [4, 0], [4, 2, 2, 3], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [Int.max], [Int.min],
        ] as [[Int]])
    func missing(_ path: [Int]) {
        for section in [.whole, .header, .text, .mime] as [MIMETree.SectionText] {
            #expect(Self.text(Self.example, section, path) == nil)
        }
    }

    @Test("HEADER and TEXT are of the message, or of an encapsulated one, and of nothing else")
    func messageSections() {
        #expect(Self.text(Self.example, .whole, []).map { Array($0.utf8) } == Self.example)
        #expect(Self.text(Self.example, .header, []) == "Subject: outer\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n")
        #expect(Self.text(Self.example, .text, [])?.hasPrefix("--m\r\n\r\n1 text") == true)
        #expect(Self.text(Self.example, .header, [3]) == "Subject: three\r\nContent-Type: multipart/mixed; boundary=t\r\n\r\n")
        #expect(Self.text(Self.example, .text, [3])?.hasSuffix("3.2 octets\r\n--t--") == true)
        #expect(Self.text(Self.example, .header, [4, 2])?.hasPrefix("Subject: four two") == true)
        for path in [[1], [2], [4], [4, 2, 2]] {
            #expect(Self.text(Self.example, .header, path) == nil)
            #expect(Self.text(Self.example, .text, path) == nil)
        }
    }

    @Test("MIME is the header of a part, and the message has none")
    func mimeSections() {
        #expect(Self.text(Self.example, .mime, []) == nil)
        #expect(Self.text(Self.example, .mime, [1]) == "\r\n")
        #expect(Self.text(Self.example, .mime, [3]) == "Content-Type: message/rfc822\r\n\r\n")
        #expect(Self.text(Self.example, .mime, [4, 2, 2, 2]) == "Content-Type: text/richtext\r\n\r\n")
    }

    @Test("A message of one part has part 1, which is its body")
    func singlePart() {
        #expect(Self.text(Self.single, .whole, [1]) == "<p>\r\n")
        #expect(Self.text(Self.single, .mime, [1])?.hasPrefix("Subject: one") == true)
        #expect(Self.text(Self.single, .whole, [1, 1]) == nil)
        #expect(Self.text(Self.single, .text, []) == "<p>\r\n")
    }

    @Test("A message that is an encapsulated message has its parts below 1")
    func messageInMessage() {
        #expect(Self.text(Self.message, .whole, [1]) == "Subject: inner\r\n\r\nhello\r\n")
        #expect(Self.text(Self.message, .header, [1]) == "Subject: inner\r\n\r\n")
        #expect(Self.text(Self.message, .text, [1]) == "hello\r\n")
        #expect(Self.text(Self.message, .whole, [1, 1]) == "hello\r\n")
        #expect(Self.text(Self.message, .whole, [1, 2]) == nil)
        #expect(Self.text(Self.message, .whole, [1, 1, 1]) == nil)
    }
}
