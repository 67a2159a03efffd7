// The header tables of the mail-parser suite, compared case by case with what we read; differences are listed with their reason.
import Foundation
import PostmasterTesting
import Testing

@testable import MailFormat

@Suite(.enabled(if: SuiteFolder.isExpected, "the suites are not here"))
struct MailParserSuiteTests {
    private struct Case { let header: [UInt8]; let expected: Any }

    private static func cases(_ table: String) throws -> [Case] {
        let octets = try Data(contentsOf: SuiteFolder.suite("mime/mail-parser/\(table).json"))
        let rows = try #require(JSONSerialization.jsonObject(with: octets) as? [[String: Any]])
        return try rows.map { Case(header: Array(try #require($0["header"] as? String).utf8), expected: $0["expected"] ?? NSNull()) }
    }

    /// The field body that the text begins with: to the first line end that no blank follows, as our header parser hands it on.
    private static func body(_ octets: [UInt8]) -> Range<Int> {
        let field = Array("X:".utf8) + octets
        let range = HeaderBlock.parse(field.span).fields.first?.bodyRange ?? 2..<2
        return range.lowerBound - 2..<range.upperBound - 2
    }

    /// Compares all cases of a table. `listed` are the places where we differ on purpose, and must be exactly those where we do.
    private static func compare(_ table: String, listed: [Int: String], passes: Int, _ read: ([UInt8], Range<Int>) -> String, _ wanted: (Any) -> String) throws {
        var differing: Set<Int> = []
        let cases = try self.cases(table)
        for (index, row) in cases.enumerated() {
            let ours = read(row.header, self.body(row.header))
            let theirs = wanted(row.expected)
            if ours == theirs { continue }
            differing.insert(index)
            if listed[index] == nil {
                Issue.record("\(table) \(index): \(OctetString(row.header).text.debugDescription)\n  ours   \(ours)\n  theirs \(theirs)")
            }
        }
        #expect(differing == Set(listed.keys))
        #expect(cases.count - differing.count == passes)
        print("mail-parser \(table): \(cases.count - differing.count) of \(cases.count) as the suite has them, \(differing.count) listed as different")
    }

    // MARK: Tables

    @Test("addresses are read as the suite reads them, but for the listed differences")
    func addresses() throws {
        try Self.compare("address", listed: MailParserSuiteDifferences.address, passes: 55) { octets, range in
            let items = AddressList.parse(octets.span, in: range)
            let hasGroups = items.contains { if case .group = $0 { true } else { false } }
            guard hasGroups else { return items.flatMap(\.mailboxes).map(Self.show).joined(separator: ", ") }
            // The suite puts mailboxes outside groups into groups without name.
            var shown: [String] = []
            var loose: [AddressMailbox] = []
            func flush() {
                if !loose.isEmpty { shown.append(":[\(loose.map(Self.show).joined(separator: ", "))]") }
                loose = []
            }
            for item in items {
                switch item {
                case .mailbox(let mailbox): loose.append(mailbox)
                case .group(let group):
                    flush()
                    shown.append("\(group.name):[\(group.mailboxes.map(Self.show).joined(separator: ", "))]")
                }
            }
            flush()
            return shown.joined(separator: " ")
        } _: { expected in
            let expected = expected as? [String: Any] ?? [:]
            if let list = expected["List"] as? [[String: Any]] { return list.map(Self.show).joined(separator: ", ") }
            let groups = expected["Group"] as? [[String: Any]] ?? []
            return groups.map { group in
                "\(group["name"] as? String ?? ""):[\((group["addresses"] as? [[String: Any]] ?? []).map(Self.show).joined(separator: ", "))]"
            }.joined(separator: " ")
        }
    }

    /// The suite joins name and comments.
    private static func show(_ mailbox: AddressMailbox) -> String {
        let comment = mailbox.comment.map { EncodedWord.decode($0) }
        let name = mailbox.name.map { name in comment.map { "\(name) (\($0))" } ?? name } ?? comment ?? "-"
        let address = mailbox.domain.isEmpty ? mailbox.localPart.text : "\(mailbox.localPart)@\(mailbox.domain)"
        return "\(name) <\(mailbox.route.map { "\($0):" } ?? "")\(address)>"
    }

    private static func show(_ address: [String: Any]) -> String {
        "\(address["name"] as? String ?? "-") <\(address["address"] as? String ?? "-")>"
    }

    private static func show(_ date: MessageDate?) -> String {
        guard let date else { return "-" }
        return "\(date.rfc5322.text.dropFirst(5).replacing(" -0000", with: " +0000"))"
    }

    private static func show(date: Any?) -> String {
        guard let date = date as? [String: Any], let year = date["year"] as? Int, let month = date["month"] as? Int, let day = date["day"] as? Int,
            let hour = date["hour"] as? Int, let minute = date["minute"] as? Int, let second = date["second"] as? Int,
            let zoneHour = date["tz_hour"] as? Int, let zoneMinute = date["tz_minute"] as? Int, let isWest = date["tz_before_gmt"] as? Bool,
            let civil = CivilDate(year: year, month: month, day: day),
            let moment = MessageDate(
                date: civil, hour: hour, minute: minute, second: second, zoneMinutes: (zoneHour * 60 + zoneMinute) * (isWest ? -1 : 1))
        else { return "-" }
        return self.show(moment)
    }

    @Test("dates are read as the suite reads them, but for the listed differences")
    func dates() throws {
        try Self.compare("date", listed: MailParserSuiteDifferences.date, passes: 38) { Self.show(MessageDate.parse($0.span, in: $1)) } _: { Self.show(date: $0) }
    }

    @Test("message ids are read as the suite reads them, but for the listed differences")
    func ids() throws {
        try Self.compare("id", listed: MailParserSuiteDifferences.id, passes: 9) { octets, range in
            MessageIDList.parse(octets.span, in: range).map(\.text).joined(separator: " ")
        } _: { ($0 as? [String] ?? []).joined(separator: " ") }
    }

    @Test("lists of text are read as the suite reads them, but for the listed differences")
    func lists() throws {
        try Self.compare("list", listed: MailParserSuiteDifferences.list, passes: 7) { octets, range in
            EncodedWord.decode(octets.span, in: range).split(separator: ",").map { String($0).trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }.joined(separator: "|")
        } _: { ($0 as? [String] ?? []).joined(separator: "|") }
    }

    @Test("unstructured text is read as the suite reads it, but for the listed differences")
    func unstructured() throws {
        try Self.compare("unstructured", listed: MailParserSuiteDifferences.unstructured, passes: 26) { EncodedWord.decode($0.span, in: $1) } _: { $0 as? String ?? "" }
    }

    @Test("content types are read as the suite reads them, but for the listed differences")
    func contentTypes() throws {
        try Self.compare("content_type", listed: MailParserSuiteDifferences.contentType, passes: 93) { octets, range in
            var scanner = StructuredScanner(octets.span, in: range)
            scanner.skipCFWS(octets.span)
            guard let type = scanner.token(octets.span) else { return "-" }
            scanner.skipCFWS(octets.span)
            var subtype = "-"
            if scanner.take(0x2F, octets.span) {
                scanner.skipCFWS(octets.span)
                if let word = scanner.token(octets.span) { subtype = OctetString(octets[word]).asciiLowercased.text }
            }
            let parameters = ParameterList.parse(octets.span, in: scanner.offset..<range.upperBound).parameters
            let shown = parameters.map { "\($0.language.map { "<\($0)>" } ?? "")\($0.name)=\($0.text)" }
            return "\(OctetString(octets[type]).asciiLowercased)/\(subtype) \(shown.sorted())"
        } _: { expected in
            guard let expected = expected as? [String: Any] else { return "-" }
            var languages: [String: String] = [:]
            var values: [(String, String)] = []
            for pair in expected["attributes"] as? [[String]] ?? [] where pair.count == 2 {
                if pair[0].hasSuffix("-language") { languages[String(pair[0].dropLast(9))] = pair[1] } else { values.append((pair[0], pair[1])) }
            }
            let shown = values.map { "\(languages[$0.0].map { "<\($0)>" } ?? "")\($0.0)=\($0.1)" }
            return "\(expected["c_type"] as? String ?? "-")/\(expected["c_subtype"] as? String ?? "-") \(shown.sorted())"
        }
    }

    @Test("Received fields are read as the suite reads them, but for the listed differences")
    func received() throws {
        try Self.compare("received", listed: MailParserSuiteDifferences.received, passes: 134) { octets, range in
            let field = TraceField.parse(octets.span, in: range)
            let with = field.with.map { $0.text.split(separator: "/").first.map { String($0).lowercased() } ?? "" }.flatMap { Self.protocols.contains($0) ? $0 : nil }
            let address = field.fromAddress.map { String($0.bracketed.text.dropFirst().dropLast()).replacing("IPv6:", with: "") }
            return [
                field.from.map { "from \(Self.host($0.text))" }, address.flatMap { $0 == field.from.map { Self.host($0.text) } ? nil : "ip \($0)" }, field.by.map { "by \(Self.host($0.text))" }, with.map { "with \($0)" },
                field.via.map { "via \($0)" }, field.id.map { "id \($0)" }, field.forAddress.map { "for \($0)" }, "date \(Self.show(field.date))",
            ].compactMap { $0 }.joined(separator: " ")
        } _: { expected in
            let expected = expected as? [String: Any] ?? [:]
            func host(_ key: String) -> String? {
                (expected[key] as? [String: String]).flatMap { $0.values.first }
            }
            return [
                host("from").map { "from \($0)" }, (expected["from_ip"] as? String).flatMap { $0 == host("from") ? nil : "ip \($0)" }, host("by").map { "by \($0)" },
                (expected["with"] as? String).map { "with \($0.lowercased())" }, (expected["via"] as? String).map { "via \($0)" },
                (expected["id"] as? String).map { "id \($0)" }, (expected["for_"] as? String).map { "for \($0)" }, "date \(Self.show(date: expected["date"]))",
            ].compactMap { $0 }.joined(separator: " ")
        }
    }

    /// The suite knows the protocol names of RFC 3848 and a few more, and cuts others down to one of them; only the names themselves are compared.
    private static let protocols: Set<String> = [
        "smtp", "esmtp", "esmtpa", "esmtps", "esmtpsa", "lmtp", "lmtpa", "lmtps", "lmtpsa", "http", "https", "local", "utf8smtp", "utf8smtpa", "utf8smtps", "utf8smtpsa", "mms", "imap", "pop3",
    ]

    /// The suite gives address literals without brackets and tag.
    private static func host(_ text: String) -> String {
        guard text.hasPrefix("["), let literal = AddressLiteral(Array(text.utf8.dropFirst().dropLast()).span, in: 0..<max(0, text.utf8.count - 2)) else { return text }
        return String(literal.bracketed.text.dropFirst().dropLast()).replacing("IPv6:", with: "")
    }
}
