// What the demo says when it is ready.
import MailFormat

/// The demo's printed text.
package enum DemoText {
    /// What runs where, who has an account, and three commands to try.
    package static func ready(_ configuration: PostmasterConfiguration, _ members: [DemoHousehold.Member]) -> String {
        let edge = place(configuration.edge.listen)
        let imap = place(configuration.imap.listen)
        let imaps = place(configuration.imaps.listen)
        let lmtp = place(configuration.lmtp.listen)
        let web = place(configuration.web.listen)
        let first = members.first
        let address = first?.address.description ?? "alex@charter.net"
        let accounts = members.map { "  \($0.address.description.padded(to: 20)) password \($0.password)" }.joined(separator: "\n")
        return """

            The mail complex of \(configuration.operator.name) runs on this machine. Its state is in \(configuration.data.folder)/.

              SMTP (edge)   \(edge)
              LMTP          \(lmtp)
              IMAP          \(imap) (STARTTLS), \(imaps) (TLS, self-signed)
              Web           http://\(web)/

            \(accounts)

            Try, in another terminal:

              1. Send a message to \(address):
                 printf 'From: you@example.org\\nTo: \(address)\\nSubject: Hello\\n\\nHello from the demo.\\n' | \\
                   curl -sS --crlf --mail-from you@example.org --mail-rcpt \(address) -T - smtp://\(edge)

              2. Read it:
                 curl -sSk --user '\(address):\(first?.password ?? "")' 'imaps://\(imaps)/INBOX;MAILINDEX=1'

              3. See whether all is well:
                 curl -sS http://\(web)/health/ready

            Ctrl-C stops it.

            """
    }

    private static func place(_ places: [ListenPoint]) -> String { places.first?.description ?? "off" }
}

extension String {
    /// The text with blanks up to a width.
    fileprivate func padded(to width: Int) -> String { count < width ? self + String(repeating: " ", count: width - count) : self }
}
