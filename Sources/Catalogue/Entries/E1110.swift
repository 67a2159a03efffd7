// E1110: a stranger asks to relay (policies §2).

extension CatalogueEntry {
    /// A client outside the customer networks, not signed in, names a domain that is not ours.
    package static let relayDenied = CatalogueEntry(
        "E1110", number: 1, stage: .rcpt, 571, .init(5, 7, 1), text: "You must connect from {operator} IP space. E1110",
        addition: "{address}; sign in at {submission}", audience: .customer, remedy: .signIn)
}
