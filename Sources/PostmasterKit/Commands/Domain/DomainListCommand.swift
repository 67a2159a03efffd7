// Lists hosted domains.
import Accounts
import ArgumentParser
import MailFormat

/// `postmaster domain list`.
struct DomainListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List hosted domains.")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let domains = try await AccountAccess.with(options) { store, _ in try await store.domains() }
        var table = TextTable("domain", "accounts")
        for domain in domains { table.add(.string(domain.name.description), .integer(Int(domain.accounts))) }
        table.print(json: output.json, whenEmpty: "No domain is hosted. Add one: postmaster domain add NAME")
    }
}
