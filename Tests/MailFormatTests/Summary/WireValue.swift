// A small reader of IMAP values, made apart from the writer, to check what the writer makes.
import MailFormat

/// A value of an IMAP response: what ENVELOPE and BODYSTRUCTURE consist of.
enum WireValue: Equatable {
    case none
    case number(Int)
    case string([UInt8])
    case list([WireValue])

    /// Reads one value that is all of `octets`; nil where parentheses, quotes, literals or blanks do not fit the grammar of RFC 9051 §9.
    init?(_ octets: [UInt8]) {
        var at = 0
        guard let value = octets.withUnsafeBufferPointer({ Self.read($0, &at, depth: 0) }), at == octets.count else { return nil }
        self = value
    }

    var items: [WireValue]? { if case .list(let items) = self { items } else { nil } }
    var number: Int? { if case .number(let number) = self { number } else { nil } }
    var text: String? { if case .string(let octets) = self { String(decoding: octets, as: UTF8.self) } else { nil } }

    /// How often a text stands in a summary.
    static func count(of text: String, in summary: MessageSummary) -> Int {
        String(decoding: summary.encoded(), as: UTF8.self).ranges(of: text).count
    }

    private static func read(_ octets: UnsafeBufferPointer<UInt8>, _ at: inout Int, depth: Int) -> WireValue? {
        guard at < octets.count, depth < 200 else { return nil }
        switch octets[at] {
        case 0x28:
            at += 1
            var items: [WireValue] = []
            while true {
                guard at < octets.count else { return nil }
                if octets[at] == 0x29 {
                    at += 1
                    return items.isEmpty ? nil : .list(items)
                }
                // One blank between items; none is needed between the lists of `1*address` and `1*body`.
                if octets[at] == 0x20 {
                    guard !items.isEmpty else { return nil }
                    at += 1
                } else if !items.isEmpty {
                    guard octets[at] == 0x28, case .list = items[items.count - 1] else { return nil }
                }
                guard let item = self.read(octets, &at, depth: depth + 1) else { return nil }
                items.append(item)
            }
        case 0x22:
            at += 1
            var text: [UInt8] = []
            while at < octets.count {
                switch octets[at] {
                case 0x22:
                    at += 1
                    return text.count > 1_000 ? nil : .string(text)
                case 0x5C:
                    guard at + 1 < octets.count, octets[at + 1] == 0x22 || octets[at + 1] == 0x5C else { return nil }
                    text.append(octets[at + 1])
                    at += 2
                case 0, 0x0A, 0x0D, 0x80...:
                    return nil
                default:
                    text.append(octets[at])
                    at += 1
                }
            }
            return nil
        case 0x7B:
            at += 1
            guard let count = self.digits(octets, &at), at + 2 < octets.count, octets[at] == 0x7D, octets[at + 1] == 0x0D, octets[at + 2] == 0x0A
            else {
                return nil
            }
            at += 3
            guard octets.count - at >= count else { return nil }
            let text = Array(octets[at..<at + count])
            at += count
            return text.contains(0) ? nil : .string(text)
        case 0x30...0x39:
            return self.digits(octets, &at).map { .number($0) }
        case 0x4E:
            guard octets.count - at >= 3, octets[at + 1] == 0x49, octets[at + 2] == 0x4C else { return nil }
            at += 3
            return WireValue.none
        default:
            return nil
        }
    }

    private static func digits(_ octets: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Int? {
        var value = 0
        let start = at
        while at < octets.count, octets[at] >= 0x30, octets[at] <= 0x39, at - start < 18 {
            value = value * 10 + Int(octets[at] - 0x30)
            at += 1
        }
        return at > start ? value : nil
    }
}

/// The rules of a consistent summary.
enum SummaryCheck {
    /// The first rule that a summary breaks, or nil.
    static func problem(_ summary: MessageSummary, _ tree: MIMETree, _ octets: [UInt8]) -> String? {
        guard let envelope = WireValue(summary.envelope) else { return "ENVELOPE is not a value" }
        if let broken = self.problem(envelope: envelope) { return broken }
        guard let structure = WireValue(summary.bodyStructure) else { return "BODYSTRUCTURE is not a value" }
        if let broken = self.problem(body: structure, tree, 0, isExtensible: true) { return "BODYSTRUCTURE: \(broken)" }
        guard let body = WireValue(MessageSummary.body(octets.span, tree)) else { return "BODY is not a value" }
        if let broken = self.problem(body: body, tree, 0, isExtensible: false) { return "BODY: \(broken)" }
        if summary.preview.unicodeScalars.count > Preview.characterLimit { return "a preview of \(summary.preview.unicodeScalars.count)" }
        if MessageSummary(decoding: summary.encoded()) != summary { return "not the same after storing" }
        return nil
    }

    /// RFC 9051 §9 envelope.
    static func problem(envelope: WireValue) -> String? {
        guard let fields = envelope.items, fields.count == 10 else { return "an envelope without ten fields" }
        for index in [0, 1, 8, 9] where fields[index] != .none && fields[index].text == nil { return "field \(index) of the envelope" }
        for index in 2...7 where fields[index] != .none {
            guard let addresses = fields[index].items, !addresses.isEmpty else { return "field \(index) of the envelope" }
            var isInGroup = false
            for address in addresses {
                guard let words = address.items, words.count == 4, words.allSatisfy({ $0 == .none || $0.text != nil }) else { return "an address" }
                guard words[3] == .none else { continue }
                if (words[2] == .none) != isInGroup { return "a group that does not \(isInGroup ? "end" : "begin")" }
                isInGroup = words[2] != .none
            }
            if isInGroup { return "a group without end" }
        }
        return nil
    }

    /// RFC 9051 §9 body.
    private static func problem(body: WireValue, _ tree: MIMETree, _ index: Int, isExtensible: Bool) -> String? {
        let part = tree.parts[index]
        guard var items = body.items else { return "part \(index) is no list" }
        if part.kind == .multipart {
            let bodies = items.prefix { $0.items != nil }
            if bodies.count != max(part.children.count, 1) { return "part \(index) has \(bodies.count) of \(part.children.count) parts" }
            for (child, body) in zip(part.children, bodies) {
                if let broken = self.problem(body: body, tree, child, isExtensible: isExtensible) { return broken }
            }
            items.removeFirst(bodies.count)
            if items.count != (isExtensible ? 5 : 1) || items[0].text == nil { return "part \(index) ends with \(items.count) items" }
            return isExtensible ? self.problem(parameters: items[1]) ?? self.problem(tail: Array(items[2...])) : nil
        }
        if items.count < 7 || items[0].text == nil || items[1].text == nil || items[5].text == nil { return "part \(index) lacks fields" }
        if let broken = self.problem(parameters: items[2]) { return broken }
        if items[6].number != part.bodyRange.count { return "part \(index) has \(part.bodyRange.count) octets, not \(items[6])" }
        var next = 7
        if part.kind == .message {
            guard items.count >= 10 else { return "part \(index) lacks its message" }
            if let broken = self.problem(envelope: items[7]) ?? self.problem(body: items[8], tree, part.children[0], isExtensible: isExtensible) {
                return broken
            }
            next = 9
        }
        if part.kind == .message || items[0].text?.lowercased() == "text" {
            guard items.count > next, items[next].number == part.lineCount else { return "part \(index) has \(part.lineCount) lines" }
            next += 1
        }
        if items.count != next + (isExtensible ? 4 : 0) { return "part \(index) has \(items.count) items" }
        return isExtensible ? self.problem(tail: Array(items[(next + 1)...])) : nil
    }

    private static func problem(parameters: WireValue) -> String? {
        if parameters == .none { return nil }
        guard let words = parameters.items, words.count % 2 == 0, words.allSatisfy({ $0.text != nil }) else { return "parameters" }
        return nil
    }

    /// Disposition, language, location.
    private static func problem(tail: [WireValue]) -> String? {
        if tail[0] != .none {
            guard let items = tail[0].items, items.count == 2, items[0].text != nil else { return "a disposition" }
            if let broken = self.problem(parameters: items[1]) { return broken }
        }
        if tail[1] != .none, tail[1].items?.allSatisfy({ $0.text != nil }) != true { return "languages" }
        return tail[2] == .none || tail[2].text != nil ? nil : "a location"
    }
}
