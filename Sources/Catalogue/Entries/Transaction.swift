// The protocol's own answers about a transaction: senders, recipients, messages, our own trouble.

extension CatalogueEntry {
    package static let senderAccepted = CatalogueEntry("sender", stage: .mail, 250, .init(2, 1, 0), text: "Sender accepted")
    package static let recipientAccepted = CatalogueEntry("recipient", stage: .rcpt, 250, .init(2, 1, 5), text: "Recipient accepted")
    package static let chunkAccepted = CatalogueEntry("chunk", stage: .data, 250, .init(2, 0, 0), text: "{octets} octets received")
    package static let messageAccepted = CatalogueEntry("accepted", stage: .data, 250, .init(2, 0, 0), text: "Accepted as {queue}")
    /// The last line to one recipient of LMTP (RFC 2033 §4.2).
    package static let messageDelivered = CatalogueEntry("delivered", stage: .data, 250, .init(2, 1, 5), text: "<{recipient}> delivered as {queue}")

    package static let storageTrouble = CatalogueEntry(
        "storage", stage: .data, 451, .init(4, 3, 0), text: "The message could not be stored; try again later", remedy: .wait)
    package static let lookupTrouble = CatalogueEntry(
        "lookup", stage: .rcpt, 451, .init(4, 3, 0), text: "The address could not be looked up; try again later", remedy: .wait)
    package static let storageFull = CatalogueEntry(
        "storage-full", stage: .any, 452, .init(4, 3, 1), text: "Not enough room now; try again later", remedy: .wait)
    package static let recipientFull = CatalogueEntry(
        "mailbox-full", stage: .rcpt, 452, .init(4, 2, 2), text: "The mailbox of <{recipient}> is full", remedy: .wait)
    package static let unknownRecipient = CatalogueEntry(
        "unknown-recipient", stage: .rcpt, 550, .init(5, 1, 1), text: "No mailbox <{recipient}> here", remedy: .correct)
    package static let recipientDisabled = CatalogueEntry(
        "disabled-recipient", stage: .rcpt, 550, .init(5, 2, 1), text: "The mailbox <{recipient}> is closed", remedy: .contact)
    package static let relayUnavailable = CatalogueEntry(
        "relay", stage: .rcpt, 550, .init(5, 7, 1), text: "Mail for <{recipient}> is not carried from here", remedy: .correct)
    package static let malformedMessage = CatalogueEntry(
        "malformed", stage: .data, 550, .init(5, 6, 0), text: "Malformed message: {reason}", remedy: .correct)
    package static let mailLoop = CatalogueEntry(
        "loop", stage: .data, 554, .init(5, 4, 6), text: "Mail loop: {reason}", remedy: .correct)
}
