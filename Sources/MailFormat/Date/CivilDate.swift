// Days of the Gregorian calendar in arithmetic only: no clock, no time zone database, no locale.

/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Hashable, Comparable, Sendable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// Years that mail has: RFC 5322 §3.3 begins with 1900, four digits end with 9999.
    package static let years = 1900...9999

    /// A day that exists, or nil.
    package init?(year: Int, month: Int, day: Int) {
        guard Self.years.contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that is `days` after 1 January 1970; days outside the years of mail become the nearest that is inside.
    package init(daysSinceEpoch days: Int64) {
        let first = Self.days(toYear: Self.years.lowerBound, month: 1, day: 1)
        let last = Self.days(toYear: Self.years.upperBound, month: 12, day: 31)
        // Eras of 400 years have 146,097 days; a year here begins in March, so that a leap day is its last.
        let shifted = min(max(days, first), last) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        self.day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        self.month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        self.year = Int(yearOfEra + era * 400) + (self.month <= 2 ? 1 : 0)
    }

    /// Days from 1 January 1970 to this day.
    package var daysSinceEpoch: Int64 { Self.days(toYear: self.year, month: self.month, day: self.day) }

    /// 0 for Sunday to 6 for Saturday.
    package var weekday: Int { Int(((self.daysSinceEpoch % 7) + 11) % 7) }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func days(toYear year: Int, month: Int, day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let monthFromMarch = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static let weekdayNames: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    static let monthNames: [StaticString] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The month whose three letters stand in `range`, in any case; longer words count by their first three letters when they spell the month on.
    static func month(_ octets: Span<UInt8>, in range: Range<Int>) -> Int? {
        guard range.count >= 3, range.lowerBound >= 0, range.upperBound <= octets.count else { return nil }
        let letters = range.lowerBound..<range.lowerBound + 3
        for (index, name) in self.monthNames.enumerated() where ASCII.equalsIgnoringCase(octets, in: letters, name) { return index + 1 }
        return nil
    }
}
