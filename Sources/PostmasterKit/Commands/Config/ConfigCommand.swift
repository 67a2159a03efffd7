// The commands about the configuration file.
import ArgumentParser

/// `postmaster config`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check, show and write the configuration.",
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self, ConfigInitCommand.self, ConfigReferenceCommand.self])
}
