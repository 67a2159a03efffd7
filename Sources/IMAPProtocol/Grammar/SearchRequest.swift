// SEARCH with its result options, SORT, THREAD and the multi-mailbox ESEARCH (RFC 9051 §6.4.4, RFC 4731, RFC 5256, RFC 7377, RFC 9394).
package import MailFormat

/// search-return-opt.
package enum SearchReturnOption: Hashable, Sendable {
    case min, max, all, count, save
    case partial(ResultWindow)
    case other(ExtensionParameter)
}

/// SEARCH or UID SEARCH.
package struct SearchRequest: Hashable, Sendable {
    /// The options of RETURN; nil where RETURN was not given. `RETURN ()` is `[.all]` (RFC 9051 §6.4.4).
    package let returning: [SearchReturnOption]?
    /// The charset of the strings; nil for the default.
    package let charset: OctetString?
    package let key: SearchKey
    package let isUID: Bool

    package init(returning: [SearchReturnOption]? = nil, charset: OctetString? = nil, key: SearchKey, isUID: Bool = false) {
        self.returning = returning
        self.charset = charset
        self.key = key
        self.isUID = isUID
    }
}

/// sort-key (RFC 5256 §3, RFC 5957).
package struct SortCriterion: Hashable, Sendable {
    package enum Key: String, Hashable, Sendable, CaseIterable {
        case arrival = "ARRIVAL", cc = "CC", date = "DATE", from = "FROM", size = "SIZE", subject = "SUBJECT", to = "TO"
        case displayFrom = "DISPLAYFROM", displayTo = "DISPLAYTO"
    }

    package let key: Key
    package let isReversed: Bool

    package init(_ key: Key, isReversed: Bool = false) {
        self.key = key
        self.isReversed = isReversed
    }
}

/// SORT or UID SORT.
package struct SortRequest: Hashable, Sendable {
    package let criteria: [SortCriterion]
    package let search: SearchRequest
}

/// THREAD or UID THREAD.
package struct ThreadRequest: Hashable, Sendable {
    /// The algorithm in capitals.
    package let algorithm: OctetString
    package let search: SearchRequest
}

/// Where the multi-mailbox ESEARCH looks (RFC 7377 §2.2, RFC 5465 §6).
package enum SearchSource: Hashable, Sendable {
    case selected, selectedDelayed, inboxes, personal, subscribed
    case subtree([MailboxName]), subtreeOne([MailboxName]), mailboxes([MailboxName])
}

/// ESEARCH of RFC 7377.
package struct MultiSearchRequest: Hashable, Sendable {
    package let sources: [SearchSource]
    /// Octets of scope options, as they came.
    package let scopes: [ExtensionParameter]
    package let search: SearchRequest
}

extension WireScanner {
    /// search-return-opt.
    package mutating func searchReturnOption() throws(SyntaxError) -> SearchReturnOption {
        let token = try self.upcomingToken()
        switch token {
        case Array("MIN".utf8):
            self.advance(by: 3)
            return .min
        case Array("MAX".utf8):
            self.advance(by: 3)
            return .max
        case Array("ALL".utf8):
            self.advance(by: 3)
            return .all
        case Array("COUNT".utf8):
            self.advance(by: 5)
            return .count
        case Array("SAVE".utf8):
            self.advance(by: 4)
            return .save
        case Array("PARTIAL".utf8):
            self.advance(by: 7)
            try self.space()
            return .partial(try self.resultWindow())
        default: return .other(try self.extensionParameter())
        }
    }

    /// `SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"` if it is next.
    package mutating func searchReturnOptions() throws(SyntaxError) -> [SearchReturnOption]? {
        guard self.octet(ahead: 0) == 0x20, self.takeWord(" RETURN (") else { return nil }
        self.rewind(to: self.position - 1)
        let options = try self.list { scanner throws(SyntaxError) in try scanner.searchReturnOption() }
        return options.isEmpty ? [.all] : options
    }

    /// charset: an atom or a quoted string (RFC 9051 §9).
    package mutating func charset() throws(SyntaxError) -> OctetString {
        try self.peek() == UInt8(ascii: "\"") ? try self.quoted() : try self.atom()
    }

    /// `search-key *(SP search-key)`: all must hold.
    package mutating func searchKeys() throws(SyntaxError) -> SearchKey {
        let keys = try self.spaced { scanner throws(SyntaxError) in try scanner.searchKey() }
        return keys.count == 1 ? keys[0] : .and(keys)
    }

    /// search, after the command's name: `[return options] SP ["CHARSET" SP charset SP] keys`.
    package mutating func searchSuffix(isUID: Bool) throws(SyntaxError) -> SearchRequest {
        let returning = try self.searchReturnOptions()
        try self.space()
        var charset: OctetString?
        if self.takeWord("CHARSET ") {
            charset = try self.charset()
            try self.space()
        }
        return SearchRequest(returning: returning, charset: charset, key: try self.searchKeys(), isUID: isUID)
    }

    /// sort-key with REVERSE.
    package mutating func sortCriterion() throws(SyntaxError) -> SortCriterion {
        let isReversed = self.takeWord("REVERSE ")
        let start = self.position
        let token = try self.upcomingToken(.letters)
        guard let key = SortCriterion.Key(rawValue: String(decoding: token, as: UTF8.self)) else { throw SyntaxError(.invalid, at: start) }
        self.advance(by: token.count)
        return SortCriterion(key, isReversed: isReversed)
    }

    /// sort-criteria.
    package mutating func sortCriteria() throws(SyntaxError) -> [SortCriterion] {
        try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.sortCriterion() }
    }

    /// sort, after the command's name (RFC 5256 §3, RFC 5267 §3).
    package mutating func sortSuffix(isUID: Bool) throws(SyntaxError) -> SortRequest {
        let returning = try self.searchReturnOptions()
        try self.space()
        let criteria = try self.sortCriteria()
        try self.space()
        let charset = try self.astring()
        try self.space()
        let search = SearchRequest(returning: returning, charset: charset, key: try self.searchKeys(), isUID: isUID)
        return SortRequest(criteria: criteria, search: search)
    }

    /// thread, after the command's name (RFC 5256 §3).
    package mutating func threadSuffix(isUID: Bool) throws(SyntaxError) -> ThreadRequest {
        try self.space()
        let algorithm = OctetString(try self.atom().octets.map(ASCII.uppercased))
        try self.space()
        let charset = try self.astring()
        try self.space()
        let search = SearchRequest(charset: charset, key: try self.searchKeys(), isUID: isUID)
        return ThreadRequest(algorithm: algorithm, search: search)
    }

    /// one-or-more-mailbox: a mailbox or a list of them (RFC 5465 §8).
    package mutating func oneOrMoreMailboxes() throws(SyntaxError) -> [MailboxName] {
        guard try self.peek() == UInt8(ascii: "(") else { return [try self.mailbox()] }
        return try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.mailbox() }
    }

    /// filter-mailboxes (RFC 5465 §8, RFC 7377 §2.2).
    package mutating func searchSource() throws(SyntaxError) -> SearchSource {
        let start = self.position
        let token = try self.upcomingToken(.labelOctet)
        self.advance(by: token.count)
        switch token {
        case Array("SELECTED".utf8): return .selected
        case Array("SELECTED-DELAYED".utf8): return .selectedDelayed
        case Array("INBOXES".utf8): return .inboxes
        case Array("PERSONAL".utf8): return .personal
        case Array("SUBSCRIBED".utf8): return .subscribed
        case Array("SUBTREE".utf8):
            try self.space()
            return .subtree(try self.oneOrMoreMailboxes())
        case Array("SUBTREE-ONE".utf8):
            try self.space()
            return .subtreeOne(try self.oneOrMoreMailboxes())
        case Array("MAILBOXES".utf8):
            try self.space()
            return .mailboxes(try self.oneOrMoreMailboxes())
        default: throw SyntaxError(.invalid, at: start)
        }
    }

    /// `"IN" SP "(" source *(SP source) [SP "(" scopes ")"] ")"` (RFC 7377 §3).
    package mutating func searchSources() throws(SyntaxError) -> (sources: [SearchSource], scopes: [ExtensionParameter]) {
        try self.word("IN")
        try self.space()
        return try self.parenthesized { scanner throws(SyntaxError) in
            var sources = [try scanner.searchSource()]
            var scopes: [ExtensionParameter] = []
            while scanner.take(0x20) {
                if try scanner.peek() == UInt8(ascii: "(") {
                    scopes = try scanner.list(allowsEmpty: false) { inner throws(SyntaxError) in try inner.extensionParameter() }
                    break
                }
                sources.append(try scanner.searchSource())
            }
            return (sources, scopes)
        }
    }

    /// esearch of RFC 7377, after the command's name.
    package mutating func multiSearchSuffix() throws(SyntaxError) -> MultiSearchRequest {
        var sources: [SearchSource] = []
        var scopes: [ExtensionParameter] = []
        if self.takeWord(" IN (") {
            self.rewind(to: self.position - 4)
            (sources, scopes) = try self.searchSources()
        }
        return MultiSearchRequest(sources: sources, scopes: scopes, search: try self.searchSuffix(isUID: true))
    }
}
