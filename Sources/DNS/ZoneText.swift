// The text form of a table of names: one record a line.
import MailFormat

/// A table of records, and of names with trouble.
package struct ZoneText: Sendable {
    /// A line that is not understood.
    package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// Line numbers from 1, and what is wrong there.
        package let lines: [(number: Int, problem: String)]

        package var description: String { lines.map { "line \($0.number): \($0.problem)" }.joined(separator: "\n") }

        package static func == (left: Failure, right: Failure) -> Bool { left.description == right.description }
        package func hash(into hasher: inout Hasher) { hasher.combine(description) }
    }

    /// What a name has instead of records.
    enum Trouble: Sendable { case failure, timeout }

    private(set) var records: [DomainName: [ResourceRecord]] = [:]
    private(set) var troubles: [DomainName: Trouble] = [:]
    /// Every name that exists, those included that only have names below them.
    private(set) var names: Set<DomainName> = []

    /// Parses lines `NAME TYPE DATA`; `;` begins a comment outside quotes. Types are A, AAAA, CNAME, MX, NS, PTR, TXT, and FAIL and TIMEOUT for names with trouble.
    package init(_ text: String) throws(Failure) {
        var problems: [(Int, String)] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard let words = Self.words(line) else {
                problems.append((index + 1, "a quote is not closed"))
                continue
            }
            if words.isEmpty { continue }
            if let problem = take(words) { problems.append((index + 1, problem)) }
        }
        guard problems.isEmpty else { throw Failure(lines: problems) }
    }

    private mutating func take(_ words: [Word]) -> String? {
        guard words.count >= 2, let name = DomainName(words[0].text) else { return "NAME TYPE DATA is expected" }
        let type = words[1].text.uppercased()
        let data = words.dropFirst(2).map(\.text)
        switch (type, data.count) {
        case ("FAIL", 0): troubles[name] = .failure
        case ("TIMEOUT", 0): troubles[name] = .timeout
        case ("A", 1):
            guard let address = IPAddress(data[0]), case .v4 = address else { return "\(data[0]) is not an IPv4 address" }
            records[name, default: []].append(.a(address))
        case ("AAAA", 1):
            guard data[0].contains(":"), let address = IPAddress(data[0]) else { return "\(data[0]) is not an IPv6 address" }
            records[name, default: []].append(.aaaa(address))
        case ("MX", 2):
            guard let preference = UInt16(data[0]), let exchange = DomainName(data[1]) else { return "MX needs a number from 0 to 65535 and a name" }
            records[name, default: []].append(.mx(preference: preference, exchange: exchange))
        case ("CNAME", 1), ("NS", 1), ("PTR", 1):
            guard let target = DomainName(data[0]) else { return "\(data[0]) is not a name" }
            records[name, default: []].append(type == "CNAME" ? .cname(target) : type == "NS" ? .ns(target) : .ptr(target))
        case ("TXT", 1...): records[name, default: []].append(.txt(Array(data.joined().utf8)))
        default: return "\(type) with \(data.count) values is not known; A, AAAA, CNAME, MX, NS, PTR, TXT, FAIL or TIMEOUT is expected"
        }
        var existing: DomainName? = name
        while let name = existing, names.insert(name).inserted { existing = name.parent }
        return nil
    }

    private struct Word {
        var text: String
    }

    /// The words of a line; text between quotes is one word. Nil where a quote is not closed.
    private static func words(_ line: some StringProtocol) -> [Word]? {
        var words: [Word] = []
        var word: String?
        var isQuoted = false
        for character in line {
            if isQuoted {
                if character == "\"" { isQuoted = false } else { word?.append(character) }
            } else if character == "\"" {
                isQuoted = true
                if word == nil { word = "" }
            } else if character == ";" {
                break
            } else if character == " " || character == "\t" {
                if let done = word { words.append(Word(text: done)) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if isQuoted { return nil }
        if let done = word { words.append(Word(text: done)) }
        return words
    }
}
