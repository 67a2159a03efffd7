// References: twelve characters that explain themselves and notice mistakes.
import Catalogue
import Testing

@Suite struct ReferenceTests {
    static let samples = [
        Reference(day: 0, codeNumber: 0, serial: 0), Reference(day: 20_782, codeNumber: 1, serial: 1),
        Reference(day: .max, codeNumber: 127, serial: .max),
        Reference(day: 20_783, codeNumber: 99, serial: 3_999_999_999),
    ]

    @Test("a reference is read as it was written", arguments: samples)
    func roundTrip(_ reference: Reference) {
        let text = reference.description
        #expect(text.utf8.count == 12)
        #expect(text.allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains($0) })
        #expect(Reference(text) == reference)
        #expect(Reference(text.lowercased()) == reference)
        #expect(Reference("\(text.prefix(4))-\(text.dropFirst(4).prefix(4))-\(text.dropFirst(8))") == reference)
    }

    @Test("letters that look like digits are read as those")
    func confusion() {
        let text = Reference(day: 0, codeNumber: 0, serial: 1).description
        #expect(Reference(String(text.map { $0 == "0" ? "O" : $0 == "1" ? "l" : $0 })) == Reference(text))
    }

    @Test("nearly every wrong character and every swap of two different neighbours is noticed", arguments: samples)
    func mistakes(_ reference: Reference) {
        let text = Array(reference.description)
        var wrong = 0
        var noticed = 0
        for place in text.indices {
            for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" where other != text[place] {
                var changed = text
                changed[place] = other
                wrong += 1
                if Reference(String(changed)) == nil { noticed += 1 }
            }
        }
        // 0 and Z are the same modulo 31; nothing else is.
        #expect(wrong - noticed <= 11)
        for place in 0..<10 where text[place] != text[place + 1] && Set([text[place], text[place + 1]]) != ["0", "Z"] {
            var changed = text
            changed.swapAt(place, place + 1)
            #expect(Reference(String(changed)) == nil)
        }
    }

    @Test("what is no reference is nil", arguments: ["", "0", "00000000000", "0000000000000", "UUUUUUUUUUUU", "0000000000ü0", "!!!!!!!!!!!!"])
    func malformed(_ text: String) { #expect(Reference(text) == nil) }
}
