// Real mail, message by message: sent over SMTP, read over IMAP, compared octet for octet.
import Foundation
import PostmasterTesting
import Testing

/// What is expected of a file is its octets without a mbox line, with every LF made CR LF by the sender. Files for which it is otherwise stand in
/// `Tests/Tables/corpus-refused.tsv` (name, reply code, enhanced code, why) and `corpus-changed.tsv` (name, why), and their numbers are asserted.
@Suite(.serialized, .enabled(if: SuiteFolder.isExpected, "no suites: set POSTMASTER_TEST_DATA"))
struct CorpusTests {
    /// Files of `mime/` that are no messages: expected results, licences, encoded files without a header.
    private static func isMessage(_ path: String) -> Bool {
        !path.hasSuffix(".json") && !path.hasSuffix("/COPYING") && !path.contains("/encoders/")
    }

    @Test("every message of mime/ arrives as it was sent, or is in a table")
    func mime() throws {
        let folder = try SuiteFolder.suite("mime").path
        let files = try SuiteFolder.files(below: "mime").map(\.path).filter(Self.isMessage)
        try run(files.map { ("mime" + $0.dropFirst(folder.count), $0) }, expected: (sent: 403, equal: 401, changed: 1, refused: 1), title: "mime")
    }

    @Test(
        "every message of the SpamAssassin corpus arrives as it was sent, or is in a table",
        .enabled(if: TestPrograms.runsSlowTests, "slow: POSTMASTER_SLOW_TESTS=1"))
    func spamassassin() throws {
        let root = try #require(SuiteFolder.root)
        let folder = try TemporaryFolder("postmaster-corpus")
        let (exit, output) = try Program.run(
            TestPrograms.find("tar", package: "tar zstd"),
            ["--zstd", "-xf", root.appendingPathComponent("spam/spamassassin.tar.zst").path, "-C", folder.path])
        try #require(exit == .code(0), "\(output)")
        var files: [(String, String)] = []
        let walk = try #require(FileManager.default.enumerator(atPath: folder.path))
        for case let name as String in walk where name.hasSuffix(".eml") { files.append((name, folder.path(of: name))) }
        try run(files.sorted { $0.0 < $1.0 }, expected: (sent: 4_551, equal: 4_547, changed: 4, refused: 0), title: "spamassassin")
    }

    private struct Expectation {
        var refused: [String: (code: Int, enhanced: String)] = [:]
        var changed: Set<String> = []

        init(prefix: String) throws {
            let tables = TestPrograms.repository.appendingPathComponent("Tests/Tables")
            for row in try Self.rows(tables.appendingPathComponent("corpus-refused.tsv")) where row[0].hasPrefix(prefix) && row.count >= 3 {
                refused[row[0]] = (Int(row[1]) ?? 0, row[2])
            }
            changed = Set(try Self.rows(tables.appendingPathComponent("corpus-changed.tsv")).map { $0[0] }.filter { $0.hasPrefix(prefix) })
        }

        private static func rows(_ file: URL) throws -> [[String]] {
            try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
                .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        }
    }

    private func run(
        _ files: [(name: String, path: String)], expected: (sent: Int, equal: Int, changed: Int, refused: Int), title: String
    ) throws {
        #expect(files.count == expected.sent)
        let expectation = try Expectation(prefix: title)
        let process = try PostmasterProcess()
        try process.start()
        let account = PostmasterProcess.accounts[0]
        let client = try process.smtp()
        var accepted: [(name: String, octets: [UInt8])] = []
        var refused: [String: (code: Int, enhanced: String)] = [:]
        for (name, path) in files {
            let octets = SMTPTestClient.canonical(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
            let reply = try client.send(from: "corpus@sender.example.org", to: [account], message: octets)
            if reply.code == 250 {
                accepted.append((name, octets))
            } else {
                refused[name] = (reply.code, reply.enhanced ?? "")
                #expect(expectation.refused[name] != nil, "\(name): \(reply.code) \(reply.text)")
            }
        }
        client.quit()
        for (name, expected) in expectation.refused {
            let found = refused[name]
            #expect(
                found?.code == expected.code && found?.enhanced == expected.enhanced, "\(name): \(String(describing: found)), expected \(expected)")
        }

        let imap = try process.imap(account)
        let box = try imap.select("INBOX")
        #expect(box.exists == accepted.count)
        var changed: Set<String> = []
        var index = 0
        var first = 1
        while first < box.next {
            for message in try imap.messages(first, String(first + 99)) {
                guard index < accepted.count else { break }
                let (name, sent) = accepted[index]
                index += 1
                if !TracePrefix.isTrace(message.octets, before: sent) {
                    changed.insert(name)
                    #expect(TracePrefix.isTrace(message.octets, before: Self.normalized(sent)), "\(name) was changed in another way than line ends")
                    #expect(expectation.changed.contains(name), "\(name) was changed: \(Self.difference(sent, message.octets))")
                }
            }
            first += 100
        }
        #expect(index == accepted.count)
        #expect(changed == expectation.changed, "listed but not changed: \(expectation.changed.subtracting(changed).sorted())")
        #expect(accepted.count - changed.count == expected.equal && changed.count == expected.changed && refused.count == expected.refused)
        print(
            "\(title): \(files.count) sent, \(accepted.count - changed.count) equal, \(changed.count) changed as listed, \(refused.count) refused as listed"
        )
        // Structure and envelope of each, from what was computed at arrival: an answer for every message, none that does not parse.
        let answer = try imap.must("UID FETCH 1:* (UID ENVELOPE BODYSTRUCTURE RFC822.SIZE)")
        let rows = answer.all("FETCH")
        #expect(rows.count == accepted.count)
        #expect(
            rows.allSatisfy { $0.count == 3 && $0[2].after("ENVELOPE")?.values.count == 10 && ($0[2].after("BODYSTRUCTURE")?.values.count ?? 0) > 1 })
        imap.logout()
        #expect(try process.stop() == .code(0))
        #expect(process.soundness() == [])
    }

    /// What the server makes of CR and LF that stand alone (the demo normalizes): CR LF.
    private static func normalized(_ octets: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(octets.count + 100)
        for (index, octet) in octets.enumerated() {
            if octet == 10 && (index == 0 || octets[index - 1] != 13) { out.append(13) }
            out.append(octet)
            if octet == 13 && (index + 1 == octets.count || octets[index + 1] != 10) { out.append(10) }
        }
        return out
    }

    /// Where two messages differ first, for the report of a failure.
    private static func difference(_ sent: [UInt8], _ stored: [UInt8]) -> String {
        var a = sent.count
        var b = stored.count
        while a > 0, b > 0, sent[a - 1] == stored[b - 1] {
            a -= 1
            b -= 1
        }
        func near(_ octets: [UInt8], _ at: Int) -> String {
            String(decoding: octets[max(0, at - 40)..<min(octets.count, at + 20)], as: UTF8.self).debugDescription
        }
        return "sent \(sent.count) octets, differing before \(a): \(near(sent, a)); stored \(near(stored, b))"
    }
}
