// What EHLO and LHLO tell: one file an extension, one order.
import MailFormat

/// An ESMTP extension as the server tells it (RFC 5321 §4.1.1.1). Advertised means done.
struct ServerExtension: Sendable {
    /// The line in the reply to EHLO; nil where it is not offered now.
    let line: @Sendable (_ configuration: ServerConfiguration, _ isTLS: Bool) -> String?

    /// All of them, in the order of the reply.
    static let all: [ServerExtension] = [
        .pipelining, .size, .eightBitMIME, .smtpUTF8, .chunking, .dsn, .enhancedStatusCodes, .startTLS, .limits,
    ]
}

extension ServerMachine {
    /// The lines after the greeting.
    func extensions(isTLS: Bool) -> [OctetString] {
        ServerExtension.all.compactMap { $0.line(configuration, isTLS) }.map { OctetString($0) }
    }
}
