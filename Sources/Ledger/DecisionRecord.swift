// One line of the ledger: a decision with everything that explains it.

/// A decision about a connection, a command or a message (policies §1.8). Empty text and zero mean "not known" or "does not apply".
package struct DecisionRecord: Sendable, Equatable {
    /// Milliseconds since 1970-01-01 UTC.
    package var time: Int64 = 0
    /// The listener's name in the configuration.
    package var listener = ""
    package var session = ""
    package var clientAddress = ""
    package var clientPort: UInt16 = 0
    package var reverseName = ""
    package var helo = ""
    /// TLS version and cipher; empty in clear.
    package var tls = ""
    package var account: Int64 = 0
    package var reversePath = ""
    package var recipient = ""
    /// Where in the dialogue: connect, helo, mail, rcpt, data.
    package var stage = ""
    package var reply: UInt16 = 0
    package var enhanced = ""
    /// The catalogue's code; empty for an accepted transaction.
    package var code = ""
    package var reference = ""
    package var rule = ""
    package var policyVersion: Int64 = 0
    package var limit: Int64 = 0
    package var observed: Int64 = 0
    package var octets: Int64 = 0
    package var queueID = ""
    package var messageID = ""
    package var closed = false
    /// How many equal refusals this record stands for (policies §1.2).
    package var count: Int64 = 1

    package init() {}
}
