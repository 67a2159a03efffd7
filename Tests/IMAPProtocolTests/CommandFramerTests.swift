// Framing: commands, literals and APPEND, fed whole, octet by octet and cut at every index, and what goes over a bound.
import IMAPProtocol
import MailFormat
import Testing

/// Feeds chunks and writes down what the framer says, accepting every message up to a size.
private func trace(_ chunks: [[UInt8]], isAuthenticated: Bool = true, limits: IMAPLimits = IMAPLimits(), accepts: UInt64 = 1_000, rawAfter: Int? = nil) -> [String] {
    var framer = CommandFramer(limits: limits)
    framer.isAuthenticated = isAuthenticated
    var events: [String] = []
    var message: [UInt8] = []
    func verdict(_ literal: LiteralMark) -> String {
        if literal.count <= accepts { return framer.acceptMessage() ? "accepted+" : "accepted" }
        return framer.refuseMessage() ? "passed over" : "close"
    }
    for chunk in chunks {
        var position = 0
        feeding: while true {
            if let rawAfter, events.count == rawAfter { framer.expectLine() }
            switch framer.next(chunk.span, from: &position) {
            case .needsMore: break feeding
            case .command(let octets): events.append("command \(OctetString(octets).text)")
            case .continuation: events.append("continuation")
            case .line(let octets): events.append("line \(OctetString(octets).text)")
            case .append(let start): events.append("append \(start.tag) \(start.mailbox.wire) \(start.message.literal.count) \(verdict(start.message.literal))")
            case .appendMessage(let next): events.append("message \(next.literal.count) \(verdict(next.literal))")
            case .messageOctets(let range): message += chunk[range]
            case .messageEnd:
                events.append("octets \(OctetString(message).text)")
                message = []
            case .appendEnd: events.append("end")
            case .refused(let tag, let refusal): events.append("refused \(tag?.text ?? "*") \(refusal.name)")
            case .broken(let tag, let refusal):
                events.append("broken \(tag?.text ?? "*") \(refusal.name)")
                return events
            }
        }
    }
    return events
}

extension CommandFramer.Refusal {
    var name: String {
        switch self {
        case .commandTooLong: "long"
        case .literalTooLarge: "literal"
        case .lineTooLong: "line"
        case .syntax: "syntax"
        }
    }
}

private struct FramerCase: Sendable, CustomTestStringConvertible {
    let name: String
    let input: String
    let events: [String]
    var isAuthenticated = true
    var testDescription: String { self.name }
}

private let cases: [FramerCase] = [
    FramerCase(name: "one command", input: "a NOOP\r\n", events: ["command a NOOP\r\n"]),
    FramerCase(name: "pipelined commands", input: "a NOOP\r\nb CHECK\r\nc LOG", events: ["command a NOOP\r\n", "command b CHECK\r\n"]),
    FramerCase(name: "a bare line feed ends a command", input: "a NOOP\nb NOOP\r\n", events: ["command a NOOP\n", "command b NOOP\r\n"]),
    FramerCase(name: "a synchronizing literal", input: "a LOGIN {3}\r\nabc {2}\r\nde\r\nb NOOP\r\n", events: ["continuation", "continuation", "command a LOGIN {3}\r\nabc {2}\r\nde\r\n", "command b NOOP\r\n"]),
    FramerCase(name: "a literal that does not wait", input: "a LOGIN {3+}\r\nabc {2+}\r\n\r\n\r\nb NOOP\r\n", events: ["command a LOGIN {3+}\r\nabc {2+}\r\n\r\n\r\n", "command b NOOP\r\n"]),
    FramerCase(name: "an empty literal", input: "a LOGIN {0}\r\n {0+}\r\n\r\n", events: ["continuation", "command a LOGIN {0}\r\n {0+}\r\n\r\n"]),
    FramerCase(name: "a literal that looks like a command and a mark", input: "a LOGIN x {13+}\r\nb NOOP {3+}\r\n\r\n", events: ["command a LOGIN x {13+}\r\nb NOOP {3+}\r\n\r\n"]),
    FramerCase(name: "APPEND", input: "a APPEND INBOX {5}\r\nhello\r\nb NOOP\r\n", events: ["append a INBOX 5 accepted+", "octets hello", "end", "command b NOOP\r\n"]),
    FramerCase(name: "APPEND without waiting, with flags and date", input: "a append {5+}\r\nDraft (\\Seen) \"25-Jun-1994 01:02:03 +0000\" {5+}\r\nhello\r\n", events: ["append a Draft 5 accepted", "octets hello", "end"]),
    FramerCase(name: "APPEND of several messages", input: "a APPEND x {2+}\r\nab (\\Seen) {3+}\r\ncde ~{1}\r\nf\r\nb NOOP\r\n", events: ["append a x 2 accepted", "octets ab", "message 3 accepted", "octets cde", "message 1 accepted+", "octets f", "end", "command b NOOP\r\n"]),
    FramerCase(name: "APPEND of an empty message", input: "a APPEND x {0+}\r\n\r\nb NOOP\r\n", events: ["append a x 0 accepted", "octets ", "end", "command b NOOP\r\n"]),
    FramerCase(name: "APPEND too large, waiting", input: "a APPEND x {5000}\r\nb NOOP\r\n", events: ["append a x 5000 passed over", "command b NOOP\r\n"]),
    FramerCase(name: "APPEND too large, not waiting", input: "a APPEND x {1001+}\r\n" + String(repeating: "\r\n{9+}\r\n...", count: 91) + " {2+}\r\nxx\r\nb NOOP\r\n", events: ["append a x 1001 passed over", "command b NOOP\r\n"]),
    FramerCase(name: "APPEND of 4 GB without waiting", input: "a APPEND x {4294967295+}\r\nxxxxx", events: ["append a x 4294967295 close"]),
    FramerCase(name: "APPEND of 20 digits, waiting", input: "a APPEND x {18446744073709551616}\r\nb NOOP\r\n", events: ["append a x 18446744073709551615 passed over", "command b NOOP\r\n"]),
    FramerCase(name: "APPEND with wrong arguments keeps its tag and place", input: "a APPEND x (nonsense {3+}\r\nabc\r\nb NOOP\r\n", events: ["refused a syntax", "command b NOOP\r\n"]),
    FramerCase(name: "APPEND with something behind the message", input: "a APPEND x {3+}\r\nabc nonsense\r\nb NOOP\r\n", events: ["append a x 3 accepted", "octets abc", "refused a syntax", "command b NOOP\r\n"]),
    FramerCase(name: "a large literal elsewhere, waiting", input: "a SEARCH TEXT {100000}\r\nb NOOP\r\n", events: ["refused a literal", "command b NOOP\r\n"]),
    FramerCase(name: "a large literal elsewhere, not waiting", input: "a SEARCH TEXT {65537+}\r\n" + String(repeating: "x", count: 65_537) + " {3+}\r\nabc\r\nb NOOP\r\n", events: ["refused a literal", "command b NOOP\r\n"]),
    FramerCase(name: "before sign-in a large literal ends the connection", input: "a LOGIN {8193}\r\nb NOOP\r\n", events: ["broken a literal"], isAuthenticated: false),
    FramerCase(name: "before sign-in literals count together", input: "a LOGIN {8000+}\r\n" + String(repeating: "x", count: 8_000) + " {193+}\r\n", events: ["broken a literal"], isAuthenticated: false),
    FramerCase(name: "before sign-in APPEND is no special case", input: "a APPEND x {8193}\r\n", events: ["broken a literal"], isAuthenticated: false),
    FramerCase(name: "before sign-in 4 GB end the connection", input: "a LOGIN {4294967295}\r\n", events: ["broken a literal"], isAuthenticated: false),
    FramerCase(name: "before sign-in 20 digits end the connection", input: "a LOGIN {18446744073709551616+}\r\n", events: ["broken a literal"], isAuthenticated: false),
    FramerCase(name: "a long line is passed over to its end", input: "a SEARCH TEXT " + String(repeating: "x", count: 70_000) + " {3+}\r\nabc\r\nb NOOP\r\n", events: ["refused a long", "command b NOOP\r\n"]),
    FramerCase(name: "before sign-in a long line ends the connection", input: "a LOGIN " + String(repeating: "x", count: 70_000) + "\r\n", events: ["broken a long"], isAuthenticated: false),
    FramerCase(name: "a long line fits the bound", input: "a SEARCH TEXT " + String(repeating: "x", count: 65_536 - 16) + "\r\n", events: ["command a SEARCH TEXT " + String(repeating: "x", count: 65_536 - 16) + "\r\n"]),
    FramerCase(name: "an empty line", input: "\r\na NOOP\r\n", events: ["command \r\n", "command a NOOP\r\n"]),
    FramerCase(name: "braces that are no mark", input: "a X {}\r\nb X {-1}\r\nc X {1a}\r\nd X 1}\r\n", events: ["command a X {}\r\n", "command b X {-1}\r\n", "command c X {1a}\r\n", "command d X 1}\r\n"]),
]

@Suite("Framing of commands")
struct CommandFramerTests {
    @Test("Fed whole", arguments: cases)
    fileprivate func whole(_ one: FramerCase) {
        #expect(trace([Array(one.input.utf8)], isAuthenticated: one.isAuthenticated) == one.events)
    }

    @Test("Fed octet by octet", arguments: cases)
    fileprivate func octetByOctet(_ one: FramerCase) {
        #expect(trace(one.input.utf8.map { [$0] }, isAuthenticated: one.isAuthenticated) == one.events)
    }

    @Test("Cut at every index", arguments: cases.filter { $0.input.utf8.count < 2_000 })
    fileprivate func cut(_ one: FramerCase) {
        let octets = Array(one.input.utf8)
        for index in 0...octets.count {
            #expect(trace([Array(octets[..<index]), Array(octets[index...])], isAuthenticated: one.isAuthenticated) == one.events)
        }
    }

    @Test("A line asked for comes without its end, in pieces or whole")
    func rawLine() {
        let input = Array("a AUTHENTICATE PLAIN\r\nAGEAYg==\r\nb NOOP\r\n".utf8)
        let expected = ["command a AUTHENTICATE PLAIN\r\n", "line AGEAYg==", "command b NOOP\r\n"]
        #expect(trace([input], rawAfter: 1) == expected)
        #expect(trace(input.map { [$0] }, rawAfter: 1) == expected)
        #expect(trace([Array("DONE\n".utf8)], rawAfter: 0) == ["line DONE"])
    }

    @Test("A line asked for has a bound on both sides")
    func rawLineBound() {
        let fits = [UInt8](repeating: 65, count: 12_288) + [13, 10]
        #expect(trace([fits], rawAfter: 0).first?.hasPrefix("line AAAA") == true)
        #expect(trace([[65] + fits], rawAfter: 0) == ["broken * line"])
        #expect(trace(([65] + fits).map { [$0] }, rawAfter: 0) == ["broken * line"])
    }

    @Test("An announced literal takes no memory before it comes")
    func memory() {
        var framer = CommandFramer()
        framer.isAuthenticated = true
        let input = Array("a SEARCH TEXT {65536}\r\n".utf8)
        var position = 0
        #expect(framer.next(input.span, from: &position) == .continuation)
        #expect(framer.heldOctets == input.count)
        #expect(!framer.isBetweenCommands)
    }

    @Test("Nothing is held between commands")
    func holdsNothing() {
        var framer = CommandFramer()
        for octet in "a NOOP\r\n".utf8 {
            var position = 0
            _ = framer.next([octet].span, from: &position)
        }
        #expect(framer.heldOctets == 0)
        #expect(framer.isBetweenCommands)
    }
}
