// The mail store: the conformance suite on the embedded engine, random operations against a model, and what one engine alone can show.
import Mailboxes
import PostmasterTesting
import Storage
import Testing

struct MailStoreTests {
    @Test("the embedded engine conforms", arguments: MailStoreConformance.cases)
    func conforms(test: MailStoreConformance) async throws {
        let fixture = try MailStoreFixture()
        try await test.run(fixture)
    }

    @Test("random operations leave what a simple model has", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func random(seed: UInt64) async throws {
        var configuration = MailStoreConfiguration()
        // Small bounds, so that folding, reading again and letting go happen often.
        configuration.foldRows = 20
        configuration.cachedMailboxes = 4
        configuration.gathering = 1_000
        let fixture = try MailStoreFixture(configuration: configuration)
        var run = try await MailStoreRandomRun(fixture, seed: seed)
        try await run.run(2_100)
        #expect(run.tally.values.reduce(0, +) == 2_100)
        #expect(run.tally.count == 12, "every kind of operation has its turn")
    }

    @Test("a record that cannot be made visible is set aside, the others are not held up")
    func setAside() async throws {
        let fixture = try MailStoreFixture()
        let inbox = try await fixture.mailbox()
        let full = try await fixture.id("full")
        let raw = full.rawValue
        try await fixture.database.write { transaction in
            try transaction.execute("UPDATE mailbox SET uid_next = 4294967295 WHERE id = $1", [.integer(raw)])
        }
        try await fixture.deliver([
            MailStoreFixture.message(1), MailStoreFixture.message(2, destination: .mailbox(full)), MailStoreFixture.message(3),
        ])
        await fixture.store.settled()
        #expect(inbox.view.columns.uids == [1, 2])
        let findings = try MailStoreCheck(database: fixture.database, log: fixture.log).run()
        #expect(findings.contains { if case .setAside = $0 { true } else { false } })
    }
}
