// 552: the message is too large (policies §3).

extension CatalogueEntry {
    /// Declared (SIZE) or measured octets above the limit.
    package static let messageTooLarge = CatalogueEntry(
        "SIZE", number: 2, stage: .data, 552, .init(5, 3, 4), text: "Message size exceeds allowed maximum message size",
        addition: "limit {limit}, yours {observed}", audience: .sender, remedy: .correct)
}
