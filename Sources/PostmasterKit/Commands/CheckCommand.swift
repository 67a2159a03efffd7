// Looks through the stores for what must not be.
import ArgumentParser

/// `postmaster check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look through the stores: counters, order of UIDs, missing and orphan messages, damaged segments.",
        discussion: "Repairs nothing. The server must not run. Ends with 0 where nothing is wrong, with 1 where it has printed problems.")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let configuration = try options.load()
        let problems: [String]
        do { problems = try await StoreInspection.problems(configuration) } catch { throw CommandFailure(error) }
        if output.json {
            Console.current.out(ConfigurationNode.array(problems.map { .string($0) }).json)
        } else {
            for problem in problems { Console.current.out(problem) }
            Console.current.note(problems.isEmpty ? "\(configuration.data.folder): sound." : "\(problems.count) problems.")
        }
        guard problems.isEmpty else { throw ExitCode(ExitStatus.problems.rawValue) }
    }
}
