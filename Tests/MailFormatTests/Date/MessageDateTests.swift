// Dates: arithmetic, reading and writing.
import Testing

@testable import MailFormat

@Suite struct MessageDateTests {
    /// What is written, and the RFC 5322 form of it.
    private static let rows: [(String, String?)] = [
        ("Tue, 1 Jul 2003 10:52:37 +0200", "Tue, 01 Jul 2003 10:52:37 +0200"),
        ("1 Jul 2003 10:52 +0200", "Tue, 01 Jul 2003 10:52:00 +0200"),
        ("Tue,  01 JUL 2003  10:52:37 -0330", "Tue, 01 Jul 2003 10:52:37 -0330"),
        ("Tue (c), 1 (d(e)) Jul 2003 10 : 52 : 37 +0200 (CEST)", "Tue, 01 Jul 2003 10:52:37 +0200"),
        ("Thu,\r\n 13\r\n Feb\r\n 1969 23:32 -0330", "Thu, 13 Feb 1969 23:32:00 -0330"),
        ("21 Nov 97 09:55:06 GMT", "Fri, 21 Nov 1997 09:55:06 +0000"),
        ("21 Nov 07 09:55:06 UT", "Wed, 21 Nov 2007 09:55:06 +0000"),
        ("21 Nov 49 09:55:06 Z", "Sun, 21 Nov 2049 09:55:06 +0000"),
        ("21 Nov 50 09:55:06 EDT", "Tue, 21 Nov 1950 09:55:06 -0400"),
        ("21 Nov 103 09:55:06 PST", "Fri, 21 Nov 2003 09:55:06 -0800"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +0000"),
        ("Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 -0000"),
        ("Sun Nov  6 08:49:37 CET 1994", "Sun, 06 Nov 1994 08:49:37 +0100"),
        ("Jul 1, 2003 10:52:37 PM", "Tue, 01 Jul 2003 22:52:37 -0000"),
        ("July 1, 2003 12:52:37 AM +0100", "Tue, 01 Jul 2003 00:52:37 +0100"),
        ("2003-07-01T10:52:37.123+02:00", "Tue, 01 Jul 2003 10:52:37 +0200"),
        ("2003-07-01 10:52:37Z", "Tue, 01 Jul 2003 10:52:37 +0000"),
        ("Tue, 1 Jul 2003 10:52:37 -0000", "Tue, 01 Jul 2003 10:52:37 -0000"),
        ("Tue, 1 Jul 2003 10:52:37", "Tue, 01 Jul 2003 10:52:37 -0000"),
        ("Tue, 1 Jul 2003 10:52:37 A", "Tue, 01 Jul 2003 10:52:37 -0000"),
        ("Tue, 1 Jul 2003 10:52:37 +9999", "Tue, 01 Jul 2003 10:52:37 -0000"),
        ("Tue, 1 Jul 2003 10:52:37 GMT+0200", "Tue, 01 Jul 2003 10:52:37 +0000"),
        ("Sat, 31 Dec 2016 23:59:60 +0000", "Sun, 01 Jan 2017 00:00:00 +0000"),
        ("29 Feb 2000 00:00:00 +0000", "Tue, 29 Feb 2000 00:00:00 +0000"),
        ("1 Jan 1900 00:00:00 +0000", "Mon, 01 Jan 1900 00:00:00 +0000"),
        ("31 Dec 9999 23:59:59 +0000", "Fri, 31 Dec 9999 23:59:59 +0000"),
        ("29 Feb 1900 00:00:00 +0000", nil), ("31 Apr 2003 00:00:00 +0000", nil), ("0 Jul 2003 10:52:37 +0200", nil), ("1 Jul 1899 10:52:37 +0200", nil),
        ("1 Jul 10000 10:52:37 +0200", nil), ("1 Jul 2003 24:00:00 +0000", nil), ("1 Jul 2003 10:60:00 +0000", nil), ("1 Jul 2003 10:52:61 +0000", nil),
        ("1 Jul 2003", nil), ("10:52:37", nil), ("1 Foo 2003 10:52:37 +0200", nil), ("1 Jul 99999999999999999999 10:52:37 +0200", nil),
        ("1 Jul 2003 10:99999999999999999999:37", nil), ("", nil), ("nonsense", nil), ("Tue, 1 Jul 2003 ((open) 10:52:37 +0200", nil),
    ]

    @Test("each date means its moment or nothing", arguments: rows)
    func eachRow(_ row: (String, String?)) {
        let octets = Array(row.0.utf8)
        #expect(MessageDate.parse(octets.span)?.rfc5322.text == row.1)
        for end in 0...octets.count { _ = MessageDate.parse(octets.span, in: 0..<end) }
        for start in 0...octets.count { _ = MessageDate.parse(octets.span, in: start..<octets.count) }
    }

    @Test("what is written is read back", arguments: [Int64(-2_208_988_800), -1, 0, 1, 951_782_400, 1_057_049_557, 4_102_444_799, 253_402_300_799])
    func round(_ seconds: Int64) throws {
        for zone in [0, 1, 59, 60, 345, 840, -1, -210, -720] {
            let date = MessageDate(seconds: seconds, zoneMinutes: zone)
            // A clock west of 1900 or east of 9999 cannot be written; every other can.
            guard (-2_208_900_000...253_402_200_000).contains(seconds) || zone == 0 else { continue }
            #expect(MessageDate.parse(date.rfc5322.octets.span) == date)
            #expect(date.internalDate.count == 26)
            #expect(MessageDate.parseInternalDate(date.internalDate.octets.span) == date)
        }
    }

    @Test("moments outside the years of mail are brought inside")
    func clamped() {
        #expect(MessageDate(seconds: .max).rfc5322 == "Fri, 31 Dec 9999 23:59:59 +0000")
        #expect(MessageDate(seconds: .min, zoneMinutes: .min + 1).rfc5322 == "Mon, 01 Jan 1900 00:00:00 +0000")
    }

    @Test("the internal date is exact", arguments: [
        "1-Jul-2003 10:52:37 +0200", "01-Jul-2003 10:52:37 +020", "01-Jul-2003 10:52:37  0200", "01-Jux-2003 10:52:37 +0200", "32-Jul-2003 10:52:37 +0200",
        "01-Jul-2003 25:52:37 +0200", "01-Jul-2003 10:52:37 +0260", "  -Jul-2003 10:52:37 +0200", "01/Jul/2003 10:52:37 +0200",
    ])
    func internalDate(_ text: String) {
        #expect(MessageDate.parseInternalDate(Array(text.utf8).span) == nil)
        #expect(MessageDate.parseInternalDate(Array("01-Jul-2003 10:52:37 +0200".utf8).span)?.seconds == 1_057_049_557)
        #expect(MessageDate(seconds: 1_057_049_557, zoneMinutes: 120).internalDate == " 1-Jul-2003 10:52:37 +0200")
    }

    @Test("days count on without gap from 1900 to 2400 and name their weekday")
    func days() throws {
        var day = try #require(CivilDate(year: 1900, month: 1, day: 1))
        #expect(day.weekday == 1)
        for number in Int64(-25_567)...157_053 {
            #expect(day.daysSinceEpoch == number)
            #expect(day.weekday == Int((number + 25_567 + 1) % 7))
            let next = CivilDate(daysSinceEpoch: number + 1)
            guard next > day, CivilDate(year: next.year, month: next.month, day: next.day) == next else {
                Issue.record("after \(day) came \(next)")
                return
            }
            day = next
        }
    }
}
