// The header with which a balancer says whom it speaks for (PROXY protocol, versions 1 and 2).
package import MailFormat

/// What is wrong with a PROXY header. The text is for logs.
package struct ProxyHeaderError: Error, Equatable, CustomStringConvertible {
    package let description: String

    static let missing = ProxyHeaderError(description: "no PROXY header")
    static let tooLong = ProxyHeaderError(description: "PROXY header too long")
    static let malformed = ProxyHeaderError(description: "malformed PROXY header")
    static let checksum = ProxyHeaderError(description: "PROXY header with a wrong checksum")
    static let late = ProxyHeaderError(description: "no PROXY header in time")
}

/// A PROXY header that was read.
package struct ProxyHeader: Hashable, Sendable {
    /// The longest header of version 2 that is read, its fixed part included.
    package static let lengthLimit = 4096
    /// The longest line of version 1, CR LF included.
    package static let lineLimit = 107

    /// Whom the connection is from.
    package enum Origin: Hashable, Sendable {
        /// The balancer itself (a health check), or somebody it does not name: the real peer counts.
        case peer
        case proxied(source: Endpoint, destination: Endpoint)
    }

    package enum Outcome: Equatable, Sendable {
        case needMore
        case header(ProxyHeader, consumed: Int)
        case invalid(ProxyHeaderError)
    }

    package var origin: Origin
    /// The host name that the client asked the balancer for.
    package var authority: OctetString?
    /// The client speaks TLS with the balancer.
    package var isClientTLS = false

    private static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    private static let word = Array("PROXY ".utf8)

    private init(_ origin: Origin) { self.origin = origin }

    /// Looks at everything that has arrived so far.
    package static func parse(_ octets: Span<UInt8>) -> Outcome {
        guard !octets.isEmpty else { return .needMore }
        if octets[0] == signature[0] { return version2(octets) }
        return version1(octets)
    }

    // MARK: Version 1

    private static func version1(_ octets: Span<UInt8>) -> Outcome {
        for index in 0..<min(octets.count, word.count) where octets[index] != word[index] { return .invalid(.missing) }
        guard let lineFeed = LineScan.nextLineFeed(in: octets, from: 0) else {
            return octets.count >= lineLimit ? .invalid(.tooLong) : .needMore
        }
        guard lineFeed < lineLimit else { return .invalid(.tooLong) }
        guard lineFeed > word.count, octets[lineFeed - 1] == 0x0d else { return .invalid(.malformed) }
        let fields = words(octets.extracting(word.count..<(lineFeed - 1)))
        let consumed = lineFeed + 1
        // Whatever follows UNKNOWN is to be ignored.
        if fields.first == OctetString("UNKNOWN") { return .header(ProxyHeader(.peer), consumed: consumed) }
        guard fields.count == 5, let source = IPAddress(fields[1].text), let destination = IPAddress(fields[2].text),
            let sourcePort = port(fields[3]), let destinationPort = port(fields[4])
        else { return .invalid(.malformed) }
        let hasColons = fields[1].octets.contains(0x3a) && fields[2].octets.contains(0x3a)
        let hasNoColons = !fields[1].octets.contains(0x3a) && !fields[2].octets.contains(0x3a)
        guard fields[0] == OctetString("TCP4") && hasNoColons || fields[0] == OctetString("TCP6") && hasColons else { return .invalid(.malformed) }
        let origin = Origin.proxied(
            source: Endpoint(address: source, port: sourcePort), destination: Endpoint(address: destination, port: destinationPort))
        return .header(ProxyHeader(origin), consumed: consumed)
    }

    /// The words between single blanks; an empty one where there are two blanks.
    private static func words(_ octets: Span<UInt8>) -> [OctetString] {
        var words: [OctetString] = []
        var start = 0
        for index in octets.indices where octets[index] == 0x20 {
            words.append(OctetString(copying: octets, in: start..<index))
            start = index + 1
        }
        words.append(OctetString(copying: octets, in: start..<octets.count))
        return words
    }

    private static func port(_ text: OctetString) -> UInt16? {
        guard (1...5).contains(text.count), text.octets[0] != 0x30 || text.count == 1 else { return nil }
        var value = 0
        for octet in text.octets {
            guard (0x30...0x39).contains(octet) else { return nil }
            value = value * 10 + Int(octet - 0x30)
        }
        return UInt16(exactly: value)
    }

    // MARK: Version 2

    private static func version2(_ octets: Span<UInt8>) -> Outcome {
        for index in 0..<min(octets.count, signature.count) where octets[index] != signature[index] { return .invalid(.missing) }
        guard octets.count >= 16 else { return .needMore }
        let length = number16(octets, 14)
        // Judged before the rest is waited for: nobody makes us keep 64 KB.
        guard octets[12] >> 4 == 2 else { return .invalid(.malformed) }
        guard 16 + length <= lengthLimit else { return .invalid(.tooLong) }
        let isProxied: Bool
        switch octets[12] & 15 {
        case 0: isProxied = false
        case 1: isProxied = true
        default: return .invalid(.malformed)
        }
        guard octets.count >= 16 + length else { return .needMore }
        let whole = octets.extracting(0..<(16 + length))
        guard isProxied else { return .header(ProxyHeader(.peer), consumed: whole.count) }
        let origin: Origin
        let tail: Int
        switch octets[13] {
        case 0x00:
            origin = .peer
            return .header(ProxyHeader(origin), consumed: whole.count)
        case 0x11:
            guard length >= 12 else { return .invalid(.malformed) }
            origin = .proxied(
                source: Endpoint(address: .v4(number32(whole, 16)), port: UInt16(truncatingIfNeeded: number16(whole, 24))),
                destination: Endpoint(address: .v4(number32(whole, 20)), port: UInt16(truncatingIfNeeded: number16(whole, 26))))
            tail = 28
        case 0x21:
            guard length >= 36 else { return .invalid(.malformed) }
            origin = .proxied(
                source: Endpoint(address: address6(whole, 16), port: UInt16(truncatingIfNeeded: number16(whole, 48))),
                destination: Endpoint(address: address6(whole, 32), port: UInt16(truncatingIfNeeded: number16(whole, 50))))
            tail = 52
        case 0x31:
            guard length >= 216 else { return .invalid(.malformed) }
            origin = .peer
            tail = 232
        default: return .invalid(.malformed)
        }
        var header = ProxyHeader(origin)
        if let error = header.readExtras(whole, from: tail) { return .invalid(error) }
        return .header(header, consumed: whole.count)
    }

    /// The type-length-value part; every value must lie inside the header.
    private mutating func readExtras(_ octets: Span<UInt8>, from start: Int) -> ProxyHeaderError? {
        var at = start
        while at < octets.count {
            guard octets.count - at >= 3 else { return .malformed }
            let type = octets[at]
            let begin = at + 3
            let end = begin + Self.number16(octets, at + 1)
            guard end <= octets.count else { return .malformed }
            switch type {
            case 0x02: authority = OctetString(copying: octets, in: begin..<end)
            case 0x03:
                guard end - begin == 4, Self.number32(octets, begin) == Self.checksum(octets, without: begin..<end) else { return .checksum }
            case 0x20:
                guard end - begin >= 5 else { return .malformed }
                isClientTLS = octets[begin] & 1 != 0
            default: break
            }
            at = end
        }
        return nil
    }

    private static func number16(_ octets: Span<UInt8>, _ at: Int) -> Int { Int(octets[at]) << 8 | Int(octets[at + 1]) }

    private static func number32(_ octets: Span<UInt8>, _ at: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: number16(octets, at)) << 16 | UInt32(truncatingIfNeeded: number16(octets, at + 2))
    }

    private static func address6(_ octets: Span<UInt8>, _ at: Int) -> IPAddress {
        IPAddress(
            high: UInt64(number32(octets, at)) << 32 | UInt64(number32(octets, at + 4)),
            low: UInt64(number32(octets, at + 8)) << 32 | UInt64(number32(octets, at + 12)))
    }

    /// CRC-32C of the header, its own place read as zeros.
    private static func checksum(_ octets: Span<UInt8>, without hole: Range<Int>) -> UInt32 {
        var sum = UInt32.max
        for index in octets.indices {
            sum ^= UInt32(hole.contains(index) ? 0 : octets[index])
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82f6_3b78 }
        }
        return ~sum
    }
}
