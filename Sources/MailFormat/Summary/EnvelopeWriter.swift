// Writes ENVELOPE from a header (RFC 9051 §7.5.2).

/// Envelope structure in wire form: header octets unfolded, encoded words left to the client, as the RFC wants it.
enum EnvelopeWriter {
    /// The fields an envelope is made of. Of a field that may come once (RFC 5322 §3.6) the first counts; recipients of repeated fields add up.
    private struct Fields {
        var date, subject, from, sender, replyTo, inReplyTo, messageID: Range<Int>?
        var to: [Range<Int>] = []
        var cc: [Range<Int>] = []
        var bcc: [Range<Int>] = []

        init(_ header: HeaderBlock) {
            for field in header.fields {
                guard let name = field.name else { continue }
                switch name {
                case .date where self.date == nil: self.date = field.bodyRange
                case .subject where self.subject == nil: self.subject = field.bodyRange
                case .from where self.from == nil: self.from = field.bodyRange
                case .sender where self.sender == nil: self.sender = field.bodyRange
                case .replyTo where self.replyTo == nil: self.replyTo = field.bodyRange
                case .inReplyTo where self.inReplyTo == nil: self.inReplyTo = field.bodyRange
                case .messageID where self.messageID == nil: self.messageID = field.bodyRange
                case .to: self.to.append(field.bodyRange)
                case .cc: self.cc.append(field.bodyRange)
                case .bcc: self.bcc.append(field.bodyRange)
                default: break
                }
            }
        }
    }

    /// Addresses in all envelopes of one message: two octets of a header become twenty here, and From may be written three times.
    static let addressLimit = 20_000

    /// Appends the envelope of a header. `addressesLeft` is how many addresses may still be written; further ones are left out.
    static func append(_ header: HeaderBlock, _ octets: Span<UInt8>, addressesLeft: inout Int, to output: inout [UInt8]) {
        let fields = Fields(header)
        output.append(0x28)
        self.append(text: fields.date, octets, &output)
        output.append(0x20)
        self.append(text: fields.subject, octets, &output)
        output.append(0x20)
        let start = output.count
        self.append(addresses: fields.from, octets, &addressesLeft, &output)
        let from = start..<output.count
        output.append(0x20)
        // Sender and Reply-To that are absent or empty are From (RFC 9051 §7.5.2).
        self.append(addresses: fields.sender, orCopy: from, octets, &addressesLeft, &output)
        output.append(0x20)
        self.append(addresses: fields.replyTo, orCopy: from, octets, &addressesLeft, &output)
        for recipients in [fields.to, fields.cc, fields.bcc] {
            output.append(0x20)
            self.append(lists: recipients, octets, &addressesLeft, &output)
        }
        output.append(0x20)
        self.append(text: fields.inReplyTo, octets, &output)
        output.append(0x20)
        self.append(text: fields.messageID, octets, &output)
        output.append(0x29)
    }

    /// NIL for a field that is absent, the empty string for one that is empty (RFC 9051 §7.5.2).
    private static func append(text range: Range<Int>?, _ octets: Span<UInt8>, _ output: inout [UInt8]) {
        guard let range else { return IMAPString.appendNIL(to: &output) }
        IMAPString.append(text: octets, in: range, to: &output)
    }

    private static func append(addresses range: Range<Int>?, _ octets: Span<UInt8>, _ left: inout Int, _ output: inout [UInt8]) {
        if let range, self.appendList(range, octets, &left, &output, isFirst: true) {
            output.append(0x29)
        } else {
            IMAPString.appendNIL(to: &output)
        }
    }

    private static func append(
        addresses range: Range<Int>?, orCopy other: Range<Int>, _ octets: Span<UInt8>, _ left: inout Int, _ output: inout [UInt8]
    ) {
        if let range, self.appendList(range, octets, &left, &output, isFirst: true) {
            output.append(0x29)
        } else {
            output.reserveCapacity(output.count + other.count)
            for index in other { output.append(output[index]) }
        }
    }

    private static func append(lists ranges: [Range<Int>], _ octets: Span<UInt8>, _ left: inout Int, _ output: inout [UInt8]) {
        var isFirst = true
        for range in ranges where self.appendList(range, octets, &left, &output, isFirst: isFirst) { isFirst = false }
        if isFirst { IMAPString.appendNIL(to: &output) } else { output.append(0x29) }
    }

    /// Appends the addresses of one field, opening the list with the first.
    ///
    /// - Returns: whether there were any.
    private static func appendList(_ range: Range<Int>, _ octets: Span<UInt8>, _ left: inout Int, _ output: inout [UInt8], isFirst: Bool) -> Bool {
        var limits = MailLimits.standard
        limits.addresses = min(limits.addresses, left)
        let items = AddressList.parse(octets, in: range, limits: limits)
        guard !items.isEmpty else { return false }
        if isFirst { output.append(0x28) }
        for item in items {
            switch item {
            case .mailbox(let mailbox):
                left -= min(left, 1)
                self.append(mailbox, &output)
            case .group(let group):
                left -= min(left, 1 + group.mailboxes.count)
                // A group begins with a host of NIL and ends with a mailbox of NIL.
                IMAPString.append(raw: "(NIL NIL ", to: &output)
                IMAPString.append(group.phrase.octets.span, to: &output)
                IMAPString.append(raw: " NIL)", to: &output)
                for mailbox in group.mailboxes { self.append(mailbox, &output) }
                IMAPString.append(raw: "(NIL NIL NIL NIL)", to: &output)
            }
        }
        return true
    }

    /// `(name route mailbox host)`. Host and mailbox are never NIL here, since NIL means a group; what is missing is an empty string.
    private static func append(_ mailbox: AddressMailbox, _ output: inout [UInt8]) {
        output.append(0x28)
        self.append(mailbox.phrase ?? mailbox.comment, &output)
        output.append(0x20)
        self.append(mailbox.route, &output)
        output.append(0x20)
        IMAPString.append(mailbox.localPart.octets.span, to: &output)
        output.append(0x20)
        IMAPString.append(mailbox.domain.octets.span, to: &output)
        output.append(0x29)
    }

    private static func append(_ text: OctetString?, _ output: inout [UInt8]) {
        guard let text, !text.isEmpty else { return IMAPString.appendNIL(to: &output) }
        IMAPString.append(text.octets.span, to: &output)
    }
}
