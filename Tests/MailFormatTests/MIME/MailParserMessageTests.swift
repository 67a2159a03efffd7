// The messages of the mail-parser suite with that library's reading of them: part tree, headers, addresses, dates, types, decoded content.
import Foundation
import MailFormat
import PostmasterTesting
import Testing

@Suite("mail-parser messages", .enabled(if: SuiteFolder.isExpected))
struct MailParserMessageTests {
    @Test("Messages read as the suite reads them, or differ for a stated reason", arguments: ["rfc", "thirdparty", "malformed", "legacy"])
    func messages(_ folder: String) throws {
        let files = try SuiteFolder.files(below: "mime/mail-parser/eml/\(folder)").filter { $0.pathExtension == "eml" }
        var different: Set<String> = []
        var passed = 0
        var listed = 0
        for file in files {
            let octets = Array(try Data(contentsOf: file))
            let stem = file.deletingPathExtension()
            for (suffix, lineEnd) in [("json", [0x0A]), ("crlf.json", [0x0D, 0x0A])] as [(String, [UInt8])] {
                let expected = try JSONSerialization.jsonObject(with: Data(contentsOf: stem.appendingPathExtension(suffix)))
                // The library took every CR away for the first reading, also those that end no line.
                let bare = octets.filter { $0 != 0x0D }
                var reading = ExpectedMessage(octets: lineEnd.count == 1 ? bare : lines(octets, with: lineEnd))
                reading.compare(expected)
                let name = "\(folder)/\(stem.lastPathComponent)"
                var isDifferent = false
                for (aspect, detail) in reading.differences {
                    isDifferent = true
                    different.insert("\(name) \(aspect)")
                    if MIMESuiteDifferences.mailParser["\(name) \(aspect)"] == nil { Issue.record("\(name).\(suffix) \(aspect): \(detail)") }
                }
                if isDifferent { listed += 1 } else { passed += 1 }
            }
        }
        let stale = MIMESuiteDifferences.mailParser.keys.filter { $0.hasPrefix(folder) && !different.contains($0) }
        #expect(stale.sorted() == [], "listed, but not different")
        #expect(MIMESuiteDifferences.mailParserCounts[folder] == .init(passed: passed, listed: listed))
        print("mail-parser messages: \(folder): \(passed) passed, \(listed) listed")
    }
}

/// One message of the suite laid beside our reading of it.
private struct ExpectedMessage {
    /// What differs, by aspect, the first of each.
    private(set) var differences: [String: String] = [:]
    private let octets: [UInt8]
    private let tree: MIMETree

    init(octets: [UInt8]) {
        self.octets = octets
        self.tree = MIMETree.parse(octets.span)
    }

    private mutating func note(_ aspect: String, _ detail: String) {
        if self.differences[aspect] == nil { self.differences[aspect] = detail }
    }

    mutating func compare(_ expected: Any) {
        let theirs = Self.outline(expected)
        let ours = self.outline(0)
        guard theirs == ours else { return self.note("structure", "\(theirs) is \(ours)") }
        self.compare(message: expected, 0)
    }

    // MARK: Structure

    /// `multipart(text, html, octets, message(text))`.
    private static func outline(_ message: Any, _ index: Int = 0) -> String {
        guard let parts = (message as? [String: Any])?["parts"] as? [[String: Any]], index < parts.count else { return "nothing" }
        guard let body = parts[index]["body"] as? [String: Any], let (kind, content) = body.first else { return "nothing" }
        switch kind {
        case "Multipart": return "multipart(\((content as? [Int] ?? []).map { self.outline(message, $0) }.joined(separator: ", ")))"
        case "Message": return "message(\(self.outline(content)))"
        case "Text": return "text"
        case "Html": return "html"
        default: return "octets"
        }
    }

    private func outline(_ index: Int) -> String {
        let part = self.tree.parts[index]
        switch part.kind {
        case .multipart: return "multipart(\(part.children.map { self.outline($0) }.joined(separator: ", ")))"
        case .message: return "message(\(part.children.map { self.outline($0) }.joined()))"
        case .leaf: return part.contentType.isText ? (part.contentType.isHTML ? "html" : "text") : "octets"
        }
    }

    private mutating func compare(message: Any, _ root: Int, _ place: Int = 0) {
        guard let parts = (message as? [String: Any])?["parts"] as? [[String: Any]], place < parts.count else { return }
        let part = parts[place]
        self.compare(headers: part["headers"] as? [[String: Any]] ?? [], root)
        guard let body = part["body"] as? [String: Any], let (kind, content) = body.first else { return }
        let children = self.tree.parts[root].children
        switch kind {
        case "Multipart":
            for (child, number) in zip(children, content as? [Int] ?? []) { self.compare(message: message, child, number) }
        case "Message":
            if let child = children.first { self.compare(message: content, child) }
        case "Text", "Html":
            let text = DecodedText.text(of: self.tree.parts[root], in: self.octets.span) ?? ""
            if text != content as? String {
                self.note("text", "\((content as? String ?? "").debugDescription.prefix(300)) is \(text.debugDescription.prefix(300))")
            }
        default:
            let theirs = (content as? [Int] ?? []).map { UInt8(truncatingIfNeeded: $0) }
            let ours = TransferDecoder.decode(self.octets.span, in: self.tree.parts[root].bodyRange, as: self.tree.parts[root].encoding)
            if ours != theirs { self.note("octets", "\(theirs.count) octets are \(ours.count)") }
        }
    }

    // MARK: Headers

    private mutating func compare(headers: [[String: Any]], _ index: Int) {
        let fields = self.tree.parts[index].header.fields
        let theirs = headers.map { Self.name($0["name"] as Any) }
        let ours = fields.map { String(decoding: self.octets[$0.nameRange], as: UTF8.self).lowercased() }
        guard theirs == ours else { return self.note("fields", "\(theirs) are \(ours)") }
        for (header, field) in zip(headers, fields) { self.compare(value: header["value"] as Any, field) }
    }

    private static func name(_ name: Any) -> String {
        if let other = (name as? [String: String])?["other"] { return other.lowercased() }
        return (name as? String ?? "").replacingOccurrences(of: "_", with: "-")
    }

    private mutating func compare(value: Any, _ field: HeaderField) {
        let name = String(decoding: self.octets[field.nameRange], as: UTF8.self)
        guard let (kind, content) = (value as? [String: Any])?.first else {
            // "Empty": nothing could be made of the body.
            return
        }
        switch kind {
        case "Text":
            let text = EncodedWord.decode(self.octets.span, in: field.bodyRange)
            // The library takes the angle brackets off ids and leaves folds in fields it does not know.
            let isID = field.name == .messageID || field.name == .contentID || field.name == .returnPath
            let trimmed = isID ? text.trimmingCharacters(in: ["<", ">"]) : text
            let unfolded = (content as? String ?? "").replacingOccurrences(of: "\r\n", with: "").replacingOccurrences(of: "\n", with: "")
            if trimmed != unfolded {
                self.note("header text", "\(name): \((content as? String ?? "").debugDescription) is \(trimmed.debugDescription)")
            }
        case "Address":
            let theirs = Self.addresses(content)
            let ours = AddressList.parse(self.octets.span, in: field.bodyRange).flatMap { item -> [String] in
                switch item {
                case .mailbox(let mailbox): [Self.spelling(mailbox)]
                case .group(let group): ["\(group.name): \(group.mailboxes.map(Self.spelling))"]
                }
            }
            if theirs != ours { self.note("addresses", "\(name): \(theirs) are \(ours)") }
        case "DateTime":
            let ours = MessageDate.parse(self.octets.span, in: field.bodyRange)?.rfc5322.text
            let theirs = Self.date(content)
            if ours != theirs { self.note("dates", "\(theirs ?? "none") is \(ours ?? "none")") }
        case "ContentType":
            let theirs = Self.type(content)
            let ours = self.type(field)
            if theirs != ours { self.note("types", "\(theirs) is \(ours)") }
        default:
            break
        }
    }

    private static func addresses(_ content: Any) -> [String] {
        func mailbox(_ value: [String: Any]) -> String { "\(value["name"] as? String ?? "") <\(value["address"] as? String ?? "")>" }
        let content = content as? [String: Any] ?? [:]
        if let list = content["List"] as? [[String: Any]] { return list.map(mailbox) }
        return (content["Group"] as? [[String: Any]] ?? []).flatMap { group -> [String] in
            let mailboxes = (group["addresses"] as? [[String: Any]] ?? []).map(mailbox)
            return (group["name"] as? String).map { ["\($0): \(mailboxes)"] } ?? mailboxes
        }
    }

    /// As the library has it: without the quotes of the local part, and what has no domain is a name.
    private static func spelling(_ mailbox: AddressMailbox) -> String {
        if mailbox.domain.isEmpty { return "\(mailbox.localPart) <>" }
        return "\(mailbox.displayName ?? "") <\(mailbox.localPart)@\(mailbox.domain)>"
    }

    private static func date(_ content: Any) -> String? {
        guard let content = content as? [String: Any] else { return nil }
        func number(_ name: String) -> Int { content[name] as? Int ?? 0 }
        let zone = (number("tz_hour") * 60 + number("tz_minute")) * (content["tz_before_gmt"] as? Bool == true ? -1 : 1)
        guard let day = CivilDate(year: number("year"), month: number("month"), day: number("day")) else { return nil }
        return MessageDate(date: day, hour: number("hour"), minute: number("minute"), second: number("second"), zoneMinutes: zone)?.rfc5322.text
    }

    private static func type(_ content: Any) -> String {
        let content = content as? [String: Any] ?? [:]
        let parameters = (content["attributes"] as? [[String: String]] ?? []).map { "\($0["name"] ?? "")=\($0["value"] ?? "")" }
        let subtype = (content["c_subtype"] as? String).map { "/\($0)" } ?? ""
        return "\(content["c_type"] as? String ?? "")\(subtype) \(parameters)".lowercased()
    }

    private func type(_ field: HeaderField) -> String {
        func spelling(_ list: ParameterList) -> [String] { list.parameters.map { "\($0.name)=\($0.text)" } }
        if field.name == .contentDisposition {
            guard let disposition = ContentDisposition(self.octets.span, in: field.bodyRange) else { return "none" }
            return "\(disposition.type) \(spelling(disposition.parameters))".lowercased()
        }
        guard let type = ContentType(self.octets.span, in: field.bodyRange) else { return "none" }
        return "\(type.type)/\(type.subtype) \(spelling(type.parameters))".lowercased()
    }
}
