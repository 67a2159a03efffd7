// DATA and BDAT: the one end of data, bare line ends, NUL, size; the smuggling sequences; every cut the same.
import Foundation
import MailFormat
import PostmasterTesting
import SMTPProtocol
import Testing

@Suite struct DecoderTests {
    struct Outcome: Equatable {
        var message: [UInt8] = []
        var facts = MessageFacts()
        var consumed = 0
        var ended = false
    }

    /// Decodes pieces; what stands behind the end is not consumed.
    static func data(_ pieces: [[UInt8]], limit: Int64 = 1 << 20) -> Outcome {
        var decoder = DataDecoder(limit: limit)
        var outcome = Outcome()
        for piece in pieces where !outcome.ended {
            let (consumed, ended) = decoder.decode(piece.span, into: &outcome.message)
            outcome.consumed += consumed
            outcome.ended = ended
            #expect(ended || consumed == piece.count)
        }
        outcome.facts = decoder.facts
        return outcome
    }

    static func chunks(_ pieces: [[UInt8]], limit: Int64 = 1 << 20) -> Outcome {
        var decoder = ChunkDecoder(limit: limit)
        var outcome = Outcome(ended: true)
        for piece in pieces {
            decoder.decode(piece.span, into: &outcome.message)
            outcome.consumed += piece.count
        }
        decoder.finish(into: &outcome.message)
        outcome.facts = decoder.facts
        return outcome
    }

    /// The rule written down octet by octet, to compare with.
    static func reference(_ octets: [UInt8]) -> Outcome {
        var outcome = Outcome()
        var atLineStart = true
        var index = 0
        var line = 0
        func peek(_ offset: Int) -> UInt8? { index + offset < octets.count ? octets[index + offset] : nil }
        while index < octets.count {
            if atLineStart, octets[index] == 0x2e {
                if peek(1) == 0x0d, peek(2) == 0x0a {
                    outcome.consumed = index + 3
                    outcome.ended = true
                    break
                }
                index += 1
                atLineStart = false
                continue
            }
            atLineStart = false
            switch octets[index] {
            case 0x0d, 0x0a:
                let isTrue = octets[index] == 0x0d && peek(1) == 0x0a
                outcome.message += [0x0d, 0x0a]
                outcome.facts.bareLineEnds += isTrue ? 0 : 1
                index += isTrue ? 2 : 1
                atLineStart = isTrue
                line = 0
            default:
                outcome.message.append(octets[index])
                if octets[index] == 0 { outcome.facts.hasNUL = true }
                index += 1
                line += 1
                outcome.facts.longestLine = max(outcome.facts.longestLine, line)
            }
        }
        if !outcome.ended { outcome.consumed = octets.count }
        outcome.facts.octets = Int64(outcome.message.count)
        return outcome
    }

    static let end: [UInt8] = Array("\r\n.\r\n".utf8)

    static let texts: [[UInt8]] = [
        "", ".\r\n", "a\r\n.\r\n", "..\r\n.\r\n", "...a\r\n.b\r\n.\r\nQUIT\r\n", "a\nb\rc\r\rd\r\r\n\n\r\n.\r\n", ".\r\r\n.\r\n", ".\ra\r\n.\r\n",
        "\r\n\r\n.\r\n", "\n.\r\n\r\n.\r\n", ".\n.\r\n.\r\n", "a\u{0}b\r\n.\r\n", "long line without end", "x\r\n..\r\n...\r\n.\r\n.\r\n",
    ].map { Array($0.utf8) }

    @Test("the decoder follows the rule, whole and cut at every place", arguments: texts)
    func rule(_ octets: [UInt8]) {
        // A CR that may still become a line end is not decided yet.
        let input = octets + Array("z\r\n.\r\ntail".utf8)
        let expected = Self.reference(input)
        #expect(Self.data([input]) == expected)
        #expect(Self.data(input.map { [$0] }) == expected)
        for place in 0...input.count { #expect(Self.data([Array(input[..<place]), Array(input[place...])]) == expected, "cut at \(place)") }
    }

    @Test("random octets from a small alphabet follow the rule")
    func random() {
        var generator = SystemRandomNumberGenerator()
        let alphabet: [UInt8] = [0x0d, 0x0a, 0x2e, 0x61, 0x0d, 0x0a, 0]
        for _ in 0..<20_000 {
            let octets = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            let input = octets + Array("z\r\n.\r\n".utf8)
            let expected = Self.reference(input)
            let place = Int.random(in: 0...input.count, using: &generator)
            let found = Self.data([Array(input[..<place]), Array(input[place...])])
            #expect(found == expected, "\(SMTPTranscriptPeer.written(input)) cut at \(place)")
            guard found == expected else { return }
        }
    }

    @Test("chunks keep dots, and follow the same rule for line ends, whole and cut at every place", arguments: texts)
    func chunkRule(_ octets: [UInt8]) {
        let whole = Self.chunks([octets])
        #expect(Self.chunks(octets.map { [$0] }) == whole)
        for place in 0...octets.count { #expect(Self.chunks([Array(octets[..<place]), Array(octets[place...])]) == whole, "cut at \(place)") }
        // With every line's dot doubled, DATA gives the same.
        var stuffed: [UInt8] = []
        var atLineStart = true
        for (index, octet) in octets.enumerated() {
            if atLineStart, octet == 0x2e { stuffed.append(0x2e) }
            stuffed.append(octet)
            atLineStart = octet == 0x0a && index > 0 && octets[index - 1] == 0x0d
        }
        let isEnded = octets.isEmpty || octets.suffix(2) == [0x0d, 0x0a]
        guard isEnded else { return }
        let data = Self.data([stuffed + Array(".\r\n".utf8)])
        #expect(data.message == whole.message && data.facts == whole.facts)
    }

    @Test("octets beyond the limit are counted and dropped, and the end is still found")
    func limit() {
        let mail = Array(repeating: UInt8(0x61), count: 5000) + Self.end
        let exact = Self.data([mail], limit: 5002)
        #expect(!exact.facts.isTooLarge && exact.message.count == 5002)
        for pieces in [[mail], mail.map { [$0] }] {
            let over = Self.data(pieces, limit: 5001)
            #expect(over.facts.isTooLarge && over.ended && over.message.isEmpty && over.facts.octets == 5002)
        }
        #expect(Self.chunks([Array(mail.prefix(5001))], limit: 5000).facts.isTooLarge)
    }

    @Test("blocks of nothing but CR, or LF, or dots cost linear time", arguments: ["\r", "\n", "\r\n.", "\r.\n"])
    func floods(_ unit: String) {
        let block = Array(String(repeating: unit, count: 1_000_000 / unit.utf8.count).utf8)
        let clock = ContinuousClock()
        let took = clock.measure { _ = Self.data([block]) }
        #expect(took < .seconds(5))
    }

    // MARK: Smuggling (SM-25, SE-01, FC01)

    static let smuggled = Array("MAIL FROM:<admin@victim.test>\r\nRCPT TO:<u@victim.test>\r\nDATA\r\nSubject: smuggled\r\n\r\ntwo".utf8)

    struct Sequence: Sendable, CustomTestStringConvertible {
        let name: String
        let octets: [UInt8]
        var testDescription: String { name }
    }

    /// The sequences of the suite, or none where the suite is not there.
    static var suite: [Sequence] {
        struct File: Decodable {
            struct Entry: Decodable {
                let name: String
                let hex: String
            }
            let sequences: [Entry]
        }
        guard let url = try? SuiteFolder.suite("smtp-smuggling/sequences.json"), let data = try? Data(contentsOf: url),
            let file = try? JSONDecoder().decode(File.self, from: data)
        else { return [] }
        return file.sequences.map { entry in
            let digits = Array(entry.hex.utf8)
            let octets = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
            }
            return Sequence(name: entry.name, octets: octets)
        }
    }

    /// 40 look-alikes: every line end but the true one before a dot, every one behind it, except the one pair that is true.
    static var matrix: [Sequence] {
        let before: [(String, String)] = [
            ("CRLF", "\r\n"), ("LF", "\n"), ("CR", "\r"), ("LFLF", "\n\n"), ("CRCR", "\r\r"), ("LFCR", "\n\r"), ("CRLFNUL", "\r\n\u{0}"),
        ]
        let after: [(String, String)] = [
            ("CRLF", "\r\n"), ("LF", "\n"), ("CR", "\r"), ("CRCRLF", "\r\r\n"), ("NULCRLF", "\u{0}\r\n"), ("LFCR", "\n\r"),
        ]
        let pairs = before.flatMap { one in after.map { two in (one, two) } }.filter { !($0.0.0 == "CRLF" && $0.1.0 == "CRLF") }
        return pairs.prefix(40).map { Sequence(name: "\($0.0.0) . \($0.1.0)", octets: Array("\($0.0.1).\($0.1.1)".utf8)) }
    }

    @Test("the suite has its 21 sequences", .enabled(if: SuiteFolder.isExpected))
    func suiteIsThere() { #expect(Self.suite.count == 21) }

    @Test("the matrix has its 40 cases")
    func matrixIsWhole() { #expect(Self.matrix.count == 40) }

    @Test("a look-alike of the end mark never makes two messages, and nothing behind it is run", arguments: suite + matrix)
    func smuggling(_ sequence: Sequence) {
        let content = Array("Subject: one\r\n\r\none".utf8) + sequence.octets + Self.smuggled + Self.end
        for bare in ServerConfiguration.BareLineEnds.allCases {
            for cut in [SMTPDialogue.Cut.whole, .octets(1), .octets(3)] {
                var configuration = TranscriptTests.configuration
                configuration.bareLineEnds = bare
                var policy = TablePolicy()
                policy.localDomains = ["victim.test", "example.net"].compactMap { Domain($0) }.reduce(into: []) { $0.insert($1) }
                let dialogue = SMTPDialogue(configuration, policy)
                dialogue.receive(Array("EHLO a.test\r\n".utf8))
                dialogue.receive(Array("MAIL FROM:<a@a.test>\r\nRCPT TO:<u@victim.test>\r\nDATA\r\n".utf8))
                let size = if case .octets(let size) = cut { size } else { content.count }
                for start in stride(from: 0, to: content.count, by: size) { dialogue.receive(content[start..<min(start + size, content.count)]) }
                let replies = String(decoding: dialogue.output, as: UTF8.self).split(separator: "\r\n").drop { !$0.hasPrefix("354") }
                #expect(replies.count == 2, "\(replies)")
                #expect(dialogue.messages.count <= 1)
                #expect(dialogue.messages.allSatisfy { $0.envelope.reversePath.wire.text == "a@a.test" })
                for message in dialogue.messages {
                    for (index, octet) in message.octets.enumerated() {
                        if octet == 0x0a { #expect(index > 0 && message.octets[index - 1] == 0x0d) }
                        if octet == 0x0d { #expect(index + 1 < message.octets.count && message.octets[index + 1] == 0x0a) }
                    }
                }
            }
        }
    }

    @Test("the same octets in one BDAT chunk stay one message", arguments: suite + matrix)
    func smugglingInChunks(_ sequence: Sequence) {
        let content = Array("Subject: one\r\n\r\none".utf8) + sequence.octets + Self.smuggled
        var policy = TablePolicy()
        policy.localDomains = Domain("victim.test").map { [$0] } ?? []
        let dialogue = SMTPDialogue(TranscriptTests.configuration, policy)
        dialogue.receive(Array("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<u@victim.test>\r\nBDAT \(content.count) LAST\r\n".utf8) + content)
        #expect(dialogue.messages.count <= 1)
        #expect(dialogue.messages.allSatisfy { $0.envelope.reversePath.wire.text == "a@a.test" })
        #expect(!dialogue.isClosed)
    }
}
