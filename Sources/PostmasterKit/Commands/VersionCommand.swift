// Which build this is.
import ArgumentParser

/// `postmaster version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    @OptionGroup var output: OutputOptions

    func run() {
        Console.current.out(
            output.json
                ? ConfigurationNode.table(["name": .string("postmaster"), "version": .string(Version.text)]).json : "postmaster \(Version.text)")
    }
}
