// Prints the reference manual or the annotated sample, made from the mappings.
import ArgumentParser

/// `postmaster config reference`, for those who change the program.
struct ConfigReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Print docs/configuration.md, or the sample file.", shouldDisplay: false)

    @Flag(help: "Print docs/postmaster.sample.toml instead.")
    var sample = false

    func run() {
        let text = sample ? PostmasterConfiguration.sample() : PostmasterConfiguration.reference()
        Console.current.out(text.trimmingNewlines)
    }
}
