// Makes many accounts with ready-made password hashes.
import Accounts
import ArgumentParser
import Foundation
import MailFormat

/// `postmaster account import [FILE]`.
struct AccountImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Add many accounts with ready-made argon2 hashes.",
        discussion: """
            Reads lines "ADDRESS HASH [QUOTA]" or "ADDRESS:HASH", CSV with a header of address,password and perhaps quota,disabled, or JSON: an array of \
            objects or one object a line, with the same names. Nothing is added where a line is not understood.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Leave out accounts whose address is taken, instead of stopping there.")
    var skipExisting = false
    @Flag(help: "Host the domains of the accounts where they are not hosted yet.")
    var addDomains = false
    @Argument(help: "The file; - or nothing for standard input.", completion: .file())
    var file: String?

    func run() async throws {
        let console = Console.current
        let octets: [UInt8]
        if let file, file != "-" {
            guard let content = FileManager.default.contents(atPath: file) else { throw CommandFailure(.input, "\(file) cannot be read") }
            octets = [UInt8](content)
        } else {
            octets = console.input()
        }
        let accounts: [AccountStore.NewAccount]
        do { accounts = try AccountImport.parse(octets) } catch { throw CommandFailure(.input, error.description, advice: "Nothing was added.") }
        var added = 0
        try await AccountAccess.with(options) { store, _ in
            if addDomains { for domain in Set(accounts.map(\.address.domain)) { try await store.addDomain(domain) } }
            var rest = accounts[...]
            while !rest.isEmpty {
                // Groups small enough that a running server's changes are not held up for long.
                let group = Array(rest.prefix(500))
                do { added += try await store.add(group, skipExisting: skipExisting).count } catch {
                    console.progress?("")
                    throw CommandFailure(CommandFailure(error).status, "\(error)", advice: "\(added) accounts were added before it, none after it.")
                }
                rest = rest.dropFirst(group.count)
                console.progress?(Self.bar(accounts.count - rest.count, of: accounts.count))
            }
            console.progress?("")
        }
        let skipped = accounts.count - added
        if output.json {
            console.out(ConfigurationNode.table(["added": .integer(added), "skipped": .integer(skipped)]).json)
        } else {
            console.note("\(added) accounts were added" + (skipped > 0 ? ", \(skipped) were there already." : "."))
        }
    }

    private static func bar(_ done: Int, of total: Int) -> String {
        let filled = total > 0 ? done * 30 / total : 30
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 30 - filled))] \(done) of \(total)"
    }
}
