// Splits the head of a message or MIME part into fields: total, without copies, in one pass.
//
// Lines end with CRLF or LF; a lone CR is an octet like others (and a defect). One rule decides where a header ends (RFC 5322 §2.1 leaves
// open what a line is that is neither field nor blank): the first blank line, which belongs to the header, or the first line that is
// neither a field (`name:`, blanks allowed before the colon) nor a continuation, which belongs to the body. Everything in this software
// that asks where a body begins asks here, so that no two parts of it can disagree.

/// The fields of one header and where the body begins.
package struct HeaderBlock: Hashable, Sendable {
    /// The fields, in order.
    package private(set) var fields: [HeaderField]
    /// The whole header, its closing blank line included.
    package private(set) var range: Range<Int>
    /// Where the body begins: the first octet after the blank line, or the line that ended the header without one.
    package private(set) var bodyStart: Int
    /// What was wrong.
    package private(set) var defects: HeaderDefects

    /// A header of no octets at `offset`, as of a MIME part that has none.
    package init(emptyAt offset: Int) {
        self.fields = []
        self.range = offset..<offset
        self.bodyStart = offset
        self.defects = []
    }

    /// Parses the header that begins at the start of `range`. Never fails; time is linear in the header and independent of the body.
    package static func parse(_ octets: Span<UInt8>, in range: Range<Int>, limits: MailLimits = .standard) -> HeaderBlock {
        let range = range.clamped(to: 0..<octets.count)
        var parser = HeaderScanner(start: range.lowerBound, end: range.upperBound, limits: limits)
        parser.run(octets)
        var block = HeaderBlock(emptyAt: range.lowerBound)
        block.fields = parser.fields
        block.range = range.lowerBound..<parser.bodyStart
        block.bodyStart = parser.bodyStart
        block.defects = parser.defects
        return block
    }

    /// Parses a whole message's header.
    package static func parse(_ octets: Span<UInt8>, limits: MailLimits = .standard) -> HeaderBlock {
        self.parse(octets, in: 0..<octets.count, limits: limits)
    }

    /// The first field of this name.
    package func first(_ name: FieldName) -> HeaderField? {
        for field in self.fields where field.name == name { return field }
        return nil
    }

    /// All fields of this name, in order.
    package func all(_ name: FieldName) -> [HeaderField] {
        self.fields.filter { $0.name == name }
    }

    /// How many fields have this name.
    package func count(_ name: FieldName) -> Int {
        var count = 0
        for field in self.fields where field.name == name { count += 1 }
        return count
    }

    /// The first field whose name is `named` in any case; `octets` are those the header was parsed from.
    package func first(named: Span<UInt8>, in octets: Span<UInt8>) -> HeaderField? {
        for field in self.fields where field.isNamed(named, in: octets) { return field }
        return nil
    }

    /// The first field whose name is `named` in any case; `octets` are those the header was parsed from.
    package func first(named: OctetString, in octets: Span<UInt8>) -> HeaderField? {
        self.first(named: named.octets.span, in: octets)
    }
}

/// The walk over the lines of a header.
private struct HeaderScanner {
    var fields: [HeaderField] = []
    var defects: HeaderDefects = []
    var bodyStart: Int

    private let start: Int
    private let end: Int
    private let limits: MailLimits
    private var open: (name: Range<Int>, bodyStart: Int, fieldStart: Int)?
    private var contentEnd: Int
    /// Lines that ended with CRLF.
    private var lineEnds = 0

    init(start: Int, end: Int, limits: MailLimits) {
        self.start = start
        self.end = end
        self.limits = limits
        self.bodyStart = start
        self.contentEnd = start
    }

    mutating func run(_ octets: Span<UInt8>) {
        self.scan(octets)
        self.note(octets)
    }

    private mutating func scan(_ octets: Span<UInt8>) {
        self.fields.reserveCapacity(16)
        var lineStart = self.start
        while lineStart < self.end {
            let lineFeed = LineScan.nextLineFeed(in: octets, from: lineStart, to: self.end)
            let lineEnd = lineFeed.map { $0 + 1 } ?? self.end
            let contentEnd = lineFeed.map { LineScan.contentEnd(in: octets, lineStart: lineStart, lineFeed: $0) } ?? self.end
            if contentEnd == lineStart {
                self.noteLineEnd(lineFeed, contentEnd)
                self.close(at: lineStart, octets)
                self.bodyStart = lineEnd
                return
            }
            switch self.take(octets, lineStart: lineStart, contentEnd: contentEnd) {
            case .ended:
                self.close(at: lineStart, octets)
                self.defects.insert(.missingBlankLine)
                self.bodyStart = lineStart
                return
            case .taken:
                self.noteLineEnd(lineFeed, contentEnd)
                self.contentEnd = contentEnd
                lineStart = lineEnd
            }
        }
        self.close(at: self.end, octets)
        self.defects.insert(.unfinished)
        self.bodyStart = self.end
    }

    private enum Line { case taken, ended }

    private mutating func noteLineEnd(_ lineFeed: Int?, _ contentEnd: Int) {
        guard let lineFeed else { return }
        if contentEnd == lineFeed { self.defects.insert(.bareLineFeed) } else { self.lineEnds += 1 }
    }

    private mutating func take(_ octets: Span<UInt8>, lineStart: Int, contentEnd: Int) -> Line {
        if ByteSet.blank.contains(octets[lineStart]) {
            if self.open == nil, self.fields.isEmpty, !self.defects.contains(.tooLarge) { self.defects.insert(.foldedFirstLine) }
            if self.isBlank(octets, lineStart..<contentEnd) { self.defects.insert(.blankContinuation) }
            if contentEnd - self.start > self.limits.headerOctets {
                // The field that is being read ends here for us: what is beyond the bound is opaque.
                self.defects.insert(.tooLarge)
                self.close(at: lineStart, octets)
            }
            return .taken
        }
        guard let name = self.name(octets, lineStart..<contentEnd) else {
            guard lineStart == self.start, self.isMboxLine(octets, lineStart..<contentEnd) else { return .ended }
            self.defects.insert(.mboxLine)
            return .taken
        }
        self.close(at: lineStart, octets)
        if contentEnd - self.start > self.limits.headerOctets {
            self.defects.insert(.tooLarge)
        } else if self.fields.count >= self.limits.headerFields {
            self.defects.insert(.tooManyFields)
        } else {
            self.open = (name.range, name.colon + 1, lineStart)
        }
        return .taken
    }

    /// RFC 5322 §2.2, §4.5: a name of printable ASCII, perhaps blanks (obsolete), a colon.
    private mutating func name(_ octets: Span<UInt8>, _ line: Range<Int>) -> (range: Range<Int>, colon: Int)? {
        var index = line.lowerBound
        while index < line.upperBound, octets[index] &- 0x21 < 0x5E, octets[index] != 0x3A { index += 1 }
        let nameEnd = index
        guard nameEnd > line.lowerBound else { return nil }
        while index < line.upperBound, ByteSet.blank.contains(octets[index]) { index += 1 }
        guard index < line.upperBound, octets[index] == 0x3A else { return nil }
        if index > nameEnd { self.defects.insert(.blankBeforeColon) }
        return (line.lowerBound..<nameEnd, index)
    }

    /// The separator line of an mbox file, which some software forgets to take away, with or without its quoting `>`.
    private func isMboxLine(_ octets: Span<UInt8>, _ line: Range<Int>) -> Bool {
        let start = octets[line.lowerBound] == 0x3E ? line.lowerBound + 1 : line.lowerBound
        return line.upperBound - start >= 5 && ASCII.equalsIgnoringCase(octets, in: start..<start + 5, "From ") && octets[start] == 0x46
    }

    private func isBlank(_ octets: Span<UInt8>, _ line: Range<Int>) -> Bool {
        for index in line where !ByteSet.blank.contains(octets[index]) { return false }
        return true
    }

    /// Looks for NUL, octets above 127 and CRs that end no line.
    private mutating func note(_ octets: Span<UInt8>) {
        let census = OctetCensus(octets, in: self.start..<self.bodyStart)
        if census.hasEightBit { self.defects.insert(.eightBit) }
        if census.hasNul { self.defects.insert(.nul) }
        if census.carriageReturns > self.lineEnds { self.defects.insert(.bareCarriageReturn) }
    }

    private mutating func close(at next: Int, _ octets: Span<UInt8>) {
        guard let open = self.open else { return }
        self.open = nil
        if next - open.fieldStart > self.limits.fieldOctets { self.defects.insert(.fieldTooLarge) }
        let body = open.bodyStart..<max(self.contentEnd, open.bodyStart)
        self.fields.append(
            HeaderField(nameRange: open.name, bodyRange: body, fieldRange: open.fieldStart..<next, name: FieldName.match(octets, in: open.name)))
    }
}
