// Goes through the messages of a view and asks the condition of each; opens a message only where the condition comes to need it.
import IMAPProtocol
import MailFormat
import Mailboxes
import Storage

/// One SEARCH on its way through the messages.
struct SearchRun {
    private let condition: SearchCondition
    private let columns: MailboxColumns
    private let uids: [UInt32]
    private let recent: UIDSet
    private let store: MailStore
    private let places: PlaceFinder

    init(_ condition: SearchCondition, _ view: MailboxView, _ uids: [UInt32], recent: UIDSet, store: MailStore) {
        self.condition = condition
        self.columns = view.columns
        self.uids = uids
        self.recent = recent
        self.store = store
        self.places = PlaceFinder(uids, view.columns.uids)
    }

    /// The messages that meet the condition, as ranges of indexes of the view. Those that are gone meet none.
    func indexes() -> [Range<Int>] {
        var found: [Range<Int>] = []
        for index in self.uids.indices {
            guard let place = self.places.place(at: index) else { continue }
            var message = SearchedMessage(blob: BlobID(rawValue: self.columns.blobs[place]), ordinal: self.columns.ordinals[place], store: self.store)
            guard self.holds(self.condition, place, &message) else { continue }
            if let last = found.last, last.upperBound == index {
                found[found.count - 1] = last.lowerBound..<(index + 1)
            } else {
                found.append(index..<(index + 1))
            }
        }
        return found
    }

    private func holds(_ condition: SearchCondition, _ place: Int, _ message: inout SearchedMessage) -> Bool {
        switch condition {
        case .always(let value): return value
        case .flags(let set, let clear):
            let flags = self.columns.flags[place]
            return flags & set == set && flags & clear == 0
        case .recent(let isRecent): return self.recent.contains(self.columns.uids[place]) == isRecent
        case .uids(let set): return set.contains(self.columns.uids[place])
        case .date(let range): return range.contains(self.columns.dates[place])
        case .size(let range): return range.contains(UInt64(self.columns.sizes[place]))
        case .modSequence(let value): return self.columns.modSeqs[place] >= value
        case .sentDay(let days): return message.sentDay.map { days.contains($0) } ?? false
        case .envelope(let field, let text): return message.envelope(field, holds: text)
        case .header(let name, let text): return message.header(name, holds: text)
        case .body(let text): return message.body(holds: text)
        case .text(let text): return message.anything(holds: text)
        case .not(let inner): return !self.holds(inner, place, &message)
        case .any(let conditions):
            for inner in conditions where self.holds(inner, place, &message) { return true }
            return false
        case .all(let conditions):
            for inner in conditions where !self.holds(inner, place, &message) { return false }
            return true
        }
    }
}

/// One message that is searched; what was read of it once is kept until the next message.
struct SearchedMessage {
    private let blob: BlobID
    private let ordinal: UInt16
    private let store: MailStore
    private var summary: [UInt8]?
    private var source: MessageSource?

    init(blob: BlobID, ordinal: UInt16, store: MailStore) {
        self.blob = blob
        self.ordinal = ordinal
        self.store = store
    }

    /// The stored summary; empty for a message that is lost.
    private mutating func loadedSummary() -> [UInt8] {
        if let summary = self.summary { return summary }
        let loaded = (try? self.store.summary(self.blob)) ?? []
        self.summary = loaded
        return loaded
    }

    private mutating func loadedSource() -> MessageSource {
        if let source = self.source { return source }
        let loaded = MessageSource((try? self.store.message(self.blob, ordinal: self.ordinal).whole) ?? [])
        self.source = loaded
        return loaded
    }

    /// The day on the writer's calendar (RFC 9051 §6.4.4: time and zone disregarded).
    var sentDay: Int? {
        mutating get {
            let octets = self.loadedSummary()
            guard let layout = SummaryLayout(octets.span), layout.sentDate != nil else { return nil }
            var reader = EnvelopeReader(octets.span, layout.envelope, at: .date)
            guard let date = reader.string(octets.span) else { return nil }
            return MessageDate.parse(octets.span, in: date.range).map { Int($0.localDate.daysSinceEpoch) }
        }
    }

    mutating func envelope(_ field: EnvelopeField, holds text: SearchText) -> Bool {
        let octets = self.loadedSummary()
        guard let layout = SummaryLayout(octets.span) else { return false }
        var reader = EnvelopeReader(octets.span, layout.envelope, at: field)
        if field.isAddresses {
            let addresses = reader.addressText(octets.span)
            return text.isIn(text: addresses)
        }
        guard let string = reader.string(octets.span) else { return false }
        guard string.isEscaped else { return text.isIn(header: octets.span, string.range) }
        let plain = EnvelopeReader.copy(octets.span, string)
        return text.isIn(header: plain.span, 0..<plain.count)
    }

    mutating func header(_ name: OctetString, holds text: SearchText) -> Bool {
        var source = self.loadedSource()
        let header = source.header()
        self.source = source
        for field in header.fields where field.isNamed(name.octets.span, in: source.octets.span) {
            if text.isEmpty || text.isIn(header: source.octets.span, field.bodyRange) { return true }
        }
        return false
    }

    /// The decoded text of all text parts, and the headers of messages within.
    mutating func body(holds text: SearchText) -> Bool {
        var source = self.loadedSource()
        let tree = source.tree()
        self.source = source
        let octets = source.octets
        for (index, part) in tree.parts.enumerated() {
            if index > 0, part.parent.map({ tree.parts[$0].kind == .message }) ?? false, Self.holds(part.header, octets, text) { return true }
            guard let decoded = DecodedText.text(of: part, in: octets.span) else { continue }
            if text.isIn(text: decoded) { return true }
        }
        return false
    }

    /// Header or body.
    mutating func anything(holds text: SearchText) -> Bool {
        var source = self.loadedSource()
        let header = source.header()
        self.source = source
        return Self.holds(header, source.octets, text) || self.body(holds: text)
    }

    private static func holds(_ header: HeaderBlock, _ octets: [UInt8], _ text: SearchText) -> Bool {
        if text.isIn(octets.span, header.range) { return true }
        for field in header.fields where text.isIn(header: octets.span, field.bodyRange) { return true }
        return false
    }
}

extension SearchText {
    /// Whether UTF-8 octets hold the text.
    func isIn(text octets: [UInt8]) -> Bool {
        if octets.allSatisfy({ $0 < 0x80 }) { return self.isIn(octets.span, 0..<octets.count) }
        return self.isIn(text: String(decoding: octets, as: UTF8.self))
    }
}
