// Runs the 1,517 rows of the swift-nio-imap grammar tests: client-side rules through our parser, responses through our encoder, the rest counted by reason.
import Foundation
import IMAPProtocol
import MailFormat
import PostmasterTesting
import Testing

@Suite("Rows of the swift-nio-imap grammar tests", .enabled(if: SuiteFolder.isExpected))
struct SwiftNIOGrammarTests {
    struct Row: Codable {
        let rule: String
        let input: String
        let then: String
        let expect: String
    }

    private static func rows() throws -> [Row] {
        let file = try SuiteFolder.suite("imap/swift-nio-imap-grammar.json")
        return try JSONDecoder().decode([Row].self, from: Data(contentsOf: file))
    }

    /// The rows leave out the line end that upstream's fixtures add by default to what is complete.
    private static func octets(of row: Row) -> (whole: [UInt8], rest: [UInt8]) {
        let then = row.then.isEmpty && row.expect != "incomplete" ? "\r\n" : row.then
        return (Array(row.input.utf8) + Array(then.utf8), Array(then.utf8))
    }

    private static func result(_ rule: GrammarRule, _ row: Row) -> String {
        let (whole, rest) = octets(of: row)
        var scanner = WireScanner(whole)
        do {
            try rule(&scanner)
            return Array(scanner.remaining) == rest ? "ok" : "fail"
        } catch let error as SyntaxError {
            return error.kind == .incomplete ? "incomplete" : "fail"
        } catch {
            return "\(error)"
        }
    }

    @Test("Every row is run or listed, and the numbers are these")
    func counts() throws {
        let rows = try Self.rows()
        var parsed = 0
        var different: Set<GrammarDifference> = []
        var encoded = 0
        var listed: [String: Int] = [:]
        let known = Set(grammarDifferences)
        for row in rows {
            if let rule = grammarRules[row.rule] {
                let result = Self.result(rule, row)
                if result == row.expect {
                    parsed += 1
                } else if let difference = known.first(where: { $0.rule == row.rule && $0.input == row.input && $0.expect == row.expect }) {
                    different.insert(difference)
                } else {
                    Issue.record("\(row.rule) \(row.input.debugDescription) then \(row.then.debugDescription): expected \(row.expect), got \(result)")
                }
            } else if row.expect == "ok", let encodedRow = encodedRows.first(where: { $0.rule == row.rule && $0.input == row.input }) {
                var buffer = ResponseBuffer()
                encodedRow.write(&buffer)
                #expect(String(decoding: buffer.octets, as: UTF8.self) == row.input)
                encoded += 1
            } else if let reason = listedRules[row.rule] {
                listed[reason, default: 0] += 1
            } else {
                Issue.record("no rule and no reason for \(row.rule)")
            }
        }
        let listedCount = listed.values.reduce(0, +)
        print("swift-nio-imap grammar: \(rows.count) rows, \(parsed) parsed as expected, \(encoded) encoded as expected, \(different.count) decided otherwise, \(listedCount) listed")
        for (reason, count) in listed.sorted(by: { $0.key < $1.key }) { print("  listed \(count): \(reason)") }
        #expect(rows.count == 1_517)
        #expect(different == known)
        #expect(parsed + encoded + different.count + listedCount == rows.count)
        #expect(parsed == 990)
        #expect(encoded == 106)
        #expect(listedCount == 416)
    }

    @Test("Every encoder row stands in the suite")
    func encodedRowsExist() throws {
        let rows = Set(try Self.rows().map { "\($0.rule) \($0.input)" })
        for row in encodedRows { #expect(rows.contains("\(row.rule) \(row.input)"), "\(row.rule) \(row.input)") }
    }

    @Test("No client-side row makes the parser trap or loop, cut at every index and followed by anything")
    func cuts() throws {
        for row in try Self.rows() {
            guard let rule = grammarRules[row.rule] else { continue }
            let octets = Array(row.input.utf8)
            for cut in 0...octets.count {
                for tail in [[], [0x0D, 0x0A], [0x00], [0xFF], [0x28], [0x7B, 0x39, 0x39, 0x39, 0x7D, 0x0D, 0x0A]] as [[UInt8]] {
                    var scanner = WireScanner(Array(octets[..<cut]) + tail)
                    try? rule(&scanner)
                    #expect(scanner.position <= cut + tail.count)
                }
            }
        }
    }
}
