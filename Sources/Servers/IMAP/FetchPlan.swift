// What one FETCH writes for each message, and the writing of all that needs no octets of it.
import IMAPProtocol
import MailFormat
import Mailboxes

/// The items of a FETCH in the order they are written.
struct FetchPlan {
    var items: [FetchItem] = []
    var changedSince: UInt64?
    var needsSummary = false
    var needsOctets = false
    var setsSeen = false
    var tellsFlags = false
    var usesModSequences = false
    var isKnown = true
    /// Messages whose `\Seen` this command has set: their flags are told too.
    var seenNow = UIDSet()

    init(_ request: FetchRequest) {
        var items: [FetchItem] = request.isUID && !request.items.contains(.uid) ? [.uid] : []
        for item in request.items where !items.contains(item) { items.append(item) }
        for modifier in request.modifiers {
            switch modifier {
            case .changedSince(let value):
                self.changedSince = value
                if !items.contains(.modSequence) { items.append(.modSequence) }
            // todo(RFC 7162 §3.2.6, RFC 9394): VANISHED and PARTIAL have their own issue.
            case .vanished, .partial, .other: self.isKnown = false
            }
        }
        for item in items {
            switch item {
            case .flags: self.tellsFlags = true
            case .internalDate, .rfc822Size, .uid: break
            case .modSequence: self.usesModSequences = true
            case .envelope, .bodyStructure, .preview: self.needsSummary = true
            case .rfc822, .rfc822Header, .rfc822Text, .body, .section, .binary, .binarySize: self.needsOctets = true
            case .emailID, .threadID, .saveDate, .vendor: self.isKnown = false
            }
            if item.setsSeen { self.setsSeen = true }
        }
        self.items = items
    }
}

/// One FETCH on its way through the messages.
struct FetchRun {
    let plan: FetchPlan
    let view: MailboxView
    var lostCount = 0
    var goneCount = 0
    var isUnknownEncoding = false
    private let uids: [UInt32]
    private let places: PlaceFinder
    private var flags: FlagWriter
    private var needsSpace = false

    init(plan: FetchPlan, uids: [UInt32], view: MailboxView, recent: UIDSet) {
        self.plan = plan
        self.view = view
        self.uids = uids
        self.places = PlaceFinder(uids, view.columns.uids)
        self.flags = FlagWriter(view, recent: recent)
    }

    /// The place of the message at an index of the view; nil where it is gone or not changed since.
    mutating func wanted(_ index: Int) -> Int? {
        guard let place = self.places.place(at: index) else {
            self.goneCount += 1
            return nil
        }
        if let changedSince = self.plan.changedSince, self.view.columns.modSeqs[place] <= changedSince { return nil }
        return place
    }

    mutating func begin(_ index: Int, _ buffer: inout ResponseBuffer) {
        buffer.beginFetch(UInt32(truncatingIfNeeded: index + 1))
        self.needsSpace = false
    }

    mutating func separate(_ buffer: inout ResponseBuffer) {
        if self.needsSpace { buffer.space() }
        self.needsSpace = true
    }

    /// Ends the response, with the flags where this command has changed them and they were not asked for.
    mutating func end(at place: Int, _ buffer: inout ResponseBuffer) {
        if !self.plan.seenNow.isEmpty, !self.plan.tellsFlags, self.plan.seenNow.contains(self.view.columns.uids[place]) {
            self.separate(&buffer)
            self.flags.append(at: place, to: &buffer)
        }
        buffer.endFetch()
    }

    /// Items of the columns.
    mutating func append(_ item: FetchItem, at place: Int, _ buffer: inout ResponseBuffer) {
        self.separate(&buffer)
        switch item {
        case .uid: buffer.appendUID(self.view.columns.uids[place])
        case .flags: self.flags.append(at: place, to: &buffer)
        case .internalDate: buffer.appendInternalDate(InternalDate(secondsSinceEpoch: self.view.columns.dates[place]))
        case .rfc822Size: buffer.appendSize(UInt64(self.view.columns.sizes[place]))
        case .modSequence: buffer.appendModSequence(self.view.columns.modSeqs[place])
        default:
            self.appendName(item, &buffer)
            buffer.append(" NIL")
        }
    }

    /// Items of the columns and of the summary.
    mutating func append(_ item: FetchItem, at place: Int, summary: Span<UInt8>, _ buffer: inout ResponseBuffer) {
        switch item {
        case .envelope, .bodyStructure, .preview: break
        default: return self.append(item, at: place, &buffer)
        }
        self.separate(&buffer)
        self.appendName(item, &buffer)
        buffer.space()
        guard let layout = SummaryLayout(summary) else { return buffer.append("NIL") }
        switch item {
        case .envelope: buffer.append(summary.extracting(layout.envelope))
        case .bodyStructure: buffer.append(summary.extracting(layout.bodyStructure))
        default: buffer.append(string: OctetString(copying: summary, in: layout.preview).octets)
        }
    }

    func appendName(_ item: FetchItem, _ buffer: inout ResponseBuffer) {
        switch item {
        case .envelope: buffer.append("ENVELOPE")
        case .flags: buffer.append("FLAGS")
        case .internalDate: buffer.append("INTERNALDATE")
        case .rfc822: buffer.append("RFC822")
        case .rfc822Header: buffer.append("RFC822.HEADER")
        case .rfc822Size: buffer.append("RFC822.SIZE")
        case .rfc822Text: buffer.append("RFC822.TEXT")
        case .body: buffer.append("BODY")
        case .bodyStructure: buffer.append("BODYSTRUCTURE")
        case .uid: buffer.append("UID")
        case .section(let section, let partial, _): buffer.append(sectionName: section, origin: partial?.origin)
        case .binary(let part, let partial, _): buffer.append(binaryName: part, origin: partial?.origin)
        case .binarySize(let part): buffer.append(binaryName: part, origin: nil)
        case .modSequence: buffer.append("MODSEQ")
        case .preview: buffer.append("PREVIEW")
        case .emailID: buffer.append("EMAILID")
        case .threadID: buffer.append("THREADID")
        case .saveDate: buffer.append("SAVEDATE")
        case .vendor(let name): buffer.append(token: name)
        }
    }

    func appendSize(_ item: FetchItem, _ count: Int, _ buffer: inout ResponseBuffer) {
        if case .binarySize(let part) = item { buffer.append(binarySize: count, part: part) }
    }
}
