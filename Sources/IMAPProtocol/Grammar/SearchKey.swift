// The conditions of SEARCH (RFC 9051 §6.4.4, RFC 3501 §6.4.4, RFC 5032, RFC 7162, RFC 8474, RFC 8514).
package import MailFormat

/// search-key.
package indirect enum SearchKey: Hashable, Sendable {
    case all
    case flag(Flag, isSet: Bool)
    case new
    case old
    case recent(isSet: Bool)
    case sequence(MessageSet)
    case uid(MessageSet)
    case uidAfter(UInt32?)
    case uidBefore(UInt32?)
    /// A header field holds the text; empty text: the field is there.
    case header(name: OctetString, text: OctetString)
    case body(OctetString)
    case text(OctetString)
    case larger(UInt64)
    case smaller(UInt64)
    /// Internal date, by calendar day.
    case before(CalendarDay)
    case on(CalendarDay)
    case since(CalendarDay)
    /// The Date field, by calendar day.
    case sentBefore(CalendarDay)
    case sentOn(CalendarDay)
    case sentSince(CalendarDay)
    case saveDateSupported
    case savedBefore(CalendarDay)
    case savedOn(CalendarDay)
    case savedSince(CalendarDay)
    /// Seconds before now (RFC 5032).
    case younger(UInt32)
    case older(UInt32)
    /// RFC 7162 §3.1.5; entry and kind are read and, as that section allows, ignored.
    case modSequence(UInt64)
    case emailID(OctetString)
    case threadID(OctetString)
    case filter(OctetString)
    case fuzzy(SearchKey)
    case not(SearchKey)
    case or(SearchKey, SearchKey)
    case and([SearchKey])
}

extension WireScanner {
    /// search-key, at a nesting of NOT and OR.
    package mutating func searchKey(depth: Int = 0) throws(SyntaxError) -> SearchKey {
        guard depth <= self.limits.searchDepth else { throw self.overLimit() }
        let first = try self.peek()
        if first == UInt8(ascii: "(") {
            let keys = try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.searchKey(depth: depth) }
            return keys.count == 1 ? keys[0] : .and(keys)
        }
        if ASCII.isDigit(first) || first == UInt8(ascii: "*") || first == UInt8(ascii: "$") { return .sequence(try self.messageSet()) }
        let start = self.position
        let token = try self.upcomingToken(.letters)
        guard let word = SearchWord(rawValue: String(decoding: token, as: UTF8.self)) else { throw SyntaxError(.invalid, at: start) }
        self.advance(by: token.count)
        return try self.searchKey(after: word, depth: depth)
    }

    private mutating func searchKey(after word: SearchWord, depth: Int) throws(SyntaxError) -> SearchKey {
        switch word {
        case .all: return .all
        case .answered: return .flag(.answered, isSet: true)
        case .deleted: return .flag(.deleted, isSet: true)
        case .draft: return .flag(.draft, isSet: true)
        case .flagged: return .flag(.flagged, isSet: true)
        case .seen: return .flag(.seen, isSet: true)
        case .unanswered: return .flag(.answered, isSet: false)
        case .undeleted: return .flag(.deleted, isSet: false)
        case .undraft: return .flag(.draft, isSet: false)
        case .unflagged: return .flag(.flagged, isSet: false)
        case .unseen: return .flag(.seen, isSet: false)
        case .new: return .new
        case .old: return .old
        case .recent: return .recent(isSet: true)
        case .saveDateSupported: return .saveDateSupported
        default: break
        }
        try self.space()
        switch word {
        case .bcc: return .header(name: "Bcc", text: try self.astring())
        case .cc: return .header(name: "Cc", text: try self.astring())
        case .from: return .header(name: "From", text: try self.astring())
        case .subject: return .header(name: "Subject", text: try self.astring())
        case .to: return .header(name: "To", text: try self.astring())
        case .header:
            let name = try self.astring()
            try self.space()
            return .header(name: name, text: try self.astring())
        case .body: return .body(try self.astring())
        case .text: return .text(try self.astring())
        case .keyword: return .flag(try self.keywordName(), isSet: true)
        case .unkeyword: return .flag(try self.keywordName(), isSet: false)
        case .larger: return .larger(try self.number64())
        case .smaller: return .smaller(try self.number64())
        case .before: return .before(try self.date())
        case .on: return .on(try self.date())
        case .since: return .since(try self.date())
        case .sentBefore: return .sentBefore(try self.date())
        case .sentOn: return .sentOn(try self.date())
        case .sentSince: return .sentSince(try self.date())
        case .savedBefore: return .savedBefore(try self.date())
        case .savedOn: return .savedOn(try self.date())
        case .savedSince: return .savedSince(try self.date())
        case .younger: return .younger(try self.nonZeroNumber())
        case .older: return .older(try self.nonZeroNumber())
        case .uid: return .uid(try self.messageSet())
        case .uidAfter: return .uidAfter(try self.uidOrSaved())
        case .uidBefore: return .uidBefore(try self.uidOrSaved())
        case .modSequence: return .modSequence(try self.searchModSequence())
        case .emailID: return .emailID(try self.objectID())
        case .threadID: return .threadID(try self.objectID())
        case .filter: return .filter(try self.astring())
        case .fuzzy: return .fuzzy(try self.searchKey(depth: depth + 1))
        case .not: return .not(try self.searchKey(depth: depth + 1))
        case .or:
            let left = try self.searchKey(depth: depth + 1)
            try self.space()
            return .or(left, try self.searchKey(depth: depth + 1))
        default: throw self.invalid()
        }
    }

    /// flag-keyword of KEYWORD; `]` is taken as in `flag()`.
    private mutating func keywordName() throws(SyntaxError) -> Flag { Flag(self.copy(try self.run(of: .astringOctet))) }

    private mutating func uidOrSaved() throws(SyntaxError) -> UInt32? {
        if self.take(UInt8(ascii: "$")) { return nil }
        return try self.nonZeroNumber()
    }

    /// What follows `MODSEQ SP`: `[entry-name SP entry-type-req SP] mod-sequence-valzer`, entries repeated as some send them.
    mutating func searchModSequence() throws(SyntaxError) -> UInt64 {
        while try self.peek() == UInt8(ascii: "\"") {
            try self.entryFlag()
            try self.space()
        }
        return try self.modSequenceValue()
    }

    /// `entry-name SP entry-type-req` (RFC 7162 §7).
    package mutating func entryFlag() throws(SyntaxError) {
        _ = try self.entryFlagName()
        try self.space()
        _ = try self.entryKind()
    }

    /// entry-flag-name: `"/flags/` … `"`.
    package mutating func entryFlagName() throws(SyntaxError) -> OctetString {
        let start = self.position
        guard try self.peek() == UInt8(ascii: "\"") else { throw self.invalid() }
        let name = try self.quoted()
        guard name.octets.starts(with: Array("/flags/".utf8)) else { throw SyntaxError(.invalid, at: start) }
        return name
    }

    /// entry-type-req: `priv`, `shared` or `all`.
    package mutating func entryKind() throws(SyntaxError) -> OctetString {
        let start = self.position
        let kind = OctetString(try self.upcomingToken())
        guard ["PRIV", "SHARED", "ALL"].contains(kind) else { throw SyntaxError(.invalid, at: start) }
        self.advance(by: kind.count)
        return kind
    }

    /// objectid: letters, digits, `-` and `_` (RFC 8474 §7).
    package mutating func objectID() throws(SyntaxError) -> OctetString {
        let range = try self.run(of: .objectID)
        guard range.count <= 255 else { throw SyntaxError(.invalid, at: range.lowerBound) }
        return self.copy(range)
    }
}

/// The words that begin a search-key.
private enum SearchWord: String {
    case all = "ALL", answered = "ANSWERED", bcc = "BCC", before = "BEFORE", body = "BODY", cc = "CC", deleted = "DELETED", draft = "DRAFT"
    case emailID = "EMAILID", filter = "FILTER", flagged = "FLAGGED", from = "FROM", fuzzy = "FUZZY", header = "HEADER", keyword = "KEYWORD"
    case larger = "LARGER", modSequence = "MODSEQ", new = "NEW", not = "NOT", old = "OLD", older = "OLDER", on = "ON", or = "OR"
    case recent = "RECENT", saveDateSupported = "SAVEDATESUPPORTED", savedBefore = "SAVEDBEFORE", savedOn = "SAVEDON", savedSince = "SAVEDSINCE"
    case seen = "SEEN", sentBefore = "SENTBEFORE", sentOn = "SENTON", sentSince = "SENTSINCE", since = "SINCE", smaller = "SMALLER"
    case subject = "SUBJECT", text = "TEXT", threadID = "THREADID", to = "TO", uid = "UID", uidAfter = "UIDAFTER", uidBefore = "UIDBEFORE"
    case unanswered = "UNANSWERED", undeleted = "UNDELETED", undraft = "UNDRAFT", unflagged = "UNFLAGGED", unkeyword = "UNKEYWORD"
    case unseen = "UNSEEN", younger = "YOUNGER"
}

extension ByteSet {
    /// Letters.
    static var letters: ByteSet { ByteSet(0, 0x07FF_FFFE_07FF_FFFE) }
    /// RFC 8474 §7 objectid.
    fileprivate static var objectID: ByteSet { ByteSet(0x03FF_2000_0000_0000, 0x07FF_FFFE_87FF_FFFE) }
}
