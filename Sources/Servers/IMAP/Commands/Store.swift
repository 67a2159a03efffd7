// STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3).
import IMAPProtocol
import Mailboxes

extension IMAPSession {
    func store(_ request: StoreRequest, _ out: inout ResponseWriter) async throws -> StatusResponse {
        let selected = try self.current()
        var unchangedSince: ModSeq?
        for modifier in request.modifiers {
            guard case .unchangedSince(let value) = modifier else { throw CommandRefusal(.bad(.conditionUnknown)) }
            unchangedSince = ModSeq(value)
            self.useModSequences(&out.buffer)
        }
        guard let flags = FlagList(names: request.flags.map(\.name.text)) else { throw CommandRefusal(.bad(.wrongArguments)) }
        let indexes = try self.indexes(request.messages, isUID: request.isUID, selected.view)
        let uids = selected.view.uids(at: indexes)
        let change: FlagChange =
            switch request.operation {
            case .add: .add
            case .remove: .remove
            case .replace: .replace
            }
        let stored = try await self.store.store(change, flags, of: uids, in: selected.live, unchangedSince: unchangedSince)
        try await self.tellStored(request, stored, indexes, &out)
        if !stored.modified.isEmpty {
            let named = request.isUID ? stored.modified.ranges : self.numbers(of: stored.modified)
            return .ok(.modifiedMeanwhile, .modified(named))
        }
        return .ok(.completed)
    }

    /// FETCH responses for what STORE has done: all the messages named, or with `.SILENT` only the new mod-sequences.
    private func tellStored(_ request: StoreRequest, _ stored: StoredFlags, _ indexes: [Range<Int>], _ out: inout ResponseWriter) async throws {
        guard let selected = self.selected else { return }
        let hasModSequences = self.machine.enabled.conditionalStore
        guard !request.isSilent || hasModSequences || !stored.changed.isEmpty else { return }
        let view = selected.live.view
        // A keyword that is new here is made known before it is used (RFC 9051 §7.3.5).
        if let gathered = self.selected?.news.take() { self.putBack(gathered, &out) }
        var writer = FlagWriter(view, recent: selected.recent)
        let places = PlaceFinder(selected.view.uids, view.columns.uids)
        for range in indexes {
            for index in range {
                guard let place = places.place(at: index) else { continue }
                let uid = selected.view.uids[index]
                let isChanged = stored.changed.contains(uid)
                // Changed by somebody else since: that is still to be told.
                if isChanged, view.columns.modSeqs[place] == stored.modSeq?.rawValue { self.selected?.view.told(uid) }
                if request.isSilent, !hasModSequences || !isChanged { continue }
                if stored.modified.contains(uid) { continue }
                out.buffer.beginFetch(UInt32(truncatingIfNeeded: index + 1))
                if request.isUID {
                    out.buffer.appendUID(uid)
                    if !request.isSilent || hasModSequences { out.buffer.space() }
                }
                if !request.isSilent { writer.append(at: place, to: &out.buffer) }
                if hasModSequences {
                    if !request.isSilent { out.buffer.space() }
                    out.buffer.appendModSequence(view.columns.modSeqs[place])
                }
                out.buffer.endFetch()
                try await out.flushIfFull()
            }
        }
    }

    /// Takes news into the view without telling it yet, but for keywords.
    func putBack(_ gathered: MailboxNews.Gathered, _ out: inout ResponseWriter) {
        guard var selected = self.selected else { return }
        self.selected = nil
        if gathered.addsKeywords { Self.appendFlags(selected, &out.buffer) }
        selected.view.note(arrived: gathered.arrivals.uids)
        selected.view.note(expunged: gathered.isRemoved ? selected.view.uids : gathered.expunged.uids)
        selected.view.note(changed: gathered.flagged.uids)
        self.selected = selected
    }

    /// Sequence numbers of UIDs, as ranges.
    func numbers(of uids: UIDSet) -> [ClosedRange<UInt32>] {
        guard let view = self.selected?.view else { return [] }
        return view.indexes(ofUIDs: uids.ranges).map { UInt32(truncatingIfNeeded: $0.lowerBound + 1)...UInt32(truncatingIfNeeded: $0.upperBound) }
    }
}

/// Finds the places in a mailbox's columns of the messages of a session's view.
struct PlaceFinder {
    private let view: [UInt32]
    private let columns: [UInt32]
    /// The common case: the session knows all that there is.
    private let isSame: Bool

    init(_ view: [UInt32], _ columns: [UInt32]) {
        self.view = view
        self.columns = columns
        self.isSame = view == columns
    }

    /// The place of the message at an index of the view; nil where it has gone.
    @inline(__always)
    func place(at index: Int) -> Int? {
        if self.isSame { return index }
        let uid = self.view[index]
        // A message never stands further back in the columns than in the view, unless earlier ones have gone.
        var low = 0
        var high = min(self.columns.count, index + 1)
        while low < high {
            let middle = (low + high) / 2
            if self.columns[middle] < uid { low = middle + 1 } else { high = middle }
        }
        return low < self.columns.count && self.columns[low] == uid ? low : nil
    }
}
