// Encoded words of RFC 2047 and of the field.
import Testing

@testable import MailFormat

@Suite struct EncodedWordTests {
    private static let rows: [(String, String)] = [
        ("", ""), (" plain text ", "plain text"), ("a\r\n b", "a b"), ("a \r\n\t b", "a b"), ("a  b", "a  b"),
        ("=?utf-8?Q?=C3=A4?=", "ä"), ("=?UTF-8?b?w6Q=?=", "ä"), ("=?iso-8859-1?q?=E4_b?=", "ä b"), ("=?us-ascii*en?Q?Keith?=", "Keith"),
        ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"), ("=?utf-8?Q?a?= \r\n =?iso-8859-1?Q?b?=", "ab"), ("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
        ("x=?utf-8?Q?a?=y", "xay"), ("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        // A character cut between two words.
        ("=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä"), ("=?utf-8?B?ww==?=\r\n =?utf-8?B?pA==?=", "ä"),
        ("=?utf-8?Q?=FF?=", "\u{FFFD}"), ("=?utf-8?Q?=C3?=", "\u{FFFD}"),
        ("=?utf-8?Q?=4?=", "=4"), ("=?utf-8?Q?=?=", "="), ("=?utf-8?Q??=", ""), ("=?utf-8?B?%%%?=", ""),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="), ("=??Q?a?=", "=??Q?a?="), ("=?utf-8?Q?a", "=?utf-8?Q?a"), ("=?utf-8?Q?a?", "=?utf-8?Q?a?"), ("=?", "=?"), ("=", "="),
        ("=?utf-8?Q?a=?utf-8?Q?b?=", "=?utf-8?Q?ab"),
        ("=?x-nobody-knows?Q?=C3=A4?=", "ä"), ("=?x-nobody-knows?Q?=E4?=", "ä"),
        ("=?koi8-r?B?8NLJ18XU?=", "Привет"), ("=?iso-2022-jp?B?GyRCJDMkcxsoQg==?=", "こん"), ("=?gb2312?B?xOO6ww==?=", "你好"), ("=?windows-1252?Q?=80?=", "€"),
        // Nothing that comes out of a word ends a line.
        ("=?utf-8?Q?a=0D=0ABcc:_b?=", "a  Bcc: b"), ("=?utf-8?Q?a=00b?=", "a b"),
        ("raw ä", "raw ä"),
    ]

    private static func decode(_ text: String) -> String {
        let octets = Array(text.utf8)
        return EncodedWord.decode(octets.span, in: 0..<octets.count)
    }

    @Test("each body gives its text", arguments: rows)
    func eachRow(_ row: (String, String)) { #expect(Self.decode(row.0) == row.1) }

    @Test("every part of every body is decoded", arguments: rows.map(\.0))
    func truncated(_ text: String) {
        let octets = Array(text.utf8)
        for end in 0...octets.count {
            for start in 0...end { _ = EncodedWord.decode(octets.span, in: start..<end) }
        }
    }

    @Test("octets that are neither ASCII nor UTF-8 are read as Latin-1")
    func latin1() {
        let octets: [UInt8] = [0x61, 0xE4, 0x20, 0x80]
        #expect(EncodedWord.decode(octets.span, in: 0..<4) == "aä €")
    }

    @Test("SM-52: words beyond the bound stay as they are")
    func bound() {
        let octets = Array(repeatElement("=?utf-8?Q?a?=", count: 5).joined(separator: " ").utf8)
        var limits = MailLimits.standard
        limits.encodedWords = 5
        #expect(EncodedWord.decode(octets.span, in: 0..<octets.count, limits: limits) == "aaaaa")
        limits.encodedWords = 4
        #expect(EncodedWord.decode(octets.span, in: 0..<octets.count, limits: limits) == "aaaa =?utf-8?Q?a?=")
    }

    @Test("text survives encoding, in words of at most 75 octets", arguments: ["plain", "ä", "=?utf-8?Q?a?=", String(repeating: "Grüße 你好 😀 ", count: 20), "tab\there"])
    func encode(_ text: String) {
        let encoded = EncodedWord.encode(text)
        #expect(Self.decode(encoded.text) == text)
        #expect(encoded.isASCII)
        for line in encoded.octets.split(separator: 0x0A) { #expect(line.count <= EncodedWord.maximumOctets + 2) }
    }

    @Test("unfolding takes line ends and nothing else")
    func unfolding() {
        let octets = Array(" a\r\n\t b\n c \r\n".utf8)
        #expect(HeaderText.unfolded(octets.span, in: 0..<octets.count) == "a\t b c")
    }
}
