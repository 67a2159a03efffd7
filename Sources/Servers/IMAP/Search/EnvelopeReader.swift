// Reads the strings of a stored ENVELOPE where they lie: what SEARCH needs of most messages without opening them (RFC 9051 §7.5.2).
import MailFormat

/// Fields of an ENVELOPE in wire form, by their place.
enum EnvelopeField: Int {
    case date = 0, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageID

    /// The field that a header field's name means; nil where the ENVELOPE does not hold that field as it is.
    init?(header name: OctetString) {
        switch name.asciiLowercased {
        case "subject": self = .subject
        case "from": self = .from
        case "to": self = .to
        case "cc": self = .cc
        case "bcc": self = .bcc
        case "message-id": self = .messageID
        case "in-reply-to": self = .inReplyTo
        default: return nil
        }
    }

    var isAddresses: Bool {
        switch self {
        case .from, .sender, .replyTo, .to, .cc, .bcc: true
        case .date, .subject, .inReplyTo, .messageID: false
        }
    }
}

/// A cursor over an ENVELOPE. It never fails: what it cannot read is NIL.
struct EnvelopeReader {
    private(set) var position: Int
    private let end: Int

    /// A cursor before a field.
    init(_ octets: Span<UInt8>, _ envelope: Range<Int>, at field: EnvelopeField) {
        self.end = min(envelope.upperBound, octets.count)
        self.position = min(envelope.lowerBound + 1, self.end)
        for _ in 0..<field.rawValue { self.skipValue(octets) }
    }

    /// What a string holds: its octets where they lie, and whether backslashes stand in it.
    mutating func string(_ octets: Span<UInt8>) -> (range: Range<Int>, isEscaped: Bool)? {
        self.skipSpaces(octets)
        guard self.position < self.end else { return nil }
        switch octets[self.position] {
        case UInt8(ascii: "\""):
            let start = self.position + 1
            var isEscaped = false
            var index = start
            while index < self.end, octets[index] != UInt8(ascii: "\"") {
                if octets[index] == UInt8(ascii: "\\") {
                    isEscaped = true
                    index += 1
                }
                index += 1
            }
            let stop = min(index, self.end)
            self.position = min(stop + 1, self.end)
            return (start..<max(start, stop), isEscaped)
        case UInt8(ascii: "{"):
            var count = 0
            var index = self.position + 1
            while index < self.end, ASCII.isDigit(octets[index]), count < 1 << 40 {
                count = count * 10 + Int(octets[index] - 0x30)
                index += 1
            }
            // "}" CR LF
            let start = min(index + 3, self.end)
            let stop = min(start + count, self.end)
            self.position = stop
            return (start..<stop, false)
        case UInt8(ascii: "("):
            self.skipValue(octets)
            return nil
        default:
            self.skipAtom(octets)
            return nil
        }
    }

    /// Goes over one value of any kind.
    mutating func skipValue(_ octets: Span<UInt8>) {
        self.skipSpaces(octets)
        var depth = 0
        repeat {
            guard self.position < self.end else { return }
            switch octets[self.position] {
            case UInt8(ascii: "("):
                depth += 1
                self.position += 1
            case UInt8(ascii: ")"):
                guard depth > 0 else { return }
                depth -= 1
                self.position += 1
            case UInt8(ascii: "\""), UInt8(ascii: "{"): _ = self.string(octets)
            case 0x20: self.position += 1
            default: self.skipAtom(octets)
            }
        } while depth > 0
    }

    /// Reads an address list as text: `name <mailbox@host> `, one after the other, names decoded.
    mutating func addressText(_ octets: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        self.skipSpaces(octets)
        guard self.position < self.end, octets[self.position] == UInt8(ascii: "(") else {
            self.skipValue(octets)
            return text
        }
        self.position += 1
        while self.position < self.end, octets[self.position] != UInt8(ascii: ")") {
            guard octets[self.position] == UInt8(ascii: "(") else {
                self.position += 1
                continue
            }
            self.position += 1
            let name = self.string(octets)
            _ = self.string(octets)
            let mailbox = self.string(octets)
            let host = self.string(octets)
            self.skipSpaces(octets)
            if self.position < self.end { self.position += 1 }
            if let name {
                let spelled = Self.copy(octets, name)
                if spelled.contains(UInt8(ascii: "=")) {
                    text.append(contentsOf: Array(EncodedWord.decode(OctetString(spelled)).utf8))
                } else {
                    text.append(contentsOf: spelled)
                }
                text.append(0x20)
            }
            if let mailbox {
                text.append(UInt8(ascii: "<"))
                text.append(contentsOf: Self.copy(octets, mailbox))
                if let host {
                    text.append(UInt8(ascii: "@"))
                    text.append(contentsOf: Self.copy(octets, host))
                }
                text.append(UInt8(ascii: ">"))
            }
            text.append(0x20)
        }
        return text
    }

    /// The octets of a string with its backslashes undone.
    static func copy(_ octets: Span<UInt8>, _ string: (range: Range<Int>, isEscaped: Bool)) -> [UInt8] {
        let octets = OctetString(copying: octets, in: string.range).octets
        guard string.isEscaped else { return octets }
        var plain: [UInt8] = []
        plain.reserveCapacity(octets.count)
        var index = 0
        while index < octets.count {
            if octets[index] == UInt8(ascii: "\\"), index + 1 < octets.count { index += 1 }
            plain.append(octets[index])
            index += 1
        }
        return plain
    }

    private mutating func skipSpaces(_ octets: Span<UInt8>) {
        while self.position < self.end, octets[self.position] == 0x20 { self.position += 1 }
    }

    /// Goes over NIL or a number; always at least one octet.
    private mutating func skipAtom(_ octets: Span<UInt8>) {
        self.position = min(self.position + 1, self.end)
        while self.position < self.end {
            switch octets[self.position] {
            case 0x20, UInt8(ascii: "("), UInt8(ascii: ")"): return
            default: self.position += 1
            }
        }
    }
}
