// Reads a command's octets from left to right: single octets, keywords, runs of a class, lists. All other grammar files extend it.
package import MailFormat

/// A cursor over the octets of one command, literals included where they stand (RFC 9051 §9).
///
/// Reading past the end is `SyntaxError.Kind.incomplete`; no index is used unchecked.
package struct WireScanner {
    package let octets: [UInt8]
    /// The next octet to read.
    package private(set) var position: Int
    package let limits: IMAPLimits
    var parenthesisDepth = 0

    /// A scanner at the first octet.
    package init(_ octets: [UInt8], limits: IMAPLimits = IMAPLimits()) {
        self.octets = octets
        self.position = 0
        self.limits = limits
    }

    /// Octets not read yet.
    package var remaining: ArraySlice<UInt8> { self.octets[self.position...] }

    package var isAtEnd: Bool { self.position >= self.octets.count }

    @inline(__always)
    func nextOctet() -> UInt8? { self.position < self.octets.count ? self.octets[self.position] : nil }

    @inline(__always)
    func octet(ahead distance: Int) -> UInt8? {
        let (index, overflow) = self.position.addingReportingOverflow(distance)
        return !overflow && index >= 0 && index < self.octets.count ? self.octets[index] : nil
    }

    /// The next octet, which must be there.
    @inline(__always)
    func peek() throws(SyntaxError) -> UInt8 {
        guard self.position < self.octets.count else { throw self.incomplete() }
        return self.octets[self.position]
    }

    @inline(__always)
    mutating func skip() { self.position = min(self.position &+ 1, self.octets.count) }

    mutating func advance(by count: Int) { self.position = min(self.position + max(count, 0), self.octets.count) }

    mutating func rewind(to position: Int) { self.position = min(max(position, 0), self.octets.count) }

    @inline(never)
    func invalid() -> SyntaxError { SyntaxError(.invalid, at: self.position) }
    @inline(never)
    func incomplete() -> SyntaxError { SyntaxError(.incomplete, at: self.position) }
    @inline(never)
    func overLimit() -> SyntaxError { SyntaxError(.limit, at: self.position) }

    /// Reads exactly this octet.
    mutating func expect(_ octet: UInt8) throws(SyntaxError) {
        guard try self.peek() == octet else { throw self.invalid() }
        self.skip()
    }

    /// Reads one space.
    package mutating func space() throws(SyntaxError) { try self.expect(0x20) }

    /// Reads this octet if it is next.
    package mutating func take(_ octet: UInt8) -> Bool {
        guard self.nextOctet() == octet else { return false }
        self.skip()
        return true
    }

    /// Reads a word of the grammar in any case (RFC 9051 §9: strings of the grammar are case-insensitive). It need not end a token.
    mutating func word(_ word: StaticString) throws(SyntaxError) {
        switch self.match(word) {
        case .full: self.advance(by: word.utf8CodeUnitCount)
        case .cut: throw SyntaxError(.incomplete, at: self.octets.count)
        case .none: throw self.invalid()
        }
    }

    /// Reads the word if it is next, in any case.
    mutating func takeWord(_ word: StaticString) -> Bool {
        guard case .full = self.match(word) else { return false }
        self.advance(by: word.utf8CodeUnitCount)
        return true
    }

    private enum Match { case full, cut, none }

    private func match(_ word: StaticString) -> Match {
        word.withUTF8Buffer { buffer in
            for (distance, expected) in buffer.enumerated() {
                guard let octet = self.octet(ahead: distance) else { return .cut }
                guard ASCII.uppercased(octet) == ASCII.uppercased(expected) else { return .none }
            }
            return .full
        }
    }

    /// Reads one or more octets of a class. The run must be ended by an octet that is there.
    mutating func run(of set: ByteSet) throws(SyntaxError) -> Range<Int> {
        let start = self.position
        while let octet = self.nextOctet(), set.contains(octet) { self.skip() }
        guard !self.isAtEnd else { throw self.incomplete() }
        guard self.position > start else { throw self.invalid() }
        return start..<self.position
    }

    func copy(_ range: Range<Int>) -> OctetString { OctetString(self.octets[range.clamped(to: 0..<self.octets.count)]) }

    /// The token at this place in capitals, without reading it: how the grammar decides between alternatives.
    func upcomingToken(_ set: ByteSet = .atomOctet) throws(SyntaxError) -> [UInt8] {
        var token: [UInt8] = []
        var distance = 0
        while let octet = self.octet(ahead: distance), set.contains(octet) {
            token.append(ASCII.uppercased(octet))
            distance += 1
            guard distance <= self.limits.commandOctets else { throw self.overLimit() }
        }
        guard self.octet(ahead: distance) != nil else { throw self.incomplete() }
        return token
    }

    /// Reads `(` … `)` around `body`, one level deeper.
    mutating func parenthesized<Value>(_ body: (inout WireScanner) throws(SyntaxError) -> Value) throws(SyntaxError) -> Value {
        try self.expect(UInt8(ascii: "("))
        guard self.parenthesisDepth < self.limits.parenthesisDepth else { throw self.overLimit() }
        self.parenthesisDepth += 1
        let value = try body(&self)
        self.parenthesisDepth -= 1
        try self.expect(UInt8(ascii: ")"))
        return value
    }

    /// Reads `element *(SP element)`.
    mutating func spaced<Element>(_ element: (inout WireScanner) throws(SyntaxError) -> Element) throws(SyntaxError) -> [Element] {
        var elements = [try element(&self)]
        while self.take(0x20) { elements.append(try element(&self)) }
        return elements
    }

    /// Reads `"(" [element *(SP element)] ")"`, with or without elements.
    mutating func list<Element>(allowsEmpty: Bool = true, _ element: (inout WireScanner) throws(SyntaxError) -> Element) throws(SyntaxError) -> [Element] {
        try self.parenthesized { scanner throws(SyntaxError) in
            if allowsEmpty, try scanner.peek() == UInt8(ascii: ")") { return [] }
            return try scanner.spaced(element)
        }
    }

    /// Reads the end of the command: CRLF, or a bare LF as some hand-written programs send it.
    package mutating func commandEnd() throws(SyntaxError) {
        let octet = try self.peek()
        if octet == 0x0D {
            guard let next = self.octet(ahead: 1) else { throw self.incomplete() }
            guard next == 0x0A else { throw self.invalid() }
            self.advance(by: 2)
        } else {
            try self.expect(0x0A)
        }
    }
}

extension ByteSet {
    /// RFC 9051 §9 ATOM-CHAR: printable ASCII without `( ) { % * " \ ]` and space.
    package static var atomOctet: ByteSet { ByteSet(0xFFFF_F8DA_0000_0000, 0x77FF_FFFF_CFFF_FFFF) }

    /// RFC 9051 §9 ASTRING-CHAR: ATOM-CHAR and `]`.
    package static var astringOctet: ByteSet { ByteSet(0xFFFF_F8DA_0000_0000, 0x77FF_FFFF_EFFF_FFFF) }

    /// RFC 9051 §9 tag: ASTRING-CHAR without `+`.
    package static var tagOctet: ByteSet { ByteSet(0xFFFF_F0DA_0000_0000, 0x77FF_FFFF_EFFF_FFFF) }

    /// RFC 9051 §9 list-char: ASTRING-CHAR and the wildcards.
    package static var listOctet: ByteSet { ByteSet(0xFFFF_FCFA_0000_0000, 0x77FF_FFFF_EFFF_FFFF) }

    /// Digits.
    package static var digit: ByteSet { ByteSet(0x03FF_0000_0000_0000, 0) }

    /// RFC 4466 §2.1 tagged-ext-label: letters, digits and `-_.:` (the first octet without digits and colon).
    package static var labelOctet: ByteSet { ByteSet(0x07FF_6000_0000_0000, 0x07FF_FFFE_87FF_FFFE) }
}
