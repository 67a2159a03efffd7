// The store of accounts: what it makes, refuses, finds and forgets.
import Accounts
import Foundation
import MailFormat
import Storage
import Testing

/// A store in a folder of its own.
struct Fixture {
    let folder: URL
    let database: Database
    let store: AccountStore

    /// The lowest cost: tests make many hashes.
    static let cheap = PasswordCost(memory: 8192, passes: 1)

    init(_ configure: (inout AccountsConfiguration) -> Void = { _ in }, created: @escaping AccountStore.Companion = { _, _ in }) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("accounts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = try Database(path: folder.appendingPathComponent("main.sqlite").path)
        var configuration = AccountsConfiguration()
        configuration.passwordCost = Self.cheap
        configure(&configuration)
        store = try AccountStore(database: database, configuration: configuration, created: created)
    }

    func end() {
        store.close()
        database.close()
        try? FileManager.default.removeItem(at: folder)
    }

    @discardableResult
    func add(_ address: String, password: String = "secret", quota: Int64? = nil) async throws -> AccountID {
        try await store.add(
            .init(address: try address.address, password: try PasswordHash.make(of: Array(password.utf8), cost: Self.cheap), quota: quota))
    }

    func signIn(_ user: String, _ password: String) async -> SignIn {
        await store.authenticate(user: OctetString(user), password: Array(password.utf8))
    }
}

extension String {
    var address: EmailAddress { get throws { try #require(EmailAddress(self)) } }
    var domain: Domain { get throws { try #require(Domain(self)) } }
}

extension Resolution {
    /// The accounts' addresses, with details in brackets.
    var names: [String] {
        guard case .accounts(let recipients) = self else { return [] }
        return recipients.map { $0.address.description + ($0.detail.map { "[\($0)]" } ?? "") }
    }
}

@Suite struct AccountStoreTests {
    @Test("an address reaches its account in any case, with a detail, and through aliases")
    func resolving() async throws {
        let fixture = try Fixture()
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        let alex = try await fixture.add("Alex@example.net", quota: 1000)
        try await fixture.add("sam@example.net")
        try await fixture.add("with+plus@example.net")
        try await fixture.store.addAddress("a.lex@example.net".address, to: "alex@example.net".address)
        try await fixture.store.setAlias(
            Alias(address: "both@example.net".address, targets: ["alex@example.net".address, "sam@example.net".address, "team@example.net".address]))
        try await fixture.store.setAlias(
            Alias(address: "team@example.net".address, targets: ["sam@example.net".address, "both@example.net".address]))
        try await fixture.store.setAlias(Alias(address: "tagged@example.net".address, targets: ["sam+lists@example.net".address]))
        let table: [(String, [String])] = [
            ("alex@example.net", ["Alex@example.net"]), ("ALEX@EXAMPLE.NET", ["Alex@example.net"]), ("a.lex@example.net", ["a.lex@example.net"]),
            ("alex+Lists+x@example.net", ["Alex@example.net[Lists+x]"]), ("with+plus@example.net", ["with+plus@example.net"]),
            ("both@example.net", ["Alex@example.net", "sam@example.net"]), ("team@example.net", ["sam@example.net", "Alex@example.net"]),
            ("tagged@example.net", ["sam@example.net[lists]"]), ("both+x@example.net", ["Alex@example.net", "sam@example.net"]),
            ("\"alex\"@example.net", ["Alex@example.net"]),
        ]
        for (address, expected) in table {
            #expect(try await fixture.store.resolve(address.address).names == expected, "\(address)")
        }
        guard case .accounts(let recipients) = try await fixture.store.resolve("alex@example.net".address) else { return #expect(Bool(false)) }
        #expect(recipients.first?.account == alex && recipients.first?.quota == 1000)
    }

    @Test("who is unknown, disabled or elsewhere is told apart")
    func refusing() async throws {
        let fixture = try Fixture()
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        try await fixture.add("alex@example.net")
        try await fixture.store.setDisabled(true, of: "alex@example.net".address)
        let table: [(String, Resolution)] = [
            ("nobody@example.net", .unknown), ("+alex@example.net", .unknown), ("alex@example.net", .disabled), ("alex@example.org", .foreign),
            ("alex@[127.0.0.1]", .foreign), ("postmaster@example.net", .unknown),
        ]
        for (address, expected) in table { #expect(try await fixture.store.resolve(address.address) == expected, "\(address)") }
    }

    @Test("postmaster and abuse reach the configured account unless the domain has its own")
    func wellKnown() async throws {
        let fixture = try Fixture { $0.postmaster = EmailAddress("alex@example.net") }
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        try await fixture.store.addDomain("example.org".domain)
        try await fixture.add("alex@example.net")
        try await fixture.add("abuse@example.org")
        #expect(try await fixture.store.resolve("Postmaster@example.org".address).names == ["alex@example.net"])
        #expect(try await fixture.store.resolve("abuse@example.net".address).names == ["alex@example.net"])
        #expect(try await fixture.store.resolve("abuse@example.org".address).names == ["abuse@example.org"])
        #expect(try await fixture.store.resolvePostmaster().names == ["alex@example.net"])
        #expect(try await fixture.store.resolve("webmaster@example.org".address) == .unknown)
    }

    @Test("details can be switched off")
    func withoutDetails() async throws {
        let fixture = try Fixture { $0.subaddressSeparator = nil }
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        try await fixture.add("alex@example.net")
        #expect(try await fixture.store.resolve("alex+x@example.net".address) == .unknown)
    }

    @Test("the callback answers at once from memory, and else later")
    func callback() async throws {
        let fixture = try Fixture()
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        try await fixture.add("alex@example.net")
        let address = try "alex@example.net".address
        #expect(fixture.store.known(address) == nil)
        let answer = await withCheckedContinuation { continuation in fixture.store.resolve(address) { continuation.resume(returning: $0) } }
        #expect(try answer.get().names == ["alex@example.net"])
        #expect(fixture.store.known(address)?.names == ["alex@example.net"])
        try await fixture.store.delete(address)
        #expect(fixture.store.known(address) == nil)
        #expect(try await fixture.store.removedAccounts().count == 1)
    }

    @Test("a change of another process is noticed at the next refresh")
    func otherProcess() async throws {
        let fixture = try Fixture()
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        try await fixture.add("alex@example.net")
        #expect(try await fixture.store.resolve("alex@example.net".address).names.count == 1)
        let second = try Database(path: fixture.folder.appendingPathComponent("main.sqlite").path)
        let other = try AccountStore(database: second, configuration: fixture.store.configuration)
        defer {
            other.close()
            second.close()
        }
        fixture.store.refresh()
        _ = try await fixture.store.resolve("alex@example.net".address)
        fixture.store.refresh()
        #expect(fixture.store.known(try "alex@example.net".address) != nil)
        try await other.setDisabled(true, of: "alex@example.net".address)
        fixture.store.refresh()
        #expect(fixture.store.known(try "alex@example.net".address) == nil)
        #expect(try await fixture.store.resolve("alex@example.net".address) == .disabled)
    }

    @Test("names are taken once, and what is in use stays")
    func conflicts() async throws {
        let fixture = try Fixture()
        defer { fixture.end() }
        #expect(try await fixture.store.addDomain("example.net".domain))
        #expect(try await !fixture.store.addDomain("EXAMPLE.net".domain))
        try await fixture.add("alex@example.net")
        try await fixture.store.setAlias(Alias(address: "info@example.net".address, targets: ["alex@example.net".address]))
        func kind(_ body: () async throws -> Void) async -> AccountError.Kind? {
            do { try await body() } catch let error as AccountError { return error.kind } catch {}
            return nil
        }
        #expect(await kind { try await fixture.add("ALEX@example.net") } == .exists)
        #expect(await kind { try await fixture.add("info@example.net") } == .exists)
        #expect(await kind { try await fixture.add("alex@example.org") } == .unknown)
        #expect(await kind { try await fixture.store.deleteDomain("example.net".domain) } == .inUse)
        #expect(await kind { try await fixture.store.deleteDomain("example.org".domain) } == .unknown)
        #expect(await kind { try await fixture.store.delete("sam@example.net".address) } == .unknown)
        #expect(await kind { try await fixture.store.deleteAlias("sam@example.net".address) } == .unknown)
        #expect(
            await kind { try await fixture.store.setAlias(Alias(address: "x@example.net".address, targets: ["y@example.org".address])) } == .invalid)
        #expect(
            await kind { try await fixture.store.setAlias(Alias(address: "alex@example.net".address, targets: ["info@example.net".address])) }
                == .exists)
        #expect(try await fixture.store.accountCount() == 1)
        #expect(try await fixture.store.domains().map(\.accounts) == [1])
        #expect(try await fixture.store.aliases().map(\.address.description) == ["info@example.net"])
    }

    @Test("what belongs to an account is made with it or not at all")
    func companions() async throws {
        struct Refused: Error {}
        let fixture = try Fixture(created: { id, transaction in
            if id.rawValue == 2 { throw Refused() }
            try transaction.execute("INSERT INTO sequence (name, value) VALUES ($1, 0)", [.text("companion-\(id)")])
        })
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        try await fixture.add("one@example.net")
        await #expect(throws: AccountError.self) { try await fixture.add("two@example.net") }
        #expect(try await fixture.store.accounts().map(\.address.description) == ["one@example.net"])
    }

    @Test("a hundred accounts with ready-made hashes are made in one transaction")
    func bulk() async throws {
        let fixture = try Fixture()
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        let hash = try PasswordHash.make(of: Array("secret".utf8), cost: Fixture.cheap)
        let accounts = try (0..<100).map { AccountStore.NewAccount(address: try "user\($0)@example.net".address, password: hash) }
        #expect(try await fixture.store.add(accounts).count == 100)
        // The same list again: refused as a whole, or left out where that is asked for.
        await #expect(throws: AccountError.self) { try await fixture.store.add(accounts) }
        #expect(try await fixture.store.add(accounts, skipExisting: true).isEmpty)
        #expect(try await fixture.store.accounts(in: "example.net".domain).count == 100)
    }
}
