// Command lines: framing, grammar, and that nothing a client sends can stop the program.
import Catalogue
import MailFormat
import PostmasterTesting
import SMTPProtocol
import Testing

@Suite struct CommandTests {
    static func parse(_ line: String) -> Command { parse(Array(line.utf8)) }

    static func parse(_ line: [UInt8]) -> Command {
        CommandParser.parse(line.span, configuration: TranscriptTests.configuration)
    }

    /// Frames everything in pieces, as a driver does.
    static func frames(_ pieces: [[UInt8]], limit: Int = CommandFramer.standardLimit) -> [String] {
        var framer = CommandFramer(limit: limit)
        var input: [UInt8] = []
        var found: [String] = []
        for piece in pieces {
            input += piece
            next: while !input.isEmpty {
                switch framer.next(input.span) {
                case .line(let range, let consumed):
                    found.append(String(decoding: input[range], as: UTF8.self))
                    input.removeFirst(consumed)
                case .invalid(let problem, let consumed):
                    found.append("\(problem)")
                    input.removeFirst(consumed)
                case .needMore(let consumed):
                    input.removeFirst(consumed)
                    break next
                }
            }
        }
        return found
    }

    @Test("lines are framed the same however they arrive")
    func framing() {
        let long = String(repeating: "x", count: 98)
        let text = "EHLO a\r\n\r\nNOOP\n\(long)\r\n\(long)y\r\n\(long)\(long)\(long)QUIT\r\nQUIT\r\nrest"
        let expected = ["EHLO a", "", "bareLineFeed", long, "lineTooLong", "lineTooLong", "QUIT"]
        let octets = Array(text.utf8)
        #expect(Self.frames([octets], limit: 100) == expected)
        #expect(Self.frames(octets.map { [$0] }, limit: 100) == expected)
        for place in 0...octets.count {
            #expect(Self.frames([Array(octets[..<place]), Array(octets[place...])], limit: 100) == expected, "cut at \(place)")
        }
    }

    @Test("a line that never ends takes no memory")
    func endless() {
        var framer = CommandFramer(limit: 100)
        let block = Array(repeating: UInt8(0x61), count: 4096)
        for _ in 0..<100 { #expect(framer.next(block.span) == .needMore(consumed: 4096)) }
    }

    @Test("a sender is read with all it carries")
    func mail() throws {
        let command = Self.parse("MAIL FROM:<A@Example.ORG> SIZE=1000 BODY=8bitmime SMTPUTF8 RET=FULL ENVID=x+2Dy AUTH=a+40b")
        var parameters = MailParameters()
        parameters.size = 1000
        parameters.body = .eightBitMIME
        parameters.usesSMTPUTF8 = true
        parameters.returnContent = .full
        parameters.envelopeID = "x-y"
        #expect(command == .mail(.address(try #require(EmailAddress("A@example.org"))), parameters))
    }

    @Test("a recipient is read with all it carries")
    func rcpt() throws {
        var parameters = RecipientParameters()
        parameters.notify = [.success, .delay]
        let command = Self.parse("RCPT TO:<b@example.net> NOTIFY=SUCCESS,DELAY")
        #expect(command == .rcpt(.address(try #require(EmailAddress("b@example.net"))), parameters))
        guard case .rcpt(_, let utf8) = Self.parse("RCPT TO:<b@example.net> ORCPT=utf-8;ü@example.net") else {
            Issue.record("not a recipient")
            return
        }
        #expect(utf8.originalRecipient?.address == OctetString("ü@example.net"))
    }

    @Test(
        "sizes and chunk sizes overflow nothing (SE-17)",
        arguments: [
            ("0", 0 as Int64?), ("9223372036854775807", .max), ("9223372036854775808", .max), ("18446744073709551616", .max),
            ("99999999999999999999", .max), ("00000000000000000001", 1), ("100000000000000000000", nil), ("-1", nil), ("+1", nil), ("1e3", nil),
            ("", nil), ("0x10", nil),
        ])
    func numbers(_ text: String, _ value: Int64?) {
        let mail = Self.parse("MAIL FROM:<> SIZE=\(text)")
        let chunk = Self.parse("BDAT \(text) LAST")
        if let value {
            var parameters = MailParameters()
            parameters.size = value
            #expect(mail == .mail(.null, parameters))
            #expect(chunk == .bdat(value, isLast: true))
        } else {
            #expect(mail != .mail(.null, MailParameters()))
            guard case .invalid = mail, case .invalid = chunk else {
                Issue.record("\(mail) \(chunk)")
                return
            }
        }
    }

    @Test("every control octet is refused in every place of a command (SE-19)", arguments: Array(0...0x1f) + [0x7f] as [UInt8])
    func controls(_ octet: UInt8) {
        for text in [
            "EHLO aXb", "MAIL FROM:<aXb@example.org>", "MAIL FROM:<a@exXample.org>", "RCPT TO:<\"aXb\"@example.net>",
            "MAIL FROM:<a@b.example> ENVID=aXb", "NOOP aXb", "VRFY aXb", "XYZ",
        ] {
            let line = Array(text.utf8).map { $0 == 0x58 ? octet : $0 }
            let command = Self.parse(line)
            if octet == 0x09, text.hasPrefix("NOOP") || text.hasPrefix("VRFY") { continue }
            guard case .invalid = command else {
                Issue.record("\(octet) in \(text): \(command)")
                continue
            }
        }
    }

    @Test("any line gives a command, whatever its octets")
    func total() {
        var generator = SystemRandomNumberGenerator()
        let starts = ["MAIL FROM:<", "RCPT TO:<@a,", "EHLO [", "BDAT ", "MAIL FROM:<a@b> SIZE=", "RCPT TO:<a@b> ORCPT=", "MAIL FROM:<\"", ""]
        let alphabet = Array("<>@,:;.\"\\[]()=+ \t1aX%!#".utf8) + [0x00, 0x0d, 0x7f, 0x80, 0xc3, 0xbc, 0xff]
        for _ in 0..<20_000 {
            var line = Array((starts.randomElement(using: &generator) ?? "").utf8)
            for _ in 0..<Int.random(in: 0..<40, using: &generator) { line.append(alphabet.randomElement(using: &generator) ?? 0) }
            let command = Self.parse(line)
            // What was accepted is written again and read again as the same.
            if case .mail(.address(let address), _) = command {
                #expect(Self.parse(Array("MAIL FROM:<".utf8) + address.wire.octets + [0x3e]) == .mail(.address(address), MailParameters()))
            }
        }
    }

    @Test("a line of 300 parameters is refused, not worked through")
    func parameterFlood() {
        let line = "MAIL FROM:<a@b.example>" + (0..<90).map { " X\($0)" }.joined()
        #expect(Self.parse(line) == .invalid(.parameter("X0")))
    }
}
