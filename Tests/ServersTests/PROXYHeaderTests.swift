// The PROXY header as a table, and cut at every octet.
import MailFormat
import Testing

@testable import Servers

@Suite("PROXY header")
struct PROXYHeaderTests {
    static func parse(_ octets: [UInt8]) -> ProxyHeader.Outcome { ProxyHeader.parse(octets.span) }

    static func endpoint(_ address: String, _ port: UInt16) -> Endpoint { Endpoint(address: IPAddress(address) ?? .v4(0), port: port) }

    static func proxied(_ source: String, _ sourcePort: UInt16, _ destination: String, _ destinationPort: UInt16) -> ProxyHeader.Origin {
        .proxied(source: endpoint(source, sourcePort), destination: endpoint(destination, destinationPort))
    }

    static let four = proxied("192.0.2.1", 56324, "198.51.100.7", 25)
    static let six = proxied("2001:db8::1", 1, "2001:db8::2", 65535)

    static func version2(_ command: UInt8, _ family: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, command, family, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
            + payload
    }

    static let four2: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 7, 0xdc, 0x04, 0, 25]
    static let six2: [UInt8] = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 255, 255]

    static let good: [([UInt8], ProxyHeader.Origin)] = [
        (Array("PROXY TCP4 192.0.2.1 198.51.100.7 56324 25\r\n".utf8), four),
        (Array("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n".utf8), six),
        (Array("PROXY UNKNOWN\r\n".utf8), .peer),
        (Array("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n".utf8), .peer),
        (version2(0x21, 0x11, four2), four),
        (version2(0x21, 0x21, six2), six),
        (version2(0x20, 0x00, []), .peer),
        (version2(0x20, 0x11, four2), .peer),
        (version2(0x21, 0x00, [1, 2, 3]), .peer),
        (version2(0x21, 0x31, [UInt8](repeating: 0, count: 216)), .peer),
        (version2(0x21, 0x11, four2 + [4, 0, 0] + [0x02, 0, 2, 0x61, 0x62] + [0x20, 0, 5, 1, 0, 0, 0, 0]), four),
        (version2(0x21, 0x11, four2 + [4, 0x0f, 0xe1] + [UInt8](repeating: 0, count: 4065)), four),
    ]

    @Test("good headers give their addresses, cut anywhere, and leave what follows", arguments: good)
    func accepted(_ octets: [UInt8], _ origin: ProxyHeader.Origin) {
        for count in 0..<octets.count { #expect(Self.parse(Array(octets[..<count])) == .needMore, "\(count) octets") }
        for more in [[], Array("EHLO x\r\n".utf8)] {
            guard case .header(let header, let consumed) = Self.parse(octets + more) else {
                Issue.record("not read: \(Self.parse(octets))")
                return
            }
            #expect(header.origin == origin && consumed == octets.count)
        }
    }

    static let bad: [([UInt8], ProxyHeaderError)] = [
        (Array("EHLO x\r\n".utf8), .missing), (Array("P\r\n".utf8), .missing), (Array("\r\n\r\nEHLO".utf8), .missing), ([0x16, 3, 1], .missing),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.7 56324 25\n".utf8), .malformed),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.7 56324\r\n".utf8), .malformed),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.7 56324 25 x\r\n".utf8), .malformed),
        (Array("PROXY  TCP4 192.0.2.1 198.51.100.7 56324 25\r\n".utf8), .malformed),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.7 65536 25\r\n".utf8), .malformed),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.7 025 25\r\n".utf8), .malformed),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.7 -1 25\r\n".utf8), .malformed),
        (Array("PROXY TCP4 192.0.2.256 198.51.100.7 1 25\r\n".utf8), .malformed),
        (Array("PROXY TCP4 2001:db8::1 2001:db8::2 1 25\r\n".utf8), .malformed),
        (Array("PROXY TCP6 192.0.2.1 198.51.100.7 1 25\r\n".utf8), .malformed),
        (Array("PROXY UDP4 192.0.2.1 198.51.100.7 1 25\r\n".utf8), .malformed),
        (Array("PROXY UNKNOWN \(String(repeating: "x", count: 100))\r\n".utf8), .tooLong),
        (Array("PROXY UNKNOWN \(String(repeating: "x", count: 200))".utf8), .tooLong),
        (version2(0x11, 0x11, four2), .malformed), (version2(0x22, 0x11, four2), .malformed), (version2(0x21, 0x12, four2), .malformed),
        (version2(0x21, 0x11, Array(four2.dropLast())), .malformed), (version2(0x21, 0x21, Array(six2.dropLast())), .malformed),
        (version2(0x21, 0x31, [UInt8](repeating: 0, count: 215)), .malformed),
        (version2(0x21, 0x11, four2 + [4]), .malformed), (version2(0x21, 0x11, four2 + [4, 0, 1]), .malformed),
        (version2(0x21, 0x11, four2 + [4, 255, 255, 0]), .malformed), (version2(0x21, 0x11, four2 + [0x20, 0, 1, 1]), .malformed),
        (version2(0x21, 0x11, four2 + [3, 0, 4, 0, 0, 0, 0]), .checksum),
        (version2(0x21, 0x11, four2 + [UInt8](repeating: 0, count: 4080)), .tooLong),
    ]

    @Test("bad headers are refused", arguments: bad)
    func refused(_ octets: [UInt8], _ error: ProxyHeaderError) { #expect(Self.parse(octets) == .invalid(error)) }

    @Test("the longest line is 107 octets")
    func longestLine() {
        let filler = String(repeating: "x", count: 107 - 16)
        #expect(Self.parse(Array("PROXY UNKNOWN \(filler)\r\n".utf8)) == .header(peer, consumed: 107))
        #expect(Self.parse(Array("PROXY UNKNOWN x\(filler)\r\n".utf8)) == .invalid(.tooLong))
    }

    private var peer: ProxyHeader {
        guard case .header(let header, _) = Self.parse(Array("PROXY UNKNOWN\r\n".utf8)) else { preconditionFailure("reads UNKNOWN") }
        return header
    }

    @Test("a right checksum is accepted; authority and the client's TLS are told")
    func extras() {
        // CRC-32C of the header with its own place as zeros, computed bit by bit here too.
        var octets = Self.version2(0x21, 0x11, Self.four2 + [0x02, 0, 2, 0x6d, 0x78, 0x20, 0, 5, 1, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0])
        var sum = UInt32.max
        for octet in octets {
            sum ^= UInt32(octet)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82f6_3b78 }
        }
        sum = ~sum
        for index in 0..<4 { octets[octets.count - 4 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
        guard case .header(let header, _) = Self.parse(octets) else {
            Issue.record("checksum refused")
            return
        }
        #expect(header.authority == "mx" && header.isClientTLS && header.origin == Self.four)
    }
}
