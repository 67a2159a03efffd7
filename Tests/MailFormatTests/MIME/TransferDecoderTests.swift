// Base64 and quoted-printable: what they give, cut into chunks anywhere, and what a limit leaves of it.
import MailFormat
import Testing

@Suite("Transfer decoding")
struct TransferDecoderTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let encoding: TransferEncoding
        let encoded: String
        let decoded: String
        var testDescription: String { "\(self.encoding) \(self.encoded.debugDescription)" }
    }

    static let cases: [Case] = [
        Case(encoding: .base64, encoded: "", decoded: ""),
        Case(encoding: .base64, encoded: "Zg==", decoded: "f"),
        Case(encoding: .base64, encoded: "Zm8=", decoded: "fo"),
        Case(encoding: .base64, encoded: "Zm9v", decoded: "foo"),
        Case(encoding: .base64, encoded: "Zm9v\r\nYmFy\r\n", decoded: "foobar"),
        Case(encoding: .base64, encoded: "Zm 9v!YmFy", decoded: "foobar"),
        Case(encoding: .base64, encoded: "Zg", decoded: "f"),
        Case(encoding: .base64, encoded: "Zm8", decoded: "fo"),
        Case(encoding: .base64, encoded: "Zm9vY", decoded: "foo"),
        Case(encoding: .base64, encoded: "Zg==Zm8=Zm9v", decoded: "ffofoo"),
        Case(encoding: .base64, encoded: "====", decoded: ""),
        Case(encoding: .base64, encoded: "=Zm9v=", decoded: "foo"),
        Case(encoding: .quotedPrintable, encoded: "plain", decoded: "plain"),
        Case(encoding: .quotedPrintable, encoded: "a=3Db=3d", decoded: "a=b="),
        Case(encoding: .quotedPrintable, encoded: "joined=\r\n up=\nhere", decoded: "joined uphere"),
        Case(encoding: .quotedPrintable, encoded: "blank after = \t\r\nnext", decoded: "blank after next"),
        Case(encoding: .quotedPrintable, encoded: "trailing \t\r\nline \nend  ", decoded: "trailing\r\nline\nend"),
        Case(encoding: .quotedPrintable, encoded: "kept  inside", decoded: "kept  inside"),
        Case(encoding: .quotedPrintable, encoded: "bad =4 =XY =", decoded: "bad =4 =XY "),
        Case(encoding: .quotedPrintable, encoded: "=4", decoded: "=4"),
        Case(encoding: .quotedPrintable, encoded: "blank =20\r\nx", decoded: "blank  \r\nx"),
        Case(encoding: .quotedPrintable, encoded: "=", decoded: ""),
        Case(encoding: .quotedPrintable, encoded: "==41", decoded: "=A"),
        Case(encoding: .quotedPrintable, encoded: "lone\rreturn \r", decoded: "lone\rreturn\r"),
        Case(encoding: .sevenBit, encoded: "as=20is \r\n", decoded: "as=20is \r\n"),
        Case(encoding: .binary, encoded: "\u{0}x", decoded: "\u{0}x"),
        Case(encoding: .unknown, encoded: "Zg==", decoded: "Zg=="),
    ]

    @Test("An encoding is undone", arguments: cases)
    func whole(_ test: Case) {
        let octets = Array(test.encoded.utf8)
        let decoded = TransferDecoder.decode(octets.span, in: 0..<octets.count, as: test.encoding)
        #expect(String(decoding: decoded, as: UTF8.self) == test.decoded)
    }

    @Test("Chunks may be cut anywhere", arguments: cases)
    func chunks(_ test: Case) {
        let octets = Array(test.encoded.utf8)
        for size in 1...max(octets.count, 1) {
            var decoder = TransferDecoder(test.encoding)
            var output: [UInt8] = []
            var at = 0
            while at < octets.count {
                let end = min(at + size, octets.count)
                decoder.decode(octets.span.extracting(at..<end), into: &output)
                at = end
            }
            decoder.finish(into: &output)
            #expect(String(decoding: output, as: UTF8.self) == test.decoded, "chunks of \(size)")
        }
    }

    @Test("A limit cuts the result and nothing else", arguments: cases)
    func limit(_ test: Case) {
        let octets = Array(test.encoded.utf8)
        for limit in 0...test.decoded.utf8.count + 1 {
            let decoded = TransferDecoder.decode(octets.span, in: 0..<octets.count, as: test.encoding, limit: limit)
            #expect(decoded == Array(test.decoded.utf8.prefix(limit)))
        }
    }

    @Test("Every octet survives base64, in lines of any length")
    func base64RoundTrip() {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let content = (0..<3 * 256).map { UInt8(truncatingIfNeeded: $0 &* 167) }
        var encoded: [UInt8] = []
        for at in stride(from: 0, to: content.count, by: 3) {
            let word = UInt32(content[at]) << 16 | UInt32(content[at + 1]) << 8 | UInt32(content[at + 2])
            for shift in [18, 12, 6, 0] as [UInt32] { encoded.append(digits[Int(word >> shift & 63)]) }
        }
        for width in [1, 3, 4, 7, 76, 2_000] {
            var folded: [UInt8] = []
            for (index, digit) in encoded.enumerated() {
                if index > 0, index % width == 0 { folded += [0x0D, 0x0A] }
                folded.append(digit)
            }
            #expect(TransferDecoder.decode(folded.span, in: 0..<folded.count, as: .base64) == content)
        }
    }

    @Test("A range outside the octets is what is inside of it")
    func rangeOutside() {
        let octets = Array("Zm9v".utf8)
        #expect(TransferDecoder.decode(octets.span, in: -5..<900, as: .base64) == Array("foo".utf8))
        #expect(TransferDecoder.decode(octets.span, in: 90..<900, as: .base64).isEmpty)
    }

    @Test("Endless blanks cost no more than other text")
    func blanks() {
        let octets = [UInt8](repeating: 0x20, count: 1 << 22)
        let decoded = TransferDecoder.decode(octets.span, in: 0..<octets.count, as: .quotedPrintable, limit: 1 << 22 - 1)
        #expect(decoded.count <= octets.count)
    }
}
