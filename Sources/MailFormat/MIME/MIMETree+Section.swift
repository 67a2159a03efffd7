// The ranges that IMAP's BODY[section] fetches, found in the tree.

extension MIMETree {
    /// What of a part is wanted (RFC 9051 §6.4.5.1, section-msgtext and section-text).
    package enum SectionText: UInt8, Hashable, Sendable {
        /// The whole: of the message its octets, of a part its body in its transfer encoding.
        case whole
        /// The header of the message, or of the message that the part encapsulates.
        case header
        /// The body of the message, or of the message that the part encapsulates.
        case text
        /// The MIME header of the part itself.
        case mime
    }

    /// Where the wanted section lies in the message, or nil where there is no such section.
    ///
    /// HEADER and TEXT below a part number need that part to be an encapsulated message; MIME needs a part number.
    package func range(of text: SectionText, at path: [Int]) -> Range<Int>? {
        guard let index = self.part(at: path) else { return nil }
        let part = self.parts[index]
        switch text {
        case .whole:
            return path.isEmpty ? part.range : part.bodyRange
        case .mime:
            return path.isEmpty ? nil : part.headerRange
        case .header:
            return self.messageIndex(path, index).map { self.parts[$0].headerRange }
        case .text:
            return self.messageIndex(path, index).map { self.parts[$0].bodyRange }
        }
    }

    /// The header block that HEADER, HEADER.FIELDS and HEADER.FIELDS.NOT select from, or nil where there is none.
    package func header(at path: [Int]) -> HeaderBlock? {
        guard let index = self.part(at: path), let message = self.messageIndex(path, index) else { return nil }
        return self.parts[message].header
    }

    private func messageIndex(_ path: [Int], _ index: Int) -> Int? {
        if path.isEmpty { return 0 }
        return self.parts[index].kind == .message ? self.parts[index].children.first : nil
    }
}
