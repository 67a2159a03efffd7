// The table resolver: what it parses, and what it answers.
import DNS
import MailFormat
import Testing

@Suite struct ZoneResolverTests {
    private static let text = """
        ; a comment
        example.net.       MX   10 mx.example.net.
        example.net        TXT  "v=spf1 " "mx; -all" ; another comment
        mx.example.net.    A    192.0.2.1
        mx.example.net.    AAAA 2001:db8::1
        www.EXAMPLE.net.   CNAME mx.example.net.
        loop.example.      CNAME loop.example.
        null.example.      MX   0 .
        a.b.deep.example.  A    192.0.2.2
        broken.example.    FAIL
        slow.example.      TIMEOUT
        """

    private func answer(_ name: String, _ type: RecordType) async throws -> Answer {
        let resolver = ZoneResolver(try ZoneText(Self.text))
        return try await resolver.answer(Question(try #require(DomainName(name)), type), deadline: .now + .milliseconds(20))
    }

    @Test("records of every kind are found, whatever the case of the question")
    func records() async throws {
        let mx = try #require(DomainName("mx.example.net"))
        #expect(
            try await answer("Example.NET.", .mx)
                == .records([.mx(preference: 10, exchange: mx)], canonicalName: try #require(DomainName("example.net"))))
        #expect(try await answer("example.net", .txt).records == [.txt(Array("v=spf1 mx; -all".utf8))])
        #expect(try await answer("mx.example.net", .a).records == [.a(.v4(0xc000_0201))])
        #expect(try await answer("mx.example.net", .aaaa).records == [.aaaa(.v6(high: 0x2001_0db8_0000_0000, low: 1))])
        #expect(try await answer("null.example", .mx).records == [.mx(preference: 0, exchange: .root)])
    }

    @Test("an alias is followed and the name it leads to is told")
    func alias() async throws {
        #expect(
            try await answer("www.example.net", .a) == .records([.a(.v4(0xc000_0201))], canonicalName: try #require(DomainName("mx.example.net"))))
    }

    @Test(
        "a name without such records is told from a name that does not exist",
        arguments: [
            ("example.net", RecordType.a, Answer.noData), ("deep.example", .a, .noData), ("nothing.example", .a, .nameError),
            ("x.mx.example.net", .a, .nameError),
        ])
    func absence(name: String, type: RecordType, expected: Answer) async throws { #expect(try await answer(name, type) == expected) }

    @Test(
        "trouble is thrown, and a slow name takes until the deadline",
        arguments: [
            ("broken.example", ResolverError.serverFailure), ("loop.example", .serverFailure), ("slow.example", .timeout),
        ])
    func trouble(name: String, expected: ResolverError) async throws {
        await #expect(throws: expected) { try await answer(name, .a) }
    }

    @Test(
        "every line that is not understood is named",
        arguments: [
            ("example.net A 192.0.2", "line 1: 192.0.2 is not an IPv4 address"),
            ("\nexample.net AAAA 1::2::3", "line 2: 1::2::3 is not an IPv6 address"),
            (
                "example.net MX mx.example.net.",
                "line 1: MX with 1 values is not known; A, AAAA, CNAME, MX, NS, PTR, TXT, FAIL or TIMEOUT is expected"
            ),
            ("example.net MX 65536 mx.", "line 1: MX needs a number from 0 to 65535 and a name"),
            ("example.net TXT \"open", "line 1: a quote is not closed"),
            ("a..b A 192.0.2.1", "line 1: NAME TYPE DATA is expected"),
        ])
    func mistakes(text: String, expected: String) {
        #expect(throws: ZoneText.Failure.self) { try ZoneText(text) }
        do { _ = try ZoneText(text) } catch { #expect(error.description == expected) }
    }

    @Test("addresses are reversed as the standards say")
    func reversing() throws {
        let table = [
            ("127.0.0.1", nil, "1.0.0.127.in-addr.arpa"), ("192.0.2.1", "bl.example", "1.2.0.192.bl.example"),
            ("2001:db8::567:89ab", nil, "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"),
        ]
        for (address, zone, expected) in table {
            #expect(DomainName(reversing: try #require(IPAddress(address)), under: zone.flatMap { DomainName($0) })?.text == expected)
        }
    }

    @Test(
        "names are bounded",
        arguments: [
            (String(repeating: "a", count: 63) + ".example", true), (String(repeating: "a", count: 64) + ".example", false),
            (String(repeating: "ab.", count: 84) + "c", true), (String(repeating: "ab.", count: 84) + "cd", false), ("", false), (".", true),
            ("a b", false), ("_dmarc.example", true),
        ])
    func bounds(text: String, isName: Bool) { #expect((DomainName(text) != nil) == isName) }
}
