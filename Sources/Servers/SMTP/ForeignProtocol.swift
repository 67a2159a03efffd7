// Other protocols that end up at a mail port: a browser that was made to post there must get no answer at all.

/// Tells other protocols by their first words (standards SE-07, the ALPACA attacks).
enum ForeignProtocol {
    private static let verbs: [StaticString] = ["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "CONNECT", "PATCH", "TRACE", "PRI"]

    /// True for a request line of HTTP.
    static func speaks(_ line: Span<UInt8>) -> Bool {
        guard line.count >= 4 else { return false }
        // The first letter sorts out nearly every line.
        switch line[0] {
        case 0x47, 0x50, 0x48, 0x44, 0x4f, 0x43, 0x54: break
        default: return false
        }
        for verb in verbs where verb.utf8CodeUnitCount < line.count {
            let count = verb.utf8CodeUnitCount
            guard line[count] == 0x20 else { continue }
            let isSame = verb.withUTF8Buffer { octets in
                for index in 0..<count where octets[index] != line[index] { return false }
                return true
            }
            if isSame { return true }
        }
        return false
    }
}
