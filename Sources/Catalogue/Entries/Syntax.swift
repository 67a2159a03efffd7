// The protocol's own answers to what cannot be understood or comes at the wrong time (RFC 5321 §4.2.4, §4.3.2).

extension CatalogueEntry {
    package static let unknownCommand = CatalogueEntry(
        "unknown-command", stage: .any, 500, .init(5, 5, 2), text: "Command not recognized", remedy: .correct)
    package static let lineTooLong = CatalogueEntry("line-length", stage: .any, 500, .init(5, 5, 2), text: "Line too long", remedy: .correct)
    package static let bareLineEnd = CatalogueEntry(
        "line-end", stage: .any, 500, .init(5, 5, 2), text: "Lines end with CR LF", remedy: .correct)
    package static let bareLineFeed = CatalogueEntry(
        "line-feed", stage: .any, 500, .init(5, 5, 2), closes: true, text: "Lines end with CR LF, not with LF alone", remedy: .correct)
    package static let control = CatalogueEntry(
        "control", stage: .any, 500, .init(5, 5, 2), text: "Control character in a command", remedy: .correct)
    package static let badChunk = CatalogueEntry(
        "chunk-syntax", stage: .data, 501, .init(5, 5, 4), closes: true, text: "Syntax error in arguments of BDAT", remedy: .correct)
    package static let badArgument = CatalogueEntry(
        "argument", stage: .any, 501, .init(5, 5, 4), text: "Syntax error in arguments of {subject}", remedy: .correct)
    package static let badSender = CatalogueEntry(
        "sender-syntax", stage: .mail, 501, .init(5, 1, 7), text: "Syntax error in the sender's address", remedy: .correct)
    package static let badRecipient = CatalogueEntry(
        "recipient-syntax", stage: .rcpt, 501, .init(5, 1, 3), text: "Syntax error in the recipient's address", remedy: .correct)
    package static let notImplemented = CatalogueEntry(
        "not-implemented", stage: .any, 502, .init(5, 5, 1), text: "{subject} is not available here", remedy: .correct)
    package static let badSequence = CatalogueEntry(
        "sequence", stage: .any, 503, .init(5, 5, 1), text: "{subject} does not belong here", remedy: .correct)
    package static let senderAlreadySpecified = CatalogueEntry(
        "second-mail", stage: .mail, 503, .init(5, 5, 1), text: "Sender already specified", remedy: .correct)
    package static let helloFirst = CatalogueEntry("hello-first", stage: .mail, 503, .init(5, 5, 1), text: "Say EHLO first", remedy: .correct)
    /// The greeting of a host that takes no mail from this client (RFC 5321 §3.1), and what follows it.
    package static let noService = CatalogueEntry(
        "no-service", stage: .any, 503, .init(5, 5, 1), text: "No mail is taken in this session; say QUIT", remedy: .correct)
    package static let noRecipients = CatalogueEntry(
        "no-recipients", stage: .data, 503, .init(5, 5, 1), text: "No valid recipients", remedy: .correct)
    package static let pipelinedData = CatalogueEntry(
        "early-data", stage: .data, 503, .init(5, 5, 1), closes: true, text: "DATA is the last of a group: wait for 354", remedy: .correct)
    package static let unknownParameter = CatalogueEntry(
        "parameter", stage: .any, 555, .init(5, 5, 4), text: "Parameter not recognized or not offered: {subject}", remedy: .correct)
    package static let needsSMTPUTF8 = CatalogueEntry(
        "needs-smtputf8", stage: .any, 553, .init(5, 6, 7), text: "This address needs SMTPUTF8", remedy: .correct)
}
