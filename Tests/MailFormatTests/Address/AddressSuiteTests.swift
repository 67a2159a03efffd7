// The address suite of flanker, line by line, and the headers of the arnt suite of internationalized mail.
import Foundation
import PostmasterTesting
import Testing

@testable import MailFormat

@Suite(.enabled(if: SuiteFolder.isExpected, "the suites are not here"))
struct AddressSuiteTests {
    /// The lines of a file that are cases. Remarks after a case, which the invalid file has, are cut.
    private static func lines(_ file: String) throws -> [String] {
        let text = try String(contentsOf: SuiteFolder.suite("address/flanker/\(file).txt"), encoding: .utf8)
        return text.split(separator: "\n", omittingEmptySubsequences: true).map { line in
            let remark = line.range(of: "    # ") ?? line.range(of: "    #")
            return remark.map { String(line[..<$0.lowerBound]).trimmingCharacters(in: .whitespaces) } ?? String(line)
        }.filter { !$0.isEmpty && (!$0.hasPrefix("#") || $0 == "##########") }
    }

    /// Cases that the file has as remarks because that library has no address literals.
    private static func literals(_ file: String) throws -> [String] {
        let text = try String(contentsOf: SuiteFolder.suite("address/flanker/\(file).txt"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("# ") && $0.hasSuffix("# domain literal") }.map { line in
            line.dropFirst(2).dropLast(16).trimmingCharacters(in: .whitespaces)
        }
    }

    /// A line is a header mailbox when it has a name or comment about its address; then the lenient reader finds it and the strict grammar judges it.
    private static func isMailbox(_ line: String) -> Bool {
        if EmailAddress(line) != nil { return true }
        guard line.contains("<") || line.hasPrefix("(") || line.hasSuffix(")") else { return false }
        let octets = Array(line.utf8)
        let items = AddressList.parse(octets.span, in: 0..<octets.count)
        return items.count == 1 && items[0].mailboxes.first?.address != nil
    }

    private static func compare(_ file: String, _ lines: [String], areValid: Bool, listed: [String: String], passes: Int, _ isValid: (String) -> Bool) {
        var passed = 0
        var differing: Set<String> = []
        for line in lines {
            if isValid(line) == areValid {
                passed += 1
            } else {
                differing.insert(line)
                if listed[line] == nil { Issue.record("\(file): \(line) should \(areValid ? "" : "not ")be valid") }
            }
        }
        #expect(differing == Set(listed.keys))
        #expect(passed == passes)
        print("flanker \(file): \(passed) of \(lines.count) as the suite has them, \(lines.count - passed) listed as different")
    }

    @Test("valid mailboxes are valid, but for the listed ones")
    func mailboxValid() throws {
        Self.compare("mailbox_valid", try Self.lines("mailbox_valid"), areValid: true, listed: AddressSuiteDifferences.mailboxValid, passes: 149, Self.isMailbox)
    }

    @Test("invalid mailboxes are refused, but for the listed ones")
    func mailboxInvalid() throws {
        Self.compare("mailbox_invalid", try Self.lines("mailbox_invalid"), areValid: false, listed: AddressSuiteDifferences.mailboxInvalid, passes: 84, Self.isMailbox)
    }

    @Test("address literals that the suite leaves out are judged as its remarks say, but for the listed ones")
    func literals() throws {
        Self.compare(
            "mailbox_valid literals", try Self.literals("mailbox_valid"), areValid: true, listed: AddressSuiteDifferences.literalValid, passes: 31) { EmailAddress($0) != nil }
        Self.compare(
            "mailbox_invalid literals", try Self.literals("mailbox_invalid"), areValid: false, listed: AddressSuiteDifferences.literalInvalid, passes: 28) { EmailAddress($0) != nil }
    }

    @Test("valid local parts are valid, but for the listed ones")
    func localPartValid() throws {
        Self.compare("abridged_localpart_valid", try Self.lines("abridged_localpart_valid"), areValid: true, listed: AddressSuiteDifferences.localPartValid, passes: 97) {
            EmailAddress("\($0)@example.com") != nil
        }
    }

    @Test("invalid local parts are refused, but for the listed ones")
    func localPartInvalid() throws {
        Self.compare("abridged_localpart_invalid", try Self.lines("abridged_localpart_invalid"), areValid: false, listed: AddressSuiteDifferences.localPartInvalid, passes: 38) {
            EmailAddress("\($0)@example.com") != nil
        }
    }

    @Test("the headers of internationalized messages are read without guesswork")
    func eai() throws {
        let files = try SuiteFolder.files(below: "eai/arnt").filter { $0.pathExtension != "md" }
        #expect(files.count == 6)
        for file in files {
            let octets = Array(try Data(contentsOf: file))
            let block = HeaderBlock.parse(octets.span)
            #expect(!block.fields.isEmpty && block.defects.isDisjoint(with: .ambiguous), "\(file.lastPathComponent): \(block.defects)")
            for field in block.fields where field.name == .from || field.name == .to || field.name == .cc {
                let mailboxes = AddressList.mailboxes(octets.span, in: field.bodyRange)
                #expect(!mailboxes.isEmpty, "\(file.lastPathComponent)")
                for mailbox in mailboxes { #expect(mailbox.address != nil, "\(file.lastPathComponent): \(mailbox.spelling)") }
            }
            for field in block.fields { _ = EncodedWord.decode(octets.span, in: field.bodyRange) }
        }
    }
}
