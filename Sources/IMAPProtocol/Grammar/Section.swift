// Parts of a message as FETCH names them: `[1.2.HEADER.FIELDS (To)]<0.100>` (RFC 9051 §6.4.5, §9).
package import MailFormat

/// section: a part number and what of the part.
package struct Section: Hashable, Sendable {
    /// What of a part.
    package enum Text: Hashable, Sendable {
        /// The whole part, or the whole message.
        case whole
        case header
        case headerFields([OctetString])
        case headerFieldsNot([OctetString])
        case text
        case mime
    }

    /// The part's numbers; empty for the message itself.
    package let part: [UInt32]
    package let text: Text

    package init(part: [UInt32] = [], text: Text = .whole) {
        self.part = part
        self.text = text
    }
}

/// partial: `<origin.count>`.
package struct PartialRange: Hashable, Sendable {
    package let origin: UInt32
    package let count: UInt32

    package init(origin: UInt32, count: UInt32) {
        self.origin = origin
        self.count = count
    }
}

extension WireScanner {
    /// section-part: `nz-number *("." nz-number)`, ended by what is not a number.
    package mutating func sectionPart() throws(SyntaxError) -> [UInt32] {
        var numbers = [try self.nonZeroNumber()]
        while try self.peek() == UInt8(ascii: ".") {
            guard let next = self.octet(ahead: 1) else { throw SyntaxError(.incomplete, at: self.octets.count) }
            guard ASCII.isDigit(next) else { break }
            self.skip()
            guard numbers.count < self.limits.sectionDepth else { throw self.overLimit() }
            numbers.append(try self.nonZeroNumber())
        }
        return numbers
    }

    /// section-text: `HEADER`, `HEADER.FIELDS (…)`, `HEADER.FIELDS.NOT (…)`, `TEXT`, `MIME`, or nothing.
    package mutating func sectionText() throws(SyntaxError) -> Section.Text {
        guard ASCII.isLetter(try self.peek()) else { return .whole }
        switch try self.upcomingToken() {
        case Array("HEADER".utf8):
            self.advance(by: 6)
            return .header
        case Array("TEXT".utf8):
            self.advance(by: 4)
            return .text
        case Array("MIME".utf8):
            self.advance(by: 4)
            return .mime
        case Array("HEADER.FIELDS".utf8):
            self.advance(by: 13)
            try self.space()
            return .headerFields(try self.headerList())
        case Array("HEADER.FIELDS.NOT".utf8):
            self.advance(by: 17)
            try self.space()
            return .headerFieldsNot(try self.headerList())
        default: throw self.invalid()
        }
    }

    /// header-list: `"(" astring *(SP astring) ")"`.
    package mutating func headerList() throws(SyntaxError) -> [OctetString] {
        try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.astring() }
    }

    /// section-spec: `section-msgtext / (section-part ["." section-text])`, or nothing.
    package mutating func sectionSpecifier() throws(SyntaxError) -> Section {
        guard ASCII.isDigit(try self.peek()) else {
            let start = self.position
            let text = try self.sectionText()
            guard text != .mime else { throw SyntaxError(.invalid, at: start) }
            return Section(text: text)
        }
        let part = try self.sectionPart()
        guard self.take(UInt8(ascii: ".")) else { return Section(part: part) }
        let text = try self.sectionText()
        guard text != .whole else { throw self.invalid() }
        return Section(part: part, text: text)
    }

    /// section: `"[" [section-spec] "]"`.
    package mutating func section() throws(SyntaxError) -> Section {
        try self.expect(UInt8(ascii: "["))
        let section = try self.sectionSpecifier()
        try self.expect(UInt8(ascii: "]"))
        return section
    }

    /// section-binary: `"[" [section-part] "]"` (RFC 3516 §7).
    package mutating func sectionBinary() throws(SyntaxError) -> [UInt32] {
        try self.expect(UInt8(ascii: "["))
        let part = try self.peek() == UInt8(ascii: "]") ? [] : try self.sectionPart()
        try self.expect(UInt8(ascii: "]"))
        return part
    }

    /// partial: `"<" number "." nz-number ">"`, whose end stays within 32 bits.
    package mutating func partial() throws(SyntaxError) -> PartialRange {
        let start = self.position
        try self.expect(UInt8(ascii: "<"))
        let origin = try self.number()
        try self.expect(UInt8(ascii: "."))
        let count = try self.nonZeroNumber()
        try self.expect(UInt8(ascii: ">"))
        guard !origin.addingReportingOverflow(count).overflow else { throw SyntaxError(.invalid, at: start) }
        return PartialRange(origin: origin, count: count)
    }

    /// `[partial]`.
    mutating func optionalPartial() throws(SyntaxError) -> PartialRange? {
        try self.peek() == UInt8(ascii: "<") ? try self.partial() : nil
    }
}
