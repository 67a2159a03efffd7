// Prints the values in force.
import ArgumentParser

/// `postmaster config show`.
struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print every setting in force: file, environment and defaults together.")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let configuration = try options.load()
        Console.current.out(output.json ? configuration.json() : configuration.toml().trimmingNewlines)
    }
}

extension String {
    /// The text without line ends at its end: a console adds its own.
    var trimmingNewlines: String {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
