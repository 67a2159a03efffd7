// The keys of a SEARCH made ready for many messages: names looked up, sets resolved, texts folded, the cheap before the dear.
import IMAPProtocol
import MailFormat
import Mailboxes

/// What the keys are resolved against.
struct SearchContext {
    let view: MailboxView
    let session: SessionView
    let recent: UIDSet
    let savedResult: UIDSet
    let charset: OctetString
    /// Seconds since 1970.
    let now: Int64
}

/// A condition on one message.
indirect enum SearchCondition {
    case always(Bool)
    /// Bits that must be set, and bits that must not.
    case flags(set: UInt64, clear: UInt64)
    case recent(Bool)
    case uids(UIDSet)
    /// Internal date in seconds since 1970.
    case date(ClosedRange<Int64>)
    case size(ClosedRange<UInt64>)
    case modSequence(UInt64)
    /// The day of the Date field, in days since 1970.
    case sentDay(ClosedRange<Int>)
    case envelope(EnvelopeField, SearchText)
    case header(OctetString, SearchText)
    case body(SearchText)
    case text(SearchText)
    case not(SearchCondition)
    case any([SearchCondition])
    case all([SearchCondition])

    /// Nil where a key is not served or its text is none.
    init?(_ key: SearchKey, _ context: SearchContext) {
        switch key {
        case .all: self = .always(true)
        case .flag(let flag, let isSet): self = Self.flag(flag, isSet: isSet, context)
        case .new: self = .all([.recent(true), .flags(set: 0, clear: Flags.seen.rawValue)])
        case .old: self = .recent(false)
        case .recent(let isSet): self = .recent(isSet)
        case .sequence(.savedResult), .uid(.savedResult): self = .uids(context.savedResult)
        case .sequence(.set(let set)):
            // Numbers beyond the mailbox match nothing.
            let count = UInt32(clamping: context.session.count)
            let ranges = set.resolved(largest: count).compactMap { range -> Range<Int>? in
                guard range.lowerBound <= count else { return nil }
                return Int(range.lowerBound) - 1..<Int(min(range.upperBound, count))
            }
            self = .uids(context.session.uids(at: ranges))
        case .uid(.set(let set)): self = .uids(context.session.uids(at: context.session.indexes(ofUIDs: set)))
        case .header(let name, let text):
            guard let wanted = SearchText(text, charset: context.charset) else { return nil }
            if let field = EnvelopeField(header: name), !wanted.isEmpty { self = .envelope(field, wanted) } else { self = .header(name, wanted) }
        case .body(let text):
            guard let wanted = SearchText(text, charset: context.charset) else { return nil }
            self = wanted.isEmpty ? .always(true) : .body(wanted)
        case .text(let text):
            guard let wanted = SearchText(text, charset: context.charset) else { return nil }
            self = wanted.isEmpty ? .always(true) : .text(wanted)
        case .larger(let size): self = size == .max ? .always(false) : .size(size + 1 ... .max)
        case .smaller(let size): self = size == 0 ? .always(false) : .size(0...size - 1)
        case .before(let day): self = .date(.min ... Self.start(day) - 1)
        case .on(let day): self = .date(Self.start(day)...Self.start(day) + 86_399)
        case .since(let day): self = .date(Self.start(day) ... .max)
        case .sentBefore(let day): self = .sentDay(.min ... day.daysSinceEpoch - 1)
        case .sentOn(let day): self = .sentDay(day.daysSinceEpoch...day.daysSinceEpoch)
        case .sentSince(let day): self = .sentDay(day.daysSinceEpoch ... .max)
        case .younger(let seconds): self = .date(context.now - Int64(seconds) ... .max)
        case .older(let seconds): self = .date(.min ... context.now - Int64(seconds))
        case .modSequence(let value): self = .modSequence(value)
        case .not(let inner):
            guard let condition = SearchCondition(inner, context) else { return nil }
            self = .not(condition)
        case .or(let left, let right):
            guard let one = SearchCondition(left, context), let two = SearchCondition(right, context) else { return nil }
            self = .any([one, two].sorted { $0.cost < $1.cost })
        case .and(let keys):
            var conditions: [SearchCondition] = []
            for key in keys {
                guard let condition = SearchCondition(key, context) else { return nil }
                conditions.append(condition)
            }
            self = .all(conditions.sorted { $0.cost < $1.cost })
        case .uidAfter, .uidBefore, .saveDateSupported, .savedBefore, .savedOn, .savedSince, .emailID, .threadID, .filter, .fuzzy: return nil
        }
    }

    private static func start(_ day: CalendarDay) -> Int64 { Int64(day.daysSinceEpoch) * 86_400 }

    private static func flag(_ flag: Flag, isSet: Bool, _ context: SearchContext) -> SearchCondition {
        let name = flag.name.text
        let found = Flags.system(named: name) ?? Keyword(name).flatMap { context.view.keywords.flag($0) }
        // A keyword that the mailbox does not know is set nowhere.
        guard let bits = found?.rawValue else { return .always(!isSet) }
        return isSet ? .flags(set: bits, clear: 0) : .flags(set: 0, clear: bits)
    }

    /// How dear one evaluation is: columns, the stored summary, the message, all its text.
    var cost: Int {
        switch self {
        case .always, .flags, .recent, .uids, .date, .size, .modSequence: 0
        case .sentDay, .envelope: 1
        case .header: 20
        case .body, .text: 100
        case .not(let inner): inner.cost
        case .any(let conditions), .all(let conditions): conditions.reduce(0) { $0 + $1.cost }
        }
    }
}
