// Parameters of Content-Type, Content-Disposition and their like: RFC 2045 §5.1 as it is written, RFC 2231 undone, floods bounded.

/// A parameter as one reads it: continuations joined, percent signs undone.
package struct Parameter: Hashable, Sendable {
    /// The name in lower case, without the stars of RFC 2231.
    package let name: OctetString
    /// The value's octets, in `charset` where there is one.
    package let value: OctetString
    /// The charset that an RFC 2231 value names.
    package let charset: OctetString?
    /// The language that an RFC 2231 value names (RFC 2231 §4).
    package let language: OctetString?

    /// The value for people. A value without charset may hold encoded words, which RFC 2047 §5 forbids and many senders write.
    package var text: String {
        if let charset { return Charset.decode(self.value.octets.span, charset: charset) }
        return EncodedWord.decode(self.value)
    }
}

/// A parameter, or a segment of one, as the header spells it.
package struct WrittenParameter: Hashable, Sendable {
    /// The name in lower case, with the stars and numbers of RFC 2231.
    package let name: OctetString
    /// The value without quotes and backslashes.
    package let value: OctetString
}

/// The parameters of one field, in order of first appearance. Of two with the same name the first counts.
package struct ParameterList: Hashable, Sendable {
    /// The parameters as one reads them.
    package private(set) var parameters: [Parameter]
    /// The parameters as they are spelt.
    package private(set) var written: [WrittenParameter]
    /// Whether a bound was met and the rest of the field left unread (`MailLimits.parameters`, `.parameterSegments`).
    package private(set) var isTruncated: Bool
    /// Whether a parameter came twice, so that two readers may take different values.
    package private(set) var hasDuplicates: Bool

    /// No parameters.
    package init() {
        self.parameters = []
        self.written = []
        self.isTruncated = false
        self.hasDuplicates = false
    }

    /// Reads what follows the first value of a field: `; name=value` over and over. Never fails; time is linear.
    ///
    /// Tolerated: missing or doubled semicolons, blanks about `=`, values with characters that would need quotes, quotes that never close.
    package static func parse(_ octets: Span<UInt8>, in range: Range<Int>, limits: MailLimits = .standard) -> ParameterList {
        var reader = ParameterReader(octets, range, limits)
        var list = ParameterList()
        list.written = reader.read(octets)
        list.isTruncated = reader.isTruncated
        list.join(limits: limits)
        return list
    }

    /// The parameter of this name, given in lower case.
    package subscript(name: OctetString) -> Parameter? {
        for parameter in self.parameters where parameter.name == name { return parameter }
        return nil
    }

    /// The octets of a parameter's value; `name` in lower case.
    package func value(_ name: StaticString) -> OctetString? {
        for parameter in self.parameters where parameter.name.equalsIgnoringASCIICase(name) { return parameter.value }
        return nil
    }

    /// A parameter's value for people; `name` in lower case.
    package func text(_ name: StaticString) -> String? {
        for parameter in self.parameters where parameter.name.equalsIgnoringASCIICase(name) { return parameter.text }
        return nil
    }

    /// Puts segments together (RFC 2231 §3). A value by RFC 2231 counts before a plain one of the same name; gaps in the numbers are closed.
    private mutating func join(limits: MailLimits) {
        var gathered: [GatheredParameter] = []
        for parameter in self.written {
            let segment = ParameterSegment(parameter)
            if segment.name.isEmpty { continue }
            if let place = gathered.firstIndex(where: { $0.name == segment.name }) {
                if !gathered[place].add(segment) { self.hasDuplicates = true }
            } else if gathered.count < limits.parameters {
                gathered.append(GatheredParameter(segment))
            } else {
                self.isTruncated = true
            }
        }
        self.parameters = gathered.map { $0.joined() }
    }
}

/// A written parameter with its name taken apart: `name`, `name*`, `name*0`, `name*0*` (RFC 2231 §7).
private struct ParameterSegment {
    let name: OctetString
    let number: Int?
    let isExtended: Bool
    let value: OctetString

    init(_ written: WrittenParameter) {
        self.value = written.value
        let octets = written.name.octets
        guard let star = octets.firstIndex(of: 0x2A) else {
            (self.name, self.number, self.isExtended) = (written.name, nil, false)
            return
        }
        var rest = octets[(star + 1)...]
        let isExtended = rest.isEmpty || rest.last == 0x2A
        if rest.last == 0x2A { rest.removeLast() }
        // RFC 2231 §7 section: a number without leading zeros; more than four digits are not a number of ours.
        if rest.isEmpty {
            (self.name, self.number, self.isExtended) = (OctetString(octets[..<star]), nil, true)
        } else if rest.count <= 4, rest.allSatisfy(ASCII.isDigit) {
            (self.name, self.isExtended) = (OctetString(octets[..<star]), isExtended)
            self.number = rest.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        } else {
            (self.name, self.number, self.isExtended) = (written.name, nil, false)
        }
    }
}

/// The segments of one parameter.
private struct GatheredParameter {
    let name: OctetString
    private var plain: OctetString?
    private var extended: OctetString?
    private var segments: [ParameterSegment] = []

    init(_ segment: ParameterSegment) {
        self.name = segment.name
        _ = self.add(segment)
    }

    /// False when the parameter or segment was there already.
    mutating func add(_ segment: ParameterSegment) -> Bool {
        if let number = segment.number {
            guard !self.segments.contains(where: { $0.number == number }) else { return false }
            self.segments.append(segment)
        } else if segment.isExtended {
            guard self.extended == nil else { return false }
            self.extended = segment.value
        } else {
            guard self.plain == nil else { return false }
            self.plain = segment.value
        }
        return true
    }

    func joined() -> Parameter {
        if let extended {
            let (charset, language, start) = Self.prefix(extended)
            return Parameter(name: self.name, value: OctetString(Self.percentDecoded(extended.octets[start...])), charset: charset, language: language)
        }
        guard !self.segments.isEmpty else { return Parameter(name: self.name, value: self.plain ?? "", charset: nil, language: nil) }
        var value: [UInt8] = []
        var charset: OctetString?
        var language: OctetString?
        for (place, segment) in self.segments.sorted(by: { ($0.number ?? 0) < ($1.number ?? 0) }).enumerated() {
            guard segment.isExtended else {
                value.append(contentsOf: segment.value.octets)
                continue
            }
            var start = 0
            if place == 0 { (charset, language, start) = Self.prefix(segment.value) }
            value.append(contentsOf: Self.percentDecoded(segment.value.octets[start...]))
        }
        return Parameter(name: self.name, value: OctetString(value), charset: charset, language: language)
    }

    /// RFC 2231 §4: `charset'language'`; nothing where the two quotes are missing.
    private static func prefix(_ value: OctetString) -> (charset: OctetString?, language: OctetString?, start: Int) {
        guard let first = value.octets.firstIndex(of: 0x27), let second = value.octets[(first + 1)...].firstIndex(of: 0x27) else { return (nil, nil, 0) }
        let charset = OctetString(value.octets[..<first])
        let language = OctetString(value.octets[(first + 1)..<second])
        return (charset.isEmpty ? nil : charset, language.isEmpty ? nil : language, second + 1)
    }

    private static func percentDecoded(_ octets: ArraySlice<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(octets.count)
        var index = octets.startIndex
        while index < octets.endIndex {
            if octets[index] == 0x25, octets.endIndex - index > 2, let high = ASCII.hexValue(octets[index + 1]), let low = ASCII.hexValue(octets[index + 2]) {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(octets[index])
                index += 1
            }
        }
        return decoded
    }
}

/// The walk over the written parameters.
private struct ParameterReader {
    var isTruncated = false
    private var scanner: StructuredScanner
    private let limit: Int
    /// Octets that end a name.
    private static let nameEnd = ByteSet(0x2800_0001_0000_2600, 0)

    init(_ octets: Span<UInt8>, _ range: Range<Int>, _ limits: MailLimits) {
        self.scanner = StructuredScanner(octets, in: range, commentDepth: limits.commentDepth)
        self.limit = limits.parameterSegments
    }

    mutating func read(_ octets: Span<UInt8>) -> [WrittenParameter] {
        var written: [WrittenParameter] = []
        while true {
            self.skipSeparators(octets)
            guard !self.scanner.isAtEnd else { return written }
            guard written.count < self.limit else {
                self.isTruncated = true
                return written
            }
            if let parameter = self.parameter(octets) { written.append(parameter) }
        }
    }

    private mutating func skipSeparators(_ octets: Span<UInt8>) {
        repeat { self.scanner.skipCFWS(octets) } while self.scanner.take(0x3B, octets)
    }

    /// One `name=value`; nil for anything else, of which at least one octet is passed over.
    private mutating func parameter(_ octets: Span<UInt8>) -> WrittenParameter? {
        let start = self.scanner.offset
        while let octet = self.scanner.peek(octets), !Self.nameEnd.contains(octet) { self.scanner.skip() }
        let name = start..<self.scanner.offset
        self.scanner.skipCFWS(octets)
        guard self.scanner.take(0x3D, octets) else {
            if name.isEmpty, self.scanner.offset == start { self.scanner.skip() }
            return nil
        }
        self.scanner.skipCFWS(octets)
        let value: OctetString
        let isQuoted = self.scanner.peek(octets) == 0x22
        if isQuoted {
            value = OctetString(self.scanner.quotedString(octets) ?? [])
            self.skipAfterQuoted(octets)
        } else {
            value = self.bareValue(octets)
        }
        guard !name.isEmpty, isQuoted || !value.isEmpty else { return nil }
        return WrittenParameter(name: OctetString(copying: octets, in: name).asciiLowercased, value: value)
    }

    /// What stands between a closed quote and the next semicolon is nothing we know, unless it looks like a parameter without its semicolon.
    private mutating func skipAfterQuoted(_ octets: Span<UInt8>) {
        self.scanner.skipCFWS(octets)
        while let octet = self.scanner.peek(octets), octet != 0x3B {
            let wordStart = self.scanner.offset
            if self.beginsParameter(octets, at: wordStart) { return }
            while let next = self.scanner.peek(octets), next != 0x3B, !ByteSet.foldingWhite.contains(next) { self.scanner.skip() }
            self.scanner.skipWhite(octets)
            if self.scanner.offset == wordStart { self.scanner.skip() }
        }
    }

    /// A value without quotes: to the semicolon, over blanks when what follows them is neither a comment nor another parameter.
    private mutating func bareValue(_ octets: Span<UInt8>) -> OctetString {
        var value: [UInt8] = []
        while let octet = self.scanner.peek(octets), octet != 0x3B {
            if octet == 0x3D, let word = EncodedWord.match(octets, at: self.scanner.offset, end: self.scanner.end, allowsBlanks: false) {
                value.append(contentsOf: OctetString(copying: octets, in: self.scanner.offset..<word.end).octets)
                self.scanner.move(to: word.end)
                continue
            }
            guard ByteSet.foldingWhite.contains(octet) else {
                value.append(octet)
                self.scanner.skip()
                continue
            }
            let gap = self.scanner.offset
            self.scanner.skipWhite(octets)
            guard let next = self.scanner.peek(octets), next != 0x3B, next != 0x28 else { break }
            if self.beginsParameter(octets, at: self.scanner.offset) { break }
            for index in gap..<self.scanner.offset where octets[index] != 0x0D && octets[index] != 0x0A { value.append(octets[index]) }
        }
        self.scanner.skipCFWS(octets)
        return OctetString(value)
    }

    /// Whether a word and `=` stand at `index` (and no encoded word, which also has that sign).
    private func beginsParameter(_ octets: Span<UInt8>, at index: Int) -> Bool {
        var index = index
        let start = index
        while index < self.scanner.end, ByteSet.token.contains(octets[index]) { index += 1 }
        guard index > start else { return false }
        while index < self.scanner.end, ByteSet.blank.contains(octets[index]) { index += 1 }
        return index < self.scanner.end && octets[index] == 0x3D
    }
}
