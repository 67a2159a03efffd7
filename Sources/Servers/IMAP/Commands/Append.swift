// APPEND behind the wire: where the messages go and how they are stored (RFC 9051 §6.3.12, RFC 4315, RFC 7889).
import IMAPProtocol
import MailFormat
import Mailboxes

/// Why an APPEND is refused before its octets are taken.
struct AppendRefusal: Error {
    let response: StatusResponse
}

extension IMAPSession {
    /// The mailbox, and the octets the account may have; refused where it is missing or the message will not fit.
    func target(_ path: MailboxPath, adding size: UInt64) async -> Result<(id: MailboxID, quota: Int64?), AppendRefusal> {
        do {
            guard let found = try await self.store.find(self.owner, path) else {
                return .failure(AppendRefusal(response: .no(.mailboxMissing, .tryCreate)))
            }
            let quota = try await self.quota()
            if let quota {
                let (sum, overflow) = try await self.store.usage(of: self.owner).octets.addingReportingOverflow(Int64(clamping: size))
                if overflow || sum > quota { return .failure(AppendRefusal(response: .no(.overQuota, .overQuota))) }
            }
            return .success((found.id, quota))
        } catch {
            return .failure(AppendRefusal(response: Self.response(to: error)))
        }
    }

    /// Stores the messages, all or none.
    func append(_ messages: [AppendedMessage], to target: MailboxID, quota: Int64?) async -> StatusResponse {
        var messages = messages
        for index in messages.indices {
            let octets = messages[index].octets
            let tree = MIMETree.parse(octets.span)
            messages[index].summary = MessageSummary.render(octets.span, tree).encoded()
        }
        do {
            let placed = try await self.store.append(messages, to: target, quota: quota)
            return .ok(.completed, .appendUID(uidValidity: placed.uidValidity.rawValue, placed.uids.ranges))
        } catch let error where error.kind == .missing {
            return .no(.mailboxMissing, .tryCreate)
        } catch {
            return Self.response(to: error)
        }
    }
}
