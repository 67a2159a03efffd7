// Charsets, by all the names senders give them.
import Testing

@testable import MailFormat

@Suite struct CharsetTests {
    private static let rows: [(String, [UInt8], String)] = [
        ("utf-8", Array("grüße".utf8), "grüße"), ("UTF8", [0xC3, 0xA4], "ä"), ("utf-8", [0xC3], "\u{FFFD}"), ("utf-8", [0xED, 0xA0, 0x80, 0x61], "\u{FFFD}\u{FFFD}\u{FFFD}a"),
        ("us-ascii", [0x61, 0xC3, 0xA4], "aä"), ("US-ASCII", [0x61, 0xE4], "aä"), ("", [0xE4], "ä"), ("x-unknown", [0xE4], "ä"), ("unknown-8bit", Array("ä".utf8), "ä"),
        ("iso-8859-1", [0xE4, 0xFF, 0x80], "äÿ€"), ("latin1", [0xE4], "ä"), ("ISO_8859-1", [0xE4], "ä"), ("windows-1252", [0x93, 0x94, 0x81], "“”\u{81}"), ("cp1252", [0x80], "€"),
        ("iso-8859-15", [0xA4], "€"), ("iso8859-15", [0xA4], "€"), ("8859-2", [0xB1], "ą"), ("iso-8859-8-i", [0xF9, 0xEC, 0xE5, 0xED], "שלום"), ("iso-8859-8-e", [0xF9], "ש"),
        ("windows-1251", [0xCF], "П"), ("cp-1251", [0xCF], "П"), ("win1251", [0xCF], "П"), ("x-cp1251", [0xCF], "П"), ("koi8-r", [0xF0], "П"), ("KOI8R", [0xF0], "П"), ("koi8-u", [0xA4], "є"),
        ("cp-850", [0x84], "ä"), ("ibm850", [0x84], "ä"), ("cp437", [0x84], "ä"), ("macintosh", [0x8A], "ä"),
        ("gb2312", [0xC4, 0xE3], "你"), ("GBK", [0xC4, 0xE3], "你"), ("gb18030", [0xC4, 0xE3], "你"), ("x-gbk", [0xC4, 0xE3], "你"), ("big5", [0xA7, 0x41], "你"),
        ("ks_c_5601-1987", [0xB0, 0xA1], "가"), ("euc-kr", [0xB0, 0xA1], "가"), ("cp949", [0xB0, 0xA1], "가"),
        ("shift_jis", [0x82, 0xA0], "あ"), ("x-sjis", [0x82, 0xA0], "あ"), ("euc-jp", [0xA4, 0xA2], "あ"), ("iso-2022-jp", [0x1B, 0x24, 0x42, 0x24, 0x22, 0x1B, 0x28, 0x42], "あ"),
        ("iso-2022-kr", [0x1B, 0x24, 0x29, 0x43, 0x0E, 0x30, 0x21, 0x0F], "가"), ("tis-620", [0xA1], "ก"), ("iso-8859-11", [0xA1], "ก"),
        ("utf-7", Array("+AOQ-".utf8), "ä"), ("unicode-1-1-utf-7", Array("+AOQ-".utf8), "ä"), ("utf-16be", [0, 0x61], "a"), ("utf-16", [0xFF, 0xFE, 0x61, 0], "a"),
        ("\"utf-8\"", [0xC3, 0xA4], "ä"), (" utf-8 ", [0xC3, 0xA4], "ä"), ("utf-8*de", [0xC3, 0xA4], "ä"),
        ("utf-8,version=9", [0xC3, 0xA4], "ä"), ("no\u{0}such", [0x61], "a"), ("../../etc", [0x61], "a"),
    ]

    @Test("octets in a named charset give their text", arguments: 0..<rows.count)
    func eachRow(_ index: Int) {
        let (charset, octets, text) = Self.rows[index]
        #expect(Charset.decode(octets.span, charset: OctetString(charset)) == text, "\(charset)")
    }

    @Test("every octet and pair in every charset of the table gives text")
    func survival() {
        for (charset, _, _) in Self.rows {
            #expect(Charset.decode([UInt8]().span, charset: OctetString(charset)) == "")
            let all = (0...255).map { UInt8($0) } + (0...255).reversed().map { UInt8($0) }
            for start in 0..<8 { _ = Charset.decode(all.span, in: start..<all.count, charset: OctetString(charset)) }
        }
    }

    @Test("long text is decoded whole")
    func long() {
        let octets = [UInt8](repeating: 0xCF, count: 200_000)
        #expect(Charset.decode(octets.span, charset: "windows-1251").utf8.count == 400_000)
        #expect(Charset.isKnown("windows-1251") && !Charset.isKnown("x-nobody") && Charset.isKnown("utf-8"))
    }
}
