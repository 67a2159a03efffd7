// Writes an operator's first file.
import ArgumentParser
import Foundation
import MailFormat

/// `postmaster config init`.
struct ConfigInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a first configuration file for an operator.",
        discussion: "It replaces every name of the shipped profile. An existing file is never overwritten.")

    @Option(name: .customLong("operator"), help: "The operator's name, as replies and pages carry it.")
    var operatorName: String
    @Option(help: "The operator's mail domain.")
    var domain: DomainArgument
    @Option(help: "The file to write; without it the text is printed.", completion: .file(extensions: ["toml"]))
    var output: String?

    func run() throws {
        let text = PostmasterConfiguration.initialFile(operatorName: operatorName, domain: domain.domain.description)
        // A name that no configuration may have shows here, before anything is written.
        do { _ = try PostmasterConfiguration.read(text: text, named: output ?? "the new file") } catch {
            throw CommandFailure(.input, error.description)
        }
        guard let output else { return Console.current.out(text.trimmingNewlines) }
        guard !FileManager.default.fileExists(atPath: output) else {
            throw CommandFailure(.exists, "\(output) is there already", advice: "Name another file, or move that one away.")
        }
        guard FileManager.default.createFile(atPath: output, contents: Data(text.utf8), attributes: [.posixPermissions: 0o644]) else {
            throw CommandFailure(.storage, "\(output) cannot be written")
        }
        Console.current.note("\(output) was written. Next: postmaster config check --config \(output)")
    }
}
