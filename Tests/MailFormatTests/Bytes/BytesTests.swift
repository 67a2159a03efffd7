// Octet strings, classes, line scanning, UTF-8, base64 and hexadecimal.
import Testing

@testable import MailFormat

@Suite struct OctetStringTests {
    @Test("equality and hash are byte-wise, not canonical equivalence")
    func bytewise() {
        let composed = OctetString("é")
        let decomposed = OctetString("e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(OctetString([0xFF]) == OctetString([0xFF]))
    }

    @Test("order is byte-wise with a prefix first", arguments: [("", "a"), ("a", "b"), ("a", "aa"), ("Z", "a"), ("a\u{7F}", "é")])
    func order(_ pair: (String, String)) {
        #expect(OctetString(pair.0) < OctetString(pair.1))
        #expect(!(OctetString(pair.1) < OctetString(pair.0)))
    }

    @Test("case folding touches ASCII letters only")
    func folding() {
        #expect(OctetString("ABCÄ[`{").asciiLowercased == OctetString("abcÄ[`{"))
        #expect(OctetString("SuBject").equalsIgnoringASCIICase("subject"))
        #expect(!OctetString("subject").equalsIgnoringASCIICase("subjects"))
        #expect(!OctetString("@").equalsIgnoringASCIICase("`"))
        #expect(!OctetString("ä").equalsIgnoringASCIICase(OctetString("Ä")))
    }

    @Test("a copy of a part is clamped to what is there")
    func clamped() {
        let octets = Array("abc".utf8)
        #expect(OctetString(copying: octets.span, in: 1..<99) == "bc")
        #expect(OctetString(copying: octets.span, in: 7..<9) == "")
    }
}

@Suite struct ByteSetTests {
    private static let classes: [(ByteSet, String)] = [
        (.atext, letters + digits + "!#$%&'*+-/=?^_`{|}~"),
        (.letterDigit, letters + digits),
        (.digit, digits),
        (.token, printable.filter { !"()<>@,;:\\\"/[]?=".contains($0) }),
        (.attributeCharacter, printable.filter { !"()<>@,;:\\\"/[]?=*'%".contains($0) }),
        (.fieldNameOctet, printable.filter { $0 != ":" }),
        (.blank, " \t"),
        (.foldingWhite, " \t\u{D}\u{A}"),
    ]
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    private static let digits = "0123456789"
    private static let printable = String(String.UnicodeScalarView((33...126).map { Unicode.Scalar($0 as UInt8) }))

    @Test("each class has the octets its grammar names and no others", arguments: 0..<8)
    func members(_ index: Int) {
        let (set, spelt) = Self.classes[index]
        let expected = Set(spelt.unicodeScalars.map { UInt8($0.value) })
        for octet in UInt8.min...UInt8.max { #expect(set.contains(octet) == expected.contains(octet), "octet \(octet)") }
    }

    @Test("octets above 127 are eight-bit, and union joins")
    func union() {
        for octet in UInt8.min...UInt8.max {
            #expect(ByteSet.eightBit.contains(octet) == (octet > 127))
            #expect(ByteSet.atext.union(.eightBit).contains(octet) == (octet > 127 || ByteSet.atext.contains(octet)))
        }
    }
}

@Suite struct LineScanTests {
    @Test("every line feed is found from every start")
    func everyStart() {
        let octets = Array("a\r\n\nbc\rd\n".utf8)
        for start in -1...octets.count + 1 {
            let expected = octets.indices.first { $0 >= max(start, 0) && octets[$0] == 0x0A }
            #expect(LineScan.nextLineFeed(in: octets.span, from: start) == expected)
        }
        #expect(LineScan.nextLineFeed(in: [UInt8]().span, from: 0) == nil)
        #expect(LineScan.nextLineFeed(in: octets.span, from: 0, to: 2) == nil)
    }

    @Test("the content of a line leaves out CRLF and LF, and no CR of the line before")
    func contentEnd() {
        let octets = Array("a\r\n\n\r\n".utf8)
        #expect(LineScan.contentEnd(in: octets.span, lineStart: 0, lineFeed: 2) == 1)
        #expect(LineScan.contentEnd(in: octets.span, lineStart: 3, lineFeed: 3) == 3)
        #expect(LineScan.contentEnd(in: octets.span, lineStart: 4, lineFeed: 5) == 4)
    }
}

@Suite struct UTF8CheckTests {
    @Test("well-formedness agrees with the standard library for all pairs and many triples")
    func pairs() {
        for first in UInt8(0x7E)...0xFF {
            for second in stride(from: 0, through: 255, by: 3) {
                for tail: [UInt8] in [[], [0x80], [0xBF, 0x80]] {
                    let octets = [first, UInt8(second)] + tail
                    let expected = String(validating: octets, as: UTF8.self) != nil
                    #expect(UTF8Check.isWellFormed(octets.span, in: 0..<octets.count) == expected, "\(octets)")
                }
            }
        }
    }

    @Test("a scalar is read with its length and never over the end")
    func scalar() {
        let octets = Array("é€😀".utf8)
        #expect(UTF8Check.scalar(in: octets.span, at: 0, end: 9)?.value == 0xE9)
        #expect(UTF8Check.scalar(in: octets.span, at: 2, end: 9)?.length == 3)
        #expect(UTF8Check.scalar(in: octets.span, at: 5, end: 9)?.value == 0x1F600)
        #expect(UTF8Check.scalar(in: octets.span, at: 5, end: 8) == nil)
        #expect(UTF8Check.scalar(in: octets.span, at: 5, end: 99)?.length == 4)
    }
}

@Suite struct Base64Tests {
    @Test("values survive encoding and decoding", arguments: 0..<70)
    func round(_ count: Int) {
        let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
        let text = Base64.encode(octets.span)
        #expect(text.count == (count + 2) / 3 * 4)
        #expect(Base64.decode(text.span) == octets)
        let broken = Base64.encode(octets.span, lineOctets: 76)
        #expect(Base64.decodeLenient(broken.span, in: 0..<broken.count) == octets)
        let longest = broken.split(separator: 0x0A).map(\.count).max() ?? 0
        #expect(longest <= 77)
    }

    @Test("RFC 4648 §10 vectors", arguments: [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
    func vectors(_ pair: (String, String)) {
        #expect(Base64.encode(Array(pair.0.utf8).span) == Array(pair.1.utf8))
    }

    @Test("exact decoding refuses what is not canonical", arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zm 9", "Zg==Zg==", "Zm9v\r\n", "Zm-_"])
    func exact(_ text: String) {
        #expect(Base64.decode(Array(text.utf8).span) == nil)
    }

    @Test("hexadecimal goes both ways and refuses the rest")
    func hexadecimal() {
        let octets: [UInt8] = [0, 0x0F, 0xA9, 0xFF]
        #expect(Hexadecimal.encode(octets.span) == Array("000fa9ff".utf8))
        #expect(Hexadecimal.decode(Array("000FA9ff".utf8).span) == octets)
        #expect(Hexadecimal.decode(Array("0".utf8).span) == nil)
        #expect(Hexadecimal.decode(Array("0g".utf8).span) == nil)
        #expect(Hexadecimal.decode(Array("@@".utf8).span) == nil)
    }
}
