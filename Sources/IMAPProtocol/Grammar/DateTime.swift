// Dates of the grammar: `25-Jun-1994` of SEARCH and the quoted date-time of APPEND (RFC 9051 §9).

/// A calendar day as SEARCH gives it.
package struct CalendarDay: Hashable, Comparable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int

    /// A day, or nil where the month has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (0...9999).contains(year), day >= 1, day <= Self.days(in: month, of: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    package var daysSinceEpoch: Int {
        let shifted = self.month <= 2 ? self.year - 1 : self.year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (self.month + (self.month > 2 ? -3 : 9)) + 2) / 5 + self.day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// date-time: an instant with the zone it was given in.
package struct InternalDate: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package let secondsSinceEpoch: Int64
    /// Minutes east of UTC.
    package let zoneMinutes: Int

    package init(secondsSinceEpoch: Int64, zoneMinutes: Int = 0) {
        self.secondsSinceEpoch = secondsSinceEpoch
        self.zoneMinutes = zoneMinutes
    }
}

extension WireScanner {
    /// date-day: one or two digits.
    package mutating func dateDay() throws(SyntaxError) -> Int {
        let range = try self.run(of: .digit)
        guard range.count <= 2 else { throw SyntaxError(.invalid, at: range.lowerBound) }
        return self.octets[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// date-month: `Jan` … `Dec` in any case; its number.
    package mutating func dateMonth() throws(SyntaxError) -> Int {
        let names: [StaticString] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        for (index, name) in names.enumerated() where self.takeWord(name) { return index + 1 }
        throw self.octet(ahead: 2) == nil ? self.incomplete() : self.invalid()
    }

    /// date-text: `25-Jun-1994`.
    package mutating func dateText() throws(SyntaxError) -> CalendarDay {
        let start = self.position
        let day = try self.dateDay()
        try self.expect(UInt8(ascii: "-"))
        let month = try self.dateMonth()
        try self.expect(UInt8(ascii: "-"))
        let year = try self.fourDigits()
        guard let date = CalendarDay(year: year, month: month, day: day) else { throw SyntaxError(.invalid, at: start) }
        return date
    }

    /// date: date-text, with or without quotes.
    package mutating func date() throws(SyntaxError) -> CalendarDay {
        guard try self.peek() == UInt8(ascii: "\"") else { return try self.dateText() }
        self.skip()
        let date = try self.dateText()
        try self.expect(UInt8(ascii: "\""))
        return date
    }

    /// date-time: `"dd-Mon-yyyy hh:mm:ss +hhmm"`, the day with a leading space or zero (one digit alone is taken too).
    package mutating func dateTime() throws(SyntaxError) -> InternalDate {
        let start = self.position
        try self.expect(UInt8(ascii: "\""))
        _ = self.take(0x20)
        let day = try self.dateDay()
        try self.expect(UInt8(ascii: "-"))
        let month = try self.dateMonth()
        try self.expect(UInt8(ascii: "-"))
        let year = try self.fourDigits()
        try self.space()
        let hour = try self.twoDigits()
        try self.expect(UInt8(ascii: ":"))
        let minute = try self.twoDigits()
        try self.expect(UInt8(ascii: ":"))
        let second = try self.twoDigits()
        try self.space()
        let sign = try self.peek()
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { throw self.invalid() }
        self.skip()
        let zoneHours = try self.twoDigits()
        let zoneMinutes = try self.twoDigits()
        try self.expect(UInt8(ascii: "\""))
        guard let date = CalendarDay(year: year, month: month, day: day), hour < 24, minute < 60, second <= 60, zoneHours < 16, zoneMinutes < 60 else {
            throw SyntaxError(.invalid, at: start)
        }
        let zone = (zoneHours * 60 + zoneMinutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
        let local = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        return InternalDate(secondsSinceEpoch: local - Int64(zone) * 60, zoneMinutes: zone)
    }
}
