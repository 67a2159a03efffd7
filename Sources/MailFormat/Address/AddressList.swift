// Reads address fields of headers (From, To, Cc, …) as leniently as mail needs it; envelopes use EmailAddress instead.

/// RFC 5322 §3.4 address lists with the obsolete forms of §4.4 and the mistakes of the field.
package enum AddressList {
    /// The addresses in a field body, in order. Never fails; time is linear; at most `MailLimits.addresses` mailboxes and groups are read.
    package static func parse(_ octets: Span<UInt8>, in range: Range<Int>, limits: MailLimits = .standard) -> [AddressItem] {
        var reader = AddressReader(octets, range, limits)
        reader.run(octets)
        return reader.items
    }

    /// All mailboxes in a field body, those of groups included.
    package static func mailboxes(_ octets: Span<UInt8>, in range: Range<Int>, limits: MailLimits = .standard) -> [AddressMailbox] {
        self.parse(octets, in: range, limits: limits).flatMap(\.mailboxes)
    }
}

/// A word or `@` of one address.
private struct AddressElement {
    enum Kind { case atom, quoted, literal, at }
    let kind: Kind
    /// Where it stands in the field.
    let range: Range<Int>
    /// What it means, where that is not what stands there: quoted strings and folded literals.
    let meaning: [UInt8]?
    /// Whether blanks or a comment stand before it.
    let isApart: Bool
    let beginsWithDot: Bool
    let endsWithDot: Bool

    /// Dots join words over blanks (RFC 5322 §4.4 obs-local-part, obs-domain).
    func continues(_ before: AddressElement) -> Bool {
        !self.isApart || self.beginsWithDot || before.endsWithDot
    }

    /// Appends what it means.
    func append(to text: inout [UInt8], _ octets: Span<UInt8>) {
        if let meaning {
            text.append(contentsOf: meaning)
        } else {
            octets.extracting(self.range).withUnsafeBufferPointer { text.append(contentsOf: $0) }
        }
    }
}

/// The walk over a field body. What belongs to one address is gathered and judged when the address ends, so nothing is read twice.
private struct AddressReader {
    var items: [AddressItem] = []
    private var scanner: StructuredScanner
    private let limit: Int
    private var count = 0
    private var group: AddressGroup?

    // The address being read.
    private var words: [AddressElement] = []
    private var angle: [AddressElement]?
    private var isAngleOpen = false
    /// Inside a route, whose commas do not end an address, until its colon.
    private var isRoute = false
    /// Where in the angle brackets that colon stands.
    private var routeEnd: Int?
    private var comments: [UInt8]?
    private var isApart = false
    private var isMalformed = false

    /// Octets that end an atom: blanks and `" ( ) , : ; < > @ [`. A stray `\`, `]` or control character is part of it.
    private static let atomEnd = ByteSet(0x5C00_1305_0000_2600, 0x0000_0000_0800_0001)

    init(_ octets: Span<UInt8>, _ range: Range<Int>, _ limits: MailLimits) {
        self.scanner = StructuredScanner(octets, in: range, commentDepth: limits.commentDepth)
        self.limit = limits.addresses
    }

    mutating func run(_ octets: Span<UInt8>) {
        while self.count < self.limit, let octet = self.scanner.peek(octets) {
            switch octet {
            case 0x20, 0x09, 0x0A, 0x0D:
                self.scanner.skip()
                self.isApart = true
            case 0x28:
                self.takeComment(octets)
            case 0x22:
                let start = self.scanner.offset
                let meaning = self.scanner.quotedString(octets) ?? []
                self.append(.quoted, start..<self.scanner.offset, meaning: meaning)
            case 0x5B:
                self.takeLiteral(octets)
            case 0x40:
                self.takeSign(.at)
            case 0x3C:
                self.scanner.skip()
                self.openAngle(octets)
            case 0x3E:
                self.scanner.skip()
                if self.isAngleOpen { self.isAngleOpen = false } else { self.isMalformed = true }
            case 0x2C:
                self.takeComma(octets)
            case 0x3B:
                self.takeSemicolon(octets)
            case 0x3A:
                self.takeColon(octets)
            case 0x29:
                self.scanner.skip()
                self.isMalformed = true
            default:
                self.takeAtom(octets)
            }
        }
        self.endGroup(octets)
    }

    // MARK: Pieces

    /// One octet as an element of its own.
    private mutating func takeSign(_ kind: AddressElement.Kind) {
        let start = self.scanner.offset
        self.scanner.skip()
        self.append(kind, start..<self.scanner.offset)
    }

    private mutating func append(_ kind: AddressElement.Kind, _ range: Range<Int>, meaning: [UInt8]? = nil, dots: (begin: Bool, end: Bool) = (false, false)) {
        let element = AddressElement(
            kind: kind, range: range, meaning: meaning, isApart: self.isApart, beginsWithDot: dots.begin, endsWithDot: dots.end)
        self.isApart = false
        guard self.isAngleOpen else {
            self.words.append(element)
            return
        }
        if kind == .at, self.angle?.isEmpty == true { self.isRoute = true }
        self.angle?.append(element)
    }

    private mutating func takeAtom(_ octets: Span<UInt8>) {
        let start = self.scanner.offset
        while let octet = self.scanner.peek(octets), !Self.atomEnd.contains(octet) {
            // Many senders leave commas and parentheses unencoded in a word; it is one word all the same.
            if octet == 0x3D, let word = EncodedWord.match(octets, at: self.scanner.offset, end: self.scanner.end, allowsBlanks: false) {
                self.scanner.move(to: word.end)
            } else {
                self.scanner.skip()
            }
        }
        if self.scanner.offset == start { self.scanner.skip() }
        let range = start..<self.scanner.offset
        self.append(.atom, range, dots: (octets[range.lowerBound] == 0x2E, octets[range.upperBound - 1] == 0x2E))
    }

    private mutating func takeComment(_ octets: Span<UInt8>) {
        guard let range = self.scanner.comment(octets) else { return }
        self.isApart = true
        let text = StructuredScanner.commentText(octets, in: HeaderText.trimmed(octets, range)).octets
        guard !text.isEmpty else { return }
        if self.comments == nil { self.comments = text } else { self.comments?.append(contentsOf: [0x20] + text) }
    }

    /// RFC 5322 §3.4.1 domain-literal; one that never closes reaches to the end.
    private mutating func takeLiteral(_ octets: Span<UInt8>) {
        let start = self.scanner.offset
        var literal: [UInt8] = []
        while let octet = self.scanner.peek(octets) {
            self.scanner.skip()
            if !ByteSet.foldingWhite.contains(octet) { literal.append(octet) }
            if octet == 0x5D { break }
        }
        self.append(.literal, start..<self.scanner.offset, meaning: literal)
    }

    private mutating func openAngle(_ octets: Span<UInt8>) {
        if self.isAngleOpen || self.angle != nil {
            self.isMalformed = true
            // `<<a@b>>` is one pair written twice; `<a@b <c@d>` lacks a bracket and a comma.
            if let angle = self.angle, !angle.isEmpty { self.endMailbox(octets) }
        }
        self.angle = []
        self.isAngleOpen = true
        self.isApart = false
    }

    private mutating func takeComma(_ octets: Span<UInt8>) {
        // Commas part the domains of a route, which begins with `@`: until its colon has been seen, they belong to it.
        if self.isAngleOpen, self.isRoute {
            self.takeSign(.atom)
            return
        }
        self.scanner.skip()
        if self.isAngleOpen { self.isMalformed = true }
        self.endMailbox(octets)
    }

    private mutating func takeSemicolon(_ octets: Span<UInt8>) {
        if self.isAngleOpen, self.group == nil {
            self.takeSign(.atom)
        } else {
            self.scanner.skip()
            self.endGroup(octets)
        }
    }

    private mutating func takeColon(_ octets: Span<UInt8>) {
        if self.isAngleOpen || self.group != nil || self.angle != nil {
            if self.isRoute { self.routeEnd = self.angle?.count }
            self.isRoute = false
            self.takeSign(.atom)
            return
        }
        self.scanner.skip()
        self.group = AddressGroup(phrase: Self.phrase(self.words[...], octets) ?? "", mailboxes: [])
        self.count += 1
        self.reset()
    }

    private mutating func endGroup(_ octets: Span<UInt8>) {
        self.endMailbox(octets)
        guard let group = self.group else { return }
        self.items.append(.group(group))
        self.group = nil
    }

    private mutating func reset() {
        self.words.removeAll(keepingCapacity: true)
        self.angle = nil
        self.isAngleOpen = false
        self.isRoute = false
        self.routeEnd = nil
        self.comments = nil
        self.isApart = false
        self.isMalformed = false
    }

    // MARK: Judging

    private mutating func endMailbox(_ octets: Span<UInt8>) {
        if let mailbox = self.mailbox(octets) {
            self.count += 1
            if self.group == nil { self.items.append(.mailbox(mailbox)) } else { self.group?.mailboxes.append(mailbox) }
        }
        self.reset()
    }

    private func mailbox(_ octets: Span<UInt8>) -> AddressMailbox? {
        let comment = self.comments.map { OctetString($0) }
        guard let angle = self.angle else {
            return self.words.isEmpty ? nil : Self.bare(self.words[...], octets, comment: comment, isMalformed: self.isMalformed)
        }
        var inner = angle[...]
        var route: OctetString?
        if let colon = self.routeEnd, colon < inner.endIndex {
            route = Self.joined(inner[..<colon], octets)
            inner = inner[(colon + 1)...]
        }
        let parts = Self.split(inner, octets)
        return AddressMailbox(
            phrase: Self.phrase(self.words[...], octets), route: route, localPart: parts.localPart, domain: parts.domain, comment: comment,
            isMalformed: self.isMalformed || self.isAngleOpen || parts.isMalformed || !parts.before.isEmpty || !parts.after.isEmpty)
    }

    /// An address without angle brackets; words about it are taken for a name.
    private static func bare(_ words: ArraySlice<AddressElement>, _ octets: Span<UInt8>, comment: OctetString?, isMalformed: Bool) -> AddressMailbox {
        let parts = self.split(words, octets)
        let around = parts.before + parts.after
        return AddressMailbox(
            phrase: self.phrase(around, octets), route: nil, localPart: parts.localPart, domain: parts.domain, comment: comment,
            isMalformed: isMalformed || parts.isMalformed || !around.isEmpty)
    }

    private struct Parts {
        var before: ArraySlice<AddressElement> = []
        var localPart = OctetString()
        var domain = OctetString()
        var after: ArraySlice<AddressElement> = []
        var isMalformed = false
    }

    /// Takes `words local @ domain words` apart at the last `@`.
    private static func split(_ elements: ArraySlice<AddressElement>, _ octets: Span<UInt8>) -> Parts {
        var parts = Parts()
        guard let at = elements.lastIndex(where: { $0.kind == .at }) else {
            // No `@` at all: a local name, or no address; every word of it is kept.
            parts.localPart = self.phrase(elements, octets) ?? OctetString()
            parts.isMalformed = true
            return parts
        }
        var start = at
        if start > elements.startIndex {
            start -= 1
            while start > elements.startIndex, elements[start].kind == .at || elements[start - 1].kind == .at || elements[start].continues(elements[start - 1]) {
                start -= 1
            }
        }
        parts.before = elements[..<start]
        parts.localPart = self.joined(elements[start..<at], octets)
        parts.isMalformed = self.isBadLocalPart(elements[start..<at], octets)

        var end = at + 1
        while end < elements.endIndex, end == at + 1 || elements[end].continues(elements[end - 1]) { end += 1 }
        let domain = elements[min(at + 1, elements.endIndex)..<min(end, elements.endIndex)]
        parts.domain = self.joined(domain, octets)
        parts.after = elements[min(end, elements.endIndex)...]
        if domain.isEmpty || domain.contains(where: { $0.kind == .quoted }) || (domain.count > 1 && domain.contains { $0.kind == .literal }) {
            parts.isMalformed = true
        }
        return parts
    }

    /// RFC 5322 §4.4 obs-local-part: words joined by single dots; anything else was guessed at.
    private static func isBadLocalPart(_ elements: ArraySlice<AddressElement>, _ octets: Span<UInt8>) -> Bool {
        guard let first = elements.first else { return true }
        if elements.count == 1, first.kind == .quoted { return false }
        let allowed = ByteSet.atext.union(.eightBit)
        var afterDot = true
        for (place, element) in elements.enumerated() {
            switch element.kind {
            case .at, .literal:
                return true
            case .quoted:
                if !afterDot { return true }
                afterDot = false
            case .atom:
                // Words that touch without a dot between them (`"a"b@…`) are no local part.
                if place > 0, !afterDot, !element.beginsWithDot { return true }
                for index in element.range {
                    let octet = octets[index]
                    if octet == 0x2E {
                        if afterDot { return true }
                        afterDot = true
                    } else {
                        guard allowed.contains(octet) else { return true }
                        afterDot = false
                    }
                }
            }
        }
        return afterDot
    }

    /// Words joined as they stood: one space where anything was between them.
    private static func phrase(_ elements: ArraySlice<AddressElement>, _ octets: Span<UInt8>) -> OctetString? {
        guard let first = elements.first else { return nil }
        if elements.count == 1, let meaning = first.meaning { return OctetString(meaning) }
        var text: [UInt8] = []
        text.reserveCapacity(elements.reduce(0) { $0 + $1.range.count + 1 })
        for (place, element) in elements.enumerated() {
            if place > 0, element.isApart { text.append(0x20) }
            element.append(to: &text, octets)
        }
        return OctetString(text)
    }

    /// Words joined with nothing between them.
    private static func joined(_ elements: ArraySlice<AddressElement>, _ octets: Span<UInt8>) -> OctetString {
        if let only = elements.first, elements.count == 1 {
            return only.meaning.map { OctetString($0) } ?? OctetString(copying: octets, in: only.range)
        }
        var text: [UInt8] = []
        text.reserveCapacity(elements.reduce(0) { $0 + $1.range.count })
        for element in elements { element.append(to: &text, octets) }
        return OctetString(text)
    }
}
