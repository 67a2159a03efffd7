// Reads dates in all the forms that mail has seen: numbers and words are gathered first and then given their meaning.

/// One reading of a date. Every step moves forward, so it is linear; it stops after a bounded number of pieces.
struct DateReader {
    private var scanner: StructuredScanner
    private var numbers = DateNumbers()
    private var month: Int?
    private var time: (hour: Int, minute: Int, second: Int)?
    private var zone: Int?
    private var isAfternoon: Bool?
    /// Pieces that are looked at; a date has eight.
    private static let maximumPieces = 24

    init(_ octets: Span<UInt8>, in range: Range<Int>) {
        self.scanner = StructuredScanner(octets, in: range)
    }

    mutating func read(_ octets: Span<UInt8>) -> MessageDate? {
        var pieces = 0
        while pieces < Self.maximumPieces {
            self.scanner.skipCFWS(octets)
            guard let octet = self.scanner.peek(octets) else { break }
            pieces += 1
            if ASCII.isDigit(octet) {
                guard self.takeNumber(octets) else { return nil }
            } else if ASCII.isLetter(octet) {
                guard self.takeWord(octets) else { return nil }
            } else if octet == 0x2B || octet == 0x2D {
                self.takeSign(octets)
            } else {
                self.scanner.skip()
            }
            // With day, month, year, time and zone everything is known; what follows (often a zone's name) changes nothing.
            if self.zone != nil, self.time != nil, self.month != nil, self.numbers.count >= 2 { break }
        }
        return self.meaning()
    }

    /// A run of digits: part of a date, or with a colon the time. False for a number that no date has.
    private mutating func takeNumber(_ octets: Span<UInt8>) -> Bool {
        guard let (value, count) = self.number(octets) else { return false }
        // RFC 5322 §4.3 allows blanks and comments about the colons.
        var ahead = self.scanner
        ahead.skipCFWS(octets)
        if self.time == nil, ahead.take(0x3A, octets) {
            self.scanner = ahead
            return self.takeTime(octets, hour: value)
        }
        // The T of ISO 8601 stands between date and time.
        if let next = self.scanner.peek(octets), next | 0x20 == 0x74, self.numbers.count == 2 { self.scanner.skip() }
        self.numbers.append(value, digits: count)
        return true
    }

    private mutating func number(_ octets: Span<UInt8>) -> (value: Int, digits: Int)? {
        guard let range = self.scanner.run(of: .digit, octets), range.count <= 6 else { return nil }
        var value = 0
        for index in range { value = value * 10 + Int(octets[index] - 0x30) }
        return (value, range.count)
    }

    private mutating func takeTime(_ octets: Span<UInt8>, hour: Int) -> Bool {
        self.scanner.skipCFWS(octets)
        guard let (minute, _) = self.number(octets) else { return false }
        var second = 0
        var ahead = self.scanner
        ahead.skipCFWS(octets)
        if ahead.take(0x3A, octets) {
            ahead.skipCFWS(octets)
            self.scanner = ahead
            guard let (value, _) = self.number(octets) else { return false }
            second = value
            // Fractions of a second are read and dropped.
            if self.scanner.take(0x2E, octets) { _ = self.scanner.run(of: .digit, octets) }
        }
        self.time = (hour, minute, second)
        return true
    }

    /// A name: of a month, a zone, a day (ignored), AM or PM. False for a word that stands in the place of a month and is none.
    private mutating func takeWord(_ octets: Span<UInt8>) -> Bool {
        guard let word = self.scanner.run(of: .letterDigit, octets) else { return true }
        if self.month == nil, let month = CivilDate.month(octets, in: word) {
            self.month = month
            return true
        }
        if self.time != nil {
            if word.count == 2, octets[word.lowerBound + 1] | 0x20 == 0x6D {
                let letter = octets[word.lowerBound] | 0x20
                if letter == 0x61 || letter == 0x70 {
                    self.isAfternoon = letter == 0x70
                    return true
                }
            }
            if self.zone == nil, let zone = DateZone.minutes(octets, word) { self.zone = zone }
            return true
        }
        // Before the time there are names of days and months only; after the day of the month, only of months.
        return self.numbers.count == 0 || self.month != nil
    }

    /// A sign begins a numeric zone after the time, and before it parts day, month and year.
    private mutating func takeSign(_ octets: Span<UInt8>) {
        let sign = self.scanner.peek(octets)
        self.scanner.skip()
        guard self.time != nil, self.zone == nil, let range = self.scanner.run(of: .digit, octets) else { return }
        var value = 0
        for index in range.prefix(6) { value = value * 10 + Int(octets[index] - 0x30) }
        var minutes: Int?
        switch range.count {
        case 4:
            minutes = value % 100 < 60 ? value / 100 * 60 + value % 100 : nil
        case 1, 2:
            // `+02:00` of ISO 8601 and the bare `+2` of careless software.
            minutes = value * 60
            if self.scanner.take(0x3A, octets), let (part, _) = self.number(octets) { minutes = part < 60 ? value * 60 + part : nil }
        default:
            break
        }
        guard let minutes, minutes < 24 * 60 else { return }
        // RFC 5322 §3.3: -0000 says that nothing is known about the zone.
        if sign == 0x2D, minutes == 0 { return }
        self.zone = sign == 0x2D ? -minutes : minutes
    }

    private func meaning() -> MessageDate? {
        guard var time, let date = self.date() else { return nil }
        if let isAfternoon, (1...12).contains(time.hour) { time.hour = time.hour % 12 + (isAfternoon ? 12 : 0) }
        return MessageDate(
            date: date, hour: time.hour, minute: time.minute, second: time.second, zoneMinutes: self.zone ?? 0, isZoneKnown: self.zone != nil)
    }

    private func date() -> CivilDate? {
        if let month {
            guard self.numbers.count >= 2 else { return nil }
            // `2003 Jul 1` is the only order in which the first number is the year.
            let yearFirst = self.numbers[0].digits == 4
            return CivilDate(
                year: self.year(yearFirst ? 0 : 1), month: month, day: self.numbers[yearFirst ? 1 : 0].value)
        }
        guard self.numbers.count == 3 else { return nil }
        if self.numbers[0].digits == 4 { return CivilDate(year: self.numbers[0].value, month: self.numbers[1].value, day: self.numbers[2].value) }
        return CivilDate(year: self.year(2), month: self.numbers[1].value, day: self.numbers[0].value)
    }

    /// RFC 5322 §4.3: two digits below 50 are 20xx, other two and three digits count from 1900.
    private func year(_ place: Int) -> Int {
        let value = self.numbers[place].value
        switch self.numbers[place].digits {
        case 1, 2: return value < 50 ? 2000 + value : 1900 + value
        case 3: return 1900 + value
        default: return value
        }
    }
}

/// The first three numbers of a date outside its time, and how many digits each was written with.
private struct DateNumbers {
    private(set) var count = 0
    private var first = (value: 0, digits: 0)
    private var second = (value: 0, digits: 0)
    private var third = (value: 0, digits: 0)

    /// Keeps a number; a fourth is dropped.
    mutating func append(_ value: Int, digits: Int) {
        switch self.count {
        case 0: self.first = (value, digits)
        case 1: self.second = (value, digits)
        case 2: self.third = (value, digits)
        default: return
        }
        self.count += 1
    }

    subscript(place: Int) -> (value: Int, digits: Int) {
        switch place {
        case 0: self.first
        case 1: self.second
        default: self.third
        }
    }
}

/// Zones by name (RFC 5322 §4.3).
enum DateZone {
    /// Minutes ahead of UTC; nil for names that say nothing, which count as `-0000`.
    static func minutes(_ octets: Span<UInt8>, _ word: Range<Int>) -> Int? {
        if word.count == 1, octets[word.lowerBound] | 0x20 == 0x7A { return 0 }
        if word.count == 2, ASCII.equalsIgnoringCase(octets, in: word, "UT") { return 0 }
        // `EST5EDT` and `UTC+1` begin with the name that counts.
        guard word.count >= 3, word.count == 3 || !ASCII.isLetter(octets[word.lowerBound + 3]) else {
            return word.count == 4 ? self.zone(octets, word, self.four) : nil
        }
        return self.zone(octets, word.lowerBound..<word.lowerBound + 3, self.three)
    }

    private static func zone(_ octets: Span<UInt8>, _ word: Range<Int>, _ table: [(StaticString, Int)]) -> Int? {
        for (name, minutes) in table where ASCII.equalsIgnoringCase(octets, in: word, name) { return minutes }
        return nil
    }

    /// The names RFC 5322 knows and those that are unambiguous in practice.
    private static let three: [(StaticString, Int)] = [
        ("GMT", 0), ("UTC", 0), ("EDT", -240), ("EST", -300), ("CDT", -300), ("CST", -360), ("MDT", -360), ("MST", -420), ("PDT", -420), ("PST", -480),
        ("CET", 60), ("MET", 60), ("EET", 120), ("WET", 0), ("JST", 540), ("MSK", 180),
    ]
    private static let four: [(StaticString, Int)] = [
        ("CEST", 120), ("MEST", 120), ("EEST", 180), ("WEST", 60), ("AEST", 600), ("AEDT", 660), ("NZST", 720), ("NZDT", 780),
    ]
}
