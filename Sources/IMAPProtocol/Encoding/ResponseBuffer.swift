// The octets of responses on their way out: numbers, strings, sets and dates of the grammar, appended without intermediate strings.
package import MailFormat

/// Collects response octets. The driver takes them when there are enough or the command is done.
package struct ResponseBuffer: Sendable {
    /// What was written and not taken yet.
    package private(set) var octets: [UInt8]

    /// An empty buffer.
    package init(capacity: Int = 0) {
        self.octets = []
        if capacity > 0 { self.octets.reserveCapacity(capacity) }
    }

    package var count: Int { self.octets.count }

    package var isEmpty: Bool { self.octets.isEmpty }

    /// Makes room for more octets at once.
    package mutating func reserve(_ count: Int) { self.octets.reserveCapacity(self.octets.count + max(count, 0)) }

    /// Forgets what was written but keeps the memory for the next batch.
    package mutating func removeAll() { self.octets.removeAll(keepingCapacity: true) }

    /// Gives what was written away and is empty again, without memory.
    package mutating func take() -> [UInt8] {
        let taken = self.octets
        self.octets = []
        return taken
    }

    /// Forgets what was written after a place, as when an item turns out to be unavailable.
    package mutating func truncate(to count: Int) {
        if count >= 0, count < self.octets.count { self.octets.removeLast(self.octets.count - count) }
    }

    /// Words of the protocol.
    package mutating func append(_ word: StaticString) {
        word.withUTF8Buffer { self.octets.append(contentsOf: $0) }
    }

    /// Octets as they are.
    package mutating func append(_ octets: [UInt8]) { self.octets.append(contentsOf: octets) }

    /// Octets as they are.
    package mutating func append(_ octets: ArraySlice<UInt8>) { self.octets.append(contentsOf: octets) }

    /// A word that is known to be an atom, or octets that are already in the grammar.
    package mutating func append(token octets: OctetString) { self.octets.append(contentsOf: octets.octets) }

    /// Borrowed octets as they are.
    package mutating func append(_ span: Span<UInt8>) {
        span.withUnsafeBufferPointer { self.octets.append(contentsOf: $0) }
    }

    /// One octet.
    package mutating func append(octet: UInt8) { self.octets.append(octet) }

    package mutating func space() { self.octets.append(0x20) }

    package mutating func lineEnd() {
        self.octets.append(0x0D)
        self.octets.append(0x0A)
    }

    /// A number in decimal.
    package mutating func append(number: UInt64) {
        if number < 10 {
            self.octets.append(UInt8(truncatingIfNeeded: number) &+ 0x30)
            return
        }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var rest = number
        var first = 20
        while rest > 0, first > 0 {
            let quotient = rest / 10
            first -= 1
            digits[first] = UInt8(truncatingIfNeeded: rest &- quotient &* 10) &+ 0x30
            rest = quotient
        }
        while first < 20 {
            self.octets.append(digits[first])
            first += 1
        }
    }

    /// A number in decimal.
    package mutating func append(number: UInt32) { self.append(number: UInt64(number)) }

    /// A number in decimal; negative ones, which no caller has, become zero.
    package mutating func append(number: Int) { self.append(number: UInt64(max(number, 0))) }

    /// nstring: NIL or a string.
    package mutating func append(nstring text: OctetString?) {
        guard let text else { return self.append("NIL") }
        self.append(string: text.octets)
    }

    /// string: quoted where it is short and plain, else a literal. NUL, which neither may hold, becomes `?`.
    package mutating func append(string text: [UInt8]) {
        guard Self.fitsQuoted(text) else { return self.append(literal: text) }
        self.octets.append(UInt8(ascii: "\""))
        for octet in text {
            if octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\") { self.octets.append(UInt8(ascii: "\\")) }
            self.octets.append(octet)
        }
        self.octets.append(UInt8(ascii: "\""))
    }

    /// astring: an atom where the text is one, else a string.
    package mutating func append(astring text: [UInt8]) {
        let isAtom = !text.isEmpty && text.count < 256 && text.allSatisfy { ByteSet.astringOctet.contains($0) } && !ASCII.equalsIgnoringCase(text.span, in: 0..<text.count, "NIL")
        if isAtom { self.append(text) } else { self.append(string: text) }
    }

    /// A literal: its mark, and the octets.
    package mutating func append(literal text: [UInt8]) {
        self.appendMark(count: text.count)
        let start = self.octets.count
        self.octets.append(contentsOf: text)
        if text.contains(0) {
            for index in start..<self.octets.count where self.octets[index] == 0 { self.octets[index] = UInt8(ascii: "?") }
        }
    }

    /// The mark of a literal, `{n}` or `~{n}`; the octets follow.
    package mutating func appendMark(count: Int, isBinary: Bool = false) {
        self.append(isBinary ? "~{" : "{")
        self.append(number: count)
        self.append("}\r\n")
    }

    /// A string that may hold UTF-8 in quotes (mailbox names in rev2, RFC 9051 §4.3).
    package mutating func append(mailbox text: OctetString, isUTF8: Bool) {
        let wire = MailboxName.wire(text, isUTF8: isUTF8)
        let isPlain = wire.count < 1_024 && wire.allSatisfy { $0 >= 0x20 && $0 != 0x7F && (isUTF8 || $0 < 0x80) }
        if wire.allSatisfy({ $0 < 0x80 }) {
            self.append(astring: wire)
        } else if isPlain {
            self.octets.append(UInt8(ascii: "\""))
            for octet in wire {
                if octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\") { self.octets.append(UInt8(ascii: "\\")) }
                self.octets.append(octet)
            }
            self.octets.append(UInt8(ascii: "\""))
        } else {
            self.append(literal: wire)
        }
    }

    /// sequence-set of sorted ranges: `1:3,5`. Writes nothing for none.
    package mutating func append(set ranges: [ClosedRange<UInt32>]) {
        for (index, range) in ranges.enumerated() {
            if index > 0 { self.octets.append(UInt8(ascii: ",")) }
            self.append(number: range.lowerBound)
            if range.upperBound > range.lowerBound {
                self.octets.append(UInt8(ascii: ":"))
                self.append(number: range.upperBound)
            }
        }
    }

    /// flag-list.
    package mutating func append(flags: [Flag]) {
        self.octets.append(UInt8(ascii: "("))
        for (index, flag) in flags.enumerated() {
            if index > 0 { self.space() }
            self.append(token: flag.name)
        }
        self.octets.append(UInt8(ascii: ")"))
    }

    /// date-time in quotes, in the zone given.
    package mutating func append(date: InternalDate) {
        let local = date.secondsSinceEpoch &+ Int64(date.zoneMinutes) &* 60
        let clamped = min(max(local, -62_167_219_200), 253_402_300_799)
        let days = clamped >= 0 ? clamped / 86_400 : (clamped - 86_399) / 86_400
        let second = Int(clamped - days * 86_400)
        // Civil date of a day number, counted from 0000-03-01.
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        self.octets.append(UInt8(ascii: "\""))
        self.append(twoDigits: day)
        self.append(Self.monthName(month))
        self.append(twoDigits: year / 100)
        self.append(twoDigits: year % 100)
        self.space()
        self.append(twoDigits: second / 3_600)
        self.octets.append(UInt8(ascii: ":"))
        self.append(twoDigits: second / 60 % 60)
        self.octets.append(UInt8(ascii: ":"))
        self.append(twoDigits: second % 60)
        self.append(date.zoneMinutes < 0 ? " -" : " +")
        let zone = min(abs(date.zoneMinutes), 15 * 60 + 59)
        self.append(twoDigits: zone / 60)
        self.append(twoDigits: zone % 60)
        self.octets.append(UInt8(ascii: "\""))
    }

    private mutating func append(twoDigits value: Int) {
        let bounded = UInt8(truncatingIfNeeded: min(max(value, 0), 99))
        self.octets.append(bounded / 10 &+ 0x30)
        self.octets.append(bounded % 10 &+ 0x30)
    }

    private static func monthName(_ month: Int) -> StaticString {
        switch month {
        case 1: "-Jan-"
        case 2: "-Feb-"
        case 3: "-Mar-"
        case 4: "-Apr-"
        case 5: "-May-"
        case 6: "-Jun-"
        case 7: "-Jul-"
        case 8: "-Aug-"
        case 9: "-Sep-"
        case 10: "-Oct-"
        case 11: "-Nov-"
        default: "-Dec-"
        }
    }

    private static func fitsQuoted(_ text: [UInt8]) -> Bool {
        guard text.count < 1_024 else { return false }
        for octet in text where octet < 0x20 && octet != 0x09 || octet >= 0x7F { return false }
        return true
    }
}
