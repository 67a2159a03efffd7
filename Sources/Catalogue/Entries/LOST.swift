// Lost: the client went silent (policies §2).

extension CatalogueEntry {
    /// No complete command or no data within the time.
    package static let connectionLost = CatalogueEntry(
        "LOST", number: 4, stage: .any, 421, .init(4, 4, 2), closes: true, text: "{service} Lost (Connection timed out)", audience: .sender,
        remedy: .wait)
}
