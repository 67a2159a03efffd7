// LIST in all its forms, LSUB and STATUS (RFC 9051 §6.3.9, §6.3.11; RFC 3501 §6.3.9; RFC 5258, RFC 5819, RFC 6154, RFC 8438).
import IMAPProtocol
import MailFormat
import Mailboxes

extension IMAPSession {
    func list(_ request: ListRequest, _ out: inout ResponseWriter) async throws -> StatusResponse {
        let isUTF8 = self.machine.isUTF8
        // An empty pattern asks for the delimiter (RFC 9051 §6.3.9).
        if !request.isExtended, request.patterns.first?.wire.isEmpty == true {
            out.buffer.append(list: ListEntry(attributes: [.noSelect], name: ""), isUTF8: isUTF8)
            return .ok(.completed)
        }
        var options = ListOptions(request)
        guard options.areKnown else { throw CommandRefusal(.bad(.conditionUnknown)) }
        options.isRev2 = self.machine.isRev2
        let patterns = self.patterns(request.reference, request.patterns)
        let entries = try await self.store.list(self.owner)
        let found = ListSelector(entries, patterns, options).selected
        for item in found {
            out.buffer.append(list: item.entry, isUTF8: isUTF8)
            if let items = options.statusItems, let status = item.status {
                out.buffer.append(statusOf: item.entry.name, self.values(items, status, item.id), isUTF8: isUTF8)
            }
            try await out.flushIfFull()
        }
        return .ok(.completed)
    }

    func lsub(_ reference: MailboxName, _ pattern: ListPattern, _ out: inout ResponseWriter) async throws -> StatusResponse {
        let isUTF8 = self.machine.isUTF8
        if pattern.wire.isEmpty {
            out.buffer.append(list: ListEntry(attributes: [.noSelect], name: ""), isLSUB: true, isUTF8: isUTF8)
            return .ok(.completed)
        }
        guard let octets = self.patterns(reference, [pattern]).first else { return .ok(.completed) }
        var told: Set<[UInt8]> = []
        for entry in try await self.store.list(self.owner) where entry.isSubscribed {
            let name = Array(entry.path.name.utf8)
            let (isWhole, parents) = ListPattern.matchEnds(octets, name)
            if isWhole {
                guard told.insert(name).inserted else { continue }
                out.buffer.append(list: ListEntry(attributes: [], name: OctetString(name)), isLSUB: true, isUTF8: isUTF8)
            } else if octets.last == UInt8(ascii: "%"), let end = parents.last, told.insert(Array(name[..<end])).inserted {
                // A level above a subscribed name (RFC 3501 §6.3.9).
                out.buffer.append(list: ListEntry(attributes: [.noSelect], name: OctetString(name[..<end])), isLSUB: true, isUTF8: isUTF8)
            }
        }
        return .ok(.completed)
    }

    func status(_ name: MailboxName, _ items: [StatusItem], _ out: inout ResponseWriter) async throws -> StatusResponse {
        guard let path = self.path(name), let found = try await self.store.find(self.owner, path) else {
            throw CommandRefusal(.no(.mailboxMissing, .nonexistent))
        }
        if items.contains(.highestModSequence) { self.useModSequences(&out.buffer) }
        var values = self.values(items, found.status, found.id)
        if items.contains(.recent) {
            // What is in memory knows first that messages have been claimed.
            let live = try await self.store.open(found.id)
            let uids = live.view.columns.uids
            let count = uids.count - live.view.columns.place(atOrAfter: live.recentFrom)
            values = values.map { $0.item == .recent ? StatusValue(.recent, UInt64(max(count, 0))) : $0 }
        }
        out.buffer.append(statusOf: OctetString(path.name), values, isUTF8: self.machine.isUTF8)
        return .ok(.completed)
    }

    private func values(_ items: [StatusItem], _ status: MailboxStatus, _ id: MailboxID?) -> [StatusValue] {
        items.compactMap { item in
            switch item {
            case .messages: StatusValue(item, UInt64(clamping: status.counts.messages))
            case .uidNext: StatusValue(item, UInt64(status.uidNext))
            case .uidValidity: StatusValue(item, UInt64(status.uidValidity.rawValue))
            case .unseen: StatusValue(item, UInt64(clamping: status.counts.unseen))
            case .deleted: StatusValue(item, UInt64(clamping: status.counts.deleted))
            case .size: StatusValue(item, UInt64(clamping: status.counts.octets))
            // How many UIDs nobody has been told of; those that are gone again are counted too.
            case .recent: StatusValue(item, UInt64(status.uidNext > status.recentFrom ? status.uidNext - status.recentFrom : 0))
            case .highestModSequence: StatusValue(item, max(status.highestModSeq.rawValue, 1))
            case .appendLimit: StatusValue(item, self.rules.appendLimit)
            case .mailboxID: StatusValue(item, UInt64(clamping: id?.rawValue ?? 0))
            case .deletedStorage: nil
            }
        }
    }

    /// The patterns in UTF-8 with the reference before them; a pattern that nothing can match is left out.
    private func patterns(_ reference: MailboxName, _ patterns: [ListPattern]) -> [[UInt8]] {
        let isUTF8 = self.machine.isUTF8
        let prefix = reference.wire.isEmpty ? [] : reference.text(isUTF8: isUTF8)?.octets
        guard let prefix else { return [] }
        return patterns.compactMap { pattern in pattern.text(isUTF8: isUTF8).map { prefix + $0.octets } }
    }
}

/// The options of one LIST, each known by name.
struct ListOptions {
    var subscribedOnly = false
    var specialUseOnly = false
    var isRecursive = false
    var tellsSubscribed = false
    var statusItems: [StatusItem]?
    var isExtended = false
    var isRev2 = false
    var areKnown = true

    init(_ request: ListRequest) {
        self.isExtended = request.isExtended
        for selection in request.selection {
            switch selection {
            case .subscribed:
                self.subscribedOnly = true
                self.tellsSubscribed = true
            case .specialUse: self.specialUseOnly = true
            case .recursiveMatch: self.isRecursive = true
            // There is nothing remote.
            case .remote: break
            case .other: self.areKnown = false
            }
        }
        for option in request.returning ?? [] {
            switch option {
            case .subscribed: self.tellsSubscribed = true
            // These two are told always.
            case .children, .specialUse: break
            case .status(let items): self.statusItems = items
            case .other: self.areKnown = false
            }
        }
        // RECURSIVEMATCH alone, or with REMOTE alone, is an error (RFC 5258 §3.1).
        if self.isRecursive, !self.subscribedOnly { self.areKnown = false }
    }
}

/// Picks the names that a LIST wants.
struct ListSelector {
    struct Item {
        let entry: ListEntry
        let id: MailboxID?
        let status: MailboxStatus?
    }

    let selected: [Item]

    init(_ entries: [MailboxEntry], _ patterns: [[UInt8]], _ options: ListOptions) {
        var items: [Item] = []
        // Names above one that is subscribed and does not match itself (RFC 5258 §3.5).
        var withSubscribedChildren: Set<MailboxPath> = []
        if options.isRecursive {
            for entry in entries where entry.isSubscribed && !Self.matches(patterns, entry) {
                var parent = entry.path.parent
                while let path = parent {
                    withSubscribedChildren.insert(path)
                    parent = path.parent
                }
            }
        }
        for entry in entries where Self.matches(patterns, entry) {
            let hasSubscribedChildren = withSubscribedChildren.contains(entry.path)
            if options.subscribedOnly {
                guard entry.isSubscribed || hasSubscribedChildren else { continue }
            } else if entry.id == nil, !entry.hasChildren {
                // Subscribed, but not there: LIST does not know it.
                continue
            }
            if options.specialUseOnly, entry.specialUse == nil { continue }
            var attributes: [ListAttribute] = []
            if entry.id == nil { attributes += options.isExtended || options.isRev2 ? [.nonexistent] : [.noSelect] }
            if options.tellsSubscribed, entry.isSubscribed { attributes.append(.subscribed) }
            attributes.append(entry.hasChildren ? .hasChildren : .hasNoChildren)
            if let use = entry.specialUse { attributes.append(.specialUse(OctetString(use.attribute))) }
            items.append(
                Item(
                    entry: ListEntry(attributes: attributes, name: OctetString(entry.path.name), hasSubscribedChildren: hasSubscribedChildren),
                    id: entry.id, status: entry.status))
        }
        self.selected = items
    }

    private static func matches(_ patterns: [[UInt8]], _ entry: MailboxEntry) -> Bool {
        let name = Array(entry.path.name.utf8)
        return patterns.contains { ListPattern.matches($0, name) }
    }
}
