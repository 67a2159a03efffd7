// The catalogue: every entry, in one order.

/// All answers that the program can give over SMTP and LMTP.
package enum Catalogue {
    /// Refusals by policy first, in the order of their numbers; then the protocol's own by subject.
    package static let all: [CatalogueEntry] = [
        .relayDenied, .messageTooLarge, .tooManyRecipients, .connectionLost,
        .greeting, .lmtpGreeting, .helo, .readyForTLS, .goodbye, .done, .help, .verification, .goAhead,
        .shutdown, .overloaded, .tooManyErrors, .earlyTalker, .tlsUnavailable, .tlsSyntax, .tlsNeeded,
        .unknownCommand, .lineTooLong, .bareLineEnd, .bareLineFeed, .control, .badArgument, .badChunk, .badSender, .badRecipient, .notImplemented,
        .badSequence, .senderAlreadySpecified,
        .helloFirst, .noService, .noRecipients, .pipelinedData, .unknownParameter, .needsSMTPUTF8,
        .senderAccepted, .recipientAccepted, .chunkAccepted, .messageAccepted, .messageDelivered, .storageTrouble, .lookupTrouble, .storageFull,
        .recipientFull, .unknownRecipient, .recipientDisabled, .relayUnavailable, .malformedMessage, .mailLoop,
    ]

    /// Refusals by policy.
    package static let policies: [CatalogueEntry] = all.filter(\.isPolicy)

    /// The entry with this code, in any case.
    package static func entry(_ code: String) -> CatalogueEntry? {
        all.first { $0.code.utf8.elementsEqual(code.utf8) || $0.code.lowercased() == code.lowercased() }
    }

    /// The entry that a reference names.
    package static func entry(of reference: Reference) -> CatalogueEntry? { policies.first { $0.number == reference.codeNumber } }
}
