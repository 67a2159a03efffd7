// Octets of any charset become text: UTF-8, ASCII and Latin-1 here, the others through ICU. Never fails.

import CICU

/// Decoding of text in the charsets that mail is written in.
package enum Charset {
    /// The text that the octets mean in the charset a message names.
    ///
    /// What is ill-formed becomes U+FFFD. An unknown charset is read as UTF-8 where the octets are UTF-8, else as Latin-1.
    package static func decode(_ octets: Span<UInt8>, charset: OctetString) -> String {
        switch CharsetName(charset) {
        case .utf8: self.utf8(octets)
        case .latin1: self.latin1(octets)
        case .unstated: self.guess(octets)
        case .other(let name): self.other(octets, name) ?? self.guess(octets)
        }
    }

    /// The text of a part of the octets.
    package static func decode(_ octets: Span<UInt8>, in range: Range<Int>, charset: OctetString) -> String {
        self.decode(octets.extracting(range.clamped(to: 0..<octets.count)), charset: charset)
    }

    /// The text of octets whose charset nobody names: UTF-8 where they are UTF-8, else Latin-1.
    package static func guess(_ octets: Span<UInt8>) -> String {
        UTF8Check.isWellFormed(octets, in: 0..<octets.count) ? self.utf8(octets) : self.latin1(octets)
    }

    /// Whether text in this charset can be decoded by its own rules and not only guessed at.
    package static func isKnown(_ charset: OctetString) -> Bool {
        switch CharsetName(charset) {
        case .utf8, .latin1: true
        case .unstated: charset.equalsIgnoringASCIICase("us-ascii")
        case .other(let name): name.withCString { cicu_knows($0) } == 1
        }
    }

    private static func utf8(_ octets: Span<UInt8>) -> String {
        octets.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// ISO 8859-1 with the letters of windows-1252 where the former has control characters, as every reader of mail does it.
    private static func latin1(_ octets: Span<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(octets.count + octets.count / 8 + 4)
        var index = 0
        while index < octets.count {
            let octet = octets[index]
            if octet < 0x80 {
                text.append(octet)
            } else {
                let scalar = octet < 0xA0 ? self.windows1252(octet) : UInt16(octet)
                if scalar < 0x800 {
                    text.append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
                } else {
                    text.append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
                    text.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
                }
                text.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
            }
            index += 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// windows-1252, 0x80 to 0x9F.
    private static func windows1252(_ octet: UInt8) -> UInt16 {
        switch octet {
        case 0x80: 0x20AC
        case 0x82: 0x201A
        case 0x83: 0x0192
        case 0x84: 0x201E
        case 0x85: 0x2026
        case 0x86: 0x2020
        case 0x87: 0x2021
        case 0x88: 0x02C6
        case 0x89: 0x2030
        case 0x8A: 0x0160
        case 0x8B: 0x2039
        case 0x8C: 0x0152
        case 0x8E: 0x017D
        case 0x91: 0x2018
        case 0x92: 0x2019
        case 0x93: 0x201C
        case 0x94: 0x201D
        case 0x95: 0x2022
        case 0x96: 0x2013
        case 0x97: 0x2014
        case 0x98: 0x02DC
        case 0x99: 0x2122
        case 0x9A: 0x0161
        case 0x9B: 0x203A
        case 0x9C: 0x0153
        case 0x9E: 0x017E
        case 0x9F: 0x0178
        default: UInt16(octet)
        }
    }

    /// A charset of ICU's; nil where ICU does not know it.
    private static func other(_ octets: Span<UInt8>, _ name: String) -> String? {
        if octets.count == 0 { return name.withCString { cicu_knows($0) } == 1 ? "" : nil }
        var text: [UInt8] = []
        // One octet becomes three at most in nearly every charset; the second round serves the rest.
        var capacity = octets.count * 3 + 16
        for _ in 0..<2 {
            var needed = 0
            text = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                let room = buffer.count
                needed = octets.withUnsafeBytes { input in
                    buffer.withMemoryRebound(to: CChar.self) { output in
                        name.withCString { cicu_decode($0, input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count, output.baseAddress, room) }
                    }
                }
                count = max(0, min(needed, room))
            }
            if needed < 0 { return nil }
            if needed <= capacity { return String(decoding: text, as: UTF8.self) }
            capacity = needed
        }
        return String(decoding: text, as: UTF8.self)
    }
}
