// What a session may do when: states, privacy, what ENABLE changes, how many mistakes are borne. No socket, clock, task or store.
package import MailFormat

/// What a session offers and demands, as its listener is configured.
package struct SessionRules: Hashable, Sendable {
    /// Whether STARTTLS is offered on a connection in clear.
    package var offersTLS = true
    /// Whether passwords are taken on a connection in clear (RFC 9051 §6.2.3: LOGINDISABLED where not).
    package var allowsClearTextLogin = false
    /// Names of SASL mechanisms, most wanted first.
    package var mechanisms: [OctetString] = ["PLAIN", "LOGIN"]
    /// Capabilities that are switched off here, in capitals, because some client breaks on them.
    package var disabledCapabilities: Set<OctetString> = []
    /// The largest message APPEND takes.
    package var appendLimit: UInt64 = 52_428_800
    /// Commands that are not understood before the connection ends.
    package var toleratedMistakes = 20
    /// Wrong passwords before the connection ends.
    package var toleratedSignIns = 3

    package init() {}
}

/// One server-side IMAP session (RFC 9051 §3).
package struct SessionMachine: ~Copyable {
    /// The state of the session (RFC 9051 §3).
    package enum Phase: Hashable, Sendable {
        case notAuthenticated
        case authenticated
        case selected(isReadOnly: Bool)
        case loggedOut
    }

    /// What ENABLE has switched on (RFC 5161), and what using an extension has (RFC 7162 §3.1).
    package struct Enabled: Hashable, Sendable {
        package var rev2 = false
        package var conditionalStore = false
    }

    package private(set) var phase: Phase = .notAuthenticated
    package private(set) var enabled = Enabled()
    package private(set) var isPrivate: Bool
    package let rules: SessionRules
    private var mistakes = 0
    private var failedSignIns = 0

    /// A session that has just been connected.
    ///
    /// - Parameter isPrivate: whether TLS is already active (implicit TLS, RFC 8314).
    package init(rules: SessionRules, isPrivate: Bool) {
        self.rules = rules
        self.isPrivate = isPrivate
    }

    /// Whether mailbox names are UTF-8 on the wire (RFC 9051 §5.1).
    package var isUTF8: Bool { self.enabled.rev2 }

    /// Whether the session speaks IMAP4rev2: no RECENT, ESEARCH for SEARCH.
    package var isRev2: Bool { self.enabled.rev2 }

    package var isSelected: Bool {
        if case .selected = self.phase { return true }
        return false
    }

    package var isReadOnly: Bool { self.phase == .selected(isReadOnly: true) }

    /// Whether a password may be sent now.
    package var takesPasswords: Bool { self.isPrivate || self.rules.allowsClearTextLogin }

    // MARK: What is legal

    /// Judges a command by the state it comes in. nil: perform it.
    package mutating func admit(_ command: Command) -> StatusResponse? {
        guard self.phase != .loggedOut else { return .bad(.notNow) }
        switch Self.need(of: command) {
        case .anyState: return nil
        case .signedOut:
            guard self.phase == .notAuthenticated else { return .bad(.alreadySignedIn) }
            switch command {
            case .startTLS:
                if self.isPrivate { return .bad(.alreadyTLS) }
                return self.rules.offersTLS ? nil : .bad(.noTLSHere)
            default:
                // RFC 9051 §6.2.2, RFC 5530 §3: the password would travel in clear.
                return self.takesPasswords ? nil : .no(.privacyRequired, .privacyRequired)
            }
        case .signedIn:
            return self.phase == .notAuthenticated ? .bad(.notBeforeSignIn) : nil
        case .selected(let changesMessages):
            switch self.phase {
            case .notAuthenticated: return .bad(.notBeforeSignIn)
            case .authenticated, .loggedOut: return .bad(.notSelected)
            case .selected(let isReadOnly): return isReadOnly && changesMessages ? .no(.mailboxReadOnly, .noPermission) : nil
            }
        case .notServed:
            return .bad(.notServed)
        }
    }

    /// Judges APPEND, which the framer delivers apart.
    package func admitAppend() -> StatusResponse? {
        switch self.phase {
        case .notAuthenticated: .bad(.notBeforeSignIn)
        case .loggedOut: .bad(.notNow)
        case .authenticated, .selected: nil
        }
    }

    private enum Need { case anyState, signedOut, signedIn, selected(changesMessages: Bool), notServed }

    private static func need(of command: Command) -> Need {
        switch command {
        case .capability, .noop, .logout, .identify: .anyState
        case .startTLS, .authenticate, .login: .signedOut
        case .enable, .select, .examine, .create, .delete, .rename, .subscribe, .unsubscribe, .list, .lsub, .namespace, .status, .idle: .signedIn
        case .check, .close, .unselect, .search, .fetch, .copy: .selected(changesMessages: false)
        case .expunge, .uidExpunge, .store, .move: .selected(changesMessages: true)
        case .sort, .thread, .multiSearch, .compress, .unauthenticate, .getQuota, .getQuotaRoot, .setQuota, .getMetadata, .setMetadata, .getACL,
            .myRights, .listRights, .setACL, .deleteACL, .resetKey, .generateURL, .fetchURL, .uidBatches, .getJMAPAccess:
            .notServed
        }
    }

    // MARK: What happens

    /// TLS is active. What was learnt in clear is forgotten (RFC 9051 §6.2.1).
    package mutating func startedTLS() { self.isPrivate = true }

    /// The client has proved who it is.
    package mutating func signedIn() { if self.phase == .notAuthenticated { self.phase = .authenticated } }

    /// A mailbox is selected.
    package mutating func selected(isReadOnly: Bool) {
        if self.phase != .notAuthenticated, self.phase != .loggedOut { self.phase = .selected(isReadOnly: isReadOnly) }
    }

    /// No mailbox is selected any more.
    package mutating func unselected() { if self.isSelected { self.phase = .authenticated } }

    /// The session is over.
    package mutating func loggedOut() { self.phase = .loggedOut }

    /// A command was not understood.
    ///
    /// - Returns: whether that was one too many.
    package mutating func countMistake() -> Bool {
        self.mistakes += 1
        return self.mistakes > self.rules.toleratedMistakes
    }

    /// A password was wrong.
    ///
    /// - Returns: whether that was one too many.
    package mutating func countFailedSignIn() -> Bool {
        self.failedSignIns += 1
        return self.failedSignIns >= self.rules.toleratedSignIns
    }

    /// Wrong passwords so far: how the driver grows its delay.
    package var failedSignInCount: Int { self.failedSignIns }

    /// The first use of an extension that switches itself on (RFC 7162 §3.1).
    ///
    /// - Returns: whether it was off before.
    package mutating func usesConditionalStore() -> Bool {
        guard !self.enabled.conditionalStore else { return false }
        self.enabled.conditionalStore = true
        return true
    }

    /// ENABLE (RFC 5161 §3.1): unknown names are passed over; those already on are not named again.
    package mutating func enable(_ capabilities: [OctetString]) -> [OctetString] {
        var named: [OctetString] = []
        for capability in capabilities {
            let name = OctetString(capability.octets.map(ASCII.uppercased))
            guard !self.rules.disabledCapabilities.contains(name) else { continue }
            if name == Self.rev2Name, !self.enabled.rev2 {
                self.enabled.rev2 = true
                named.append(name)
            } else if name == Self.conditionalStoreName, self.usesConditionalStore() {
                named.append(name)
            }
        }
        return named
    }

    private static let rev2Name: OctetString = "IMAP4REV2"
    private static let conditionalStoreName: OctetString = "CONDSTORE"

    // MARK: Capabilities

    /// CAPABILITY as it stands now (RFC 9051 §7.2.2, IM-02): less before sign-in, all after it.
    package var capabilities: [OctetString] {
        var names: [OctetString] = ["IMAP4rev1", "IMAP4rev2", "LITERAL+", "ID", "ENABLE", "SASL-IR"]
        if self.phase == .notAuthenticated {
            if !self.isPrivate, self.rules.offersTLS { names.append("STARTTLS") }
            if self.takesPasswords {
                names += self.rules.mechanisms.map { OctetString(Array("AUTH=".utf8) + $0.octets) }
            } else {
                names.append("LOGINDISABLED")
            }
        } else {
            names += [
                "IDLE", "NAMESPACE", "CHILDREN", "UNSELECT", "UIDPLUS", "MOVE", "ESEARCH", "SEARCHRES", "WITHIN", "LIST-EXTENDED", "LIST-STATUS", "STATUS=SIZE",
                "SPECIAL-USE", "CREATE-SPECIAL-USE", "CONDSTORE", "BINARY", "MULTIAPPEND",
            ]
            names.append(OctetString("APPENDLIMIT=\(self.rules.appendLimit)"))
        }
        guard !self.rules.disabledCapabilities.isEmpty else { return names }
        return names.filter { !self.rules.disabledCapabilities.contains(OctetString($0.octets.map(ASCII.uppercased))) }
    }
}
