// Compares what a server said with what an imaptest script expects: variables, lists without order, numbers over expunges.

/// The variables of a script, and the comparing.
struct IMAPScriptMatch {
    var variables: [String: String]

    /// Puts known variables in; unknown ones stay. `$$` is a dollar sign.
    func expand(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            if rest.first == "{", let close = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<close])
                rest = rest[rest.index(after: close)...]
                result += name.hasPrefix("case:") ? String(name.dropFirst(5)) : self.variables[name] ?? "${\(name)}"
                continue
            }
            let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            rest = rest.dropFirst(name.count)
            result += self.variables[name] ?? "$\(name)"
        }
        return result + rest
    }

    private static func isUnbound(_ text: String) -> Bool { text.hasPrefix("$") && text.count > 1 && text.dropFirst().allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }

    /// Whether a line is what was expected; binds variables where it is.
    mutating func matches(_ expected: [IMAPNode], _ line: [IMAPNode], originalNumber: Int?) -> Bool {
        let before = self.variables
        if self.compare(expected, line, originalNumber: originalNumber) { return true }
        self.variables = before
        return false
    }

    private mutating func compare(_ expected: [IMAPNode], _ line: [IMAPNode], originalNumber: Int?) -> Bool {
        guard let first = expected.first?.text.lowercased(), let kind = line.first?.text.lowercased() else { return expected.isEmpty }
        switch first {
        case "ok", "no", "bad", "bye", "preauth":
            guard kind == first else { return false }
            return self.prefix(expected.dropFirst(), line.dropFirst())
        case "list", "lsub":
            guard kind == first, line.count >= expected.count, expected.count >= 2, case .list(let wanted) = expected[1], case .list(let flags) = line[1] else { return false }
            return self.subset(wanted, flags) && self.prefix(expected.dropFirst(2), line.dropFirst(2))
        case "flags", "capability", "enabled":
            guard kind == first else { return false }
            return self.subset(expected.dropFirst().flatMap(Self.flat), line.dropFirst().flatMap(Self.flat))
        case "status":
            guard kind == first, expected.count >= 3, line.count >= 3, self.same(expected[1], line[1]), case .list(let wanted) = expected[2], case .list(let values) = line[2]
            else { return false }
            return self.pairs(wanted, values)
        case "esearch":
            guard kind == first else { return false }
            var (wanted, values) = (expected.dropFirst(), line.dropFirst())
            if case .list = wanted.first {
                guard let one = wanted.popFirst(), let two = values.popFirst(), self.same(one, two) else { return false }
            } else if case .list = values.first {
                values.removeFirst()
            }
            let isUID = wanted.first?.text.lowercased() == "uid"
            guard isUID == (values.first?.text.lowercased() == "uid") else { return false }
            if isUID {
                wanted.removeFirst()
                values.removeFirst()
            }
            return wanted.count == values.count && self.pairs(Array(wanted), Array(values))
        default: break
        }
        // `$3` is the number that message had before the command.
        if first.hasPrefix("$"), let number = Int(first.dropFirst()) {
            guard originalNumber == number else { return false }
        } else {
            guard let one = expected.first, let two = line.first, self.same(one, two) else { return false }
        }
        if expected.count == 3, line.count == 3, expected[1].text.lowercased() == "fetch", line[1].text.lowercased() == "fetch",
            case .list(let wanted) = expected[2], case .list(let values) = line[2]
        {
            return self.pairs(wanted, values)
        }
        let (rest, found) = (expected.dropFirst(), line.dropFirst())
        guard rest.count == found.count else { return false }
        for (one, two) in zip(rest, found) where !self.same(one, two) { return false }
        return true
    }

    private static func flat(_ node: IMAPNode) -> [IMAPNode] {
        if case .list(let nodes) = node { return nodes }
        return [node]
    }

    private mutating func prefix(_ expected: ArraySlice<IMAPNode>, _ line: ArraySlice<IMAPNode>) -> Bool {
        guard line.count >= expected.count else { return false }
        for (one, two) in zip(expected, line) {
            if case .list(let codes) = one, case .list(let found) = two {
                // A response code: its words may go on.
                guard self.prefix(codes[...], found[...]) else { return false }
            } else if !self.same(one, two) {
                return false
            }
        }
        return true
    }

    /// Key and value pairs in any order; more than the wanted ones may be there.
    private mutating func pairs(_ expected: [IMAPNode], _ values: [IMAPNode]) -> Bool {
        for index in stride(from: 0, to: expected.count - 1, by: 2) {
            let key = self.expand(expected[index].text).lowercased()
            if key.hasPrefix("$!") { return true }
            guard let place = stride(from: 0, to: values.count - 1, by: 2).first(where: { values[$0].text.lowercased() == key }) else { return false }
            let value = values[place + 1]
            if key == "flags", case .list(let wanted) = expected[index + 1], case .list(let flags) = value {
                let asked = Set(wanted.map { self.expand($0.text).lowercased() })
                var there = Set(flags.map { $0.text.lowercased() })
                if !asked.contains("\\recent") { there.remove("\\recent") }
                guard asked == there else { return false }
            } else if !self.same(expected[index + 1], value) {
                return false
            }
        }
        return true
    }

    private mutating func subset(_ expected: [IMAPNode], _ values: [IMAPNode]) -> Bool {
        let there = Set(values.map { $0.text.lowercased() })
        for node in expected {
            let text = self.expand(node.text).lowercased()
            if text.hasPrefix("$!ban=") {
                if there.contains(String(text.dropFirst(6))) { return false }
            } else if !text.hasPrefix("$!"), !there.contains(text) {
                return false
            }
        }
        return true
    }

    private mutating func same(_ expected: IMAPNode, _ actual: IMAPNode) -> Bool {
        switch (expected, actual) {
        case (.list(let one), .list(let two)):
            if one.first?.text.hasPrefix("$!") == true { return self.subset(one, two) }
            guard one.count == two.count else { return false }
            for (a, b) in zip(one, two) where !self.same(a, b) { return false }
            return true
        case (.word(let raw), _):
            if raw == "$" { return true }
            let text = self.expand(raw)
            if Self.isUnbound(text) {
                self.variables[String(text.dropFirst())] = actual.text
                return true
            }
            if case .list = actual { return text == actual.text }
            if text.lowercased() == actual.text.lowercased() { return true }
            if let one = Self.set(text), let two = Self.set(actual.text) { return one == two }
            return false
        case (.list, .word): return false
        }
    }

    /// The numbers of a sequence set, so that `1:2,3` is `1:3`.
    private static func set(_ text: String) -> Set<Int>? {
        guard text.contains(":") || text.contains(",") || Int(text) != nil else { return nil }
        var numbers: Set<Int> = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: ":").map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, abs(last - first) < 10_000 else { return nil }
            numbers.formUnion(min(first, last)...max(first, last))
        }
        return numbers
    }
}
