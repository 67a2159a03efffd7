// CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE (RFC 9051 §6.3.4–§6.3.8, RFC 6154 §3).
import IMAPProtocol
import MailFormat
import Mailboxes

extension IMAPSession {
    func create(_ name: MailboxName, _ parameters: [CreateParameter]) async throws -> StatusResponse {
        var use: SpecialUse?
        for parameter in parameters {
            guard case .use(let attributes) = parameter else { throw CommandRefusal(.bad(.conditionUnknown)) }
            // A mailbox has one special use here (RFC 6154 §3: a server may refuse with USEATTR).
            guard attributes.count <= 1 else { throw CommandRefusal(.no(.specialUseUnknown, .useAttribute)) }
            if let attribute = attributes.first {
                guard let known = SpecialUse.allCases.first(where: { OctetString($0.attribute).asciiLowercased == attribute.asciiLowercased }) else {
                    throw CommandRefusal(.no(.specialUseUnknown, .useAttribute))
                }
                use = known
            }
        }
        // A delimiter at the end says that more is to come below (RFC 9051 §6.3.4).
        var octets = name.wire.octets
        if octets.count > 1, octets.last == MailboxName.delimiter { octets.removeLast() }
        guard let path = self.path(MailboxName(OctetString(octets))) else { throw CommandRefusal(.no(.mailboxNameBad, .cannot)) }
        try await self.store.create(self.owner, path, use: use)
        return .ok(.completed)
    }

    func delete(_ name: MailboxName) async throws -> StatusResponse {
        guard let path = self.path(name) else { throw CommandRefusal(.no(.mailboxMissing, .nonexistent)) }
        guard !path.isInbox else { throw CommandRefusal(.no(.inboxStays, .cannot)) }
        try await self.store.delete(self.owner, path)
        return .ok(.completed)
    }

    func rename(_ from: MailboxName, _ to: MailboxName, _ parameters: [ExtensionParameter]) async throws -> StatusResponse {
        guard parameters.isEmpty else { throw CommandRefusal(.bad(.conditionUnknown)) }
        guard let old = self.path(from) else { throw CommandRefusal(.no(.mailboxMissing, .nonexistent)) }
        guard let new = self.path(to) else { throw CommandRefusal(.no(.mailboxNameBad, .cannot)) }
        try await self.store.rename(self.owner, old, to: new)
        return .ok(.completed)
    }

    func subscribe(_ name: MailboxName) async throws -> StatusResponse {
        guard let path = self.path(name) else { throw CommandRefusal(.no(.mailboxNameBad, .cannot)) }
        try await self.store.subscribe(self.owner, path)
        return .ok(.completed)
    }

    func unsubscribe(_ name: MailboxName) async throws -> StatusResponse {
        guard let path = self.path(name) else { throw CommandRefusal(.no(.mailboxNameBad, .cannot)) }
        try await self.store.unsubscribe(self.owner, path)
        return .ok(.completed)
    }
}
