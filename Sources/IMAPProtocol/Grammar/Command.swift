// The commands of IMAP as values: those of the base and of the extensions that clients send.
package import MailFormat

/// A command without its tag. APPEND is not among them: the framer delivers it in pieces (`CommandFramer.Event`).
package enum Command: Hashable, Sendable {
    // Any state (RFC 9051 §6.1)
    case capability, noop, logout
    case identify([IdentificationParameter])

    // Not authenticated (RFC 9051 §6.2)
    case startTLS
    /// The initial response is still in base64; `=` is an empty one (RFC 4959 §3).
    case authenticate(mechanism: OctetString, initialResponse: OctetString?)
    case login(user: OctetString, password: OctetString)

    // Authenticated (RFC 9051 §6.3)
    case enable([OctetString])
    case select(MailboxName, [SelectParameter])
    case examine(MailboxName, [SelectParameter])
    case create(MailboxName, [CreateParameter])
    case delete(MailboxName)
    case rename(from: MailboxName, to: MailboxName, [ExtensionParameter])
    case subscribe(MailboxName)
    case unsubscribe(MailboxName)
    case list(ListRequest)
    case lsub(reference: MailboxName, pattern: ListPattern)
    case namespace
    case status(MailboxName, [StatusItem])
    case idle

    // Selected (RFC 9051 §6.4)
    case check, close, unselect, expunge
    case uidExpunge(SequenceSet)
    case search(SearchRequest)
    case fetch(FetchRequest)
    case store(StoreRequest)
    case copy(MessageSet, MailboxName, isUID: Bool)
    case move(MessageSet, MailboxName, isUID: Bool)

    // Extensions that are read and not all served
    case sort(SortRequest)
    case thread(ThreadRequest)
    case multiSearch(MultiSearchRequest)
    case compress(OctetString)
    case unauthenticate
    case getQuota(OctetString)
    case getQuotaRoot(MailboxName)
    case setQuota(OctetString, [QuotaLimit])
    case getMetadata([MetadataOption], MailboxName, [OctetString])
    case setMetadata(MailboxName, [MetadataEntry])
    case getACL(MailboxName)
    case myRights(MailboxName)
    case listRights(MailboxName, identifier: OctetString)
    case setACL(MailboxName, identifier: OctetString, rights: OctetString)
    case deleteACL(MailboxName, identifier: OctetString)
    case resetKey(MailboxName?, mechanisms: [OctetString])
    case generateURL([AuthorizedURL])
    case fetchURL([OctetString])
    case uidBatches(size: UInt32, SequenceRange?)
    case getJMAPAccess
}

/// A URL with the mechanism that is to authorize it (RFC 4467 §7); URLs are opaque here.
package struct AuthorizedURL: Hashable, Sendable {
    package let url: OctetString
    package let mechanism: OctetString
}

/// A command with its tag.
package struct TaggedCommand: Hashable, Sendable {
    package let tag: OctetString
    package let command: Command

    package init(tag: OctetString, command: Command) {
        self.tag = tag
        self.command = command
    }
}

extension Command {
    /// The command's name, for logs and metrics: nothing the client chose is in it.
    package var name: StaticString {
        switch self {
        case .capability: "CAPABILITY"
        case .noop: "NOOP"
        case .logout: "LOGOUT"
        case .identify: "ID"
        case .startTLS: "STARTTLS"
        case .authenticate: "AUTHENTICATE"
        case .login: "LOGIN"
        case .enable: "ENABLE"
        case .select: "SELECT"
        case .examine: "EXAMINE"
        case .create: "CREATE"
        case .delete: "DELETE"
        case .rename: "RENAME"
        case .subscribe: "SUBSCRIBE"
        case .unsubscribe: "UNSUBSCRIBE"
        case .list: "LIST"
        case .lsub: "LSUB"
        case .namespace: "NAMESPACE"
        case .status: "STATUS"
        case .idle: "IDLE"
        case .check: "CHECK"
        case .close: "CLOSE"
        case .unselect: "UNSELECT"
        case .expunge: "EXPUNGE"
        case .uidExpunge: "UID EXPUNGE"
        case .search(let request): request.isUID ? "UID SEARCH" : "SEARCH"
        case .fetch(let request): request.isUID ? "UID FETCH" : "FETCH"
        case .store(let request): request.isUID ? "UID STORE" : "STORE"
        case .copy(_, _, let isUID): isUID ? "UID COPY" : "COPY"
        case .move(_, _, let isUID): isUID ? "UID MOVE" : "MOVE"
        case .sort: "SORT"
        case .thread: "THREAD"
        case .multiSearch: "ESEARCH"
        case .compress: "COMPRESS"
        case .unauthenticate: "UNAUTHENTICATE"
        case .getQuota: "GETQUOTA"
        case .getQuotaRoot: "GETQUOTAROOT"
        case .setQuota: "SETQUOTA"
        case .getMetadata: "GETMETADATA"
        case .setMetadata: "SETMETADATA"
        case .getACL: "GETACL"
        case .myRights: "MYRIGHTS"
        case .listRights: "LISTRIGHTS"
        case .setACL: "SETACL"
        case .deleteACL: "DELETEACL"
        case .resetKey: "RESETKEY"
        case .generateURL: "GENURLAUTH"
        case .fetchURL: "URLFETCH"
        case .uidBatches: "UIDBATCHES"
        case .getJMAPAccess: "GETJMAPACCESS"
        }
    }
}
