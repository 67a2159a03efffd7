// How the octets of a part were made fit for mail: Content-Transfer-Encoding.

/// A content transfer encoding (RFC 2045 §6).
package enum TransferEncoding: UInt8, Hashable, Sendable {
    /// Lines of ASCII; also what an absent field means (RFC 2045 §6.1).
    case sevenBit
    /// Lines of any octets.
    case eightBit
    /// Any octets, no line rules.
    case binary
    /// RFC 2045 §6.7.
    case quotedPrintable
    /// RFC 2045 §6.8.
    case base64
    /// A word nobody registered. Its content is octets of an unknown kind (RFC 2045 §6.4) and is never decoded.
    case unknown

    /// Reads the body of a Content-Transfer-Encoding field: the first word, comments skipped, any case.
    ///
    /// A few wrong spellings that are common in the field are taken for what they mean.
    package init(_ octets: Span<UInt8>, in range: Range<Int>) {
        var scanner = StructuredScanner(octets, in: range)
        scanner.skipCFWS(octets)
        guard let word = scanner.token(octets) else {
            self = scanner.isAtEnd ? .sevenBit : .unknown
            return
        }
        self = Self.known(octets, word) ?? .unknown
    }

    private static func known(_ octets: Span<UInt8>, _ word: Range<Int>) -> TransferEncoding? {
        func spells(_ name: StaticString) -> Bool { ASCII.equalsIgnoringCase(octets, in: word, name) }
        switch word.count {
        case 4: return spells("7bit") ? .sevenBit : spells("8bit") ? .eightBit : nil
        case 5: return spells("7-bit") ? .sevenBit : spells("8-bit") ? .eightBit : nil
        case 6: return spells("base64") ? .base64 : spells("binary") ? .binary : nil
        case 16: return spells("quoted-printable") ? .quotedPrintable : nil
        default: return nil
        }
    }

    /// The registered name (RFC 2045 §6.1); nil for `unknown`, whose word only the header knows.
    package var name: StaticString? {
        switch self {
        case .sevenBit: "7bit"
        case .eightBit: "8bit"
        case .binary: "binary"
        case .quotedPrintable: "quoted-printable"
        case .base64: "base64"
        case .unknown: nil
        }
    }

    /// True where decoding gives the octets as they are.
    package var isIdentity: Bool {
        switch self {
        case .sevenBit, .eightBit, .binary, .unknown: true
        case .quotedPrintable, .base64: false
        }
    }
}
