// Messages made to be expensive: time stays in proportion to their size.
import MailFormat
import Testing

@Suite("MIME cost", .serialized)
struct MIMECostTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let make: @Sendable (_ scale: Int) -> [UInt8]
        var testDescription: String { self.name }
    }

    /// Field case 19 and RFC 2231, comment and boundary floods; `scale` 1 is the size the requirement names.
    static let cases: [Case] = [
        Case(name: "a million parts") { head("multipart/mixed; boundary=a") + repeated("--a\r\n\r\n", 1_000_000 / $0) },
        Case(name: "a million close delimiters") { head("multipart/mixed; boundary=a") + repeated("--a--\r\n", 1_000_000 / $0) },
        Case(name: "5,000 nested multiparts") { scale in
            var octets: [UInt8] = []
            for level in 0..<5_000 / scale { octets += wire("Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n") }
            return octets
        },
        Case(name: "5,000 nested messages") { repeated("Content-Type: message/rfc822\r\n\r\n", 5_000 / $0) },
        Case(name: "50,000 leading blank lines") { repeated("\r\n", 50_000 / $0) + wire("Subject: x\n\nbody\n") },
        Case(name: "a million empty headers") { repeated("a:\r\n", 1_000_000 / $0) + wire("\nbody\n") },
        Case(name: "headers without blank line") {
            head("multipart/mixed; boundary=a") + repeated("--a\r\nx: y\r\nno field\r\n", 400_000 / $0)
        },
        Case(name: "thirty open boundaries that nearly match") { scale in
            var octets: [UInt8] = []
            let stem = String(repeating: "b", count: 60)
            for level in 0..<29 { octets += wire("Content-Type: multipart/mixed; boundary=\(stem)\(level)\n\n--\(stem)\(level)\n") }
            return octets + repeated("--\(stem)\r\n", 100_000 / scale)
        },
        Case(name: "lines of two hyphens") { head("multipart/mixed; boundary=a") + repeated("--\n", 3_000_000 / $0) },
        Case(name: "500,000 addresses") { Array("To: ".utf8) + repeated("a@b.example,\r\n ", 500_000 / $0) + wire("\n\nbody\n") },
        Case(name: "comments in an address") { Array("From: ".utf8) + repeated("(", 1_000_000 / $0) + wire("\n\nbody\n") },
        Case(name: "RFC 2231 segments") { scale in
            var octets = Array("Content-Type: text/plain".utf8)
            for segment in 0..<100_000 / scale { octets += Array(";\r\n name*\(segment)*=%41".utf8) }
            return octets + wire("\n\nbody\n")
        },
        Case(name: "parameters that are the same") {
            Array("Content-Type: text/plain".utf8) + repeated("; charset=\"x\"", 200_000 / $0) + wire("\n\nx\n")
        },
        Case(name: "angles without end in HTML") { head("text/html") + repeated("<!-- <style> &", 200_000 / $0) },
        Case(name: "an encoded word of a megabyte") { Array("Subject: =?utf-8?q?".utf8) + repeated("=41", 350_000 / $0) + wire("?=\n\nx\n") },
    ]

    static func head(_ type: String) -> [UInt8] { wire("Content-Type: \(type)\n\n") }
    static func repeated(_ text: String, _ count: Int) -> [UInt8] {
        // By doubling: tests are built without optimisation.
        var octets: [UInt8] = []
        var piece = Array(text.utf8)
        octets.reserveCapacity(piece.count * count)
        var left = count
        while left > 0 {
            if left & 1 == 1 { octets += piece }
            piece += piece
            left >>= 1
        }
        return octets
    }

    static func time(_ octets: [UInt8]) -> (Duration, MIMETree) {
        let clock = ContinuousClock()
        let start = clock.now
        let tree = MIMETree.parse(octets.span)
        let summary = MessageSummary.render(octets.span, tree)
        let spent = start.duration(to: clock.now)
        precondition(!summary.envelope.isEmpty)
        return (spent, tree)
    }

    @Test("Tree and summary of a message made to be expensive take less than a second", arguments: cases)
    func bounded(_ test: Case) {
        let octets = test.make(1)
        let (spent, tree) = Self.time(octets)
        #expect(spent < .seconds(1))
        #expect(TreeCheck.problem(octets, tree) == nil)
        print("MIME cost: \(test.name): \(octets.count) octets in \(spent)")
    }

    @Test("Eight times the octets take nearer to eight times the time than to sixty-four", arguments: cases)
    func linear(_ test: Case) {
        // The best of some, since machines are busy; nothing is said about what is too short to be measured.
        let (eighth, whole) = (test.make(8), test.make(1))
        let shorter = (0..<9).map { _ in Self.time(eighth).0 }.min() ?? .zero
        let longer = (0..<5).map { _ in Self.time(whole).0 }.min() ?? .zero
        #expect(longer < max(shorter * 24, .milliseconds(100)))
    }
}
