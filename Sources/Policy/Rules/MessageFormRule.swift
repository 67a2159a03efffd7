// Messages that two programs would read in two ways are not taken.
package import Catalogue
package import MailFormat

/// Refuses NUL octets and more than one From field (field cases FC15, FC25; standards SM-48, SE-11): what authentication judges must be what people see.
package enum MessageFormRule {
    package static let name = "message-form"

    package static func decide(header: HeaderBlock, hasNUL: Bool) -> Decision {
        if hasNUL { return .refuse(Refusal(.malformedMessage, rule: name, [.reason: "it holds NUL octets"])) }
        let authors = header.count(.from)
        if authors > 1 {
            return .refuse(
                Refusal(.malformedMessage, rule: name, [.reason: "it has \(authors) From fields"], limit: 1, observed: Int64(authors)))
        }
        return .pass
    }
}
