// What is wrong with a configuration, said so that it can be put right.

/// One problem of a configuration file or of the environment.
package struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the value was written.
    package enum Place: Hashable, Sendable {
        case file(String, line: Int)
        case environment
    }

    package let place: Place
    /// The key path (`edge.recipients`) or the variable's name; empty for trouble with the whole file.
    package let key: String
    /// What is there.
    package let found: String
    /// What would be accepted.
    package let expected: String

    @inline(never)
    package init(_ place: Place, key: String, found: String, expected: String) {
        self.place = place
        self.key = key
        self.found = found
        self.expected = expected
    }

    package var description: String {
        let subject = self.key.isEmpty ? self.found : "\(self.key): \(self.found)"
        return switch self.place {
        case .file(let name, let line): "\(name):\(line): \(subject); expected \(self.expected)"
        case .environment: "environment: \(subject); expected \(self.expected)"
        }
    }
}

/// All problems of a configuration at once, in the order of the file.
package struct ConfigurationProblems: Error, Sendable, CustomStringConvertible {
    package let problems: [ConfigurationProblem]

    package init(_ problems: [ConfigurationProblem]) { self.problems = problems }

    package var description: String { self.problems.map(\.description).joined(separator: "\n") }
}
