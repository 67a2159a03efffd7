// The configuration: what is taken, what is refused and with which words, and the texts made from the mapping.
import Foundation
import MailFormat
import PostmasterKit
import Testing

@Suite struct ConfigurationTests {
    /// The problems of a text, one line each.
    private func problems(_ text: String, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try PostmasterConfiguration.read(text: text, named: "f.toml", environment: environment)
            return []
        } catch { return error.problems.map(\.description) }
    }

    @Test("an empty file is the shipped profile: the page's own facts")
    func defaults() throws {
        let configuration = try PostmasterConfiguration.read(text: "", named: "f.toml")
        #expect(configuration.operator.service == "Charter.net" && configuration.operator.name == "Charter")
        #expect(configuration.operator.site == "http://www.charter.com/postmaster")
        #expect(configuration.edge.messageSize.octets == 10_485_760 && configuration.edge.recipients == 100)
        #expect(configuration.mailSettings.mobileHost == "mobile.charter.net" && configuration.mailSettings.mobileSMTPPort == 587)
        #expect(configuration.support.telephone == "1-888-438-2427" && configuration.support.orderTelephone == "1-877-581-3485")
        #expect(configuration.operator.effectiveHostName == "mx.charter.net")
    }

    @Test("values of every type are taken, in every way TOML writes them")
    func values() throws {
        let configuration = try PostmasterConfiguration.read(
            text: """
                operator.name = "Example"
                edge = { listen = ["127.0.0.1:2525", "[::1]:2525"], command-timeout = "1m30s", message-size = 20971520, bare-line-end = "reject" }
                [lmtp]
                listen = ["unix:lmtp.sock"]
                message-size = "50 MiB"
                [networks]
                customers = ["192.0.2.0/24", "2001:db8::/32"]
                ["log"]
                'level' = "debug"
                """, named: "f.toml")
        #expect(configuration.operator.name == "Example")
        #expect(configuration.edge.listen.map(\.description) == ["127.0.0.1:2525", "[::1]:2525"])
        #expect(configuration.edge.commandTimeout == .seconds(90))
        #expect(configuration.edge.messageSize.description == "20 MiB")
        #expect(configuration.edge.bareLineEnd == .reject)
        #expect(configuration.lmtp.listen == [.unix(path: "lmtp.sock")])
        #expect(configuration.networks.customers.map(\.description) == ["192.0.2.0/24", "2001:db8::/32"])
        #expect(configuration.log.level == .debug)
    }

    @Test(
        "each mistake is told with file, line, key and what was expected",
        arguments: [
            ("edge = 1", "f.toml:1: edge: a whole number; expected one table [edge]"),
            ("[[edge]]\nrecipients = 100", "f.toml:1: edge: several tables or a list; expected one table [edge]"),
            ("\n[edge]\nrecipient = 100", "f.toml:3: edge.recipient: unknown key; expected a known key (did you mean recipients?)"),
            ("[egde]", "f.toml:1: egde: unknown section; expected a known section (did you mean edge?)"),
            ("recipients = 100", "f.toml:1: recipients: unknown key; expected this key in [edge] or [lmtp]"),
            ("[edge]\nrecipients = \"100\"", "f.toml:2: edge.recipients: \"100\"; expected a whole number from 100 to 100000"),
            ("[edge]\nrecipients = 99", "f.toml:2: edge.recipients: 99; expected a whole number from 100 to 100000"),
            (
                "[edge]\n\ntls = \"implicit\"",
                "f.toml:3: edge.tls: \"implicit\"; expected \"none\" or \"starttls\": mail between servers has no implicit TLS"
            ),
            ("[edge]\ntls = true", "f.toml:2: edge.tls: true; expected one of \"none\", \"starttls\", \"implicit\""),
            (
                "edge.command-timeout = \"5 minutes\"",
                "f.toml:1: edge.command-timeout: \"5 minutes\"; expected a duration such as \"5m\" or \"1h30m\" (units d, h, m, s, ms), from 1s to 1h"
            ),
            (
                "[web]\nlisten = [\n\"127.0.0.1:80\",\n\"localhost:80\"]",
                "f.toml:4: web.listen: item 2 is \"localhost:80\"; expected a list of at most 64 items, each an address and port such as \"127.0.0.1:2525\" or \"[::1]:25\", or \"unix:PATH\""
            ),
            (
                "[networks]\ncustomers = [\"192.0.2.1/24\"]",
                "f.toml:2: networks.customers: a list; expected a list of at most 10000 items, each a network such as \"192.0.2.0/24\" or \"2001:db8::/32\", without bits set below its prefix"
            ),
            (
                "[operator]\nsite = \"www.example.net\"",
                "f.toml:2: operator.site: \"www.example.net\"; expected an address that begins with http:// or https://, printable ASCII, at most 200 characters"
            ),
            ("[operator]\nname = \"Übung\"", "f.toml:2: operator.name: \"Übung\"; expected a name of 1 to 60 printable ASCII characters"),
            ("[tls]\ncertificate = \"a.pem\"\nkey = \"a.pem\"", "f.toml:3: tls.key: the same file as tls.certificate; expected a file of its own"),
            (
                "[web]\nlisten = [\"127.0.0.1:25\"]\n[edge]\nlisten = [\"127.0.0.1:25\"]",
                "f.toml:2: web.listen: 127.0.0.1:25 is already taken by edge.listen; expected an address and port of its own"
            ),
            (
                "[shutdown]\ntime = 1979-05-27",
                "f.toml:2: shutdown.time: 1979-05-27; expected a duration such as \"5m\" or \"1h30m\" (units d, h, m, s, ms), from 0s to 1h"
            ),
        ])
    func mistakes(text: String, expected: String) { #expect(problems(text) == [expected]) }

    @Test("all problems come at once, in the order of the file, then those of the environment")
    func together() {
        let found = problems(
            "[edge]\nsessions = 0\nrecipents = 100\n[log]\nlevel = \"loud\"\n",
            environment: ["POSTMASTER_WEB_LISTEN": "nowhere", "POSTMASTER_EGDE_TLS": "none", "POSTMASTER_CONFIG": "x", "PATH": "/bin"])
        #expect(found.count == 5)
        #expect(
            found.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "f.toml:2: edge.sessions:", "f.toml:3: edge.recipents:", "f.toml:5: log.level:", "environment: POSTMASTER_EGDE_TLS:",
                "environment: POSTMASTER_WEB_LISTEN:",
            ])
        #expect(found[3].contains("did you mean POSTMASTER_EDGE_TLS?"))
    }

    @Test(
        "text that is not TOML is refused with its line",
        arguments: [("a = 1\nb = = 2\n", 2), ("[edge]\nsessions = 5\nsessions = 6\n", 3), ("\n\n[edge\n", 3), ("a = \"open\n", 1)])
    func syntax(text: String, line: Int) {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("f.toml:\(line): ") == true, "\(found)")
        #expect(found.first?.hasSuffix("expected TOML 1.0") == true)
    }

    @Test("variables override the file, through the same mapping")
    func environment() throws {
        let configuration = try PostmasterConfiguration.read(
            text: "[edge]\nrecipients = 200\nsessions = 7\n", named: "f.toml",
            environment: [
                "POSTMASTER_EDGE_RECIPIENTS": "300", "POSTMASTER_NETWORKS_CUSTOMERS": "192.0.2.0/24, 198.51.100.0/24",
                "POSTMASTER_IMAP_ALLOW_CLEARTEXT_LOGIN": "true",
                "POSTMASTER_EDGE_MESSAGE_SIZE": "1 MiB", "POSTMASTER_TLS_WATCH": "1m", "POSTMASTER_LMTP_LISTEN": "",
            ])
        #expect(configuration.edge.recipients == 300 && configuration.edge.sessions == 7)
        #expect(configuration.networks.customers.count == 2 && configuration.imap.allowCleartextLogin)
        #expect(configuration.edge.messageSize == ByteCount(1 << 20) && configuration.tls.watch == .seconds(60) && configuration.lmtp.listen.isEmpty)
    }

    @Test("every variable belongs to one key")
    func variables() {
        let names = PostmasterConfiguration.sections.flatMap { section in section.settings.map { section.variable(of: $0.key) } }
        #expect(Set(names).count == names.count)
        #expect(Set(names).isDisjoint(with: PostmasterConfiguration.otherVariables))
    }

    @Test("what is shown can be read again and is the same")
    func roundTrip() throws {
        var configuration = PostmasterConfiguration()
        configuration.edge.balancers = [try #require(IPNetwork("192.0.2.0/24"))]
        configuration.edge.earlyTalkDelay = .milliseconds(1500)
        configuration.operator.service = "A \"quoted\" \\ name"
        let text = configuration.toml()
        let again = try PostmasterConfiguration.read(text: text, named: "f.toml")
        #expect(again.toml() == text)
        let object = try JSONSerialization.jsonObject(with: Data(configuration.json().utf8)) as? [String: [String: Any]]
        #expect(object?["edge"]?["recipients"] as? Int == 100)
        #expect(object?.count == PostmasterConfiguration.sections.count)
    }

    @Test("another operator's file carries no name of the shipped profile")
    func initialFile() throws {
        let text = PostmasterConfiguration.initialFile(operatorName: "Example Net", domain: "example.net")
        let configuration = try PostmasterConfiguration.read(text: text, named: "f.toml")
        #expect(!configuration.toml().lowercased().contains("charter"))
        #expect(!configuration.toml().contains("1-8"))
        #expect(configuration.operator.name == "Example Net" && configuration.accounts.postmaster == "postmaster@example.net")
    }

    @Test(
        "the manual and the sample are those that the mappings make",
        arguments: [("docs/configuration.md", false), ("docs/postmaster.sample.toml", true)])
    func documents(path: String, isSample: Bool) throws {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        let made = isSample ? PostmasterConfiguration.sample() : PostmasterConfiguration.reference()
        #expect(text == made, "run: postmaster config reference\(isSample ? " --sample" : "") > \(path)")
    }

    @Test("the sample with every line switched on is the defaults")
    func sample() throws {
        let lines = PostmasterConfiguration.sample().split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("#") && !line.hasPrefix("# ") ? line.dropFirst() : line
        }
        let configuration = try PostmasterConfiguration.read(text: lines.joined(separator: "\n"), named: "sample")
        #expect(configuration.toml() == PostmasterConfiguration().toml())
    }

    @Test("a file that is missing, a folder or not a text is refused in words")
    func files() throws {
        for path in ["/nonexistent/f.toml", "/"] {
            #expect(throws: ConfigurationProblems.self) { try PostmasterConfiguration.load(file: path, environment: [:]) }
        }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).toml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: Data([0xff, 0xfe])))
        #expect(throws: ConfigurationProblems.self) { try PostmasterConfiguration.load(file: path, environment: [:]) }
    }
}

@Suite struct ConfigurationValueTests {
    @Test(
        "sizes",
        arguments: [
            ("0", 0), ("10", 10), ("10 B", 10), ("10KiB", 10_240), ("10 MiB", 10_485_760), ("1 GB", 1_000_000_000), ("10 mib", nil), ("-1", nil),
            ("1.5 MiB", nil),
            ("MiB", nil), ("", nil), ("9999999999999999999", nil), ("9999999999 TiB", nil), ("٣", nil),
        ])
    func sizes(text: String, octets: Int?) { #expect(ByteCount(text)?.octets == octets) }

    @Test(
        "durations",
        arguments: [
            ("0s", 0), ("5m", 300_000), ("1h30m", 5_400_000), ("250ms", 250), ("1d", 86_400_000), ("1m1ms", 60_001), ("", nil), ("5", nil),
            ("5 m", nil), ("30m1h", nil), ("1m1m", nil),
            ("-5m", nil), ("1.5s", nil), ("99999999999999999d", nil), ("10001d", nil),
        ])
    func durations(text: String, milliseconds: Int64?) {
        let duration = Duration(configurationText: text)
        #expect(duration == milliseconds.map { .milliseconds($0) })
        if let duration { #expect(Duration(configurationText: duration.configurationText) == duration) }
    }

    @Test(
        "places to listen at",
        arguments: [
            ("127.0.0.1:25", "127.0.0.1:25"), ("[::]:25", "[::]:25"), ("[2001:DB8::1]:143", "[2001:db8::1]:143"),
            ("unix:/run/x.sock", "unix:/run/x.sock"), (":25", nil),
            ("127.0.0.1", nil), ("127.0.0.1:", nil), ("127.0.0.1:65536", nil), ("127.0.0.1:+5", nil), ("::1:25", nil), ("[127.0.0.1]:25", nil),
            ("localhost:25", nil), ("unix:", nil),
            ("unix:" + String(repeating: "x", count: 108), nil),
        ])
    func places(text: String, expected: String?) { #expect(ListenPoint(text)?.description == expected) }

    @Test("an offset moves ports within their range")
    func offset() {
        #expect(ListenPoint("127.0.0.1:25")?.offset(by: 10_000)?.description == "127.0.0.1:10025")
        #expect(ListenPoint("127.0.0.1:25")?.offset(by: 65_536) == nil)
        #expect(ListenPoint("127.0.0.1:25")?.offset(by: Int.max) == nil)
        #expect(ListenPoint("unix:x")?.offset(by: 5) == .unix(path: "x"))
    }
}
