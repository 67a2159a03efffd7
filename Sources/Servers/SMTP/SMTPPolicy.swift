// The seam between the SMTP driver and whoever decides: what is asked, what is told.
package import MailFormat
package import SMTPProtocol

/// What is known of a client when its session begins.
package struct ConnectionFacts: Sendable {
    /// The listener's name in the configuration.
    package var listener: String
    /// Short and unique, also over restarts; for logs and trace fields.
    package var sessionID: String
    /// The client, as a balancer told it where there is one; nil on a socket in the file system.
    package var client: Endpoint?
    /// Our end, as a balancer told it where there is one; nil on a socket in the file system.
    package var local: Endpoint?
    /// The connection began with TLS; `secured(_:)` follows before the first question.
    package var isTLS: Bool
}

/// A message whose octets are all there, with what a trace field needs.
package struct MessageContext: Sendable {
    /// The message, dots undone, every line ended by CR LF.
    package var octets: [UInt8]
    /// What the client called itself.
    package var heloName: OctetString
    /// `ESMTPS` and the like (RFC 3848).
    package var protocolName: String
    /// TLS now.
    package var tls: TLSFacts?
    /// The client spoke before the greeting.
    package var spokeEarly: Bool
}

/// How a session ended and what it did.
package struct SessionSummary: Sendable {
    /// Why a session ended.
    package enum Ending: String, Sendable {
        case quit
        /// The client went away by itself.
        case lost
        case timedOut
        /// An answer that closes.
        case refused
        case shutDown
        /// Another protocol (standards SE-07).
        case foreignProtocol
        /// Octets behind STARTTLS (CVE-2011-0411).
        case injection
        case tlsFailed
        /// No PROXY header, or a bad one.
        case badProxyHeader
        case spokeEarly
    }

    package var ending = Ending.lost
    package var commands = 0
    package var errors = 0
    /// Messages that got a positive last answer.
    package var messagesAccepted = 0
    package var messagesRefused = 0
    /// Transactions that never came to a last answer.
    package var messagesLost = 0
    package var octetsReceived: Int64 = 0
    package var spokeEarly = false
    package var duration = Duration.zero
}

/// Decides in one session. Questions come one at a time, on the connection's event loop: nothing here may block.
package protocol SMTPSession: AnyObject, Sendable {
    /// A handshake has ended well; what was told before it counts no more (RFC 3207 §4.2).
    func secured(_ tls: TLSFacts)

    /// Asks. `completion` is called once, inside this call or later from any thread; a second call changes nothing.
    ///
    /// For `.message` the octets are in `message`, and `.accept` must not be said before they are durable (RFC 5321 §6.1). Keep `completion` until
    /// the octets are let go: it holds their share of the receive budget. The session may end before the answer; the answer is then not heard.
    func consult(_ question: Question, message: MessageContext?, completion: @escaping @Sendable (Answer) -> Void)

    /// The connection is gone; nothing is called after this.
    func ended(_ summary: SessionSummary)
}

/// Makes sessions.
package protocol SMTPPolicy: Sendable {
    /// A client has connected; called on its event loop, before the first question.
    func session(_ facts: ConnectionFacts) -> any SMTPSession
}
