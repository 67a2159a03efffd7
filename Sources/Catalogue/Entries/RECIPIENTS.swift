// Too many recipients of one message (policies §3).

extension CatalogueEntry {
    /// The accepted recipients of this message have reached the cap; those accepted stay valid (RFC 5321 §4.5.3.1.10).
    package static let tooManyRecipients = CatalogueEntry(
        "RECIPIENTS", number: 3, stage: .rcpt, 452, .init(4, 5, 3), text: "Too many recipients", addition: "cap {limit}", audience: .sender,
        remedy: .correct)
}
