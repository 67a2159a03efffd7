// The order in which rules are asked; the first that refuses answers.
package import Catalogue

/// The rules by stage, in order. Printable: what stands here is what runs.
package enum RuleOrder {
    package static let recipient: [String] = [RelayRule.name, KnownRecipientRule.name, RecipientQuotaRule.name]
    package static let message: [String] = [MessageFormRule.name, MailLoopRule.name]

    /// Stage and rule, in the order they are asked.
    package static var all: [(stage: Stage, rule: String)] {
        recipient.map { (.rcpt, $0) } + message.map { (.data, $0) }
    }
}
