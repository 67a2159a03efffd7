// Untagged responses about the server and its mailboxes: CAPABILITY, ENABLED, ID, NAMESPACE, LIST, STATUS, FLAGS, SEARCH, ESEARCH (RFC 9051 §7.2–§7.4).
package import MailFormat

/// mbx-list-flags (RFC 9051 §7.3.1, RFC 5258 §3.4).
package enum ListAttribute: Hashable, Sendable {
    case nonexistent, noSelect, hasChildren, hasNoChildren, marked, unmarked, subscribed, noInferiors
    /// A special use with its backslash (RFC 6154).
    case specialUse(OctetString)
}

/// One LIST or LSUB response.
package struct ListEntry: Hashable, Sendable {
    package let attributes: [ListAttribute]
    /// In UTF-8.
    package let name: OctetString
    /// Whether CHILDINFO ("SUBSCRIBED") follows (RFC 5258 §3.5).
    package let hasSubscribedChildren: Bool

    package init(attributes: [ListAttribute], name: OctetString, hasSubscribedChildren: Bool = false) {
        self.attributes = attributes
        self.name = name
        self.hasSubscribedChildren = hasSubscribedChildren
    }
}

/// The value of a STATUS item.
package struct StatusValue: Hashable, Sendable {
    package let item: StatusItem
    /// nil is NIL, which only APPENDLIMIT may have (RFC 7889 §3.1).
    package let value: UInt64?

    package init(_ item: StatusItem, _ value: UInt64?) {
        self.item = item
        self.value = value
    }
}

/// What an ESEARCH response carries (RFC 4731 §3.1, RFC 9394 §3.1).
package struct ExtendedSearchResult: Hashable, Sendable {
    package var minimum: UInt32?
    package var maximum: UInt32?
    package var all: [ClosedRange<UInt32>]?
    package var count: Int?
    package var partial: (window: ResultWindow, result: [ClosedRange<UInt32>])?
    package var modSequence: UInt64?

    package init() {}

    package static func == (left: Self, right: Self) -> Bool {
        left.minimum == right.minimum && left.maximum == right.maximum && left.all == right.all && left.count == right.count
            && left.modSequence == right.modSequence && left.partial?.window == right.partial?.window && left.partial?.result == right.partial?.result
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.minimum)
        hasher.combine(self.count)
    }
}

extension ResponseBuffer {
    /// `* CAPABILITY …`.
    package mutating func append(capabilities: [OctetString]) {
        self.append("* CAPABILITY ")
        self.append(words: capabilities)
        self.lineEnd()
    }

    /// `* ENABLED …` (RFC 5161 §3.2).
    package mutating func append(enabled: [OctetString]) {
        self.append("* ENABLED")
        for capability in enabled {
            self.space()
            self.append(token: capability)
        }
        self.lineEnd()
    }

    /// `* ID (…)`, or `* ID NIL` (RFC 2971 §3.2).
    package mutating func append(identification: [IdentificationParameter]) {
        self.append("* ID ")
        if identification.isEmpty {
            self.append("NIL")
        } else {
            self.append("(")
            for (index, parameter) in identification.enumerated() {
                if index > 0 { self.space() }
                self.append(string: parameter.field.octets)
                self.space()
                self.append(nstring: parameter.value)
            }
            self.append(")")
        }
        self.lineEnd()
    }

    /// `* NAMESPACE ((prefix delimiter)) NIL NIL`: one personal namespace (RFC 9051 §6.3.10).
    package mutating func appendNamespace() { self.append("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n") }

    /// `* LIST (…) "/" name`, or `* LSUB …`.
    package mutating func append(list entry: ListEntry, isLSUB: Bool = false, isUTF8: Bool) {
        self.append(isLSUB ? "* LSUB (" : "* LIST (")
        for (index, attribute) in entry.attributes.enumerated() {
            if index > 0 { self.space() }
            switch attribute {
            case .nonexistent: self.append("\\NonExistent")
            case .noSelect: self.append("\\Noselect")
            case .hasChildren: self.append("\\HasChildren")
            case .hasNoChildren: self.append("\\HasNoChildren")
            case .marked: self.append("\\Marked")
            case .unmarked: self.append("\\Unmarked")
            case .subscribed: self.append("\\Subscribed")
            case .noInferiors: self.append("\\Noinferiors")
            case .specialUse(let use): self.append(token: use)
            }
        }
        self.append(") \"/\" ")
        self.append(mailbox: entry.name, isUTF8: isUTF8)
        if entry.hasSubscribedChildren { self.append(" (CHILDINFO (\"SUBSCRIBED\"))") }
        self.lineEnd()
    }

    /// `* STATUS name (…)` (RFC 9051 §7.3.4).
    package mutating func append(statusOf name: OctetString, _ values: [StatusValue], isUTF8: Bool) {
        self.append("* STATUS ")
        self.append(mailbox: name, isUTF8: isUTF8)
        self.append(" (")
        for (index, value) in values.enumerated() {
            if index > 0 { self.space() }
            self.append(Array(value.item.rawValue.utf8))
            self.space()
            if value.item == .mailboxID {
                self.append("(M")
                self.append(number: value.value ?? 0)
                self.append(")")
            } else if let number = value.value {
                self.append(number: number)
            } else {
                self.append("NIL")
            }
        }
        self.append(")\r\n")
    }

    /// `* FLAGS (…)`.
    package mutating func append(definedFlags flags: [Flag]) {
        self.append("* FLAGS ")
        self.append(flags: flags)
        self.lineEnd()
    }

    /// `* n EXISTS`.
    package mutating func append(exists count: Int) {
        self.append("* ")
        self.append(number: count)
        self.append(" EXISTS\r\n")
    }

    /// `* n RECENT` (RFC 3501 §7.3.2).
    package mutating func append(recent count: Int) {
        self.append("* ")
        self.append(number: count)
        self.append(" RECENT\r\n")
    }

    /// `* n EXPUNGE`.
    package mutating func append(expunge number: SequenceNumber) {
        self.append("* ")
        self.append(number: number.rawValue)
        self.append(" EXPUNGE\r\n")
    }

    /// `* SEARCH …` (RFC 3501 §7.2.5), with `(MODSEQ n)` where one was asked for (RFC 7162 §3.1.5).
    package mutating func append(search numbers: [ClosedRange<UInt32>], modSequence: UInt64? = nil) {
        self.append("* SEARCH")
        for range in numbers {
            for number in range {
                self.space()
                self.append(number: number)
            }
        }
        if let modSequence, !numbers.isEmpty {
            self.append(" (MODSEQ ")
            self.append(number: modSequence)
            self.append(")")
        }
        self.lineEnd()
    }

    /// `* ESEARCH (TAG "…") UID …` (RFC 9051 §7.3.4).
    package mutating func append(extendedSearch result: ExtendedSearchResult, tag: OctetString, isUID: Bool) {
        self.append("* ESEARCH (TAG ")
        self.append(string: tag.octets)
        self.append(")")
        if isUID { self.append(" UID") }
        if let minimum = result.minimum {
            self.append(" MIN ")
            self.append(number: minimum)
        }
        if let maximum = result.maximum {
            self.append(" MAX ")
            self.append(number: maximum)
        }
        if let count = result.count {
            self.append(" COUNT ")
            self.append(number: count)
        }
        if let all = result.all, !all.isEmpty {
            self.append(" ALL ")
            self.append(set: all)
        }
        if let partial = result.partial {
            self.append(" PARTIAL (")
            if partial.window.fromEnd { self.append("-") }
            self.append(number: partial.window.first)
            self.append(partial.window.fromEnd ? ":-" : ":")
            self.append(number: partial.window.last)
            self.space()
            if partial.result.isEmpty { self.append("NIL") } else { self.append(set: partial.result) }
            self.append(")")
        }
        if let modSequence = result.modSequence {
            self.append(" MODSEQ ")
            self.append(number: modSequence)
        }
        self.lineEnd()
    }
}
