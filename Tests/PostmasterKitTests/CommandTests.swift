// The commands, parsed and run as they are from a shell.
import ArgumentParser
import Foundation
import PostmasterKit
import Synchronization
import Testing

/// A console whose lines are kept.
final class Recorder: Sendable {
    private let lines = Mutex<(out: [String], notes: [String])>(([], []))

    var out: [String] { lines.withLock { $0.out } }
    var notes: [String] { lines.withLock { $0.notes } }

    func console(input: String = "", secrets: [String] = [], environment: [String: String] = [:]) -> Console {
        let asked = Answers(secrets)
        return Console(
            out: { line in self.lines.withLock { $0.out.append(line) } }, note: { line in self.lines.withLock { $0.notes.append(line) } },
            input: { Array(input.utf8) }, secret: { _ in asked.next() }, environment: environment)
    }

    private final class Answers: Sendable {
        private let rest: Mutex<[String]>
        init(_ answers: [String]) { rest = Mutex(answers) }
        func next() -> String? { rest.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }
}

@Suite struct CommandTests {
    /// Runs a command line; gives its lines, and the exit code it would end with.
    @discardableResult
    private func run(
        _ line: [String], folder: TemporaryFolder, input: String = "", secrets: [String] = []
    ) async throws -> (out: [String], notes: [String], status: Int32) {
        let recorder = Recorder()
        let environment = [
            "POSTMASTER_DATA_FOLDER": folder.path + "/data", "POSTMASTER_ACCOUNTS_PASSWORD_MEMORY": "8 MiB",
            "POSTMASTER_ACCOUNTS_PASSWORD_PASSES": "1",
        ]
        let status = await Console.$current.withValue(recorder.console(input: input, secrets: secrets, environment: environment)) {
            do {
                var command = try PostmasterCommand.parseAsRoot(line)
                if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
                return Int32(0)
            } catch let failure as CommandFailure {
                Console.current.note(failure.description)
                return failure.status.rawValue
            } catch { return PostmasterCommand.exitCode(for: error).rawValue }
        }
        return (recorder.out, recorder.notes, status)
    }

    @Test("domains, accounts and aliases are added, listed, changed and removed")
    func accounts() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        #expect(try await run(["account", "list"], folder: folder).out == ["There are no accounts. Add one: postmaster account add ADDRESS"])
        #expect(try await run(["domain", "add", "Example.net"], folder: folder).notes == ["example.net is hosted now."])
        #expect(try await run(["domain", "add", "example.net"], folder: folder).notes == ["example.net was hosted already."])
        let added = try await run(["account", "add", "alex@example.net", "--password-stdin", "--quota", "2 GiB"], folder: folder, input: "secret\n")
        #expect(added.notes == ["alex@example.net was added."] && added.status == 0)
        #expect(try await run(["account", "add", "sam@example.net"], folder: folder, secrets: ["one", "one"]).status == 0)
        #expect(try await run(["account", "add", "kim@example.net"], folder: folder, secrets: ["one", "two"]).status == 65)
        #expect(try await run(["account", "add", "kim@example.net"], folder: folder).status == 65)
        #expect(try await run(["account", "add", "alex@example.net", "--password-stdin"], folder: folder, input: "x").status == 73)
        #expect(try await run(["account", "add", "alex@example.org", "--password-stdin"], folder: folder, input: "x").status == 67)
        #expect(try await run(["account", "add", "not an address", "--password-stdin"], folder: folder, input: "x").status == 64)
        #expect(try await run(["account", "disable", "sam@example.net"], folder: folder).notes == ["sam@example.net is disabled."])
        let list = try await run(["account", "list"], folder: folder).out
        #expect(list.count == 3 && list[0].hasPrefix("address") && list[1].contains("2 GiB") && list[2].contains("disabled"))
        let json =
            try JSONSerialization.jsonObject(with: Data(try await run(["account", "list", "--json"], folder: folder).out.joined().utf8))
            as? [[String: Any]]
        #expect(json?.count == 2 && json?.first?["address"] as? String == "alex@example.net" && json?.first?["quota"] as? Int == 2 << 30)
        #expect(try await run(["alias", "add", "info@example.net", "alex@example.net", "sam@example.net"], folder: folder).status == 0)
        #expect(
            try await run(["alias", "list", "--json"], folder: folder).out == [
                #"[{"alias":"info@example.net","targets":["alex@example.net","sam@example.net"]}]"#
            ])
        #expect(try await run(["alias", "delete", "info@example.net"], folder: folder).status == 0)
        #expect(try await run(["domain", "list"], folder: folder).out.last == "example.net  2")
        #expect(
            try await run(["account", "delete", "sam@example.net"], folder: folder).notes.first?.hasPrefix("Would remove sam@example.net") == true)
        #expect(try await run(["account", "delete", "sam@example.net", "--yes"], folder: folder).status == 0)
        #expect(try await run(["account", "delete", "sam@example.net", "--yes"], folder: folder).status == 67)
        #expect(try await run(["account", "passwd", "alex@example.net", "--password-stdin"], folder: folder, input: "other").status == 0)
    }

    @Test(
        "lists of accounts are imported in every form",
        arguments: [
            "# comment\na@example.net HASH\nb@example.net HASH 5 MiB\n", "a@example.net:{ARGON2ID}HASH:1000:1000::\nb@example.net:HASH\n",
            "address,password,quota\r\na@example.net,\"HASH\",\r\nb@example.net,\"HASH\",5 MiB\r\n",
            #"[{"address":"a@example.net","password":"HASH"},{"address":"b@example.net","password":"HASH","quota":5242880,"disabled":true}]"#,
            "{\"address\":\"a@example.net\",\"password\":\"HASH\"}\n{\"address\":\"b@example.net\",\"password\":\"HASH\"}\n",
        ])
    func importing(list: String) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let text = list.replacing("HASH", with: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA")
        let result = try await run(["account", "import", "--add-domains", "--json"], folder: folder, input: text)
        #expect(result.out == [#"{"added":2,"skipped":0}"#] && result.status == 0, "\(result)")
        #expect(try await run(["account", "import"], folder: folder, input: text).status == 73)
        #expect(
            try await run(["account", "import", "--skip-existing"], folder: folder, input: text).notes == [
                "0 accounts were added, 2 were there already."
            ])
    }

    @Test(
        "a list with mistakes adds nothing and names every line",
        arguments: [
            (
                "a@example.net secret\nnot-an-address x\n",
                ["line 1: a@example.net: the password is not an argon2 hash", "line 2: \"not-an-address\" is not an e-mail address"]
            ),
            ("address,password\na@example.net,$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA\n", ["line 2: 4 cells under 2 names"]),
            ("{\"address\":1}\n{oops\n", ["line 2: not a JSON object"]), ("", ["the list is empty"]),
        ])
    func importMistakes(list: String, expected: [String]) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let result = try await run(["account", "import", "--add-domains"], folder: folder, input: list)
        #expect(result.status == 65)
        let lines = result.notes.joined(separator: "\n").split(separator: "\n")
        for (line, beginning) in zip(lines, expected) { #expect(line.hasPrefix(beginning), "\(line)") }
        #expect(lines.count == expected.count + 1 && lines.last == "Nothing was added.")
    }

    @Test("a hundred accounts are imported at once, without a hash for each")
    func importSpeed() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"
        let list = (0..<100).map { "user\($0)@example.net \(hash)\n" }.joined()
        #expect(try await run(["account", "import", "--add-domains"], folder: folder, input: list).status == 0)
    }

    @Test("the configuration is checked, shown and first written")
    func configuration() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = folder.path + "/p.toml"
        #expect(try await run(["config", "init", "--operator", "Example", "--domain", "example.net", "--output", file], folder: folder).status == 0)
        #expect(try await run(["config", "init", "--operator", "Example", "--domain", "example.net", "--output", file], folder: folder).status == 73)
        #expect(try await run(["config", "init", "--operator", "Ünsinn", "--domain", "example.net"], folder: folder).status == 65)
        #expect(try await run(["config", "check", "--config", file], folder: folder).out == ["\(file): sound."])
        #expect(try await run(["config", "show", "--config", file], folder: folder).out.joined().contains("service = \"example.net\""))
        try "[edge]\nrecipients = 1\n".write(toFile: file, atomically: true, encoding: .utf8)
        let bad = try await run(["config", "check", "--config", file], folder: folder)
        #expect(bad.status == 78 && bad.notes.first?.hasPrefix("\(file):2: edge.recipients: 1; expected a whole number from 100") == true)
        let json = try await run(["config", "check", "--config", file, "--json"], folder: folder)
        #expect(json.status == 78 && json.out.first?.contains("\"line\":2") == true)
        #expect(try await run(["serve", "--config", file], folder: folder).status == 78)
        #expect(try await run(["account", "list", "--config", "/nonexistent"], folder: folder).status == 78)
    }

    @Test("the version is told to people and programs")
    func version() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        #expect(try await run(["version"], folder: folder).out == ["postmaster \(Version.text)"])
        #expect(try await run(["version", "--json"], folder: folder).out == [#"{"name":"postmaster","version":"\#(Version.text)"}"#])
    }

    @Test("completion scripts are made for the shells", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) throws {
        let kind = try #require(CompletionShell(rawValue: shell))
        #expect(PostmasterCommand.completionScript(for: kind).contains("postmaster"))
    }
}

@Suite struct DemoTests {
    @Test("the demo's configuration is sound and its ports move together")
    func profile() throws {
        var options = DemoOptions()
        options.portOffset = 100
        options.folder = "x"
        let configuration = try DemoProfile.configuration(options)
        #expect(configuration.edge.listen.map(\.description) == ["127.0.0.1:2625"])
        #expect(configuration.operator.site == "http://127.0.0.1:8180")
        let again = try PostmasterConfiguration.read(text: configuration.toml(), named: "demo")
        #expect(again.toml() == configuration.toml())
        options.portOffset = 65_000
        #expect(throws: CommandFailure.self) { try DemoProfile.configuration(options) }
    }
}
