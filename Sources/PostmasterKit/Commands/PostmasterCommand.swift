// The root of all commands.
package import ArgumentParser
import Glibc

/// `postmaster`.
package struct PostmasterCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "postmaster", abstract: "A mail complex for an Internet provider.", version: Version.text,
        subcommands: [
            ServeCommand.self, DemoCommand.self, ConfigCommand.self, DomainCommand.self, AccountCommand.self, AliasCommand.self, CheckCommand.self,
            VersionCommand.self,
        ])

    package init() {}

    /// Runs what the command line asks for and ends the process.
    package static func start() async -> Never {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            Glibc.exit(0)
        } catch let failure as CommandFailure {
            for line in failure.description.split(separator: "\n", omittingEmptySubsequences: false) { Console.current.note("postmaster: \(line)") }
            Glibc.exit(failure.status.rawValue)
        } catch { exit(withError: error) }
    }
}

/// What this build calls itself.
package enum Version {
    package static let text = "0.1.0"
}
