// A command line as a value.
package import MailFormat

/// What is wrong with a line, as far as its answer depends on it (RFC 5321 §4.2.4, §4.3.2).
package enum CommandProblem: Equatable, Sendable {
    case unknownCommand
    case lineTooLong
    /// CR by itself inside the line.
    case bareLineEnd
    /// LF without CR. What follows it was meant as part of the same line by whoever sent it, so the session ends (standards SM-26).
    case bareLineFeed
    /// Another control character (standards SE-19).
    case control
    /// Bad argument of this verb.
    case argument(String)
    case sender
    case recipient
    case parameter(OctetString)
    case notImplemented(String)
    case startTLSArgument
}

/// A command (RFC 5321 §4.1.1 and the extensions offered).
package enum Command: Equatable, Sendable {
    case ehlo(OctetString)
    case helo(OctetString)
    /// RFC 2033 §4.1.
    case lhlo(OctetString)
    case mail(ReversePath, MailParameters)
    case rcpt(ForwardPath, RecipientParameters)
    case data
    /// RFC 3030 §2: octets that follow, and whether they are the last. More than `Int64.max` is read as that.
    case bdat(Int64, isLast: Bool)
    case rset
    case noop
    case quit
    case help
    case vrfy(OctetString)
    case expn(OctetString)
    case startTLS
    /// Recognized, offered by submission only.
    case auth
    case invalid(CommandProblem)
}
