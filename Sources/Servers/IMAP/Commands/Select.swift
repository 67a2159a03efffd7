// SELECT, EXAMINE and CLOSE (RFC 9051 §6.3.2, §6.3.3, §6.4.1; RFC 7162 §3.1.8).
import IMAPProtocol
import MailFormat
import Mailboxes

extension IMAPSession {
    func select(_ name: MailboxName, _ parameters: [SelectParameter], isReadOnly: Bool, _ out: inout ResponseWriter) async throws -> StatusResponse {
        for parameter in parameters {
            switch parameter {
            case .conditionalStore: _ = self.machine.usesConditionalStore()
            // todo(RFC 7162 §3.2.5): QRESYNC has its own issue.
            case .resynchronization, .other: throw CommandRefusal(.bad(.conditionUnknown))
            }
        }
        // A failed SELECT leaves no mailbox selected (RFC 9051 §6.3.2).
        let wasSelected = self.selected != nil
        self.deselect()
        if wasSelected, self.machine.isRev2 || self.machine.enabled.conditionalStore {
            out.buffer.append(status: .ok(.previousClosed, .closed), tag: nil)
        }
        let found = try await self.find(name)
        let (id, path) = (found.id, found.path)
        let live = try await self.store.open(id)
        let news = MailboxNews()
        let subscription = live.subscribe { news.note($0) }
        let start = subscription.start
        var selected = SelectedMailbox(
            path: path, live: live, subscription: subscription, news: news, view: SessionView(uids: start.columns.uids), isReadOnly: isReadOnly)

        IMAPSession.appendFlags(selected, &out.buffer)
        out.buffer.append(exists: start.count)
        if !self.machine.isRev2 {
            self.claimRecent(&selected)
            out.buffer.append(recent: selected.recentCount)
            if let index = start.columns.flags.firstIndex(where: { $0 & Flags.seen.rawValue == 0 }), let number = SequenceNumber(index: index) {
                out.buffer.append(status: .ok(.firstUnseen, .unseen(number.rawValue)), tag: nil)
            }
        }
        out.buffer.append(status: .ok(.uidsValid, .uidValidity(start.uidValidity.rawValue)), tag: nil)
        out.buffer.append(status: .ok(.predictedUID, .uidNext(start.uidNext)), tag: nil)
        out.buffer.append(status: .ok(.highestModSequence, .highestModSequence(max(start.highestModSeq.rawValue, 1))), tag: nil)
        if self.machine.isRev2 {
            out.buffer.append(list: ListEntry(attributes: [], name: OctetString(path.name)), isUTF8: self.machine.isUTF8)
        }
        self.selected = selected
        self.machine.selected(isReadOnly: isReadOnly)
        return .ok(.selected, isReadOnly ? .readOnly : .readWrite)
    }

    func closeMailbox() async throws -> StatusResponse {
        let selected = try self.current()
        self.deselect()
        // CLOSE tells nothing of what it removes (RFC 9051 §6.4.1).
        if !selected.isReadOnly { _ = try await self.store.expunge(nil, in: selected.live) }
        return .ok(.completed)
    }
}
