// Parameters and RFC 2231.
import Testing

@testable import MailFormat

@Suite struct ParameterListTests {
    private static let rows: [(String, [String])] = [
        ("", []), (";", []), (";;;", []), ("; a=b", ["a=b"]), (";A=B", ["a=B"]), (" ; a = \"b c\" ; d=e", ["a=b c", "d=e"]),
        ("; a=\"b\\\"c\"", ["a=b\"c"]), ("; a=\"\"", ["a="]), ("; a=b (comment); c=d", ["a=b", "c=d"]), ("; a=\"open", ["a=open"]),
        ("; a=b c; d=e", ["a=b c", "d=e"]), ("; a=b\r\n c=d", ["a=b", "c=d"]), ("; a=\"b\" c=d", ["a=b", "c=d"]), ("; a=\"b\".png; c=d", ["a=b", "c=d"]),
        ("; =b; c=d", ["c=d"]), ("; novalue; c=d", ["c=d"]), ("; a=", []), ("; a=b; a=c", ["a=b"]),
        ("; name*=utf-8''%C3%A4.txt", ["name=ä.txt"]), ("; name*=iso-8859-1'de'%E4", ["name=ä"]), ("; name*=''plain", ["name=plain"]), ("; name*=noquotes", ["name=noquotes"]),
        ("; name*=utf-8''%", ["name=%"]), ("; name*=utf-8''%4", ["name=%4"]), ("; name*=utf-8''%zz", ["name=%zz"]),
        ("; n*0=a; n*1=b; n*2=c", ["n=abc"]), ("; n*2=c; n*0=a; n*1=b", ["n=abc"]), ("; n*0*=utf-8''%C3; n*1*=%A4", ["n=ä"]),
        ("; n*0*=utf-8''%C3%A4; n*1=\"%41\"", ["n=ä%41"]), ("; n=plain; n*=utf-8''better", ["n=better"]), ("; n*0=a; n*0=x; n*1=b", ["n=ab"]), ("; n*5=b; n*1=a", ["n=ab"]),
        ("; n*99999=a", ["n*99999=a"]), ("; n*x=a", ["n*x=a"]), ("; *=a", []), ("; *0=a", []),
        ("; name=\"=?utf-8?Q?=C3=A4?=.png\"", ["name=ä.png"]), ("; name==?utf-8?Q?=C3=A4?=.png", ["name=ä.png"]),
        ("; boundary=gc0pJq0M:08jU534c0p", ["boundary=gc0pJq0M:08jU534c0p"]), ("; boundary=\"foo\r\n bar\"", ["boundary=foo bar"]),
        ("; name=ä", ["name=ä"]),
    ]

    private static func parse(_ text: String, _ limits: MailLimits = .standard) -> ParameterList {
        let octets = Array(text.utf8)
        return ParameterList.parse(octets.span, in: 0..<octets.count, limits: limits)
    }

    @Test("each field tail gives its parameters", arguments: rows)
    func eachRow(_ row: (String, [String])) {
        #expect(Self.parse(row.0).parameters.map { "\($0.name)=\($0.text)" } == row.1)
    }

    @Test("every part of every tail is read", arguments: rows.map(\.0))
    func truncated(_ text: String) {
        let octets = Array(text.utf8)
        for end in 0...octets.count {
            for start in 0...end { _ = ParameterList.parse(octets.span, in: start..<end).parameters.map(\.text) }
        }
    }

    @Test("charset and language of RFC 2231 are kept")
    func language() {
        let parameter = Self.parse("; title*=us-ascii'en-us'This%20is")["title"]
        #expect(parameter?.charset == "us-ascii" && parameter?.language == "en-us" && parameter?.value == "This is")
        #expect(Self.parse("; TITLE=x").value("title") == "x")
        #expect(Self.parse("; title=x").text("name") == nil)
    }

    @Test("the spelling of the header is kept beside the meaning")
    func written() {
        let list = Self.parse("; N*0*=utf-8''%C3; n*1*=\"%A4\"; x=y")
        #expect(list.written.map { "\($0.name)=\($0.value)" } == ["n*0*=utf-8''%C3", "n*1*=%A4", "x=y"])
    }

    @Test("duplicates are noted and the first counts")
    func duplicates() {
        #expect(Self.parse("; a=b; c=d").hasDuplicates == false)
        #expect(Self.parse("; a=b; a=c").hasDuplicates)
        #expect(Self.parse("; a*0=b; a*0=c").hasDuplicates)
    }

    @Test("SM-52: parameters and segments are bounded on both sides of the bound")
    func bounds() {
        let sixteen = (0..<16).map { "; p\($0)=x" }.joined()
        #expect(Self.parse(sixteen).parameters.count == 16 && !Self.parse(sixteen).isTruncated)
        #expect(Self.parse(sixteen + "; q=x").parameters.count == 16 && Self.parse(sixteen + "; q=x").isTruncated)
        let hundred = (0..<100).map { "; n*\($0)=x" }.joined()
        #expect(Self.parse(hundred).value("n")?.count == 100 && !Self.parse(hundred).isTruncated)
        #expect(Self.parse(hundred + "; n*100=x").value("n")?.count == 100 && Self.parse(hundred + "; n*100=x").isTruncated)
    }
}
