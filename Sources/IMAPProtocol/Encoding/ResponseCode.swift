// Response codes: the part of a status response that programs read (RFC 9051 §7.1, RFC 5530, RFC 4315, RFC 7162, RFC 3516, RFC 7889).
package import MailFormat

/// resp-text-code.
package enum ResponseCode: Hashable, Sendable {
    case alert
    case alreadyExists
    case appendUID(uidValidity: UInt32, [ClosedRange<UInt32>])
    case authenticationFailed
    case authorizationFailed
    case badCharset([OctetString])
    case badEvent
    case cannot
    case capability([OctetString])
    case clientBug
    case closed
    case compressionActive
    case contactAdmin
    case copyUID(uidValidity: UInt32, from: [ClosedRange<UInt32>], to: [ClosedRange<UInt32>])
    case corruption
    case expired
    case expungeIssued
    case hasChildren
    case highestModSequence(UInt64)
    case inUse
    case limit
    case mailboxID(OctetString)
    case modified([ClosedRange<UInt32>])
    case noModSequence
    case nonexistent
    case noPermission
    case notSaved
    case overQuota
    case parse
    case permanentFlags([Flag])
    case privacyRequired
    case readOnly
    case readWrite
    case serverBug
    case tooBig
    case tryCreate
    case uidNext(UInt32)
    case uidNotSticky
    case uidRequired
    case uidValidity(UInt32)
    case unavailable
    case unknownCTE
    case unseen(UInt32)
    case useAttribute
}

extension ResponseBuffer {
    /// `[code] ` as it stands before the text, without brackets.
    package mutating func append(code: ResponseCode) {
        switch code {
        case .alert: self.append("ALERT")
        case .alreadyExists: self.append("ALREADYEXISTS")
        case .appendUID(let validity, let uids):
            self.append("APPENDUID ")
            self.append(number: validity)
            self.space()
            self.append(set: uids)
        case .authenticationFailed: self.append("AUTHENTICATIONFAILED")
        case .authorizationFailed: self.append("AUTHORIZATIONFAILED")
        case .badCharset(let charsets):
            self.append("BADCHARSET")
            guard !charsets.isEmpty else { return }
            self.append(" (")
            self.append(words: charsets)
            self.append(")")
        case .badEvent: self.append("BADEVENT")
        case .cannot: self.append("CANNOT")
        case .capability(let capabilities):
            self.append("CAPABILITY ")
            self.append(words: capabilities)
        case .clientBug: self.append("CLIENTBUG")
        case .closed: self.append("CLOSED")
        case .compressionActive: self.append("COMPRESSIONACTIVE")
        case .contactAdmin: self.append("CONTACTADMIN")
        case .copyUID(let validity, let from, let to):
            self.append("COPYUID ")
            self.append(number: validity)
            self.space()
            self.append(set: from)
            self.space()
            self.append(set: to)
        case .corruption: self.append("CORRUPTION")
        case .expired: self.append("EXPIRED")
        case .expungeIssued: self.append("EXPUNGEISSUED")
        case .hasChildren: self.append("HASCHILDREN")
        case .highestModSequence(let value):
            self.append("HIGHESTMODSEQ ")
            self.append(number: value)
        case .inUse: self.append("INUSE")
        case .limit: self.append("LIMIT")
        case .mailboxID(let id):
            self.append("MAILBOXID (")
            self.append(token: id)
            self.append(")")
        case .modified(let messages):
            self.append("MODIFIED ")
            self.append(set: messages)
        case .noModSequence: self.append("NOMODSEQ")
        case .nonexistent: self.append("NONEXISTENT")
        case .noPermission: self.append("NOPERM")
        case .notSaved: self.append("NOTSAVED")
        case .overQuota: self.append("OVERQUOTA")
        case .parse: self.append("PARSE")
        case .permanentFlags(let flags):
            self.append("PERMANENTFLAGS ")
            self.append(flags: flags)
        case .privacyRequired: self.append("PRIVACYREQUIRED")
        case .readOnly: self.append("READ-ONLY")
        case .readWrite: self.append("READ-WRITE")
        case .serverBug: self.append("SERVERBUG")
        case .tooBig: self.append("TOOBIG")
        case .tryCreate: self.append("TRYCREATE")
        case .uidNext(let uid):
            self.append("UIDNEXT ")
            self.append(number: uid)
        case .uidNotSticky: self.append("UIDNOTSTICKY")
        case .uidRequired: self.append("UIDREQUIRED")
        case .uidValidity(let value):
            self.append("UIDVALIDITY ")
            self.append(number: value)
        case .unavailable: self.append("UNAVAILABLE")
        case .unknownCTE: self.append("UNKNOWN-CTE")
        case .unseen(let number):
            self.append("UNSEEN ")
            self.append(number: number)
        case .useAttribute: self.append("USEATTR")
        }
    }

    /// Words with a space between them.
    mutating func append(words: [OctetString]) {
        for (index, word) in words.enumerated() {
            if index > 0 { self.space() }
            self.append(token: word)
        }
    }
}
