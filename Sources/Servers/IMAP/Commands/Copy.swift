// COPY, MOVE and EXPUNGE (RFC 9051 §6.4.3, §6.4.7, §6.4.8, §6.4.9; RFC 4315, RFC 6851).
import IMAPProtocol
import Mailboxes

extension IMAPSession {
    func copy(_ messages: MessageSet, _ name: MailboxName, isUID: Bool) async throws -> StatusResponse {
        let selected = try self.current()
        let uids = selected.view.uids(at: try self.indexes(messages, isUID: isUID, selected.view))
        let target = try await self.find(name, missing: .tryCreate)
        let placed = try await self.store.copy(uids, from: selected.live, to: target.id, quota: try await self.quota())
        return Self.response(to: placed, wanted: uids)
    }

    func move(_ messages: MessageSet, _ name: MailboxName, isUID: Bool, _ out: inout ResponseWriter) async throws -> StatusResponse {
        let selected = try self.current()
        let uids = selected.view.uids(at: try self.indexes(messages, isUID: isUID, selected.view))
        let target = try await self.find(name, missing: .tryCreate)
        let placed = try await self.store.move(uids, from: selected.live, to: target.id, quota: try await self.quota())
        let response = Self.response(to: placed, wanted: uids)
        // COPYUID comes before the EXPUNGE responses, so that the client knows where they went (RFC 6851 §4.3).
        if let code = response.code, case .copyUID = code { out.buffer.append(status: .ok(.completed, code), tag: nil) }
        return response.condition == .ok ? .ok(.completed) : response
    }

    /// COPYUID where something was copied; messages that had gone meanwhile are said so (RFC 9051 §7.1 EXPUNGEISSUED).
    private static func response(to placed: PlacedMessages, wanted: UIDSet) -> StatusResponse {
        guard !placed.uids.isEmpty else { return wanted.isEmpty ? .ok(.completed) : .no(.expungedMeanwhile, .expungeIssued) }
        return .ok(.completed, .copyUID(uidValidity: placed.uidValidity.rawValue, from: placed.sources.ranges, to: placed.uids.ranges))
    }

    /// EXPUNGE, or UID EXPUNGE of a set.
    func expunge(_ set: SequenceSet?) async throws -> StatusResponse {
        let selected = try self.current()
        var uids: UIDSet?
        if let set { uids = selected.view.uids(at: selected.view.indexes(ofUIDs: set)) }
        let gone = try await self.store.expunge(uids, in: selected.live)
        guard let modSeq = gone.modSeq, self.machine.enabled.conditionalStore else { return .ok(.completed) }
        return .ok(.completed, .highestModSequence(modSeq.rawValue))
    }
}
