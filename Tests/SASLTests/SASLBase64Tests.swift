// The strict base64 of the exchange: the RFC's vectors, every length, and the spellings it refuses.
import SASL
import Testing

@Suite("Base64 of the exchange")
struct SASLBase64Tests {
    @Test("RFC 4648 §10 vectors", arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
    func vectors(plain: String, encoded: String) {
        #expect(SASLBase64.encode(Array(plain.utf8)) == Array(encoded.utf8))
        #expect(SASLBase64.decode(Array(encoded.utf8)) == Array(plain.utf8))
    }

    @Test("Every octet and length comes back")
    func roundTrip() {
        let all = (0...255).map { UInt8($0) }
        for length in 0...256 { #expect(SASLBase64.decode(SASLBase64.encode(Array(all.prefix(length)))) == Array(all.prefix(length))) }
    }

    @Test("One equals sign is the empty response")
    func empty() { #expect(SASLBase64.decode(Array("=".utf8)) == []) }

    @Test("Other spellings are refused", arguments: ["Zg", "Zg=", "Zg===", "Z===", "====", "==", "Zm9v=", "Zm9vYg==Zm9v", "Zh==", "Zm9=", "Zm 9", "Zm9v\r\n", "Zm-_", "Zm9\u{fc}"])
    func refused(encoded: String) { #expect(SASLBase64.decode(Array(encoded.utf8)) == nil) }

    @Test("The bound holds on both sides")
    func bound() {
        let fits = [UInt8](repeating: 65, count: SASLLimits.encodedLineOctets)
        #expect(SASLBase64.decode(fits)?.count == SASLLimits.encodedLineOctets / 4 * 3)
        #expect(SASLBase64.decode(fits + [65, 65, 65, 65]) == nil)
    }
}
