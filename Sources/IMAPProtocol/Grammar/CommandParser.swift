// The octets of one framed command → a `TaggedCommand`, or what is known of it when it is wrong: a bad command keeps its tag.
package import MailFormat

/// Reads whole commands.
package enum CommandParser {
    /// What a command's octets say.
    package enum Outcome: Hashable, Sendable {
        case command(TaggedCommand)
        /// Not a command. The tag is nil where even that could not be read; then the answer is untagged.
        case bad(tag: OctetString?, SyntaxError)
    }

    /// Reads one command with its line end.
    package static func parse(_ octets: [UInt8], limits: IMAPLimits = IMAPLimits()) -> Outcome {
        var scanner = WireScanner(octets, limits: limits)
        var tag: OctetString?
        do throws(SyntaxError) {
            let read = try scanner.tag()
            guard try scanner.peek() == 0x20 else { throw scanner.invalid() }
            tag = read
            try scanner.space()
            let command = try scanner.command()
            try scanner.commandEnd()
            guard scanner.isAtEnd else { throw scanner.invalid() }
            return .command(TaggedCommand(tag: read, command: command))
        } catch {
            return .bad(tag: tag, error)
        }
    }

    /// The tag at the start of a command that is refused before it is read, or nil.
    package static func tag(of octets: some Collection<UInt8>) -> OctetString? {
        let tag = octets.prefix { ByteSet.tagOctet.contains($0) }
        guard !tag.isEmpty, tag.count <= 256, tag.endIndex != octets.endIndex, octets[tag.endIndex] == 0x20 else { return nil }
        return OctetString(Array(tag))
    }
}

extension WireScanner {
    /// `tag SP command` without the line end.
    package mutating func taggedCommand() throws(SyntaxError) -> TaggedCommand {
        let tag = try self.tag()
        try self.space()
        return TaggedCommand(tag: tag, command: try self.command())
    }

    /// A command without tag and line end.
    package mutating func command() throws(SyntaxError) -> Command {
        let start = self.position
        let token = try self.upcomingToken(.letters)
        guard let verb = Verb(rawValue: String(decoding: token, as: UTF8.self)) else { throw SyntaxError(.invalid, at: start) }
        self.advance(by: token.count)
        return try self.arguments(of: verb)
    }

    /// What follows UID.
    package mutating func uidSuffix() throws(SyntaxError) -> Command {
        try self.space()
        let start = self.position
        let token = try self.upcomingToken(.letters)
        self.advance(by: token.count)
        switch Verb(rawValue: String(decoding: token, as: UTF8.self)) {
        case .fetch: return .fetch(try self.fetchSuffix(isUID: true))
        case .store: return .store(try self.storeSuffix(isUID: true))
        case .search: return .search(try self.searchSuffix(isUID: true))
        case .copy:
            let (messages, mailbox) = try self.copySuffix()
            return .copy(messages, mailbox, isUID: true)
        case .move:
            let (messages, mailbox) = try self.copySuffix()
            return .move(messages, mailbox, isUID: true)
        case .expunge:
            try self.space()
            return .uidExpunge(try self.sequenceSet())
        case .sort: return .sort(try self.sortSuffix(isUID: true))
        case .thread: return .thread(try self.threadSuffix(isUID: true))
        default: throw SyntaxError(.invalid, at: start)
        }
    }

    private mutating func arguments(of verb: Verb) throws(SyntaxError) -> Command {
        switch verb {
        case .capability: return .capability
        case .noop: return .noop
        case .logout: return .logout
        case .startTLS: return .startTLS
        case .namespace: return .namespace
        case .idle: return .idle
        case .check: return .check
        case .close: return .close
        case .unselect: return .unselect
        case .expunge: return .expunge
        case .unauthenticate: return .unauthenticate
        case .getJMAPAccess: return .getJMAPAccess
        case .id: return .identify(try self.identificationSuffix())
        case .authenticate: return try self.authenticateSuffix()
        case .login: return try self.loginSuffix()
        case .enable: return .enable(try self.enableSuffix())
        case .select: return try self.selectSuffix()
        case .examine:
            guard case .select(let mailbox, let parameters) = try self.selectSuffix() else { throw self.invalid() }
            return .examine(mailbox, parameters)
        case .create: return try self.createSuffix()
        case .delete: return .delete(try self.mailboxSuffix())
        case .rename: return try self.renameSuffix()
        case .subscribe: return .subscribe(try self.mailboxSuffix())
        case .unsubscribe: return .unsubscribe(try self.mailboxSuffix())
        case .list: return .list(try self.listSuffix())
        case .lsub: return try self.lsubSuffix()
        case .status: return try self.statusSuffix()
        case .search: return .search(try self.searchSuffix(isUID: false))
        case .fetch: return .fetch(try self.fetchSuffix(isUID: false))
        case .store: return .store(try self.storeSuffix(isUID: false))
        case .copy:
            let (messages, mailbox) = try self.copySuffix()
            return .copy(messages, mailbox, isUID: false)
        case .move:
            let (messages, mailbox) = try self.copySuffix()
            return .move(messages, mailbox, isUID: false)
        case .uid: return try self.uidSuffix()
        case .append: throw self.invalid()  // the framer delivers a right one itself
        default: return try self.extensionArguments(of: verb)
        }
    }
}

/// The words that begin a command.
enum Verb: String {
    case append = "APPEND", authenticate = "AUTHENTICATE", capability = "CAPABILITY", check = "CHECK", close = "CLOSE", compress = "COMPRESS"
    case copy = "COPY", create = "CREATE", delete = "DELETE", deleteACL = "DELETEACL", enable = "ENABLE", esearch = "ESEARCH"
    case examine = "EXAMINE", expunge = "EXPUNGE", fetch = "FETCH", generateURL = "GENURLAUTH", getACL = "GETACL"
    case getJMAPAccess = "GETJMAPACCESS", getMetadata = "GETMETADATA", getQuota = "GETQUOTA", getQuotaRoot = "GETQUOTAROOT", id = "ID"
    case idle = "IDLE", list = "LIST", listRights = "LISTRIGHTS", login = "LOGIN", logout = "LOGOUT", lsub = "LSUB", move = "MOVE"
    case myRights = "MYRIGHTS", namespace = "NAMESPACE", noop = "NOOP", rename = "RENAME", resetKey = "RESETKEY", search = "SEARCH"
    case select = "SELECT", setACL = "SETACL", setMetadata = "SETMETADATA", setQuota = "SETQUOTA", sort = "SORT", startTLS = "STARTTLS"
    case status = "STATUS", store = "STORE", subscribe = "SUBSCRIBE", thread = "THREAD", uid = "UID", uidBatches = "UIDBATCHES"
    case unauthenticate = "UNAUTHENTICATE", unselect = "UNSELECT", unsubscribe = "UNSUBSCRIBE", fetchURL = "URLFETCH"
}
