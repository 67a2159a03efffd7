// One answer of the program to the world, with everything that is known about it.
import MailFormat

/// Where in a dialogue an answer is given.
package enum Stage: String, Sendable, Hashable, CaseIterable {
    case connect, helo, mail, rcpt, data, any
}

/// Whom an explanation is written for.
package enum Audience: String, Sendable, Hashable {
    /// A sender or postmaster elsewhere.
    case sender
    /// A customer of ours.
    case customer
    /// Nobody needs to read about it: the protocol's own.
    case none
}

/// What puts it right.
package enum Remedy: String, Sendable, Hashable {
    case none
    /// Wait; it passes by itself.
    case wait
    /// Use the settings card: sign in.
    case signIn
    /// Correct the message or the address and send again.
    case correct
    /// Talk to somebody.
    case contact
}

/// Names the article of the public site that explains an entry: the last part of its address, `<site>/e/<key>`.
package struct ArticleKey: Hashable, Sendable, CustomStringConvertible {
    /// The entry's code.
    package let rawValue: String

    package init(_ rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }
}

/// An entry of the catalogue. Templates hold slots (`{sender}`); the addition follows the text unless `legacyText` is set, and
/// the article's address follows that.
package struct CatalogueEntry: Sendable, Hashable {
    /// What people call it: `E1110`; for the protocol's own answers a short key for logs.
    package let code: String
    /// Its number inside references, below 128; 0 for answers that carry none.
    package let number: UInt8
    package let stage: Stage
    package let reply: ReplyCode
    package let enhanced: EnhancedStatusCode?
    package let closes: Bool
    package let text: String
    package let addition: String
    package let audience: Audience
    package let remedy: Remedy

    package init(
        _ code: String, number: UInt8 = 0, stage: Stage, _ reply: ReplyCode, _ enhanced: EnhancedStatusCode?, closes: Bool = false, text: String,
        addition: String = "", audience: Audience = .none, remedy: Remedy = .none
    ) {
        self.code = code
        self.number = number
        self.stage = stage
        self.reply = reply
        self.enhanced = enhanced
        self.closes = closes
        self.text = text
        self.addition = addition
        self.audience = audience
        self.remedy = remedy
    }

    /// True for a refusal by policy: it carries a reference and has an article.
    package var isPolicy: Bool { number != 0 }

    /// The article that explains it; refusals by policy have one, the protocol's own answers do not.
    package var article: ArticleKey? { isPolicy ? ArticleKey(code) : nil }

    /// The reply for one case. A refusal by policy ends with the article's address: `<site>/e/<code>?ref=<REF>` (policies §1.2).
    package func reply(_ context: ReplyContext) -> Reply {
        var line = Self.fill(text, context)
        if !context.names.legacyText {
            if !addition.isEmpty {
                line += [0x3a, 0x20]
                line += Self.fill(addition, context)
            }
            if let article {
                line += Array("; see \(context.names.site)/e/\(article)".utf8)
                if let reference = context.reference { line += Array("?ref=\(reference)".utf8) }
            }
        }
        return Reply(reply, context.names.legacyText ? nil : enhanced, lines: [OctetString(line)], closes: closes)
    }

    /// The slots that a template names, in order; nil where a brace is left open or names no slot.
    package static func slots(of template: String) -> [Slot]? {
        var slots: [Slot] = []
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}"), let slot = Slot(rawValue: String(rest[rest.index(after: open)..<close])) else {
                return nil
            }
            slots.append(slot)
            rest = rest[rest.index(after: close)...]
        }
        return slots
    }

    private static func fill(_ template: String, _ context: ReplyContext) -> [UInt8] {
        var output: [UInt8] = []
        var rest = Array(template.utf8)[...]
        while let open = rest.firstIndex(of: 0x7b), let close = rest[open...].firstIndex(of: 0x7d) {
            output += rest[rest.startIndex..<open]
            if let slot = Slot(rawValue: String(decoding: rest[(open + 1)..<close], as: UTF8.self)) { output += context.value(slot) }
            rest = rest[(close + 1)...]
        }
        return output + rest
    }
}
