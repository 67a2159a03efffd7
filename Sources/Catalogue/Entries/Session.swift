// The protocol's own answers about the session.

extension CatalogueEntry {
    package static let greeting = CatalogueEntry("greeting", stage: .connect, 220, nil, text: "{host} ESMTP {service}")
    package static let lmtpGreeting = CatalogueEntry("greeting-lmtp", stage: .connect, 220, nil, text: "{host} LMTP {service}")
    package static let helo = CatalogueEntry("helo", stage: .helo, 250, nil, text: "{host} at your service, {address}")
    package static let readyForTLS = CatalogueEntry("starttls", stage: .any, 220, .init(2, 0, 0), text: "Ready to start TLS")
    package static let goodbye = CatalogueEntry("quit", stage: .any, 221, .init(2, 0, 0), closes: true, text: "{host} closing connection")
    package static let done = CatalogueEntry("done", stage: .any, 250, .init(2, 0, 0), text: "OK")
    package static let help = CatalogueEntry("help", stage: .any, 214, .init(2, 0, 0), text: "See {site}")
    package static let verification = CatalogueEntry(
        "verify", stage: .any, 252, .init(2, 1, 5), text: "Not verified here; send the message and see")
    package static let goAhead = CatalogueEntry("data", stage: .data, 354, nil, text: "End the message with <CR><LF>.<CR><LF>")

    package static let shutdown = CatalogueEntry(
        "shutdown", stage: .any, 421, .init(4, 3, 2), closes: true, text: "{host} is closing down; try again soon", remedy: .wait)
    package static let overloaded = CatalogueEntry(
        "overload", stage: .connect, 421, .init(4, 3, 2), closes: true, text: "{host} is too busy; try again soon", remedy: .wait)
    package static let tooManyErrors = CatalogueEntry(
        "errors", stage: .any, 421, .init(4, 7, 0), closes: true, text: "Too many errors in this session", remedy: .correct)
    package static let earlyTalker = CatalogueEntry(
        "early", stage: .connect, 554, .init(5, 5, 0), closes: true, text: "You spoke before the greeting", remedy: .correct)
    package static let tlsUnavailable = CatalogueEntry(
        "tls-unavailable", stage: .any, 454, .init(4, 7, 0), text: "TLS is not available now", remedy: .wait)
    package static let tlsSyntax = CatalogueEntry("tls-syntax", stage: .any, 501, .init(5, 5, 4), text: "STARTTLS takes no argument")
    package static let tlsNeeded = CatalogueEntry(
        "tls-needed", stage: .any, 530, .init(5, 7, 0), text: "Start TLS first", remedy: .correct)
}
