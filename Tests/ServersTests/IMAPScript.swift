// The scripts of the imaptest suite: what they say, and how an answer is compared with what they expect.
import Foundation
import Testing

/// A script: groups of commands with the answers they must bring.
struct IMAPScript: Sendable {
    struct Expectation: Sendable {
        let text: String
        let isForbidden: Bool
    }

    struct SentCommand: Sendable {
        let connection: Int
        let tag: String?
        let text: String
    }

    struct Group: Sendable {
        var line = 0
        var commands: [SentCommand] = []
        var expectations: [Expectation] = []
        /// By tag, or in order; the text after `ok`.
        var statuses: [(tag: String?, status: String)] = []
    }

    let name: String
    private(set) var headers: [String: String] = [:]
    private(set) var groups: [Group] = []
    /// Messages with their dates in the form of APPEND.
    private(set) var messages: [(date: String, text: String)] = []
    /// Texts of `{{{` … `}}}`, by number.
    private(set) var literals: [String] = []

    var capabilities: [String] { (self.headers["capabilities"] ?? "").split(separator: " ").map { $0.uppercased() } }
    var connections: Int { Int(self.headers["connections"] ?? "1") ?? 1 }
    var state: String { self.headers["state"] ?? "selected" }

    init(_ file: URL) throws {
        self.name = file.lastPathComponent
        // By octets: CR LF is one character of a String.
        var lines = (try Data(contentsOf: file)).split(separator: 10, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }[...]
        while let line = lines.first {
            if line.hasPrefix("#") {
                lines.removeFirst()
                continue
            }
            guard let colon = line.firstIndex(of: ":"), !line.isEmpty else { break }
            self.headers[String(line[..<colon]).lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            lines.removeFirst()
        }
        self.parse(lines, total: lines.count)
        let folder = file.deletingLastPathComponent()
        let own = folder.appendingPathComponent(self.name + ".mbox")
        self.messages = try Self.mbox((try? Data(contentsOf: own)) ?? (Data(contentsOf: folder.appendingPathComponent("default.mbox"))))
    }

    private mutating func parse(_ lines: ArraySlice<String>, total: Int) {
        var group = Group()
        var rest = lines
        var number = 0
        func isComplete(_ group: Group) -> Bool { !group.commands.isEmpty && group.statuses.count >= group.commands.count }
        while var line = rest.popFirst() {
            number += 1
            if line.hasPrefix("#") || line.trimmingCharacters(in: .whitespaces).isEmpty { continue }
            // Texts over several lines are put aside.
            while let open = line.range(of: "{{{"), line[open.upperBound...].isEmpty {
                var content: [String] = []
                var tail = ""
                while let next = rest.popFirst() {
                    if let close = next.range(of: "}}}"), next.hasPrefix("}}}") {
                        tail = String(next[close.upperBound...])
                        break
                    }
                    content.append(next)
                }
                let before = line[..<open.lowerBound]
                // After `~` the octets stand as they are.
                self.literals.append(content.joined(separator: before.hasSuffix("~") ? "\n" : "\r\n"))
                line = "\(before.hasSuffix("~") ? before.dropLast() : before)\u{1}\(self.literals.count - 1)\u{1}\(tail)"
            }
            // What may come or not is no expectation.
            if line.hasPrefix("? ") { continue }
            if line.hasPrefix("* ") || line.hasPrefix("! ") {
                group.expectations.append(Expectation(text: String(line.dropFirst(2)), isForbidden: line.hasPrefix("!")))
                continue
            }
            var words = line.split(separator: " ", maxSplits: 1).map(String.init)
            var connection = 1
            if words.count == 2, let value = Int(words[0]) {
                connection = value
                words = words[1].split(separator: " ", maxSplits: 1).map(String.init)
            }
            let statuses = ["ok", "no", "bad", "\"\""]
            let argument = words.count > 1 ? words[1] : ""
            if words[0].hasPrefix("tag") {
                let first = argument.split(separator: " ").first.map(String.init) ?? ""
                if statuses.contains(first.lowercased()) {
                    group.statuses.append((words[0], argument))
                } else {
                    if isComplete(group) { self.finish(&group) }
                    group.commands.append(SentCommand(connection: connection, tag: words[0], text: argument))
                }
            } else if statuses.contains(words[0].lowercased()) {
                if !group.commands.isEmpty, !isComplete(group) {
                    group.statuses.append((nil, line.hasPrefix("\(connection) ") ? String(line.dropFirst(2)) : line))
                } else {
                    self.finish(&group)
                    group.line = number
                    group.commands.append(SentCommand(connection: connection, tag: nil, text: argument))
                    group.statuses.append((nil, words[0]))
                }
            } else {
                if isComplete(group) { self.finish(&group) }
                group.line = number
                group.commands.append(SentCommand(connection: connection, tag: nil, text: words.joined(separator: " ")))
            }
        }
        self.finish(&group)
    }

    private mutating func finish(_ group: inout Group) {
        if !group.commands.isEmpty { self.groups.append(group) }
        group = Group()
    }

    /// Messages of an mbox file, lines ending in CR LF, with the date of their `From ` line.
    static func mbox(_ data: Data) -> [(date: String, text: String)] {
        var messages: [(String, String)] = []
        for octets in data.split(separator: 10, omittingEmptySubsequences: false) {
            let line = String(decoding: octets.last == 13 ? octets.dropLast() : octets, as: UTF8.self)
            if line.hasPrefix("From ") {
                // From user@domain  Fri Feb 22 17:06:23 2008 [+0200]
                let words = line.split(separator: " ").map(String.init)
                var date = ""
                if words.count >= 7, let day = Int(words[4]) {
                    date = "\(day < 10 ? " " : "")\(day)-\(words[3])-\(words[6]) \(words[5]) \(words.count > 7 ? words[7] : "+0000")"
                }
                messages.append((date, ""))
            } else if !messages.isEmpty {
                messages[messages.count - 1].1 += line + "\r\n"
            }
        }
        // The split leaves an empty line behind the last line feed.
        if let last = messages.last, last.1.hasSuffix("\r\n") { messages[messages.count - 1].1 = String(last.1.dropLast()) }
        return messages
    }
}

/// A value of IMAP's grammar, as far as comparing needs it.
enum IMAPNode: Equatable {
    case word(String)
    case list([IMAPNode])

    var text: String {
        switch self {
        case .word(let text): text
        case .list(let nodes): "(" + nodes.map(\.text).joined(separator: " ") + ")"
        }
    }

    /// Reads a line; literals stand in it with their marks, or as numbers between `\u{1}`.
    static func parse(_ line: String, literals: [String]) -> [IMAPNode] {
        var octets = Array(line.utf8)[...]
        return self.nodes(&octets, literals, until: nil)
    }

    private static func nodes(_ octets: inout ArraySlice<UInt8>, _ literals: [String], until end: UInt8?) -> [IMAPNode] {
        var nodes: [IMAPNode] = []
        while let octet = octets.first {
            if octet == end {
                octets.removeFirst()
                return nodes
            }
            switch octet {
            case 0x20, 0x0D, 0x0A: octets.removeFirst()
            case UInt8(ascii: "("):
                octets.removeFirst()
                nodes.append(.list(self.nodes(&octets, literals, until: UInt8(ascii: ")"))))
            case UInt8(ascii: "["):
                octets.removeFirst()
                nodes.append(.list(self.nodes(&octets, literals, until: UInt8(ascii: "]"))))
            case UInt8(ascii: "\""):
                octets.removeFirst()
                var text: [UInt8] = []
                while let next = octets.popFirst(), next != UInt8(ascii: "\"") { text.append(next == UInt8(ascii: "\\") ? octets.popFirst() ?? next : next) }
                nodes.append(.word(String(decoding: text, as: UTF8.self)))
            case 1:
                octets.removeFirst()
                let digits = octets.prefix { $0 != 1 }
                octets = octets.dropFirst(digits.count + 1)
                let index = Int(String(decoding: digits, as: UTF8.self)) ?? 0
                nodes.append(.word(literals.indices.contains(index) ? literals[index] : ""))
            case UInt8(ascii: "~") where octets.dropFirst().first == UInt8(ascii: "{"): octets.removeFirst()
            case UInt8(ascii: "{"):
                let digits = octets.dropFirst().prefix { $0 >= 0x30 && $0 <= 0x39 }
                if !digits.isEmpty, octets.dropFirst(digits.count + 1).starts(with: Array("}\r\n".utf8)) {
                    octets = octets.dropFirst(digits.count + 4)
                    let count = Int(String(decoding: digits, as: UTF8.self)) ?? 0
                    nodes.append(.word(String(decoding: octets.prefix(count), as: UTF8.self)))
                    octets = octets.dropFirst(count)
                } else {
                    nodes.append(.word(self.word(&octets)))
                }
            default: nodes.append(.word(self.word(&octets)))
            }
        }
        return nodes
    }

    private static func word(_ octets: inout ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        var depth = 0
        while let octet = octets.first {
            if depth == 0, octet == 0x20 || octet == UInt8(ascii: "(") || octet == UInt8(ascii: ")") || octet == 0x0D { break }
            if octet == UInt8(ascii: "[") { depth += 1 }
            if octet == UInt8(ascii: "]") {
                if depth == 0 { break }
                depth -= 1
            }
            text.append(octet)
            octets.removeFirst()
        }
        if text.isEmpty { octets.removeFirst() }
        return String(decoding: text, as: UTF8.self)
    }
}
