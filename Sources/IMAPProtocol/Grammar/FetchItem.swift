// What FETCH asks for, and its modifiers (RFC 9051 §6.4.5, RFC 3501 §6.4.5, RFC 3516, RFC 7162, RFC 8970, RFC 8474).
package import MailFormat

/// fetch-att.
package enum FetchItem: Hashable, Sendable {
    case envelope
    case flags
    case internalDate
    case rfc822
    case rfc822Header
    case rfc822Size
    case rfc822Text
    /// BODY without a section: the structure without extension data.
    case body
    case bodyStructure
    case uid
    case section(Section, PartialRange?, peek: Bool)
    case binary(part: [UInt32], PartialRange?, peek: Bool)
    case binarySize(part: [UInt32])
    case modSequence
    case preview(lazy: Bool)
    case emailID
    case threadID
    case saveDate
    /// Items of one vendor (`X-GM-…`), known by name and not served.
    case vendor(OctetString)

    /// Whether fetching it sets `\Seen` (RFC 9051 §6.4.5).
    package var setsSeen: Bool {
        switch self {
        case .rfc822, .rfc822Text: true
        case .section(_, _, let peek), .binary(_, _, let peek): !peek
        default: false
        }
    }
}

/// Modifiers of FETCH (RFC 4466 §2.4, RFC 7162 §3.1.4, §3.2.6, RFC 9394).
package enum FetchModifier: Hashable, Sendable {
    case changedSince(UInt64)
    case vanished
    case partial(ResultWindow)
    case other(ExtensionParameter)
}

/// partial-range of RFC 9394: positions from either end of the result.
package struct ResultWindow: Hashable, Sendable {
    package let first: UInt32
    package let last: UInt32
    /// Whether the positions count from the end (`-1:-100`).
    package let fromEnd: Bool

    package init(first: UInt32, last: UInt32, fromEnd: Bool) {
        self.first = first
        self.last = last
        self.fromEnd = fromEnd
    }
}

/// FETCH or UID FETCH.
package struct FetchRequest: Hashable, Sendable {
    package let messages: MessageSet
    package let items: [FetchItem]
    package let modifiers: [FetchModifier]
    package let isUID: Bool

    package init(messages: MessageSet, items: [FetchItem], modifiers: [FetchModifier] = [], isUID: Bool = false) {
        self.messages = messages
        self.items = items
        self.modifiers = modifiers
        self.isUID = isUID
    }
}

extension WireScanner {
    /// partial-range (RFC 9394 §3.1).
    package mutating func resultWindow() throws(SyntaxError) -> ResultWindow {
        let fromEnd = self.take(UInt8(ascii: "-"))
        let first = try self.nonZeroNumber()
        try self.expect(UInt8(ascii: ":"))
        if fromEnd { try self.expect(UInt8(ascii: "-")) }
        return ResultWindow(first: first, last: try self.nonZeroNumber(), fromEnd: fromEnd)
    }

    /// fetch-att.
    package mutating func fetchItem() throws(SyntaxError) -> FetchItem {
        let start = self.position
        let token = try self.upcomingToken(.fetchName)
        self.advance(by: token.count)
        let next = try self.peek()
        switch token {
        case Array("FLAGS".utf8): return .flags
        case Array("UID".utf8): return .uid
        case Array("ENVELOPE".utf8): return .envelope
        case Array("INTERNALDATE".utf8): return .internalDate
        case Array("RFC822".utf8): return .rfc822
        case Array("RFC822.HEADER".utf8): return .rfc822Header
        case Array("RFC822.SIZE".utf8): return .rfc822Size
        case Array("RFC822.TEXT".utf8): return .rfc822Text
        case Array("BODYSTRUCTURE".utf8): return .bodyStructure
        case Array("BODY".utf8):
            guard next == UInt8(ascii: "[") else { return .body }
            return .section(try self.section(), try self.optionalPartial(), peek: false)
        case Array("BODY.PEEK".utf8):
            return .section(try self.section(), try self.optionalPartial(), peek: true)
        case Array("BINARY".utf8):
            return .binary(part: try self.sectionBinary(), try self.optionalPartial(), peek: false)
        case Array("BINARY.PEEK".utf8):
            return .binary(part: try self.sectionBinary(), try self.optionalPartial(), peek: true)
        case Array("BINARY.SIZE".utf8):
            return .binarySize(part: try self.sectionBinary())
        case Array("MODSEQ".utf8): return .modSequence
        case Array("PREVIEW".utf8):
            guard next == 0x20, self.octet(ahead: 1) == UInt8(ascii: "(") else { return .preview(lazy: false) }
            self.skip()
            let modifiers = try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.atom().asciiLowercased }
            guard modifiers == ["lazy"] else { throw SyntaxError(.invalid, at: start) }
            return .preview(lazy: true)
        case Array("EMAILID".utf8): return .emailID
        case Array("THREADID".utf8): return .threadID
        case Array("SAVEDATE".utf8): return .saveDate
        case Array("X-GM-MSGID".utf8), Array("X-GM-THRID".utf8), Array("X-GM-LABELS".utf8): return .vendor(OctetString(token))
        default: throw SyntaxError(.invalid, at: start)
        }
    }

    /// The items of FETCH: a macro, one item or a list of items (RFC 9051 §6.4.5).
    mutating func fetchItems() throws(SyntaxError) -> [FetchItem] {
        if try self.peek() == UInt8(ascii: "(") {
            return try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.fetchItem() }
        }
        switch try self.upcomingToken(.fetchName) {
        case Array("ALL".utf8):
            self.advance(by: 3)
            return [.flags, .internalDate, .rfc822Size, .envelope]
        case Array("FAST".utf8):
            self.advance(by: 4)
            return [.flags, .internalDate, .rfc822Size]
        case Array("FULL".utf8):
            self.advance(by: 4)
            return [.flags, .internalDate, .rfc822Size, .envelope, .body]
        default: return [try self.fetchItem()]
        }
    }

    /// One modifier of FETCH.
    package mutating func fetchModifier() throws(SyntaxError) -> FetchModifier {
        switch try self.upcomingToken() {
        case Array("CHANGEDSINCE".utf8): return .changedSince(try self.changedSince())
        case Array("VANISHED".utf8):
            self.advance(by: 8)
            return .vanished
        case Array("PARTIAL".utf8):
            self.advance(by: 7)
            try self.space()
            return .partial(try self.resultWindow())
        default: return .other(try self.extensionParameter())
        }
    }

    /// `CHANGEDSINCE SP mod-sequence-value` (RFC 7162 §3.1.4.1).
    package mutating func changedSince() throws(SyntaxError) -> UInt64 {
        try self.word("CHANGEDSINCE")
        try self.space()
        return try self.modSequenceValue()
    }

    /// `[SP "(" fetch-modifier *(SP fetch-modifier) ")"]` (RFC 4466 §2.4).
    package mutating func fetchModifiers() throws(SyntaxError) -> [FetchModifier] {
        try self.optionalParameters { scanner throws(SyntaxError) in try scanner.fetchModifier() }
    }

    /// fetch, after the command's name.
    package mutating func fetchSuffix(isUID: Bool) throws(SyntaxError) -> FetchRequest {
        try self.space()
        let messages = try self.messageSet()
        try self.space()
        let items = try self.fetchItems()
        return FetchRequest(messages: messages, items: items, modifiers: try self.fetchModifiers(), isUID: isUID)
    }
}

extension ByteSet {
    /// Letters, digits, `.` and `-`: the octets of fetch item names.
    fileprivate static var fetchName: ByteSet { ByteSet(0x03FF_6000_0000_0000, 0x07FF_FFFE_07FF_FFFE) }
}
