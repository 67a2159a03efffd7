// LIST with selection and return options (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154) and the items of STATUS.

/// list-select-opt.
package enum ListSelection: Hashable, Sendable {
    case subscribed, remote, recursiveMatch, specialUse
    case other(ExtensionParameter)
}

/// return-option.
package enum ListReturn: Hashable, Sendable {
    case subscribed, children, specialUse
    case status([StatusItem])
    case other(ExtensionParameter)
}

/// LIST in all its forms.
package struct ListRequest: Hashable, Sendable {
    package let selection: [ListSelection]
    package let reference: MailboxName
    package let patterns: [ListPattern]
    /// The return options; nil where RETURN was not given.
    package let returning: [ListReturn]?
    /// Whether this is the extended form (RFC 5258 §3): options, or several patterns.
    package let isExtended: Bool

    package init(selection: [ListSelection] = [], reference: MailboxName, patterns: [ListPattern], returning: [ListReturn]? = nil, isExtended: Bool = false) {
        self.selection = selection
        self.reference = reference
        self.patterns = patterns
        self.returning = returning
        self.isExtended = isExtended
    }
}

/// status-att (RFC 9051 §6.3.11, RFC 3501 §6.3.10, RFC 7162, RFC 7889, RFC 8474).
package enum StatusItem: String, Hashable, Sendable, CaseIterable {
    case messages = "MESSAGES", uidNext = "UIDNEXT", uidValidity = "UIDVALIDITY", unseen = "UNSEEN", deleted = "DELETED", size = "SIZE"
    case recent = "RECENT", highestModSequence = "HIGHESTMODSEQ", appendLimit = "APPENDLIMIT", mailboxID = "MAILBOXID"
    case deletedStorage = "DELETED-STORAGE"
}

extension WireScanner {
    /// status-att.
    package mutating func statusItem() throws(SyntaxError) -> StatusItem {
        let start = self.position
        let token = try self.upcomingToken()
        guard let item = StatusItem(rawValue: String(decoding: token, as: UTF8.self)) else { throw SyntaxError(.invalid, at: start) }
        self.advance(by: token.count)
        return item
    }

    /// `"(" status-att *(SP status-att) ")"`.
    mutating func statusItems() throws(SyntaxError) -> [StatusItem] {
        try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.statusItem() }
    }

    /// status-option: `STATUS SP (…)` (RFC 5819 §4).
    package mutating func statusOption() throws(SyntaxError) -> [StatusItem] {
        try self.word("STATUS")
        try self.space()
        return try self.statusItems()
    }

    /// list-select-opt.
    package mutating func listSelection() throws(SyntaxError) -> ListSelection {
        switch try self.upcomingToken() {
        case Array("SUBSCRIBED".utf8):
            self.advance(by: 10)
            return .subscribed
        case Array("REMOTE".utf8):
            self.advance(by: 6)
            return .remote
        case Array("RECURSIVEMATCH".utf8):
            self.advance(by: 14)
            return .recursiveMatch
        case Array("SPECIAL-USE".utf8):
            self.advance(by: 11)
            return .specialUse
        default: return .other(try self.extensionParameter())
        }
    }

    /// return-option.
    package mutating func listReturn() throws(SyntaxError) -> ListReturn {
        switch try self.upcomingToken() {
        case Array("SUBSCRIBED".utf8):
            self.advance(by: 10)
            return .subscribed
        case Array("CHILDREN".utf8):
            self.advance(by: 8)
            return .children
        case Array("SPECIAL-USE".utf8):
            self.advance(by: 11)
            return .specialUse
        case Array("STATUS".utf8): return .status(try self.statusOption())
        default: return .other(try self.extensionParameter())
        }
    }

    /// list, after the command's name.
    package mutating func listSuffix() throws(SyntaxError) -> ListRequest {
        try self.space()
        var selection: [ListSelection] = []
        var isExtended = false
        if try self.peek() == UInt8(ascii: "(") {
            isExtended = true
            selection = try self.list { scanner throws(SyntaxError) in try scanner.listSelection() }
            try self.space()
        }
        let reference = try self.mailbox()
        try self.space()
        var patterns: [ListPattern]
        if try self.peek() == UInt8(ascii: "(") {
            isExtended = true
            patterns = try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.listPattern() }
            guard patterns.count <= 256 else { throw self.overLimit() }
        } else {
            patterns = [try self.listPattern()]
        }
        var returning: [ListReturn]?
        if try self.peek() == 0x20 {
            try self.word(" RETURN ")
            isExtended = true
            returning = try self.list { scanner throws(SyntaxError) in try scanner.listReturn() }
        }
        return ListRequest(selection: selection, reference: reference, patterns: patterns, returning: returning, isExtended: isExtended)
    }
}
