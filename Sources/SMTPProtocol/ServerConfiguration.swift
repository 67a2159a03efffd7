// What a dialogue needs to know of its listener.
package import Catalogue

/// Settings of the server's side of a dialogue.
package struct ServerConfiguration: Sendable {
    /// SMTP, or LMTP (RFC 2033): LHLO, and one answer a recipient after the data.
    package enum Dialect: Sendable { case smtp, lmtp }
    /// Bare CR or LF in a message: made CR LF and counted, or refused (`550 5.6.0`) after the true end of data.
    package enum BareLineEnds: String, Sendable, CaseIterable { case normalize, reject }

    package var dialect = Dialect.smtp
    /// The name in the greeting.
    package var hostName: String { didSet { fixedReplies = FixedReplies(hostName, names) } }
    package var names: OperatorNames { didSet { fixedReplies = FixedReplies(hostName, names) } }
    /// Octets of a message (RFC 1870): 10 Megabytes = 10 485 760 as sent (policies §3).
    package var sizeLimit: Int64 = 10_485_760
    /// Recipients of a message (RFC 5321 §4.5.3.1.8: at least 100).
    package var recipientLimit = 100
    /// Octets of a text line of a message, without its line end; RFC 5321 §4.5.3.1.6 asks for 998, mail in the wild for more (field case FC21).
    package var textLineLimit = 65_536
    package var offersTLS = false
    package var bareLineEnds = BareLineEnds.normalize
    /// MAIL FROM:a@b without brackets is accepted (field case FC07).
    package var acceptsUnbracketedPaths = false
    /// EHLO with a name that is no domain is accepted (field case FC03, for submission); otherwise it is `501` (RFC 5321 §4.1.4).
    package var acceptsLooseHello = false
    /// Errors after which answers are delayed.
    package var softErrorLimit = 10
    /// Errors after which the session ends.
    package var hardErrorLimit = 20
    /// Commands that carry no mail (NOOP, RSET, VRFY, HELP, EHLO) between two messages; each one more counts as an error.
    package var idleCommandLimit = 100
    /// Messages in a session, told by LIMITS (RFC 9422) and enforced by policy; nil: not told.
    package var mailLimit: Int?

    private var fixedReplies: FixedReplies

    package init(hostName: String, names: OperatorNames) {
        self.hostName = hostName
        self.names = names
        fixedReplies = FixedReplies(hostName, names)
    }

    /// A reply of the protocol's own.
    package func reply(_ entry: CatalogueEntry, _ values: [Slot: String] = [:]) -> Reply {
        if values.isEmpty, let reply = fixedReplies.replies[entry.code] { return reply }
        var all = values
        all[.host] = hostName
        return entry.reply(ReplyContext(names: names, values: all))
    }

    /// The replies that are the same for every client of a listener, rendered once.
    private final class FixedReplies: Sendable {
        let replies: [String: Reply]

        init(_ hostName: String, _ names: OperatorNames) {
            let context = ReplyContext(names: names, values: [.host: hostName])
            let fixed = Catalogue.all.filter { entry in
                let slots = (CatalogueEntry.slots(of: entry.text) ?? []) + (CatalogueEntry.slots(of: entry.addition) ?? [])
                return Set(slots).isSubset(of: [.host, .service, .operator, .site, .submission])
            }
            replies = Dictionary(fixed.map { ($0.code, $0.reply(context)) }, uniquingKeysWith: { first, _ in first })
        }
    }
}
