// Every entry of the catalogue against the rules that hold for all of them (policies §1, style §5).
import Catalogue
import MailFormat
import Testing

@Suite struct CatalogueTests {
    static let names = OperatorNames(
        service: "Charter.net", operatorName: "Charter", site: "http://www.charter.com/postmaster", submission: "mobile.charter.net:587")
    static var legacy: OperatorNames {
        var names = names
        names.legacyText = true
        return names
    }

    /// Every slot at its longest.
    static var longest: [Slot: String] {
        Dictionary(uniqueKeysWithValues: Slot.allCases.map { ($0, String(repeating: "w", count: 300)) })
    }

    static let reference = Reference(day: 20_782, codeNumber: 1, serial: 4711)

    static func wire(_ reply: Reply, enhancedCodes: Bool = true) -> [String] {
        var output: [UInt8] = []
        reply.encode(into: &output, enhancedCodes: enhancedCodes)
        return String(decoding: output, as: UTF8.self).components("\r\n")
    }

    @Test("the class of the enhanced code is the class of the reply code (RFC 2034 §4)", arguments: Catalogue.all)
    func classes(_ entry: CatalogueEntry) {
        if let enhanced = entry.enhanced {
            #expect(enhanced.statusClass == entry.reply.severity)
            #expect([2, 4, 5].contains(enhanced.statusClass))
        } else {
            // RFC 2034 §4: none in the greeting, in the answers to HELO and EHLO, and in 3yz.
            #expect(entry.stage == .connect || entry.stage == .helo || entry.reply.severity == 3)
        }
        #expect((200...599).contains(entry.reply.rawValue))
    }

    @Test("only codes of the registry are used (RFC 5248, EX-12)", arguments: Catalogue.all)
    func registered(_ entry: CatalogueEntry) {
        let known: Set<String> = [
            "0.0", "1.0", "1.1", "1.2", "1.3", "1.5", "1.7", "1.8", "1.10", "2.0", "2.1", "2.2", "3.0", "3.1", "3.2", "3.4", "4.2", "4.3", "4.4",
            "4.6", "5.0", "5.1", "5.2", "5.3", "5.4",
            "5.6", "6.0", "6.3", "6.7", "7.0", "7.1", "7.8", "7.26", "7.27", "7.30",
        ]
        if let enhanced = entry.enhanced { #expect(known.contains("\(enhanced.subject).\(enhanced.detail)"), "\(enhanced)") }
    }

    @Test("templates name known slots only", arguments: Catalogue.all)
    func slots(_ entry: CatalogueEntry) {
        #expect(CatalogueEntry.slots(of: entry.text) != nil)
        #expect(CatalogueEntry.slots(of: entry.addition) != nil)
    }

    @Test(
        "a line is at most 512 octets with the longest values (RFC 5321 §4.5.3.1.5)",
        arguments: Catalogue.all)
    func length(_ entry: CatalogueEntry) {
        for names in [Self.names, Self.legacy] {
            var long = names
            long.site = "https://" + String(repeating: "s", count: 240)
            for names in [names, long] {
                let reply = entry.reply(ReplyContext(names: names, reference: Self.reference, values: Self.longest))
                let lines = Self.wire(reply).dropLast()
                #expect(!lines.isEmpty)
                for (offset, line) in lines.enumerated() {
                    #expect(line.utf8.count + 2 <= 512)
                    #expect(line.hasPrefix("\(entry.reply)\(offset + 1 < lines.count ? "-" : " ")"))
                    #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7e })
                }
            }
        }
    }

    @Test("codes and numbers are unique, and no two entries read the same to a sender")
    func unique() {
        #expect(Set(Catalogue.all.map { $0.code.lowercased() }).count == Catalogue.all.count)
        let numbers = Catalogue.all.map(\.number).filter { $0 != 0 }
        #expect(Set(numbers).count == numbers.count && numbers.allSatisfy { $0 < 128 })
        #expect(Set(Catalogue.all.map { "\($0.reply) \($0.text)" }).count == Catalogue.all.count)
    }

    @Test("refusals by policy have an article and a remedy, the protocol's own have no article; all refusals by policy are found by their number")
    func articles() {
        for entry in Catalogue.all {
            #expect((entry.article != nil) == entry.isPolicy)
            if entry.isPolicy {
                #expect(entry.remedy != .none && entry.audience != .none)
                #expect(Catalogue.entry(of: Reference(day: 1, codeNumber: entry.number, serial: 1)) == entry)
            }
            #expect(Catalogue.entry(entry.code) == entry)
        }
        #expect(Catalogue.entry("e1110") == .relayDenied)
        #expect(Catalogue.entry("none") == nil)
    }

    @Test("closing entries are temporary 421s or say why for good", arguments: Catalogue.all.filter(\.closes))
    func closing(_ entry: CatalogueEntry) {
        #expect(entry.reply == 421 || entry.reply == 221 || entry.reply.isPermanent)
    }

    @Test(
        "with legacy text a line equals the page's own exactly",
        arguments: [
            (CatalogueEntry.relayDenied, "571 You must connect from Charter IP space. E1110"),
            (.messageTooLarge, "552 Message size exceeds allowed maximum message size"),
            (.connectionLost, "421 Charter.net Lost (Connection timed out)"),
        ])
    func page(_ entry: CatalogueEntry, _ line: String) {
        let values: [Slot: String] = [.address: "192.0.2.1", .limit: "1", .observed: "2"]
        let legacy = entry.reply(ReplyContext(names: Self.legacy, reference: Self.reference, values: values))
        #expect(Self.wire(legacy) == [line, ""])
        // Otherwise the page's text stands in it in one piece, and the reference leads to the article.
        let full = entry.reply(ReplyContext(names: Self.names, reference: Self.reference, values: values))
        let text = Self.wire(full).joined()
        #expect(text.contains(String(line.dropFirst(4))))
        #expect(text.hasSuffix("http://www.charter.com/postmaster/e/\(entry.code)?ref=\(Self.reference)"))
    }

    @Test(
        "values of a client cannot break a reply (policies §1.7)")
    func cleaning() {
        for bad in ["a\r\n250 forged", "a\nb", "a\u{0}b", "\u{1b}[2J", "ü\u{2028}x", "{site}{limit}", String(repeating: "x", count: 10_000)] {
            let reply = CatalogueEntry.unknownRecipient.reply(ReplyContext(names: Self.names, values: [.recipient: bad]))
            let lines = Self.wire(reply).dropLast()
            #expect(lines.count == 1)
            #expect(lines.allSatisfy { $0.utf8.count <= 512 && $0.hasPrefix("550 5.1.1 ") && $0.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7e } })
            #expect(!lines.joined().contains(Self.names.site))
        }
    }

    @Test("enhanced codes can be left out (RFC 2034 §4)")
    func withoutEnhancedCodes() {
        let reply = CatalogueEntry.unknownCommand.reply(ReplyContext(names: Self.names))
        #expect(Self.wire(reply) == ["500 5.5.2 Command not recognized", ""])
        #expect(Self.wire(reply, enhancedCodes: false) == ["500 Command not recognized", ""])
    }

    @Test("several lines repeat the code with a hyphen (RFC 5321 §4.2.1)")
    func multiline() {
        let reply = Reply(550, .init(5, 7, 1), lines: ["Message Rejected", "second"])
        #expect(Self.wire(reply) == ["550-5.7.1 Message Rejected", "550 5.7.1 second", ""])
    }

    @Test("a reply code is between 200 and 599 whatever it was made of")
    func codes() {
        #expect(ReplyCode(integerLiteral: 7).rawValue == 200)
        #expect(ReplyCode(integerLiteral: 999).rawValue == 599)
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var current: [UInt8] = []
        let end = Array(separator.utf8)
        for octet in utf8 {
            current.append(octet)
            guard current.suffix(end.count).elementsEqual(end) else { continue }
            parts.append(String(decoding: current.dropLast(end.count), as: UTF8.self))
            current = []
        }
        return parts + [String(decoding: current, as: UTF8.self)]
    }
}

extension CatalogueEntry: CustomTestStringConvertible {
    public var testDescription: String { code }
}
