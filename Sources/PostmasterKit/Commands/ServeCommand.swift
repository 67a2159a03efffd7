// Runs the mail complex.
import ArgumentParser

/// `postmaster serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the mail complex until a signal stops it.",
        discussion: "SIGTERM and SIGINT stop it gracefully, a second one at once; SIGHUP reads configuration and certificates again.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.load()
        let path = options.path
        let environment = Console.current.environment
        do {
            let complex = try Complex(configuration: configuration) { () throws(ConfigurationProblems) in
                try PostmasterConfiguration.load(file: path, environment: environment)
            }
            try await complex.run()
        } catch { throw CommandFailure(error) }
    }
}
