// An answer as it goes to the wire.
package import MailFormat

/// A reply: code, enhanced code, one or more lines of text (RFC 5321 §4.2). Lines are 7-bit, without controls, and short enough for the wire.
package struct Reply: Hashable, Sendable {
    /// The longest line, CRLF included (RFC 5321 §4.5.3.1.5).
    package static let lineLimit = 512

    package let code: ReplyCode
    /// Absent in greetings, in answers to HELO and EHLO, and in 3yz replies (RFC 2034 §4).
    package let enhanced: EnhancedStatusCode?
    package let lines: [OctetString]
    /// The connection ends after this reply.
    package let closes: Bool

    /// - Parameter lines: at least one; cleaned and folded to the line limit here.
    package init(_ code: ReplyCode, _ enhanced: EnhancedStatusCode?, lines: [OctetString], closes: Bool = false) {
        self.code = code
        self.enhanced = enhanced
        self.closes = closes
        // Code, separator, the longest enhanced code and CRLF.
        let room = Self.lineLimit - 4 - 10 - 2
        let folded = lines.flatMap { Self.folded($0, room) }
        self.lines = folded.isEmpty ? [OctetString()] : folded
    }

    /// The same reply with or without the end of the connection.
    package func closing(_ closes: Bool = true) -> Reply { Reply(code, enhanced, lines: lines, closes: closes) }

    /// Appends the reply in wire form.
    /// - Parameter enhancedCodes: false before EHLO (RFC 2034 §4).
    package func encode(into output: inout [UInt8], enhancedCodes: Bool) {
        for (index, line) in lines.enumerated() {
            Self.append(code.rawValue, to: &output)
            output.append(index + 1 < lines.count ? 0x2d : 0x20)
            if enhancedCodes, let enhanced {
                Self.append(enhanced.statusClass, to: &output)
                output.append(0x2e)
                Self.append(enhanced.subject, to: &output)
                output.append(0x2e)
                Self.append(enhanced.detail, to: &output)
                output.append(0x20)
            }
            output.append(contentsOf: line.octets)
            output.append(0x0d)
            output.append(0x0a)
        }
    }

    /// The text of all lines, for logs and DSNs.
    package var text: String { lines.map(\.text).joined(separator: " ") }

    private static func append(_ number: UInt16, to output: inout [UInt8]) {
        if number >= 100 { output.append(UInt8(truncatingIfNeeded: 48 + number / 100 % 10)) }
        if number >= 10 { output.append(UInt8(truncatingIfNeeded: 48 + number / 10 % 10)) }
        output.append(UInt8(truncatingIfNeeded: 48 + number % 10))
    }

    /// One line as lines of at most `room` octets, cut at blanks where there are some.
    private static func folded(_ line: OctetString, _ room: Int) -> [OctetString] {
        var clean = line.octets
        if clean.contains(where: { $0 < 0x20 || $0 > 0x7e }) { clean = clean.map { $0 < 0x20 || $0 > 0x7e ? 0x3f : $0 } }
        guard clean.count > room else { return [OctetString(clean)] }
        var parts: [OctetString] = []
        var rest = clean[...]
        while rest.count > room {
            let window = rest.prefix(room)
            let cut = window.lastIndex(of: 0x20).map { $0 > rest.startIndex ? $0 : window.endIndex } ?? window.endIndex
            parts.append(OctetString(rest[rest.startIndex..<cut]))
            rest = rest[cut...].drop { $0 == 0x20 }
        }
        if !rest.isEmpty { parts.append(OctetString(rest)) }
        return parts
    }
}
