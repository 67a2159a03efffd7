// Lists aliases.
import Accounts
import ArgumentParser
import MailFormat

/// `postmaster alias list`.
struct AliasListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List aliases.")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let aliases = try await AccountAccess.with(options) { store, _ in try await store.aliases() }
        var table = TextTable("alias", "targets")
        for alias in aliases { table.add(.string(alias.address.description), .array(alias.targets.map { .string($0.description) })) }
        table.print(json: output.json, whenEmpty: "There are no aliases. Add one: postmaster alias add ADDRESS TARGET")
    }
}
