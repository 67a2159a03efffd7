// The arguments of the base commands, after their names (RFC 9051 §9).
package import MailFormat

extension WireScanner {
    /// id: `SP id-params-list` (RFC 2971 §4).
    package mutating func identificationSuffix() throws(SyntaxError) -> [IdentificationParameter] {
        try self.space()
        return try self.identificationParameters()
    }

    /// authenticate: `SP auth-type [SP (base64 / "=")]` (RFC 9051 §9, RFC 4959 §7).
    package mutating func authenticateSuffix() throws(SyntaxError) -> Command {
        try self.space()
        let mechanism = try self.atom()
        guard self.take(0x20) else { return .authenticate(mechanism: mechanism, initialResponse: nil) }
        return .authenticate(mechanism: mechanism, initialResponse: try self.initialResponse())
    }

    /// initial-resp: base64 or `=`; still encoded.
    package mutating func initialResponse() throws(SyntaxError) -> OctetString { self.copy(try self.run(of: .base64)) }

    /// login: `SP userid SP password`.
    package mutating func loginSuffix() throws(SyntaxError) -> Command {
        try self.space()
        let user = try self.astring()
        try self.space()
        return .login(user: user, password: try self.astring())
    }

    /// enable: `1*(SP capability)` (RFC 5161 §4).
    package mutating func enableSuffix() throws(SyntaxError) -> [OctetString] {
        try self.space()
        return try self.spaced { scanner throws(SyntaxError) in try scanner.atom() }
    }

    /// select: `SP mailbox [select-params]`.
    package mutating func selectSuffix() throws(SyntaxError) -> Command {
        let mailbox = try self.mailboxSuffix()
        return .select(mailbox, try self.selectParameters())
    }

    /// create: `SP mailbox [create-params]`.
    package mutating func createSuffix() throws(SyntaxError) -> Command {
        let mailbox = try self.mailboxSuffix()
        return .create(mailbox, try self.createParameters())
    }

    /// `SP mailbox`.
    package mutating func mailboxSuffix() throws(SyntaxError) -> MailboxName {
        try self.space()
        return try self.mailbox()
    }

    /// rename: `SP mailbox SP mailbox [rename-params]`.
    package mutating func renameSuffix() throws(SyntaxError) -> Command {
        let from = try self.mailboxSuffix()
        let to = try self.mailboxSuffix()
        return .rename(from: from, to: to, try self.optionalParameters { scanner throws(SyntaxError) in try scanner.extensionParameter() })
    }

    /// lsub: `SP mailbox SP list-mailbox` (RFC 3501 §9).
    package mutating func lsubSuffix() throws(SyntaxError) -> Command {
        let reference = try self.mailboxSuffix()
        try self.space()
        return .lsub(reference: reference, pattern: try self.listPattern())
    }

    /// status: `SP mailbox SP "(" status-att *(SP status-att) ")"`.
    package mutating func statusSuffix() throws(SyntaxError) -> Command {
        let mailbox = try self.mailboxSuffix()
        try self.space()
        return .status(mailbox, try self.statusItems())
    }

    /// copy and move: `SP sequence-set SP mailbox`.
    package mutating func copySuffix() throws(SyntaxError) -> (MessageSet, MailboxName) {
        try self.space()
        let messages = try self.messageSet()
        return (messages, try self.mailboxSuffix())
    }
}

extension ByteSet {
    /// Base64 with padding (RFC 4648 §4).
    static var base64: ByteSet { ByteSet(0x23FF_8800_0000_0000, 0x07FF_FFFE_07FF_FFFE) }
}
