// Signing in: who may, what is remembered, and how long a refusal takes.
import Accounts
import MailFormat
import Storage
import Testing

@Suite struct SignInTests {
    @Test("the right password of any address signs in, anything else does not")
    func signingIn() async throws {
        let fixture = try Fixture()
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        let alex = try await fixture.add("alex@example.net", password: "pass word")
        try await fixture.store.addAddress("a@example.net".address, to: "alex@example.net".address)
        let who = SignedIn(account: alex, address: try "alex@example.net".address)
        let table: [(String, String, SignIn)] = [
            ("alex@example.net", "pass word", .accepted(who)), ("ALEX@Example.Net", "pass word", .accepted(who)),
            ("a@example.net", "pass word", .accepted(who)),
            ("alex@example.net", "pass  word", .refused(.wrong)), ("alex@example.net", "", .refused(.wrong)),
            ("nobody@example.net", "pass word", .refused(.wrong)),
            ("alex", "pass word", .refused(.nameWithoutDomain)), ("alex@", "pass word", .refused(.wrong)),
            ("alex+x@example.net", "pass word", .refused(.wrong)),
            ("alex@example.net", "pass\u{0}word", .refused(.wrong)), ("alex@example.net", String(repeating: "x", count: 2000), .refused(.wrong)),
            ("alex@example.net", "pass\u{a0}word", .accepted(who)),
        ]
        for (user, password, expected) in table { #expect(await fixture.signIn(user, password) == expected, "\(user) \(password)") }
        try await fixture.store.setDisabled(true, of: "alex@example.net".address)
        #expect(await fixture.signIn("alex@example.net", "pass word") == .refused(.disabled))
    }

    @Test("a success is remembered without a look at the store, and forgotten when anything changes")
    func remembering() async throws {
        let fixture = try Fixture()
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        try await fixture.add("alex@example.net", password: "old")
        guard case .accepted = await fixture.signIn("alex@example.net", "old") else { return #expect(Bool(false)) }
        // Behind the store's back: what is remembered does not see it.
        try await fixture.database.write { _ = try $0.execute("UPDATE account SET password = 'none'") }
        guard case .accepted = await fixture.signIn("alex@example.net", "old") else { return #expect(Bool(false)) }
        try await fixture.store.setPassword(PasswordHash.make(of: Array("new".utf8), cost: Fixture.cheap), of: "alex@example.net".address)
        #expect(await fixture.signIn("alex@example.net", "old") == .refused(.wrong))
        guard case .accepted = await fixture.signIn("alex@example.net", "new") else { return #expect(Bool(false)) }
    }

    @Test("the memory of sign-ins is bounded, ends, and is keyed anew in every process")
    func cache() {
        let who = SignedIn(account: AccountID(rawValue: 1), address: EmailAddress("a@example.net")!)
        let cache = SignInCache(size: 10, time: .seconds(600))
        let now = ContinuousClock.now
        let key = { (number: Int) in cache.key(user: Array("user\(number)".utf8), password: Array("p".utf8)) }
        for number in 0..<100 { cache.insert(who, for: key(number), now: now, epoch: cache.epoch) }
        #expect(cache.count <= 10)
        #expect(cache.find(key(99), now: now) == who)
        #expect(cache.find(key(0), now: now) == nil)
        #expect(cache.find(key(99), now: now + .seconds(599)) == who)
        #expect(cache.find(key(99), now: now + .seconds(600)) == nil)
        let epoch = cache.epoch
        cache.drop()
        cache.insert(who, for: key(5), now: now, epoch: epoch)
        #expect(cache.count == 0)
        // Name and password cannot be cut differently into the same key.
        #expect(cache.key(user: Array("ab".utf8), password: Array("c".utf8)) != cache.key(user: Array("a".utf8), password: Array("bc".utf8)))
        #expect(SignInCache(size: 10, time: .seconds(1)).key(user: [1], password: [2]) != cache.key(user: [1], password: [2]))
    }

    @Test("a user who does not exist takes as long as one who does")
    func timing() async throws {
        let fixture = try Fixture { $0.passwordCost = PasswordCost(memory: 8 << 20, passes: 2) }
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        let hash = try PasswordHash.make(of: Array("right".utf8), cost: fixture.store.configuration.passwordCost)
        _ = try await fixture.store.add(.init(address: "alex@example.net".address, password: hash))
        _ = await fixture.signIn("nobody@example.net", "warm up")
        // In turns, so that a busy moment of the machine meets both.
        var times: [String: [Duration]] = [:]
        for number in 0..<9 {
            for user in ["alex@example.net", "nobody@example.net"] {
                let start = ContinuousClock.now
                _ = await fixture.signIn(user, "wrong\(number)")
                times[user, default: []].append(ContinuousClock.now - start)
            }
        }
        let known = try #require(times["alex@example.net"]?.sorted()[4])
        let unknown = try #require(times["nobody@example.net"]?.sorted()[4])
        // Without the dummy hash the difference would be a factor of hundreds.
        #expect(unknown > known / 3 && known > unknown / 3, "known \(known), unknown \(unknown)")
    }

    @Test("a hash of another cost is replaced after the next sign-in")
    func upgrading() async throws {
        let fixture = try Fixture()
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        let old = try PasswordHash.make(of: Array("secret".utf8), cost: PasswordCost(memory: 16384, passes: 2))
        _ = try await fixture.store.add(.init(address: "alex@example.net".address, password: old))
        guard case .accepted = await fixture.signIn("alex@example.net", "secret") else { return #expect(Bool(false)) }
        // Another change queues behind the replacement.
        try await fixture.store.setQuota(5, of: "alex@example.net".address)
        let text = try await fixture.database.read { try $0.first("SELECT password FROM account") { $0.text(0) } }
        #expect(text != old.text && text?.contains("m=8,t=1") == true)
    }

    @Test(
        "hashes are taken from elsewhere only where their cost is bounded",
        arguments: [
            ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", true),
            ("$argon2i$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", true),
            ("$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", false), ("$argon2id$v=19$m=19456,t=200,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", false),
            ("$argon2d$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", false), ("$2y$10$abcdefghijklmnopqrstuv", false), ("secret", false),
            ("", false),
            ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$", false),
        ])
    func imported(text: String, isAccepted: Bool) { #expect((PasswordHash(text) != nil) == isAccepted) }

    @Test("more sign-ins than may wait are told to come back, not refused for good")
    func storm() async throws {
        let fixture = try Fixture {
            $0.passwordThreads = 1
            $0.passwordsWaiting = 4
            $0.passwordCost = PasswordCost(memory: 8 << 20, passes: 3)
        }
        defer { fixture.end() }
        try await fixture.store.addDomain("example.net".domain)
        let outcomes = await withTaskGroup(of: SignIn.self) { tasks in
            for number in 0..<50 { tasks.addTask { await fixture.signIn("alex@example.net", "wrong\(number)") } }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        let busy = outcomes.count { if case .unavailable(let error) = $0 { error.kind == .busy } else { false } }
        #expect(busy > 0 && busy < 50)
        #expect(outcomes.allSatisfy { if case .accepted = $0 { false } else { true } })
    }
}
