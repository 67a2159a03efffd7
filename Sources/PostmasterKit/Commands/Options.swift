// Options that several commands share.
import ArgumentParser
import Foundation
import MailFormat

/// `--config`.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: "The configuration file. Without it: $POSTMASTER_CONFIG, or /etc/postmaster/postmaster.toml where it exists.",
        completion: .file(extensions: ["toml"]))
    var file: String?

    static let systemFile = "/etc/postmaster/postmaster.toml"

    /// The file that is read; nil where there is none.
    var path: String? {
        if let file { return file }
        if let named = Console.current.environment["POSTMASTER_CONFIG"], !named.isEmpty { return named }
        return FileManager.default.fileExists(atPath: Self.systemFile) ? Self.systemFile : nil
    }

    /// The configuration in force.
    func load() throws -> PostmasterConfiguration {
        do { return try PostmasterConfiguration.load(file: path, environment: Console.current.environment) } catch { throw CommandFailure(error) }
    }
}

/// `--json`.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON for programs instead of text for people.")
    var json = false
}

/// `--password-stdin`.
struct PasswordOptions: ParsableArguments {
    @Flag(help: "Read the password from standard input: its first line.")
    var passwordStdin = false

    /// The password: from standard input, or asked for twice.
    func read() throws(CommandFailure) -> [UInt8] {
        let console = Console.current
        if passwordStdin {
            var line = console.input().prefix { $0 != UInt8(ascii: "\n") }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard !line.isEmpty else {
                throw CommandFailure(
                    .input, "standard input has no password",
                    advice: "Give it as the first line: printf '%s' \"$PASSWORD\" | postmaster … --password-stdin")
            }
            return Array(line)
        }
        guard let first = console.secret("Password: ") else {
            throw CommandFailure(.input, "there is no terminal to ask for the password", advice: "Give it on standard input with --password-stdin.")
        }
        guard console.secret("Once more: ") == first else { throw CommandFailure(.input, "the two passwords differ; nothing was changed") }
        return Array(first.utf8)
    }
}

extension EmailAddress: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

/// A domain name of the command line.
struct DomainArgument: ExpressibleByArgument {
    let domain: Domain

    init?(argument: String) {
        guard let domain = Domain(argument), domain.form == .name else { return nil }
        self.domain = domain
    }
}

extension ByteCount: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
