// APPEND: what stands before each message (RFC 9051 §6.3.12, RFC 3502, RFC 4466 §2.6).
package import MailFormat

/// Flags, date and extensions of one message of APPEND.
package struct AppendOptions: Hashable, Sendable {
    package let flags: [Flag]
    package let internalDate: InternalDate?
    package let extensions: [ExtensionParameter]

    package init(flags: [Flag] = [], internalDate: InternalDate? = nil, extensions: [ExtensionParameter] = []) {
        self.flags = flags
        self.internalDate = internalDate
        self.extensions = extensions
    }
}

/// One message of APPEND as it is announced, before its octets.
package struct AppendMessage: Hashable, Sendable {
    package let options: AppendOptions
    package let literal: LiteralMark

    package init(options: AppendOptions, literal: LiteralMark) {
        self.options = options
        self.literal = literal
    }
}

/// The start of an APPEND command, up to the mark of its first message.
package struct AppendStart: Hashable, Sendable {
    package let tag: OctetString
    package let mailbox: MailboxName
    package let message: AppendMessage
}

extension WireScanner {
    /// append-opts: `[SP flag-list] [SP date-time] *(SP append-ext)`.
    package mutating func appendOptions() throws(SyntaxError) -> AppendOptions {
        var flags: [Flag] = []
        var date: InternalDate?
        var extensions: [ExtensionParameter] = []
        if try self.peek() == 0x20, self.octet(ahead: 1) == UInt8(ascii: "(") {
            self.skip()
            flags = try self.flagList()
        }
        if try self.peek() == 0x20, self.octet(ahead: 1) == UInt8(ascii: "\"") {
            self.skip()
            date = try self.dateTime()
        }
        while try self.peek() == 0x20, let next = self.octet(ahead: 1), next != UInt8(ascii: "{"), next != UInt8(ascii: "~") {
            self.skip()
            let name = try self.extensionLabel()
            try self.space()
            extensions.append(ExtensionParameter(name: name, value: try self.extensionValue()))
            guard extensions.count <= 32 else { throw self.overLimit() }
        }
        return AppendOptions(flags: flags, internalDate: date, extensions: extensions)
    }

    /// append-data: the mark of a literal or literal8.
    package mutating func appendData() throws(SyntaxError) -> LiteralMark { try self.literalMark() }

    /// append-message: `append-opts SP append-data`.
    package mutating func appendMessage() throws(SyntaxError) -> AppendMessage {
        let options = try self.appendOptions()
        try self.space()
        return AppendMessage(options: options, literal: try self.appendData())
    }

    /// `tag SP "APPEND" SP mailbox append-message`, which must end where the octets end.
    ///
    /// Incomplete where the octets end with the mark of another literal, as that of the mailbox name.
    package mutating func appendStart() throws(SyntaxError) -> AppendStart {
        let tag = try self.tag()
        try self.space()
        try self.word("APPEND")
        try self.space()
        let mailbox = try self.mailbox()
        let message = try self.appendMessage()
        guard self.isAtEnd else { throw self.invalid() }
        return AppendStart(tag: tag, mailbox: mailbox, message: message)
    }
}
