// One rule's answer.
package import Catalogue

/// What a rule says.
package enum Decision: Sendable, Hashable {
    /// Not this rule's business.
    case pass
    /// Refused; whether for ever or for now stands in the entry.
    case refuse(Refusal)

    package var refusal: Refusal? {
        if case .refuse(let refusal) = self { refusal } else { nil }
    }
}

/// A refusal: the catalogue's entry with the values of this case and the rule that gave it.
package struct Refusal: Sendable, Hashable {
    package let entry: CatalogueEntry
    /// The rule's name, for the ledger.
    package let rule: String
    package let values: [Slot: String]
    /// The limit that was met, where there is one.
    package let limit: Int64
    /// What was seen against it.
    package let observed: Int64

    package init(_ entry: CatalogueEntry, rule: String, _ values: [Slot: String] = [:], limit: Int64 = 0, observed: Int64 = 0) {
        self.entry = entry
        self.rule = rule
        self.values = values
        self.limit = limit
        self.observed = observed
    }
}
