// Performs the commands that need the store: which function answers which command, and what a failure of the store means to the client.
import Accounts
import IMAPProtocol
import MailFormat
import Mailboxes

/// A refusal that a command's function throws to its end: the tagged response.
struct CommandRefusal: Error {
    let response: StatusResponse

    init(_ response: StatusResponse) { self.response = response }
}

extension IMAPSession {
    /// Performs a command and writes its tagged response.
    ///
    /// - Returns: the response's condition; nil where the client is gone.
    func perform(_ tagged: TaggedCommand, _ out: inout ResponseWriter) async -> StatusCondition? {
        let response: StatusResponse
        do {
            response = try await self.answer(tagged, &out)
        } catch is ConnectionClosed {
            return nil
        } catch let refusal as CommandRefusal {
            response = refusal.response
        } catch {
            response = Self.response(to: error)
        }
        switch tagged.command {
        case .fetch(let request): self.tellNews(allowsExpunge: request.isUID, withUID: request.isUID, &out.buffer)
        case .store(let request): self.tellNews(allowsExpunge: request.isUID, withUID: request.isUID, &out.buffer)
        case .search(let request): self.tellNews(allowsExpunge: request.isUID, withUID: request.isUID, &out.buffer)
        case .select, .examine, .close: break
        default: self.tellNews(allowsExpunge: true, &out.buffer)
        }
        out.buffer.append(status: response, tag: tagged.tag)
        return response.condition
    }

    private func answer(_ tagged: TaggedCommand, _ out: inout ResponseWriter) async throws -> StatusResponse {
        switch tagged.command {
        case .select(let name, let parameters): try await self.select(name, parameters, isReadOnly: false, &out)
        case .examine(let name, let parameters): try await self.select(name, parameters, isReadOnly: true, &out)
        case .close: try await self.closeMailbox()
        case .create(let name, let parameters): try await self.create(name, parameters)
        case .delete(let name): try await self.delete(name)
        case .rename(let from, let to, let parameters): try await self.rename(from, to, parameters)
        case .subscribe(let name): try await self.subscribe(name)
        case .unsubscribe(let name): try await self.unsubscribe(name)
        case .list(let request): try await self.list(request, &out)
        case .lsub(let reference, let pattern): try await self.lsub(reference, pattern, &out)
        case .status(let name, let items): try await self.status(name, items, &out)
        case .expunge: try await self.expunge(nil)
        case .uidExpunge(let set): try await self.expunge(set)
        case .search(let request): try await self.search(request, tag: tagged.tag, &out)
        case .fetch(let request): try await self.fetch(request, &out)
        case .store(let request): try await self.store(request, &out)
        case .copy(let messages, let name, let isUID): try await self.copy(messages, name, isUID: isUID)
        case .move(let messages, let name, let isUID): try await self.move(messages, name, isUID: isUID, &out)
        default: .bad(.notServed)
        }
    }

    /// What a failure below means to the client. Our own trouble is said to be that (RFC 5530 §3).
    static func response(to error: any Error) -> StatusResponse {
        guard let error = error as? MailStoreError else { return .no(.serverTrouble, .unavailable) }
        switch error.kind {
        case .missing: return .no(.mailboxMissing, .nonexistent)
        case .exists: return .no(.mailboxExists, .alreadyExists)
        case .cannot: return .no(.mailboxNameBad, .cannot)
        case .limit: return .no(.limitReached, .limit)
        case .overQuota: return .no(.overQuota, .overQuota)
        case .lost: return .no(.unavailableParts, .corruption)
        case .storage: return .no(.serverTrouble, .unavailable)
        }
    }

    // MARK: What several commands need

    /// The selected mailbox; the machine has admitted the command, so there is one.
    func current() throws -> SelectedMailbox {
        guard let selected = self.selected else { throw CommandRefusal(.bad(.notSelected)) }
        return selected
    }

    /// A mailbox by its name on the wire.
    func find(_ name: MailboxName, missing: ResponseCode = .nonexistent) async throws -> FoundMailbox {
        guard let path = self.path(name) else { throw CommandRefusal(.no(.mailboxMissing, missing)) }
        let found = try await self.store.find(self.owner, path)
        guard let id = found?.id else { throw CommandRefusal(.no(.mailboxMissing, missing)) }
        return FoundMailbox(id: id, path: path)
    }

    /// A mailbox that a command has named.
    struct FoundMailbox {
        let id: MailboxID
        let path: MailboxPath
    }

    /// The places in the view that a command names (RFC 9051 §6.4.8, §6.4.9).
    func indexes(_ messages: MessageSet, isUID: Bool, _ view: SessionView) throws -> [Range<Int>] {
        switch messages {
        case .savedResult: return view.indexes(ofUIDs: self.savedResult.ranges)
        case .set(let set):
            if isUID { return view.indexes(ofUIDs: set) }
            guard let indexes = view.indexes(ofNumbers: set) else { throw CommandRefusal(.bad(.wrongArguments)) }
            return indexes
        }
    }
}

extension SessionView {
    /// The UIDs at ranges of indexes.
    func uids(at indexes: [Range<Int>]) -> UIDSet {
        var ranges: [ClosedRange<UInt32>] = []
        for range in indexes where !range.isEmpty {
            let (first, last) = (self.uids[range.lowerBound], self.uids[range.upperBound - 1])
            // Without holes the whole range of indexes is one range of UIDs.
            if Int(last - first) + 1 == range.count {
                ranges.append(first...last)
            } else {
                for index in range {
                    let uid = self.uids[index]
                    if let previous = ranges.last, previous.upperBound + 1 == uid {
                        ranges[ranges.count - 1] = previous.lowerBound...uid
                    } else {
                        ranges.append(uid...uid)
                    }
                }
            }
        }
        return UIDSet(ranges: ranges)
    }
}
