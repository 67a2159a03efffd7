// Says what is wrong with a configuration.
import ArgumentParser
import Foundation

/// `postmaster config check`.
struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say everything that is wrong with a configuration.",
        discussion: "Ends with 0 where nothing is, with 78 where it would be refused.")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = Console.current
        do throws(ConfigurationProblems) {
            let configuration = try PostmasterConfiguration.load(file: options.path, environment: console.environment)
            if output.json { return console.out("[]") }
            console.out("\(options.path ?? "The built-in defaults"): sound.")
            for path in [configuration.certificatePath, configuration.keyPath]
            where !configuration.tls.selfSigned && !FileManager.default.fileExists(atPath: path) {
                console.note("Note: \(path) is not there (yet); without it the server does not start.")
            }
        } catch {
            guard output.json else { throw CommandFailure(error) }
            let problems = error.problems.map { problem in
                var fields: [String: ConfigurationNode] = [
                    "key": .string(problem.key), "found": .string(problem.found), "expected": .string(problem.expected),
                ]
                if case .file(let name, let line) = problem.place {
                    fields["file"] = .string(name)
                    fields["line"] = .integer(line)
                }
                return ConfigurationNode.table(fields)
            }
            console.out(ConfigurationNode.array(problems).json)
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
    }
}
