// On which line of a TOML file each key stands: the parser that reads the values does not keep that.

/// Key paths of a TOML text and their lines. Made for texts that the parser has accepted; of others it finds what it can and never traps.
package struct KeyLines: Sendable {
    private var lines: [String: Int] = [:]

    /// Scans a text once, in time linear to its length.
    package init(_ text: String) {
        var scanner = Scanner(Array(text.utf8))
        scanner.scan()
        self.lines = scanner.lines
    }

    /// The line (from 1) of a key path, or of the nearest part of it that stands in the file; 1 where nothing does.
    /// Items of lists and of arrays of tables are written as their number: `["listener", "0", "port"]`.
    package func line(of path: [String]) -> Int {
        var path = path
        while !path.isEmpty {
            if let line = self.lines[Self.joined(path)] { return line }
            path.removeLast()
        }
        return 1
    }

    fileprivate static func joined(_ path: [String]) -> String { path.joined(separator: "\u{1f}") }
}

/// One pass over the octets of a TOML text.
private struct Scanner {
    private let octets: [UInt8]
    private var at = 0
    private var line = 1
    /// Where `key = value` pairs belong now: the last `[table]` or `[[table]]`.
    private var table: [String] = []
    /// How many items each array of tables has so far.
    private var counts: [String: Int] = [:]
    private(set) var lines: [String: Int] = [:]

    /// Deeper nesting than any configuration has is skipped, so that a hostile file cannot exhaust the stack.
    private static let depthLimit = 64

    init(_ octets: [UInt8]) { self.octets = octets }

    mutating func scan() {
        while self.at < self.octets.count {
            self.skipBlank(newlines: true)
            guard let next = self.peek else { return }
            let before = self.at
            if next == UInt8(ascii: "[") { self.readHeader() } else { self.readPair(below: self.table, depth: 0) }
            self.skipToNewline()
            if self.at == before { self.at += 1 }
        }
    }

    // MARK: Parts

    private mutating func readHeader() {
        let line = self.line
        self.at += 1
        let isArray = self.peek == UInt8(ascii: "[")
        if isArray { self.at += 1 }
        let keys = self.readKey()
        guard !keys.isEmpty else { return }
        // Every array of tables on the way stands for its latest item.
        var path: [String] = []
        for (index, key) in keys.enumerated() {
            path.append(key)
            let joined = KeyLines.joined(path)
            if isArray, index == keys.count - 1 {
                let number = self.counts[joined, default: 0]
                self.counts[joined] = number + 1
                self.note(path, line)
                path.append(String(number))
            } else if let count = self.counts[joined], count > 0 {
                path.append(String(count - 1))
            }
        }
        self.note(path, line)
        self.table = path
    }

    private mutating func readPair(below path: [String], depth: Int) {
        let line = self.line
        let keys = self.readKey()
        guard !keys.isEmpty else { return }
        var path = path
        for key in keys {
            path.append(key)
            self.note(path, line)
        }
        self.skipBlank(newlines: false)
        guard self.peek == UInt8(ascii: "=") else { return }
        self.at += 1
        self.skipBlank(newlines: false)
        self.readValue(at: path, depth: depth)
    }

    private mutating func readValue(at path: [String], depth: Int) {
        guard let first = self.peek else { return }
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = self.readString()
        case UInt8(ascii: "["): self.readList(at: path, depth: depth)
        case UInt8(ascii: "{"): self.readInlineTable(at: path, depth: depth)
        default:
            while let next = self.peek, !Self.endsBare.contains(next) { self.at += 1 }
        }
    }

    private mutating func readList(at path: [String], depth: Int) {
        self.at += 1
        var number = 0
        while true {
            self.skipBlank(newlines: true)
            guard let next = self.peek else { return }
            if next == UInt8(ascii: "]") {
                self.at += 1
                return
            }
            if next == UInt8(ascii: ",") {
                self.at += 1
                continue
            }
            let before = self.at
            let item = path + [String(number)]
            self.note(item, self.line)
            if depth < Self.depthLimit { self.readValue(at: item, depth: depth + 1) }
            if self.at == before { self.at += 1 }
            number += 1
        }
    }

    private mutating func readInlineTable(at path: [String], depth: Int) {
        self.at += 1
        while true {
            self.skipBlank(newlines: true)
            guard let next = self.peek else { return }
            if next == UInt8(ascii: "}") {
                self.at += 1
                return
            }
            if next == UInt8(ascii: ",") {
                self.at += 1
                continue
            }
            let before = self.at
            if depth < Self.depthLimit { self.readPair(below: path, depth: depth + 1) }
            if self.at == before { self.at += 1 }
        }
    }

    /// A key, dotted or not, its parts bare or quoted.
    private mutating func readKey() -> [String] {
        var keys: [String] = []
        while true {
            self.skipBlank(newlines: false)
            guard let next = self.peek else { return keys }
            if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
                keys.append(self.readString())
            } else {
                let start = self.at
                while let octet = self.peek, Self.isBare(octet) { self.at += 1 }
                guard self.at > start else { return keys }
                keys.append(String(decoding: self.octets[start..<self.at], as: UTF8.self))
            }
            self.skipBlank(newlines: false)
            guard self.peek == UInt8(ascii: ".") else { return keys }
            self.at += 1
        }
    }

    /// A string of any of the four kinds; its text is exact for those without escapes other than `\"` and `\\`, which is enough for keys.
    private mutating func readString() -> String {
        guard let quote = self.peek else { return "" }
        let isLiteral = quote == UInt8(ascii: "'")
        let isLong = self.starts(with: [quote, quote, quote])
        self.at += isLong ? 3 : 1
        var text: [UInt8] = []
        while let octet = self.peek {
            if octet == UInt8(ascii: "\\"), !isLiteral {
                self.at += 1
                if let escaped = self.peek { text.append(escaped) }
                self.advance()
            } else if isLong, self.starts(with: [quote, quote, quote]) {
                self.at += 3
                // Up to two quotes may stand directly before the closing three (TOML 1.0, Strings).
                while self.peek == quote { self.at += 1 }
                return String(decoding: text, as: UTF8.self)
            } else if !isLong, octet == quote {
                self.at += 1
                return String(decoding: text, as: UTF8.self)
            } else if !isLong, octet == UInt8(ascii: "\n") {
                return String(decoding: text, as: UTF8.self)
            } else {
                text.append(octet)
                self.advance()
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: Octets

    private static let endsBare: Set<UInt8> = Set(",]}# \t\r\n".utf8)

    private var peek: UInt8? { self.at < self.octets.count ? self.octets[self.at] : nil }

    private static func isBare(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...0xff:
            true
        default: false
        }
    }

    private func starts(with pattern: [UInt8]) -> Bool {
        self.at + pattern.count <= self.octets.count && self.octets[self.at..<self.at + pattern.count].elementsEqual(pattern)
    }

    private mutating func advance() {
        guard self.at < self.octets.count else { return }
        if self.octets[self.at] == UInt8(ascii: "\n") { self.line += 1 }
        self.at += 1
    }

    private mutating func skipBlank(newlines: Bool) {
        while let next = self.peek {
            switch next {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): self.at += 1
            case UInt8(ascii: "\n") where newlines: self.advance()
            case UInt8(ascii: "#") where newlines: self.skipToNewline()
            default: return
            }
        }
    }

    private mutating func skipToNewline() { while let next = self.peek, next != UInt8(ascii: "\n") { self.at += 1 } }

    private mutating func note(_ path: [String], _ line: Int) {
        let joined = KeyLines.joined(path)
        if self.lines[joined] == nil { self.lines[joined] = line }
    }
}
