// Reads the file and the environment through the mapping and collects every problem at once.
import Foundation

extension PostmasterConfiguration {
    /// Reads a file, if one is named, then the variables `POSTMASTER_…` of the environment over it.
    /// - Throws: every problem found, in the order of the file.
    package static func load(file path: String?, environment: [String: String]) throws(ConfigurationProblems) -> PostmasterConfiguration {
        guard let path else { return try read(text: "", named: "defaults", environment: environment) }
        guard let content = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw ConfigurationProblems([
                .init(
                    .file(path, line: 1), key: "", found: exists ? "the file cannot be read" : "there is no such file",
                    expected: "a readable configuration file")
            ])
        }
        guard content.count <= maximumOctets, let text = String(data: content, encoding: .utf8) else {
            throw ConfigurationProblems([
                .init(.file(path, line: 1), key: "", found: "not a text", expected: "UTF-8 of at most \(ByteCount(maximumOctets))")
            ])
        }
        return try read(text: text, named: path, environment: environment)
    }

    /// A configuration file is never larger than this.
    private static let maximumOctets = 4 << 20

    /// Reads a text. `name` is what problems call it.
    package static func read(
        text: String, named name: String, environment: [String: String] = [:]
    ) throws(ConfigurationProblems) -> PostmasterConfiguration {
        var reading = Reading(name: name, lines: KeyLines(text))
        do { reading.take(try ConfigurationNode.parseTOML(text)) } catch {
            reading.problems.append(
                .init(.file(name, line: error.line), key: "", found: "\(error.detail) (column \(error.column))", expected: "TOML 1.0"))
        }
        reading.take(environment: environment)
        // Combinations mean something only where each value was taken.
        if reading.problems.isEmpty { reading.combine() }
        guard reading.problems.isEmpty else { throw ConfigurationProblems(reading.ordered) }
        return reading.configuration
    }

    /// Variables that begin with POSTMASTER_ and are not settings: one names the file, the others are the tests' own.
    package static let otherVariables: Set<String> = ["POSTMASTER_BINARY", "POSTMASTER_CONFIG", "POSTMASTER_SLOW_TESTS", "POSTMASTER_TEST_DATA"]
}

/// One reading in progress.
private struct Reading {
    var configuration = PostmasterConfiguration()
    var problems: [ConfigurationProblem] = []
    let name: String
    let lines: KeyLines
    /// Keys that a variable has set: a combined problem is then the variable's.
    var variables: [String: String] = [:]

    init(name: String, lines: KeyLines) {
        self.name = name
        self.lines = lines
    }

    // MARK: The file

    mutating func take(_ root: [String: ConfigurationNode]) {
        for (key, node) in root {
            guard let section = PostmasterConfiguration.sections.first(where: { $0.name == key }) else {
                let names = PostmasterConfiguration.sections.map(\.name)
                // A setting at the top level is most often one that lost its section.
                let homes = PostmasterConfiguration.sections.filter { $0.settings.contains { $0.key == key } }.map { "[\($0.name)]" }
                let expected = homes.isEmpty ? Self.hint(key, among: names, what: "section") : "this key in \(homes.joined(separator: " or "))"
                refuse([key], found: "unknown \(isTable(node) ? "section" : "key")", expected: expected)
                continue
            }
            guard case .table(let members) = node else {
                let found = if case .array = node { "several tables or a list" } else { node.kind }
                refuse([key], found: found, expected: "one table [\(key)]")
                continue
            }
            take(members, of: section)
        }
    }

    private mutating func take(_ members: [String: ConfigurationNode], of section: Section<PostmasterConfiguration>) {
        for (key, node) in members {
            guard let setting = section.settings.first(where: { $0.key == key }) else {
                refuse([section.name, key], found: "unknown key", expected: Self.hint(key, among: section.settings.map(\.key), what: "key"))
                continue
            }
            guard let refusal = setting.take(node, &configuration) else { continue }
            var path = [section.name, key]
            var found = Self.shown(node)
            if let item = refusal.item, case .array(let items) = node, items.indices.contains(item) {
                path.append(String(item))
                found = "item \(item + 1) is \(Self.shown(items[item]))"
            }
            problems.append(
                .init(.file(name, line: lines.line(of: path)), key: "\(section.name).\(key)", found: found, expected: refusal.expected))
        }
    }

    private func isTable(_ node: ConfigurationNode) -> Bool {
        switch node {
        case .table: true
        case .array(let items): items.contains(where: isTable)
        default: false
        }
    }

    private mutating func refuse(_ path: [String], found: String, expected: String) {
        problems.append(.init(.file(name, line: lines.line(of: path)), key: path.joined(separator: "."), found: found, expected: expected))
    }

    // MARK: The environment

    mutating func take(environment: [String: String]) {
        var known: [String: (key: String, setting: Setting<PostmasterConfiguration>)] = [:]
        for section in PostmasterConfiguration.sections {
            for setting in section.settings { known[section.variable(of: setting.key)] = ("\(section.name).\(setting.key)", setting) }
        }
        for (variable, text) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix("POSTMASTER_") {
            guard !PostmasterConfiguration.otherVariables.contains(variable) else { continue }
            guard let (key, setting) = known[variable] else {
                problems.append(
                    .init(
                        .environment, key: variable, found: "unknown variable",
                        expected: Self.hint(variable, among: known.keys.sorted(), what: "variable")))
                continue
            }
            variables[key] = variable
            if let refusal = setting.takeText(text, &configuration) {
                problems.append(.init(.environment, key: variable, found: Self.shown(.string(text)), expected: refusal.expected))
            }
        }
    }

    // MARK: The whole

    mutating func combine() {
        for problem in configuration.combinedProblems() {
            if let variable = variables[problem.key] {
                problems.append(.init(.environment, key: variable, found: problem.found, expected: problem.expected))
            } else {
                refuse(problem.key.split(separator: ".").map { String($0) }, found: problem.found, expected: problem.expected)
            }
        }
    }

    /// Problems of the file by line, then those of the environment by name.
    var ordered: [ConfigurationProblem] {
        func rank(_ problem: ConfigurationProblem) -> (Int, String) {
            switch problem.place {
            case .file(_, let line): (line, problem.key)
            case .environment: (Int.max, problem.key)
            }
        }
        return problems.sorted { rank($0) < rank($1) }
    }

    /// A value as a problem shows it: short, on one line.
    private static func shown(_ node: ConfigurationNode) -> String {
        switch node {
        case .array, .table: node.kind
        default:
            String(node.toml.prefix(80))
        }
    }

    /// "a known key (did you mean `recipients`?)".
    private static func hint(_ key: String, among names: [String], what: String) -> String {
        let near = names.map { ($0, editDistance(key, $0)) }.min { $0.1 < $1.1 }
        if let near, near.1 <= (key.count < 4 ? 1 : max(2, min(3, key.count / 3))) { return "a known \(what) (did you mean \(near.0)?)" }
        return names.count <= 20 ? "one of \(names.joined(separator: ", "))" : "a known \(what)"
    }

    /// Levenshtein distance of two short names.
    private static func editDistance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(80))
        let right = Array(right.utf8.prefix(80))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}
