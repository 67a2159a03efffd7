// Message ids: the threads of References, In-Reply-To and Message-ID.

/// Reading of fields that hold message ids (RFC 5322 §3.6.4).
package enum MessageIDList {
    /// The ids in a field body without their angle brackets, in order, blanks and folds within them removed.
    ///
    /// Obsolete phrases and comments between ids are passed over (RFC 5322 §4.5.4). Where there are no brackets at all, words with an `@` are taken.
    package static func parse(_ octets: Span<UInt8>, in range: Range<Int>, limits: MailLimits = .standard) -> [OctetString] {
        var ids: [OctetString] = []
        var bare: [OctetString] = []
        var scanner = StructuredScanner(octets, in: range, commentDepth: limits.commentDepth)
        while ids.count < limits.messageIDs {
            scanner.skipCFWS(octets)
            guard let octet = scanner.peek(octets) else { break }
            switch octet {
            case 0x3C:
                scanner.skip()
                let id = self.bracketed(octets, &scanner)
                if !id.isEmpty { ids.append(id) }
            case 0x22:
                _ = scanner.quotedRange(octets)
            default:
                let start = scanner.offset
                scanner.skip()
                while let next = scanner.peek(octets), !self.wordEnd.contains(next) { scanner.skip() }
                let word = start..<scanner.offset
                if bare.count < limits.messageIDs, LineScan.next(0x40, in: octets, from: word.lowerBound, to: word.upperBound) != nil {
                    bare.append(OctetString(copying: octets, in: word))
                }
            }
        }
        return ids.isEmpty ? bare : ids
    }

    /// The octets up to `>`, or up to a `<` or the end where it is missing.
    private static func bracketed(_ octets: Span<UInt8>, _ scanner: inout StructuredScanner) -> OctetString {
        var id: [UInt8] = []
        while let octet = scanner.peek(octets), octet != 0x3C {
            scanner.skip()
            if octet == 0x3E { break }
            if !ByteSet.foldingWhite.contains(octet) { id.append(octet) }
        }
        return OctetString(id)
    }

    /// Blanks, `,`, `;` and `<` end a bare word.
    private static let wordEnd = ByteSet(0x1800_1001_0000_2600, 0)
}
