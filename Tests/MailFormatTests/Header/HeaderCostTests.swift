// Hostile headers cost what friendly ones of the same size cost: every reader is linear.
import Foundation
import Testing

@testable import MailFormat

@Suite(.serialized) struct HeaderCostTests {
    /// A megabyte in the place of a body; each must be done within a second, which quadratic work on a megabyte misses by far.
    private static let bodies: [(String, [UInt8])] = {
        func filled(_ text: String, _ octets: Int = 1_000_000) -> [UInt8] {
            let unit = Array(text.utf8)
            let count = octets / unit.count * unit.count
            var filled = unit
            while filled.count < count { filled += filled.prefix(count - filled.count) }
            return filled
        }
        return [
            ("open parentheses", filled("(")), ("comments", filled("(a)")), ("closed parentheses", filled(")")), ("quotes", filled("\"")),
            ("open quoted strings", filled("\"a ")), ("backslashes", filled("\\")), ("angle brackets", filled("<")), ("closed angle brackets", filled(">")),
            ("brackets", filled("[")), ("at signs", filled("@")), ("colons", filled(":")), ("semicolons", filled(";")), ("commas", filled(",")), ("dots", filled(".")),
            ("dots apart", filled(". ")), ("routes", filled("<@a,")), ("route domains", [0x3C] + filled("@a,")), ("angles with at signs", filled("<a@b")),
            ("500,000 addresses", filled("a@b.c,", 3_000_000)), ("groups", filled("g:a@b;")), ("words", filled("a ")), ("one word", filled("a")), ("blanks", filled(" ")),
            ("folds", filled("\r\n ")), ("encoded words", filled("=?utf-8?Q?a?= ")), ("encoded words of another charset", filled("=?koi8-r?B?8A==?= ")),
            ("open encoded words", filled("=?utf-8?Q?a ")), ("beginnings of encoded words", filled("=?")), ("half encoded words", filled("=?a?q?")),
            ("question marks", filled("?")), ("equals signs", filled("=")), ("parameters", filled("; a=b")), ("segments", filled("; a*0*=b")), ("names without values", filled("; a ")),
            ("values of many words", filled("; a=b") + filled(" b")), ("quoted values and words", filled("; a=\"b\" c")), ("percent signs", [0x3B, 0x61, 0x2A, 0x3D] + filled("%")),
            ("100,000 message ids", filled("<aaaaaaaaa@bbbbbbbbb> ", 2_200_000)), ("clauses", filled("from a by b ")), ("numbers", filled("1 ")), ("digits", filled("1")),
            ("eight-bit octets", [UInt8](repeating: 0xFF, count: 1_000_000)), ("NULs", [UInt8](repeating: 0, count: 1_000_000)),
        ]
    }()

    /// Processor time of this thread, which other work on the machine does not lengthen.
    private static func measure(_ work: () -> Void) -> Duration {
        func now() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
        }
        let start = now()
        work()
        return now() - start
    }

    /// Megabytes begun.
    private static func megabytes(_ body: [UInt8]) -> Int { (body.count + 999_999) / 1_000_000 }

    private static let readers: [(String, @Sendable ([UInt8]) -> Void)] = [
        ("AddressList", { _ = AddressList.parse($0.span, in: 0..<$0.count) }),
        ("EncodedWord", { _ = EncodedWord.decode($0.span, in: 0..<$0.count) }),
        ("ParameterList", { _ = ParameterList.parse($0.span, in: 0..<$0.count).parameters.map(\.text) }),
        ("MessageIDList", { _ = MessageIDList.parse($0.span, in: 0..<$0.count) }),
        ("MessageDate", { _ = MessageDate.parse($0.span) }),
        ("TraceField", { _ = TraceField.parse($0.span, in: 0..<$0.count) }),
        ("HeaderBlock", { _ = HeaderBlock.parse($0.span) }),
        ("EmailAddress", { _ = EmailAddress(OctetString($0)) }),
    ]

    @Test("a megabyte of anything is read in less than a second by every reader", arguments: 0..<readers.count)
    func linear(_ index: Int) {
        let (name, read) = Self.readers[index]
        var slowest = (Duration.zero, "")
        for (what, body) in Self.bodies {
            let time = Self.measure { read(body) }
            if time > slowest.0 { slowest = (time, what) }
            #expect(time < .seconds(1) * Self.megabytes(body), "\(name) on \(what): \(time)")
        }
        print("\(name): slowest on \(slowest.1), \(slowest.0)")
    }

    @Test("no bound on addresses or words: still linear")
    func unbounded() {
        var limits = MailLimits.standard
        limits.addresses = .max
        limits.encodedWords = .max
        limits.messageIDs = .max
        limits.parameters = 16
        for (what, body) in Self.bodies {
            let time = Self.measure {
                _ = AddressList.parse(body.span, in: 0..<body.count, limits: limits)
                _ = MessageIDList.parse(body.span, in: 0..<body.count, limits: limits)
                if !what.hasPrefix("encoded words of") { _ = EncodedWord.decode(body.span, in: 0..<body.count, limits: limits) }
            }
            #expect(time < .seconds(2) * Self.megabytes(body), "\(what): \(time)")
        }
    }

    @Test("SM-53: a million empty header fields are parsed in less than a second")
    func emptyFields() {
        let octets = Array(String(repeating: "X:\r\n", count: 1_000_000).utf8)
        let time = Self.measure {
            let block = HeaderBlock.parse(octets.span)
            #expect(block.fields.count == MailLimits.standard.headerFields && block.defects.contains(.tooManyFields))
        }
        #expect(time < .seconds(1))
    }
}
