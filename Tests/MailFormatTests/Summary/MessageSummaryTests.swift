// The stored form of a summary, its date and its preview.
import MailFormat
import Testing

@Suite("Message summary")
struct MessageSummaryTests {
    static func summary(_ text: String) -> MessageSummary {
        let octets = wire(text)
        return MessageSummary.render(octets.span, MIMETree.parse(octets.span))
    }

    @Test("What was stored is read back, and its pieces can be lent without a copy")
    func roundTrip() throws {
        let summary = Self.summary("Date: Tue, 1 Jul 2003 10:52:37 +0200\nSubject: x\n\nHello,\n world\n")
        let stored = summary.encoded()
        let read = try #require(MessageSummary(decoding: stored))
        #expect(read == summary)
        #expect(read.sentDate == 1_057_049_557)
        #expect(read.preview == "Hello, world")
        let layout = summary.layout
        let stillThere = SummaryLayout(stored.span) == layout
        #expect(stillThere)
        #expect(Array(stored[layout.envelope]) == summary.envelope)
        #expect(Array(stored[layout.bodyStructure]) == summary.bodyStructure)
        #expect(summary.withEnvelope { $0.count } == summary.envelope.count)
        #expect(summary.withBodyStructure { $0.count } == summary.bodyStructure.count)
    }

    @Test(
        "No date, a date that cannot be read and one before 1970",
        arguments: [
            ("", nil), ("Date: yesterday\n", nil), ("Date: Thu, 01 Jan 1970 00:00:00 +0000\n", 0), ("Date: 31 Dec 1969 23:59:59 +0000\n", -1),
        ] as [(String, Int64?)])
    func dates(_ header: String, _ expected: Int64?) {
        #expect(MessageSummary(decoding: Self.summary(header + "\n").encoded())?.sentDate == expected)
    }

    @Test("Octets that are cut, longer, of another version or damaged in their lengths are no summary")
    func damaged() {
        let stored = Self.summary("Date: Tue, 1 Jul 2003 10:52:37 +0200\n\nx").encoded()
        for count in 0..<stored.count { #expect(MessageSummary(decoding: Array(stored[..<count])) == nil) }
        #expect(MessageSummary(decoding: stored + [0]) == nil)
        for index in [0, 1, 10, 11, 12, 13, 14, 17, 18, 21] {
            for bit in 0..<8 where index != 1 || bit > 0 {
                var changed = stored
                changed[index] ^= 1 << UInt8(bit)
                #expect(MessageSummary(decoding: changed) == nil, "octet \(index) bit \(bit)")
            }
        }
    }

    @Test(
        "The preview is the first words of the text",
        arguments: [
            ("\n  Hello \n\n\tworld \n", "Hello world"),
            ("\n", ""),
            ("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n", "Grüße"),
            ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR3LDvMOfZQo=\n", "Grüße"),
            ("Content-Type: text/plain; charset=iso-2022-jp\n\n\u{1B}$B4A;z\u{1B}(B\n", "漢字"),
            ("Content-Type: text/html\n\n<html><head><title>t</title></head><style>p{}</style><p>a&amp;b&nbsp;<b>c</b><!-- <x> --> d", "a&b c d"),
            ("Content-Type: text/html\n\n<script>if (a<b) { }</script>x <a href=\"y\">z", "x z"),
            ("Content-Type: text/html\n\nlost <", "lost"),
            ("Content-Type: image/png\n\nnot text\n", ""),
            ("Content-Type: text/plain\nContent-Disposition: attachment\n\nnot the text\n", ""),
            ("Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>html\n--b\n\nplain\n--b--\n", "plain"),
            ("Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: text/html\n\n<p>html\n--b--\n", "html"),
            ("\nzero\u{200B}width\u{A0}\u{FEFF}blanks\u{0}\u{7F}gone\n", "zero width blanks gone"),
        ])
    func preview(_ message: String, _ expected: String) {
        #expect(Self.summary(message).preview == expected)
    }

    @Test("A preview has at most 200 characters and ends with none cut", arguments: ["x", "ü", "漢", "😀", "x ", "<b>x</b>"])
    func previewBound(_ piece: String) {
        for type in ["text/plain; charset=utf-8", "text/html; charset=utf-8"] {
            let preview = Self.summary("Content-Type: \(type)\n\n" + String(repeating: piece, count: 500)).preview
            #expect(preview.unicodeScalars.count <= Preview.characterLimit)
            #expect(preview.unicodeScalars.count >= Preview.characterLimit - 1)
            #expect(!preview.unicodeScalars.contains("\u{FFFD}"))
        }
    }
}
