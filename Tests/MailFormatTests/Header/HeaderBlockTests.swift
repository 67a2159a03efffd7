// Headers, good and broken: fields, where the body begins, and what was noted.
import Testing

@testable import MailFormat

@Suite struct HeaderBlockTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let text: String
        let fields: [String]
        let body: String
        let defects: HeaderDefects
        var testDescription: String { self.text.debugDescription }
    }

    private static let rows: [Row] = [
        Row(text: "", fields: [], body: "", defects: .unfinished),
        Row(text: "\r\n", fields: [], body: "", defects: []),
        Row(text: "\r\nbody", fields: [], body: "body", defects: []),
        Row(text: "\n\n", fields: [], body: "\n", defects: .bareLineFeed),
        Row(text: "A: b\r\n\r\nbody\r\n", fields: ["A| b"], body: "body\r\n", defects: []),
        Row(text: "A: b\n\nbody\n", fields: ["A| b"], body: "body\n", defects: .bareLineFeed),
        Row(text: "A:b", fields: ["A|b"], body: "", defects: .unfinished),
        Row(text: "A:\r\n", fields: ["A|"], body: "", defects: .unfinished),
        Row(text: "A: b\r\n c\r\n\td\r\nE: f\r\n\r\n", fields: ["A| b\r\n c\r\n\td", "E| f"], body: "", defects: []),
        Row(text: "A: b\r\n \r\n c\r\n\r\n", fields: ["A| b\r\n \r\n c"], body: "", defects: .blankContinuation),
        Row(text: "A : b\r\n\r\n", fields: ["A| b"], body: "", defects: .blankBeforeColon),
        Row(text: "A: b\r\nno field\r\nC: d\r\n\r\nx", fields: ["A| b"], body: "no field\r\nC: d\r\n\r\nx", defects: .missingBlankLine),
        Row(text: "A: b\r\n: c\r\n\r\n", fields: ["A| b"], body: ": c\r\n\r\n", defects: .missingBlankLine),
        Row(text: "A: b\r\ntwo words: c\r\n\r\n", fields: ["A| b"], body: "two words: c\r\n\r\n", defects: .missingBlankLine),
        Row(text: "no header at all", fields: [], body: "no header at all", defects: .missingBlankLine),
        Row(text: " folded\r\nA: b\r\n\r\nx", fields: ["A| b"], body: "x", defects: .foldedFirstLine),
        Row(text: "From x@y Mon Jul  1 10:52:37 2003\r\nA: b\r\n\r\nx", fields: ["A| b"], body: "x", defects: .mboxLine),
        Row(text: ">From x@y Mon Jul  1\nA: b\n\nx", fields: ["A| b"], body: "x", defects: [.mboxLine, .bareLineFeed]),
        Row(text: "A: b\r\nFrom x@y\r\n\r\n", fields: ["A| b"], body: "From x@y\r\n\r\n", defects: .missingBlankLine),
        Row(text: "From: x@y\r\n\r\n", fields: ["From| x@y"], body: "", defects: []),
        Row(text: "A: b\u{0}c\r\n\r\n", fields: ["A| b\u{0}c"], body: "", defects: .nul),
        Row(text: "A: b\rc\r\n\r\n", fields: ["A| b\rc"], body: "", defects: .bareCarriageReturn),
        Row(text: "A: b\r\r\n\r\n", fields: ["A| b\r"], body: "", defects: .bareCarriageReturn),
        Row(text: "A: ä\r\n\r\n", fields: ["A| ä"], body: "", defects: .eightBit),
        Row(text: "A: b\r\n\r\n\r\nC: d\r\n", fields: ["A| b"], body: "\r\nC: d\r\n", defects: []),
    ]

    private static func show(_ block: HeaderBlock, _ octets: [UInt8]) -> [String] {
        block.fields.map { "\(OctetString(octets[$0.nameRange]))|\(OctetString(octets[$0.bodyRange]))" }
    }

    @Test("fields, body and defects of each header", arguments: rows)
    func eachRow(_ row: Row) {
        let octets = Array(row.text.utf8)
        let block = HeaderBlock.parse(octets.span)
        #expect(Self.show(block, octets) == row.fields)
        #expect(OctetString(octets[block.bodyStart...]) == OctetString(row.body))
        #expect(block.defects == row.defects)
        #expect(block.range == 0..<block.bodyStart)
    }

    @Test("every part of every header is parsed; ranges lie inside and fields touch", arguments: rows)
    func truncated(_ row: Row) {
        let octets = Array(row.text.utf8)
        for end in 0...octets.count {
            for start in 0...end {
                let block = HeaderBlock.parse(octets.span, in: start..<end)
                #expect(block.range.lowerBound == start && block.bodyStart <= end && block.bodyStart >= start)
                var last = start
                for field in block.fields {
                    #expect(field.fieldRange.lowerBound >= last && field.fieldRange.upperBound <= block.bodyStart)
                    #expect(field.nameRange.lowerBound == field.fieldRange.lowerBound && !field.nameRange.isEmpty)
                    #expect(field.bodyRange.lowerBound > field.nameRange.upperBound && field.bodyRange.upperBound <= field.fieldRange.upperBound)
                    last = field.fieldRange.upperBound
                }
            }
        }
    }

    @Test("line ends of either kind give the same fields", arguments: rows)
    func lineEnds(_ row: Row) {
        guard !row.text.contains("\r\r") else { return }
        let crlf = Array(row.text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
        let lf = Array(row.text.replacing("\r\n", with: "\n").utf8)
        let names = { (octets: [UInt8]) in HeaderBlock.parse(octets.span).fields.map { OctetString(octets[$0.nameRange]) } }
        #expect(names(crlf) == names(lf))
    }

    @Test("fields are found by known name, by any name, and counted")
    func lookUp() {
        let octets = Array("received: a\r\nRECEIVED: b\r\nX-Odd: c\r\nsubject: d\r\n\r\n".utf8)
        let block = HeaderBlock.parse(octets.span)
        #expect(block.count(.received) == 2)
        #expect(block.all(.received).count == 2)
        #expect(block.first(.received)?.body(in: octets.span) == " a")
        #expect(block.first(.subject)?.body(in: octets.span) == " d")
        #expect(block.first(.from) == nil)
        #expect(block.first(named: "x-oDD", in: octets.span)?.body(in: octets.span) == " c")
        #expect(block.first(named: "x-od", in: octets.span) == nil)
    }

    @Test("SM-52: bounds on octets and fields are kept, and the body is found all the same")
    func bounds() {
        let octets = Array((0..<10).map { "F\($0): x\r\n" }.joined().utf8) + Array("\r\nbody".utf8)
        var limits = MailLimits.standard
        limits.headerFields = 10
        #expect(HeaderBlock.parse(octets.span, limits: limits).defects == [])
        limits.headerFields = 9
        var block = HeaderBlock.parse(octets.span, limits: limits)
        #expect(block.fields.count == 9 && block.defects == .tooManyFields && block.bodyStart == octets.count - 4)
        limits = .standard
        limits.headerOctets = 68
        #expect(HeaderBlock.parse(octets.span, limits: limits).defects == [])
        limits.headerOctets = 67
        #expect(HeaderBlock.parse(octets.span, limits: limits).defects == .tooLarge)
        limits.headerOctets = 39
        block = HeaderBlock.parse(octets.span, limits: limits)
        #expect(block.fields.count == 5 && block.defects == .tooLarge && block.bodyStart == octets.count - 4)
        // A field whose continuations cross the bound is cut there.
        let folded = Array("A: b\r\n c\r\n d\r\n\r\nbody".utf8)
        limits.headerOctets = 8
        block = HeaderBlock.parse(folded.span, limits: limits)
        #expect(block.fields.map(\.fieldRange) == [0..<10] && block.defects == .tooLarge && block.bodyStart == folded.count - 4)
        limits = .standard
        limits.fieldOctets = 7
        #expect(HeaderBlock.parse(octets.span, limits: limits).defects == [])
        limits.fieldOctets = 6
        #expect(HeaderBlock.parse(octets.span, limits: limits).defects == .fieldTooLarge)
    }
}

@Suite struct FieldNameTests {
    @Test("every known name is recognised in any case and nothing near it", arguments: FieldName.allCases)
    func match(_ name: FieldName) {
        let spelling = name.spelling.withUTF8Buffer { Array($0) }
        for octets in [spelling, spelling.map(ASCII.lowercased), spelling.map(ASCII.uppercased)] {
            #expect(FieldName.match(octets.span, in: 0..<octets.count) == name)
        }
        let longer = spelling + [0x78]
        #expect(FieldName.match(longer.span, in: 0..<longer.count) == nil)
        #expect(FieldName.match(spelling.span, in: 0..<spelling.count - 1) != name)
        var other = spelling
        other[other.count / 2] ^= 0x40
        #expect(FieldName.match(other.span, in: 0..<other.count) == nil)
    }
}
