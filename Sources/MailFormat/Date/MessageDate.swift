// The date and time of a message: written as RFC 5322 and IMAP want it, read as senders write it.

/// A moment with the zone it was written in.
package struct MessageDate: Hashable, Sendable {
    /// Seconds since 1 January 1970, 00:00 UTC, leap seconds not counted.
    package let seconds: Int64
    /// Minutes that the writer's clock was ahead of UTC.
    package let zoneMinutes: Int
    /// Whether the zone says anything: `-0000`, unknown names and no zone at all do not (RFC 5322 §3.3).
    package let isZoneKnown: Bool

    /// A moment. A zone of a hundred hours or more, which no form can write, becomes UTC.
    package init(seconds: Int64, zoneMinutes: Int = 0, isZoneKnown: Bool = true) {
        let zone = abs(zoneMinutes) < 100 * 60 ? zoneMinutes : 0
        self.seconds = min(max(seconds, Self.earliest), Self.latest)
        self.zoneMinutes = zone
        self.isZoneKnown = isZoneKnown
    }

    /// 1 January 1900 and the last second of 9999: what can be written.
    private static let earliest: Int64 = -2_208_988_800
    private static let latest: Int64 = 253_402_300_799

    /// The day and time on the writer's clock.
    package init?(date: CivilDate, hour: Int, minute: Int, second: Int, zoneMinutes: Int = 0, isZoneKnown: Bool = true) {
        // 23:59:60 is a leap second (RFC 5322 §3.3).
        guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second) else { return nil }
        let local = date.daysSinceEpoch * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        self.init(seconds: local - Int64(abs(zoneMinutes) < 100 * 60 ? zoneMinutes : 0) * 60, zoneMinutes: zoneMinutes, isZoneKnown: isZoneKnown)
    }

    /// The day on the writer's clock, which is what IMAP's SENTON and its kin compare (RFC 9051 §6.4.4: time zone disregarded).
    package var localDate: CivilDate { self.local.date }

    private var local: (date: CivilDate, secondOfDay: Int) {
        let local = self.seconds + Int64(self.zoneMinutes) * 60
        let day = local >= 0 ? local / 86_400 : -((86_399 - local) / 86_400)
        return (CivilDate(daysSinceEpoch: day), Int(local - day * 86_400))
    }

    // MARK: Writing

    /// `Tue, 01 Jul 2003 10:52:37 +0200` (RFC 5322 §3.3).
    package var rfc5322: OctetString {
        let (date, time) = self.local
        var text: [UInt8] = []
        text.reserveCapacity(31)
        Self.append(CivilDate.weekdayNames[date.weekday], to: &text)
        text.append(contentsOf: [0x2C, 0x20])
        Self.append(date.day, digits: 2, to: &text)
        text.append(0x20)
        Self.append(CivilDate.monthNames[date.month - 1], to: &text)
        text.append(0x20)
        Self.append(date.year, digits: 4, to: &text)
        text.append(0x20)
        self.appendTime(time, to: &text)
        return OctetString(text)
    }

    /// ` 1-Jul-2003 10:52:37 +0200`, the INTERNALDATE form without its quotes (RFC 9051 §9 date-time).
    package var internalDate: OctetString {
        let (date, time) = self.local
        var text: [UInt8] = []
        text.reserveCapacity(26)
        text.append(date.day < 10 ? 0x20 : UInt8(truncatingIfNeeded: 0x30 + date.day / 10))
        text.append(UInt8(truncatingIfNeeded: 0x30 + date.day % 10))
        text.append(0x2D)
        Self.append(CivilDate.monthNames[date.month - 1], to: &text)
        text.append(0x2D)
        Self.append(date.year, digits: 4, to: &text)
        text.append(0x20)
        self.appendTime(time, to: &text)
        return OctetString(text)
    }

    private func appendTime(_ secondOfDay: Int, to text: inout [UInt8]) {
        Self.append(secondOfDay / 3_600, digits: 2, to: &text)
        text.append(0x3A)
        Self.append(secondOfDay / 60 % 60, digits: 2, to: &text)
        text.append(0x3A)
        Self.append(secondOfDay % 60, digits: 2, to: &text)
        text.append(0x20)
        text.append(self.zoneMinutes < 0 || (self.zoneMinutes == 0 && !self.isZoneKnown) ? 0x2D : 0x2B)
        Self.append(abs(self.zoneMinutes) / 60, digits: 2, to: &text)
        Self.append(abs(self.zoneMinutes) % 60, digits: 2, to: &text)
    }

    private static func append(_ name: StaticString, to text: inout [UInt8]) {
        name.withUTF8Buffer { text.append(contentsOf: $0) }
    }

    private static func append(_ number: Int, digits: Int, to text: inout [UInt8]) {
        var scale = 1
        for _ in 1..<digits { scale *= 10 }
        while scale > 0 {
            text.append(UInt8(truncatingIfNeeded: 0x30 + number / scale % 10))
            scale /= 10
        }
    }

    // MARK: Reading

    /// The moment that a Date field body or the end of a Received field means, or nil where day or time cannot be told.
    ///
    /// Read are RFC 5322 §3.3 with §4.3, the forms of RFC 850 and asctime, ISO 8601, names in full, two-digit years, comments anywhere,
    /// a missing day name, seconds or zone. A wrong day name is not noticed.
    package static func parse(_ octets: Span<UInt8>, in range: Range<Int>) -> MessageDate? {
        var reader = DateReader(octets, in: range)
        return reader.read(octets)
    }

    /// The moment that all the octets mean.
    package static func parse(_ octets: Span<UInt8>) -> MessageDate? {
        self.parse(octets, in: 0..<octets.count)
    }

    /// The moment an IMAP date-time names, exactly in the form of RFC 9051 §9 and without quotes: `dd-Mon-yyyy hh:mm:ss ±zzzz`.
    package static func parseInternalDate(_ octets: Span<UInt8>) -> MessageDate? {
        guard octets.count == 26, octets[2] == 0x2D, octets[6] == 0x2D, octets[11] == 0x20, octets[14] == 0x3A, octets[17] == 0x3A, octets[20] == 0x20,
            let month = CivilDate.month(octets, in: 3..<6)
        else { return nil }
        let day = octets[0] == 0x20 ? self.number(octets, 1..<2) : self.number(octets, 0..<2)
        guard let day, let year = self.number(octets, 7..<11), let hour = self.number(octets, 12..<14), let minute = self.number(octets, 15..<17),
            let second = self.number(octets, 18..<20), let zoneHour = self.number(octets, 22..<24), let zoneMinute = self.number(octets, 24..<26),
            zoneMinute < 60, octets[21] == 0x2B || octets[21] == 0x2D, let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let zone = zoneHour * 60 + zoneMinute
        return MessageDate(date: date, hour: hour, minute: minute, second: second, zoneMinutes: octets[21] == 0x2D ? -zone : zone)
    }

    private static func number(_ octets: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            guard ASCII.isDigit(octets[index]) else { return nil }
            value = value * 10 + Int(octets[index] - 0x30)
        }
        return value
    }
}
