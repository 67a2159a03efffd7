// keyword=value of MAIL and RCPT.
import MailFormat

/// An ESMTP parameter (RFC 5321 §4.1.2, esmtp-param).
struct Parameter {
    /// In upper case.
    let keyword: OctetString
    /// Where the value lies in the line; nil without `=`.
    let value: Range<Int>?

    static let size = Array("SIZE".utf8)
    static let body = Array("BODY".utf8)
    static let smtpUTF8 = Array("SMTPUTF8".utf8)
    static let auth = Array("AUTH".utf8)
    static let ret = Array("RET".utf8)
    static let envid = Array("ENVID".utf8)
    static let notify = Array("NOTIFY".utf8)
    static let orcpt = Array("ORCPT".utf8)

    static func isKeywordOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d: true
        default: false
        }
    }
}

extension Parsed<Parameter> {
    /// The next parameter after blanks; nil at the end of the line.
    init?(_ line: Span<UInt8>, _ at: inout Int) {
        var start = at
        while start < line.count, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        guard start < line.count else { return nil }
        // A parameter is set off by a blank.
        guard start > at else {
            self = .problem(.argument(""))
            return
        }
        var end = start
        while end < line.count, Parameter.isKeywordOctet(line[end]) { end += 1 }
        guard end > start, line[start] != 0x2d else {
            self = .problem(.argument(""))
            return
        }
        var keyword: [UInt8] = []
        for index in start..<end { keyword.append(line[index] >= 0x61 && line[index] <= 0x7a ? line[index] - 32 : line[index]) }
        guard end < line.count, line[end] != 0x20, line[end] != 0x09 else {
            at = end
            self = .value(Parameter(keyword: OctetString(keyword), value: nil))
            return
        }
        // esmtp-value: any octet but "=", blanks and controls; never empty.
        var valueEnd = end + 1
        while valueEnd < line.count, line[valueEnd] > 0x20, line[valueEnd] != 0x3d, line[valueEnd] != 0x7f { valueEnd += 1 }
        guard line[end] == 0x3d, valueEnd > end + 1, valueEnd == line.count || line[valueEnd] == 0x20 || line[valueEnd] == 0x09 else {
            self = .problem(.argument(""))
            return
        }
        at = valueEnd
        self = .value(Parameter(keyword: OctetString(keyword), value: (end + 1)..<valueEnd))
    }
}

/// xtext (RFC 3461 §4): printable octets, others as `+` and two hexadecimal digits in upper case.
enum XText {
    /// The decoded octets; nil where it is no xtext.
    static func decode(_ octets: Span<UInt8>) -> OctetString? {
        var decoded: [UInt8] = []
        var at = 0
        while at < octets.count {
            let octet = octets[at]
            if octet == 0x2b {
                guard at + 2 < octets.count, let high = hex(octets[at + 1]), let low = hex(octets[at + 2]) else { return nil }
                decoded.append(high << 4 | low)
                at += 3
            } else {
                guard octet > 0x20, octet < 0x7f, octet != 0x3d else { return nil }
                decoded.append(octet)
                at += 1
            }
        }
        return OctetString(decoded)
    }

    /// True when nothing in it could break a line of a report (RFC 3461 §4.2, §4.4).
    static func isPrintable(_ octets: OctetString) -> Bool { octets.octets.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }

    private static func hex(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x41...0x46: octet - 0x37
        default: nil
        }
    }
}
