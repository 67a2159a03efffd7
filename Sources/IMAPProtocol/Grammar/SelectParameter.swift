// Parameters of SELECT, EXAMINE, CREATE and RENAME (RFC 4466 §2.1, RFC 6154 §3, RFC 7162 §3.1.8, §3.2.5).
package import MailFormat

/// What a client knows of a mailbox from its last visit (RFC 7162 §3.2.5).
package struct ResynchronizationParameter: Hashable, Sendable {
    package let uidValidity: UInt32
    package let modSequence: UInt64
    package let knownUIDs: SequenceSet?
    /// Sequence numbers and the UIDs they had.
    package let matches: SequenceMatch?
}

/// seq-match-data: known sequence numbers with their UIDs.
package struct SequenceMatch: Hashable, Sendable {
    package let sequence: SequenceSet
    package let uids: SequenceSet
}

/// select-param.
package enum SelectParameter: Hashable, Sendable {
    case conditionalStore
    case resynchronization(ResynchronizationParameter)
    case other(ExtensionParameter)
}

/// create-param.
package enum CreateParameter: Hashable, Sendable {
    /// The special uses asked for, with their backslash (RFC 6154 §3).
    case use([OctetString])
    case other(ExtensionParameter)
}

extension WireScanner {
    /// select-param.
    package mutating func selectParameter() throws(SyntaxError) -> SelectParameter {
        switch try self.upcomingToken() {
        case Array("CONDSTORE".utf8):
            self.advance(by: 9)
            return .conditionalStore
        case Array("QRESYNC".utf8):
            self.advance(by: 7)
            try self.space()
            return .resynchronization(try self.parenthesized { scanner throws(SyntaxError) in try scanner.resynchronization() })
        default: return .other(try self.extensionParameter())
        }
    }

    private mutating func resynchronization() throws(SyntaxError) -> ResynchronizationParameter {
        let validity = try self.nonZeroNumber()
        try self.space()
        let modSequence = try self.modSequenceValue()
        var known: SequenceSet?
        var matches: SequenceMatch?
        if self.take(0x20) {
            if try self.peek() == UInt8(ascii: "(") {
                matches = try self.sequenceMatch()
            } else {
                known = try self.sequenceSet()
                if self.take(0x20) { matches = try self.sequenceMatch() }
            }
        }
        return ResynchronizationParameter(uidValidity: validity, modSequence: modSequence, knownUIDs: known, matches: matches)
    }

    /// seq-match-data: `"(" known-sequence-set SP known-uid-set ")"`.
    package mutating func sequenceMatch() throws(SyntaxError) -> SequenceMatch {
        try self.parenthesized { scanner throws(SyntaxError) in
            let sequence = try scanner.sequenceSet()
            try scanner.space()
            return SequenceMatch(sequence: sequence, uids: try scanner.sequenceSet())
        }
    }

    /// `[SP "(" select-param *(SP select-param) ")"]`.
    mutating func selectParameters() throws(SyntaxError) -> [SelectParameter] {
        try self.optionalParameters { scanner throws(SyntaxError) in try scanner.selectParameter() }
    }

    /// create-param.
    package mutating func createParameter() throws(SyntaxError) -> CreateParameter {
        if try self.upcomingToken() == Array("USE".utf8), self.octet(ahead: 3) == 0x20, self.octet(ahead: 4) == UInt8(ascii: "(") {
            self.advance(by: 4)
            return .use(try self.list { scanner throws(SyntaxError) in try scanner.useAttribute() })
        }
        return .other(try self.extensionParameter())
    }

    /// use-attr: `\` atom (RFC 6154 §6).
    package mutating func useAttribute() throws(SyntaxError) -> OctetString { try self.flagExtension().name }

    /// `[SP "(" create-param *(SP create-param) ")"]`.
    package mutating func createParameters() throws(SyntaxError) -> [CreateParameter] {
        try self.optionalParameters { scanner throws(SyntaxError) in try scanner.createParameter() }
    }
}
