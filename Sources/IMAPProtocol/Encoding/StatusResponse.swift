// Status responses, tagged and untagged: OK, NO, BAD, BYE (RFC 9051 §7.1), and every text this server says in them.
package import MailFormat

/// The condition of a status response.
package enum StatusCondition: Hashable, Sendable {
    case ok, no, bad, bye
}

/// A status response without its tag.
package struct StatusResponse: Hashable, Sendable {
    package let condition: StatusCondition
    package let code: ResponseCode?
    package let text: ResponseText

    package init(_ condition: StatusCondition, _ code: ResponseCode? = nil, _ text: ResponseText) {
        self.condition = condition
        self.code = code
        self.text = text
    }

    /// `OK` with this text.
    package static func ok(_ text: ResponseText, _ code: ResponseCode? = nil) -> StatusResponse { StatusResponse(.ok, code, text) }
    /// `NO` with this text.
    package static func no(_ text: ResponseText, _ code: ResponseCode? = nil) -> StatusResponse { StatusResponse(.no, code, text) }
    /// `BAD` with this text.
    package static func bad(_ text: ResponseText, _ code: ResponseCode? = nil) -> StatusResponse { StatusResponse(.bad, code, text) }
    /// `BYE` with this text.
    package static func bye(_ text: ResponseText, _ code: ResponseCode? = nil) -> StatusResponse { StatusResponse(.bye, code, text) }
}

/// What people may read in a status response: the one list of the server's IMAP sentences.
package enum ResponseText: String, Hashable, Sendable, CaseIterable {
    case greeting = "IMAP4rev2 server ready"
    case completed = "Completed"
    case signedIn = "Signed in"
    case begunTLS = "Begin TLS negotiation now"
    case idleEnded = "IDLE ended"
    case selected = "Mailbox selected"
    case previousClosed = "Previous mailbox closed"
    case goodbye = "Signing off"

    case flagsPermanent = "Flags that are kept"
    case flagsReadOnly = "No flags can be changed here"
    case firstUnseen = "First message without \\Seen"
    case uidsValid = "UIDs valid"
    case predictedUID = "Predicted next UID"
    case highestModSequence = "Highest mod-sequence"
    case searchedCharsets = "This charset is not known"
    case unavailableParts = "Some messages could not be read"
    case modifiedMeanwhile = "Some messages were changed meanwhile"
    case expungedMeanwhile = "Some messages are no longer there"

    case unknownCommand = "Command not understood"
    case wrongArguments = "Arguments not understood"
    case tooMuchNesting = "Too many or too deeply nested arguments"
    case commandTooLong = "Command line too long"
    case literalTooLarge = "Literal too large"
    case messageTooLarge = "Message larger than this server takes"
    case messageEmpty = "A message cannot be empty"
    case messageWithNull = "A message cannot hold NUL octets"
    case tooManyMistakes = "Too many mistakes"
    case notBeforeSignIn = "Sign in first"
    case alreadySignedIn = "Already signed in"
    case notSelected = "No mailbox is selected"
    case notNow = "Not possible now"
    case notServed = "This server does not serve that command"
    case alreadyTLS = "TLS is already active"
    case noTLSHere = "TLS is not available"
    case privacyRequired = "Passwords are taken only over TLS"
    case mechanismUnknown = "Mechanism not offered"
    case exchangeCancelled = "Sign-in cancelled"
    case exchangeMalformed = "Response not understood"
    case signInRefused = "User name or password is wrong"
    case signInDisabled = "This account is switched off"
    case signInUnavailable = "Sign-in is not possible at the moment"
    case tooManySignIns = "Too many wrong passwords"

    case mailboxMissing = "There is no such mailbox"
    case mailboxExists = "There is already a mailbox of that name"
    case mailboxNameBad = "No mailbox can have that name"
    case mailboxHasChildren = "The mailbox has mailboxes below it"
    case mailboxNotSelectable = "That name holds no messages"
    case inboxStays = "INBOX cannot be deleted"
    case mailboxReadOnly = "The mailbox is open for reading only"
    case specialUseUnknown = "That special use is not served"
    case overQuota = "The account is full"
    case tooManyMailboxes = "No more mailboxes can be made"
    case savedResultMissing = "There is no saved search result"
    case limitReached = "The request is larger than this server serves"
    case unknownTransferEncoding = "The part has an encoding that cannot be decoded"
    case conditionUnknown = "A parameter is not known"
    case serverTrouble = "Not possible at the moment; nothing was changed"

    case idleTooLong = "Idle for too long"
    case shuttingDown = "Server shutting down"
    case tooManySessions = "Too many connections"
    case wholeAddressWanted = "Sign in with the whole address, name and domain"
}

extension ResponseBuffer {
    /// `tag condition [code] text CRLF`; nil writes `*`.
    package mutating func append(status: StatusResponse, tag: OctetString?) {
        if let tag { self.append(token: tag) } else { self.append(octet: UInt8(ascii: "*")) }
        switch status.condition {
        case .ok: self.append(" OK ")
        case .no: self.append(" NO ")
        case .bad: self.append(" BAD ")
        case .bye: self.append(" BYE ")
        }
        if let code = status.code {
            self.append(octet: UInt8(ascii: "["))
            self.append(code: code)
            self.append("] ")
        }
        self.append(Array(status.text.rawValue.utf8))
        self.lineEnd()
    }

    /// `+ text CRLF`: the client may go on (RFC 9051 §7.6).
    package mutating func appendContinuation(_ challenge: [UInt8] = Array("OK".utf8)) {
        self.append("+ ")
        self.append(challenge)
        self.lineEnd()
    }
}
