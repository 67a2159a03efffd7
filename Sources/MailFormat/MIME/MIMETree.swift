// The structure of a message as one flat array of parts, with the part numbers of IMAP.

/// The parts of a message in order of appearance; part 0 is the message itself.
package struct MIMETree: Sendable {
    /// The parts, each before the parts inside it. Never empty.
    package let parts: [MIMEPart]
    /// What was wrong with the structure.
    package let defects: MIMEDefects

    /// Reads the structure of a message. Total: any octets are some message. One pass, without recursion, in linear time.
    package static func parse(_ octets: Span<UInt8>, limits: MailLimits = .standard) -> MIMETree {
        var parser = MIMEParser(end: octets.count, limits: limits)
        return parser.parse(octets)
    }

    /// The message itself.
    package var message: MIMEPart { self.parts[0] }

    /// The part that an IMAP section number means (RFC 9051 §6.4.5.1); the empty path is the message, nil a part that is not there.
    ///
    /// Numbers begin with 1. What is not a multipart has itself as its only part 1; the numbers inside an encapsulated message are
    /// those of that message.
    package func part(at path: [Int]) -> Int? {
        guard let first = path.first else { return 0 }
        guard var found = self.part(first, ofMessage: 0) else { return nil }
        for number in path.dropFirst() {
            let next: Int? =
                switch self.parts[found].kind {
                case .leaf: nil
                case .multipart: self.child(number, of: found)
                case .message: self.parts[found].children.first.flatMap { self.part(number, ofMessage: $0) }
                }
            guard let next else { return nil }
            found = next
        }
        return found
    }

    private func part(_ number: Int, ofMessage index: Int) -> Int? {
        if self.parts[index].kind == .multipart { return self.child(number, of: index) }
        return number == 1 ? index : nil
    }

    private func child(_ number: Int, of index: Int) -> Int? {
        let children = self.parts[index].children
        guard number >= 1, number <= children.count else { return nil }
        return children[number - 1]
    }
}
