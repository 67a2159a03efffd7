// Received fields: who handed a message to whom, when, and how.

/// What a Received field says (RFC 5321 §4.4), as far as it can be read. Anybody may have written it; only those of our own hosts can be believed.
package struct TraceField: Hashable, Sendable {
    /// The name the client gave in EHLO or HELO.
    package var from: OctetString?
    /// Comments after it: usually the client's reverse name and address.
    package var fromComment: OctetString?
    /// The client's address: that in a comment or in brackets behind the name, which the writer saw, before one given as the name.
    package var fromAddress: AddressLiteral?
    /// The host that wrote the field.
    package var by: OctetString?
    /// The network, hardly ever given.
    package var via: OctetString?
    /// The protocol (RFC 3848): `ESMTPS`.
    package var with: OctetString?
    /// The writer's name for the message.
    package var id: OctetString?
    /// The recipient, without angle brackets.
    package var forAddress: OctetString?
    /// When it happened.
    package var date: MessageDate?

    /// Reads a field body. Never fails; time is linear; of a clause given twice the first counts.
    package static func parse(_ octets: Span<UInt8>, in range: Range<Int>, limits: MailLimits = .standard) -> TraceField {
        var reader = TraceReader(octets, range, limits)
        return reader.read(octets)
    }
}

/// The walk over the clauses of a Received field.
private struct TraceReader {
    private enum Clause { case from, by, via, with, id, forAddress }

    private var field = TraceField()
    private var scanner: StructuredScanner
    /// The clause whose value is awaited, and the one whose comments these are.
    private var awaited: Clause?
    /// The address that the client gave for its name.
    private var claimed: AddressLiteral?
    private var current: Clause?
    /// Octets that end a word: blanks, `(`, `;`, `"` and `<`.
    private static let wordEnd = ByteSet(0x1800_0105_0000_2600, 0)
    /// What an address without brackets is made of: letters, digits, `.` and `:`.
    private static let addressOctet = ByteSet(0x07FF_4000_0000_0000, 0x07FF_FFFE_07FF_FFFE)

    init(_ octets: Span<UInt8>, _ range: Range<Int>, _ limits: MailLimits) {
        self.scanner = StructuredScanner(octets, in: range, commentDepth: limits.commentDepth)
    }

    mutating func read(_ octets: Span<UInt8>) -> TraceField {
        var dateStart: Int?
        while let octet = self.scanner.peek(octets) {
            switch octet {
            case 0x20, 0x09, 0x0A, 0x0D:
                self.scanner.skip()
            case 0x28:
                if let range = self.scanner.comment(octets) { self.takeComment(octets, range) }
            case 0x3B:
                self.scanner.skip()
                dateStart = self.scanner.offset
            case 0x22:
                let value = self.scanner.quotedString(octets) ?? []
                if self.awaited != nil { self.set(OctetString(value)) }
            case 0x3C:
                self.takeBracketed(octets)
            default:
                let start = self.scanner.offset
                self.scanner.skip()
                while let next = self.scanner.peek(octets), !Self.wordEnd.contains(next) { self.scanner.skip() }
                self.takeWord(octets, start..<self.scanner.offset)
            }
        }
        if let dateStart { self.field.date = MessageDate.parse(octets, in: dateStart..<self.scanner.end) }
        if self.field.fromAddress == nil { self.field.fromAddress = self.claimed }
        return self.field
    }

    private static func clause(_ octets: Span<UInt8>, _ word: Range<Int>) -> Clause? {
        switch word.count {
        case 2:
            ASCII.equalsIgnoringCase(octets, in: word, "by") ? .by : ASCII.equalsIgnoringCase(octets, in: word, "id") ? .id : nil
        case 3:
            ASCII.equalsIgnoringCase(octets, in: word, "via") ? .via : ASCII.equalsIgnoringCase(octets, in: word, "for") ? .forAddress : nil
        case 4:
            ASCII.equalsIgnoringCase(octets, in: word, "from") ? .from : ASCII.equalsIgnoringCase(octets, in: word, "with") ? .with : nil
        default:
            nil
        }
    }

    private mutating func takeWord(_ octets: Span<UInt8>, _ word: Range<Int>) {
        if let clause = Self.clause(octets, word) {
            self.awaited = clause
            self.current = clause
        } else if self.awaited != nil {
            let hasComma = word.count > 1 && octets[word.upperBound - 1] == 0x2C
            self.set(OctetString(copying: octets, in: word.lowerBound..<(hasComma ? word.upperBound - 1 : word.upperBound)))
        } else if self.current == .from, self.field.fromAddress == nil, octets[word.lowerBound] == 0x5B {
            self.field.fromAddress = Self.address(octets, word)
        }
    }

    private mutating func takeBracketed(_ octets: Span<UInt8>) {
        // Not `skip()`: Swift 6.3's optimiser, compiling file by file, merges that call with the one in the loop and moves it past `start`.
        guard self.scanner.take(0x3C, octets) else { return }
        let start = self.scanner.offset
        while let octet = self.scanner.peek(octets), octet != 0x3E, !ByteSet.foldingWhite.contains(octet) { self.scanner.skip() }
        let content = OctetString(copying: octets, in: start..<self.scanner.offset)
        _ = self.scanner.take(0x3E, octets)
        if self.awaited != nil { self.set(content) }
    }

    private mutating func set(_ value: OctetString) {
        switch self.awaited {
        case .from:
            self.field.from = self.field.from ?? value
            self.claimed = self.claimed ?? Self.address(value.octets.span, 0..<value.count)
        case .by: self.field.by = self.field.by ?? value
        case .via: self.field.via = self.field.via ?? value
        case .with: self.field.with = self.field.with ?? value
        case .id: self.field.id = self.field.id ?? value
        case .forAddress: self.field.forAddress = self.field.forAddress ?? value
        case nil: break
        }
        self.awaited = nil
    }

    private mutating func takeComment(_ octets: Span<UInt8>, _ range: Range<Int>) {
        guard self.current == .from else { return }
        if self.field.fromComment == nil { self.field.fromComment = StructuredScanner.commentText(octets, in: range) }
        var index = range.lowerBound
        while self.field.fromAddress == nil, let open = LineScan.next(0x5B, in: octets, from: index, to: range.upperBound) {
            if let close = LineScan.next(0x5D, in: octets, from: open, to: min(range.upperBound, open + 64)) {
                self.field.fromAddress = Self.address(octets, open..<close + 1)
            }
            index = open + 1
        }
        // Without brackets: a word of the comment that is an address.
        var words = StructuredScanner(octets, in: range)
        while self.field.fromAddress == nil, !words.isAtEnd {
            if let word = words.run(of: Self.addressOctet, octets) {
                self.field.fromAddress = Self.address(octets, word)
            } else {
                words.skip()
            }
        }
    }

    /// An address with or without brackets and tag.
    private static func address(_ octets: Span<UInt8>, _ range: Range<Int>) -> AddressLiteral? {
        var range = range
        if range.count > 2, octets[range.lowerBound] == 0x5B, octets[range.upperBound - 1] == 0x5D { range = range.lowerBound + 1..<range.upperBound - 1 }
        guard range.count <= 64 else { return nil }
        // Some software adds the port to an IPv4 address.
        if let colon = LineScan.next(0x3A, in: octets, from: range.lowerBound, to: range.upperBound),
            let value = AddressLiteral.ipv4(octets, in: range.lowerBound..<colon) {
            return .ipv4(value)
        }
        if let literal = AddressLiteral(octets, in: range) { return literal }
        return AddressLiteral.ipv6(octets, in: range).map { .ipv6($0.0, $0.1) }
    }
}
