// What a session knows, apart from its connection: who it is, which mailbox is selected, what it has been told of it.
import Accounts
import IMAPProtocol
import MailFormat
import Mailboxes

/// The selected mailbox of a session.
struct SelectedMailbox {
    let path: MailboxPath
    let live: LiveMailbox
    let subscription: MailboxSubscription
    let news: MailboxNews
    /// Sequence numbers as the client knows them.
    var view: SessionView
    /// UIDs that are `\Recent` in this session (RFC 3501 §2.3.2).
    var recent = UIDSet()
    /// Messages with `\Recent` that have been told.
    var isReadOnly: Bool
}

/// The state of one session.
///
/// `@unchecked Sendable`: it is a baton. The connection's event loop holds it between commands; a command's task holds it from its start to its end, while
/// the event loop only reads octets and writes what the task sends. `IMAPConnection.wait` says whose turn it is.
final class IMAPSession: @unchecked Sendable {
    var machine: SessionMachine
    let service: IMAPService
    let rules: SessionRules
    var account: SignedIn?
    var selected: SelectedMailbox?
    /// The result of the last SEARCH RETURN (SAVE), as UIDs (RFC 9051 §6.4.4.1).
    var savedResult = UIDSet()

    init(_ listener: IMAPListener, isPrivate: Bool) {
        self.service = listener.service
        self.rules = listener.rules
        self.machine = SessionMachine(rules: listener.rules, isPrivate: isPrivate)
    }

    var store: MailStore { self.service.store }

    /// Whose mailboxes the session sees.
    var owner: MailboxOwner { MailboxOwner(rawValue: self.account?.account.rawValue ?? 0) }

    /// Octets the account may have; nil for no bound.
    func quota() async throws -> Int64? {
        guard let account = self.account, let found = try await self.service.accounts.account(account.account), found.quota > 0 else { return nil }
        return found.quota
    }

    /// The path of a name from the wire, or nil where no mailbox can be called this.
    func path(_ name: MailboxName) -> MailboxPath? { name.text(isUTF8: self.machine.isUTF8).flatMap { MailboxPath($0.text) } }

    /// A command uses mod-sequences: from now on they are told. The first such command in a selected mailbox is told the highest (RFC 7162 §3.1.1).
    func useModSequences(_ buffer: inout ResponseBuffer) {
        guard self.machine.usesConditionalStore(), let selected = self.selected else { return }
        buffer.append(status: .ok(.highestModSequence, .highestModSequence(max(selected.live.highestModSeq.rawValue, 1))), tag: nil)
    }

    /// No mailbox is selected any more.
    func deselect() {
        self.selected?.subscription.cancel()
        self.selected = nil
        self.savedResult = UIDSet()
        self.machine.unselected()
    }

    // MARK: News

    /// Takes what has happened in the mailbox into the view, and tells what may be told now.
    ///
    /// - Parameters:
    ///   - allowsExpunge: false during FETCH, STORE and SEARCH without UID (RFC 9051 §7.5.1).
    ///   - withUID: whether FETCH responses carry the UID (RFC 9051 §6.4.9).
    func tellNews(allowsExpunge: Bool, withUID: Bool = false, _ buffer: inout ResponseBuffer) {
        guard var selected = self.selected else { return }
        // Taken out while it changes, so that its columns are not copied.
        self.selected = nil
        defer { self.selected = selected }
        if let gathered = selected.news.take() {
            if gathered.addsKeywords { Self.appendFlags(selected, &buffer) }
            selected.view.note(arrived: gathered.arrivals.uids)
            selected.view.note(expunged: gathered.isRemoved ? selected.view.uids : gathered.expunged.uids)
            selected.view.note(changed: gathered.flagged.uids)
        }
        guard selected.view.hasNews else { return }
        let updates = selected.view.takeNews(allowsExpunge: allowsExpunge)
        var flags: FlagWriter?
        for update in updates {
            switch update {
            case .expunge(let number): buffer.append(expunge: number)
            case .exists(let count):
                buffer.append(exists: count)
                if !self.machine.isRev2 {
                    self.claimRecent(&selected)
                    buffer.append(recent: selected.recentCount)
                }
            case .flags(let number, let uid):
                var writer = flags ?? FlagWriter(selected.live.view, recent: selected.recent)
                if let place = writer.columns.place(of: uid) {
                    buffer.beginFetch(number.rawValue)
                    if withUID || self.machine.isRev2 {
                        buffer.appendUID(uid)
                        buffer.space()
                    }
                    writer.append(at: place, to: &buffer)
                    if self.machine.enabled.conditionalStore {
                        buffer.space()
                        buffer.appendModSequence(writer.columns.modSeqs[place])
                    }
                    buffer.endFetch()
                }
                flags = writer
            }
        }
        // Sessions that know all that there is share one array with the mailbox again.
        selected.view.share(selected.live.view.columns.uids)
    }

    /// FLAGS and PERMANENTFLAGS as they are now (RFC 9051 §7.3.5).
    static func appendFlags(_ selected: SelectedMailbox, _ buffer: inout ResponseBuffer) {
        var flags: [Flag] = Flags.systemNames.map { Flag(OctetString($0.name)) }
        flags += selected.live.view.keywords.keywords.map { Flag(OctetString($0.name)) }
        buffer.append(definedFlags: flags)
        if selected.isReadOnly {
            buffer.append(status: .ok(.flagsReadOnly, .permanentFlags([])), tag: nil)
        } else {
            buffer.append(status: .ok(.flagsPermanent, .permanentFlags(flags + [Flag("\\*")])), tag: nil)
        }
    }

    /// Messages that nobody has been told of as `\Recent` become so for this session.
    func claimRecent(_ selected: inout SelectedMailbox) {
        guard let last = selected.view.uids.last else { return }
        let from = selected.isReadOnly ? selected.live.recentFrom : self.store.claimRecent(in: selected.live)
        if from <= last { selected.recent = selected.recent.union(UIDSet(max(from, 1)...last)) }
    }
}

extension SelectedMailbox {
    /// How many messages are `\Recent` here.
    var recentCount: Int { self.view.indexes(ofUIDs: self.recent.ranges).reduce(0) { $0 + $1.count } }
}
