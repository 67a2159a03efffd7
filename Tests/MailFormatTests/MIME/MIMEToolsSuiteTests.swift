// The messages of the mime-tools suite with that library's part trees: types, encodings, decoded sizes, file names, fields.
import Foundation
import MailFormat
import PostmasterTesting
import Testing

@Suite("mime-tools messages", .enabled(if: SuiteFolder.isExpected))
struct MIMEToolsSuiteTests {
    @Test("Part trees are those of the suite, or differ for a stated reason")
    func trees() throws {
        var passed = 0
        var different: Set<String> = []
        for file in try SuiteFolder.files(below: "mime/mime-tools") where file.pathExtension == "json" {
            let name = file.deletingPathExtension().lastPathComponent
            guard let expected = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: [String: Any]] else { continue }
            let message = expected["Parser"]?["Message"] as? String ?? ""
            let folder = try SuiteFolder.suite("mime/mime-tools")
            let octets = Array(try Data(contentsOf: folder.appendingPathComponent((message as NSString).lastPathComponent)))
            let problems = Self.problems(octets, expected)
            if problems.isEmpty { passed += 1 } else { different.insert(name) }
            if !problems.isEmpty, MIMESuiteDifferences.mimeTools[name] == nil { Issue.record("\(name): \(problems)") }
        }
        #expect(different == Set(MIMESuiteDifferences.mimeTools.keys))
        #expect(MIMESuiteDifferences.Count(passed: passed, listed: different.count) == MIMESuiteDifferences.mimeToolsCount)
        print("mime-tools messages: \(passed) passed, \(different.count) listed")
    }

    private static func problems(_ octets: [UInt8], _ expected: [String: [String: Any]]) -> [String] {
        let tree = MIMETree.parse(octets.span)
        var problems: [String] = []
        var seen = 1
        for (key, values) in expected where key == "Msg" || key.hasPrefix("Part_") {
            // `Part_3_1` is part 3.1 and `Msg` the message; in an encapsulated message of one part that part has the number of the message.
            let path = key == "Msg" ? [] : key.split(separator: "_").dropFirst().compactMap { Int($0) }
            if path.isEmpty == false { seen += 1 }
            guard let index = tree.part(at: path) else {
                problems.append("\(key) is not there")
                continue
            }
            problems += self.problems(tree.parts[index], octets, values).map { "\(key): \($0)" }
        }
        let isNested = (expected["Parser"]?["ExtractNested"] as? Int).map { $0 != 0 } ?? true
        if isNested {
            // Encapsulated multiparts are one part of that library and two of ours.
            let ours = tree.parts.filter { part in !(part.kind == .multipart && part.parent.map { tree.parts[$0].kind == .message } ?? false) }.count
            if ours != seen { problems.append("\(seen) parts are \(ours)") }
        }
        return problems
    }

    private static func problems(_ part: MIMEPart, _ octets: [UInt8], _ values: [String: Any]) -> [String] {
        var problems: [String] = []
        func expect(_ key: String, _ ours: String?) {
            guard let theirs = values[key] else { return }
            let same = "\(theirs)".trimmingCharacters(in: .whitespaces).lowercased() == ours?.lowercased()
            if !same { problems.append("\(key) \(theirs) is \(ours ?? "none")") }
        }
        func field(_ name: FieldName) -> String? {
            part.header.first(name).map { EncodedWord.decode(octets.span, in: $0.bodyRange) }
        }
        let decoded = TransferDecoder.decode(octets.span, in: part.bodyRange, as: part.encoding)
        expect("Type", "\(part.contentType.type)/\(part.contentType.subtype)")
        expect("Encoding", part.encoding.name.map { "\($0)" } ?? "unknown")
        expect("Size", "\(decoded.count)")
        expect("Disposition", part.disposition(in: octets.span).map { "\($0.type)" } ?? "inline")
        expect("Filename", part.fileName(in: octets.span))
        expect("Charset", part.contentType.charset.map { "\($0)" })
        expect("Boundary", part.contentType.parameters.value("boundary").map { "\($0)" })
        expect("Subject", field(.subject))
        expect("From", field(.from))
        expect("To", field(.to))
        return problems
    }
}
