// Lists accounts.
import Accounts
import ArgumentParser
import Foundation
import MailFormat

/// `postmaster account list`.
struct AccountListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List accounts.")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Only accounts with an address in this domain.")
    var domain: DomainArgument?

    func run() async throws {
        let accounts = try await AccountAccess.with(options) { store, _ in try await store.accounts(in: domain?.domain) }
        if output.json {
            var table = TextTable("id", "address", "quota", "disabled", "created")
            for account in accounts {
                table.add(
                    .integer(Int(account.id.rawValue)), .string(account.address.description), .integer(Int(account.quota)),
                    .boolean(account.isDisabled),
                    .integer(Int(account.created)))
            }
            return table.print(json: true, whenEmpty: "")
        }
        var table = TextTable("address", "quota", "state", "since")
        for account in accounts {
            let since = Date(timeIntervalSince1970: TimeInterval(account.created)).formatted(.iso8601.year().month().day())
            table.add(
                .string(account.address.description), .string(account.quota == 0 ? "none" : ByteCount(Int(account.quota)).description),
                .string(account.isDisabled ? "disabled" : "active"), .string(since))
        }
        table.print(json: false, whenEmpty: "There are no accounts. Add one: postmaster account add ADDRESS")
    }
}
