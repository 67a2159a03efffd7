// The strict address grammar of RFC 5321 §4.1.2, §4.1.3 and RFC 6531 §3.3.
import Testing

@testable import MailFormat

@Suite struct EmailAddressTests {
    /// What is written, and how it is written again.
    private static let good: [(String, String)] = [
        ("a@d", "a@d"),
        ("A@D.Example", "A@d.example"),
        ("a.b+c=d@example.net", "a.b+c=d@example.net"),
        ("!#$%&'*+-/=?^_`{|}~@example.net", "!#$%&'*+-/=?^_`{|}~@example.net"),
        // SM-17: quotes that are not needed go, those that are stay.
        ("\"a\"@d", "a@d"),
        ("\"a b\"@d", "\"a b\"@d"),
        ("\"a@b\"@d", "\"a@b\"@d"),
        ("\"a\\\"b\"@d", "\"a\\\"b\"@d"),
        ("\"a\\b\"@d", "ab@d"),
        ("\"a\\\\b\"@d", "\"a\\\\b\"@d"),
        ("\"a..b\"@d", "\"a..b\"@d"),
        ("\".a\"@d", "\".a\"@d"),
        ("\"\"@d", "\"\"@d"),
        ("\" \"@d", "\" \"@d"),
        // FC04
        ("\"odd user\"@example.test", "\"odd user\"@example.test"),
        // SM-18
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("a@[IPv6:2001:DB8::1]", "a@[IPv6:2001:db8::1]"),
        ("a@[IPV6:2001:db8:0:0:0:0:0:1]", "a@[IPv6:2001:db8::1]"),
        ("a@[ipv6:::ffff:192.0.2.1]", "a@[IPv6:::ffff:192.0.2.1]"),
        ("a@[IPv6:::]", "a@[IPv6:::]"),
        ("a@1.2.3.4", "a@1.2.3.4"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("Dörte@Sörensen.example.com", "Dörte@sörensen.example.com"),
        ("\"ä b\"@d", "\"ä b\"@d"),
    ]

    private static let bad = [
        "", "a", "a@", "@d", "@", "a@@d", "a@b@d", "a@d.", "a@.d", "a@d..e", "a@-d", "a@d-", "a@d-.e", "a@d_e", "a@d e", " a@d", "a@d ", "a b@d",
        ".a@d", "a.@d", "a..b@d", "a@[192.0.2.256]", "a@[192.0.2]", "a@[192.0.2.01]", "a@[192.0.2.1", "a@192.0.2.1]", "a@[]", "a@[IPv6:]", "a@[IPv6:1]",
        "a@[IPv6:::1::]", "a@[IPv6:1:2:3:4:5:6:7:8:9]", "a@[IPv6:12345::]", "a@[IPv6:fe80::1%eth0]", "a@[2001:db8::1]", "a@[tag:content]", "a@[192.0.2.1]x",
        // FC06: a quote in the middle of an atom is no address, and is not made one.
        "just\"not\"right@example.test", "\"not\"right@example.test", "partially.\"quoted\"@sld.com", "\"a\"b\"@d",
        "u\\@X@L", "u@L(X)", "<a@d>", "\"a@d", "\"a\"", "\"a\\\"@d", "\"a\u{7}b\"@d", "\"a\tb\"@d", "a@#2130706433", "a@d\u{0}", "a\r\n@d",
        "a@d\u{3002}e", "a@\u{85}", "a\u{85}@d",
    ]

    @Test("good addresses parse and are written in one way", arguments: good)
    func accepts(_ row: (String, String)) throws {
        let address = try #require(EmailAddress(row.0))
        #expect(address.wire == OctetString(row.1))
        #expect(EmailAddress(row.1) == address)
        #expect(address.description == row.1)
    }

    @Test("everything else is refused", arguments: bad)
    func refuses(_ text: String) { #expect(EmailAddress(text) == nil) }

    @Test("SM-17: quoted local parts are equal exactly when they mean the same")
    func distinct() {
        #expect(EmailAddress("\"a\"@d") == EmailAddress("a@d"))
        let different = ["\"a b\"@d", "\"a@b\"@d", "\"a\\\"b\"@d", "ab@d"].compactMap { EmailAddress($0) }
        #expect(Set(different).count == 4)
    }

    @Test("SM-06, SM-19: local parts keep case, domains ignore it")
    func letterCase() {
        #expect(EmailAddress("A@b") != EmailAddress("a@b"))
        #expect(EmailAddress("a@B.Example") == EmailAddress("a@b.eXAMPLE"))
    }

    @Test("SM-09: 64 octets before and 255 after the @ are accepted, one more is refused")
    func limits() {
        let local64 = String(repeating: "l", count: 64)
        #expect(EmailAddress("\(local64)@d") != nil)
        #expect(EmailAddress("\(local64)l@d") == nil)
        // Octets count as they are written: quotes that stay count too.
        let quoted62 = String(repeating: "q ", count: 31)
        #expect(EmailAddress("\"\(quoted62)\"@d") != nil)
        #expect(EmailAddress("\"\(quoted62)q\"@d") == nil)
        #expect(EmailAddress("\"\(local64)\"@d") != nil)

        let label63 = String(repeating: "d", count: 63)
        let domain255 = [label63, label63, label63, label63].joined(separator: ".")
        #expect(domain255.utf8.count == 255)
        #expect(EmailAddress("a@\(domain255)") != nil)
        #expect(EmailAddress("a@d.\(domain255.dropFirst(1))") == nil)
        #expect(Domain(label63) != nil)
        #expect(Domain(label63 + "d") == nil)
        #expect(Domain(String(repeating: "ü", count: 59)) != nil)
        #expect(Domain(String(repeating: "ü", count: 60)) == nil)
    }

    @Test("UTF-8 is refused where it is not allowed and where it is ill-formed")
    func utf8() {
        let octets = Array("dörte@sörensen.example".utf8)
        #expect(EmailAddress.parse(octets.span, at: 0, allowUTF8: true)?.end == octets.count)
        #expect(EmailAddress.parse(octets.span, at: 0, allowUTF8: false) == nil)
        #expect(EmailAddress("dörte@d")?.isInternationalized == true)
        #expect(EmailAddress("a@dö")?.isInternationalized == true)
        #expect(EmailAddress("a@d")?.isInternationalized == false)
        for bad: [UInt8] in [[0x61, 0xC3, 0x40, 0x64], [0x61, 0x40, 0xE2, 0x82], [0x61, 0x40, 0xED, 0xA0, 0x80], [0xC0, 0x80, 0x40, 0x64]] {
            #expect(EmailAddress(OctetString(bad)) == nil)
        }
    }

    @Test("a mailbox inside other octets ends where it ends")
    func embedded() {
        let octets = Array("<a@d.example>,<\"x y\"@[192.0.2.1]>".utf8)
        #expect(EmailAddress.parse(octets.span, at: 1, allowUTF8: true)?.end == 12)
        #expect(EmailAddress.parse(octets.span, at: 15, allowUTF8: true)?.end == octets.count - 1)
        #expect(EmailAddress.parse(octets.span, at: 0, allowUTF8: true) == nil)
        #expect(EmailAddress.parse(octets.span, at: octets.count, allowUTF8: true) == nil)
        #expect(EmailAddress.parse(octets.span, at: -1, allowUTF8: true) == nil)
    }

    @Test("every truncation of every row gives a value or nil", arguments: good.map(\.0) + bad)
    func truncated(_ text: String) {
        let octets = Array(text.utf8)
        for end in 0...octets.count {
            for start in 0...end {
                if let (address, stop) = EmailAddress.parse(octets[start..<end].span, at: 0, allowUTF8: true) {
                    #expect(stop <= end - start)
                    #expect(EmailAddress(address.wire) == address)
                }
            }
        }
    }

    @Test("the form of a domain is known")
    func forms() {
        #expect(Domain("example.net")?.form == .name)
        #expect(Domain("[192.0.2.1]")?.form == .ipv4Literal)
        #expect(Domain("[IPv6:::1]")?.form == .ipv6Literal)
        #expect(Domain(Array("dö".utf8), allowUTF8: false) == nil)
    }
}

@Suite struct AddressLiteralTests {
    @Test("IPv6 is written as RFC 5952 wants it", arguments: [
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("0:0:0:0:0:0:0:0", "::"), ("1:0:0:0:0:0:0:0", "1::"), ("::ABCD", "::abcd"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ])
    func canonical(_ pair: (String, String)) {
        #expect(Domain("[IPv6:\(pair.0)]")?.name == OctetString("[IPv6:\(pair.1)]"))
    }
}
