// The head of a journal record: what must be known of a message besides its octets.

/// A head in its stored form, with the places of its parts.
///
/// Form 1, numbers little-endian: version (1), zero (1), internal date (8), length of the summary (4), the summary, then lengths and octets of queue
/// id (1), Return-Path line (2) and trace fields (4), then the number of recipients (2) and for each: owner (8), destination (8), system flags (1),
/// keywords (1, each 1 and octets), Delivered-To line (2 and octets). The summary comes first because it is read most.
struct JournalHead: Sendable {
    static let version: UInt8 = 1
    /// A message for more recipients is delivered as several (RFC 5321 §4.5.3.1.8 asks for at least 100).
    static let recipientLimit = 10_000

    let octets: [UInt8]
    let internalDate: Int64
    let summary: Range<Int>
    private let rest: Int

    /// Reads as far as the summary; nil where the octets are no head.
    init?(_ octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard reader.octet() == Self.version, reader.octet() != nil, let date = reader.number(Int64.self),
            let count = reader.number(UInt32.self), let summary = reader.range(Int(count))
        else { return nil }
        self.octets = octets
        self.internalDate = date
        self.summary = summary
        self.rest = reader.position
    }

    /// Where the summary lies in a borrowed head; nil where it is none.
    static func summary(in octets: Span<UInt8>) -> Range<Int>? {
        guard octets.count >= 14, octets[0] == Self.version else { return nil }
        let count = Int(octets[10]) | Int(octets[11]) << 8 | Int(octets[12]) << 16 | Int(octets[13]) << 24
        guard count <= octets.count - 14 else { return nil }
        return 14..<(14 + count)
    }

    /// What stands behind the summary.
    struct Envelope: Sendable {
        var queueID: [UInt8] = []
        var returnPathLine: [UInt8] = []
        var trace: [UInt8] = []
        var recipients: [DeliverableMessage.Recipient] = []

        /// What the recipient has in front of the octets.
        func prefix(ordinal: UInt16) -> [UInt8] {
            guard Int(ordinal) < self.recipients.count else { return [] }
            return self.returnPathLine + self.recipients[Int(ordinal)].deliveredToLine + self.trace
        }

        /// Size of the whole message for a recipient.
        func size(ordinal: Int, octetCount: Int) -> UInt32 {
            UInt32(clamping: self.returnPathLine.count + self.recipients[ordinal].deliveredToLine.count + self.trace.count + octetCount)
        }
    }

    /// Reads the rest; nil where it is damaged.
    func envelope() -> Envelope? {
        var reader = OctetReader(self.octets, at: self.rest)
        var envelope = Envelope()
        guard let idCount = reader.octet(), let id = reader.octets(Int(idCount)),
            let pathCount = reader.number(UInt16.self), let path = reader.octets(Int(pathCount)),
            let traceCount = reader.number(UInt32.self), let trace = reader.octets(Int(traceCount)),
            let count = reader.number(UInt16.self), Int(count) <= Self.recipientLimit
        else { return nil }
        envelope.queueID = id
        envelope.returnPathLine = path
        envelope.trace = trace
        envelope.recipients.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let owner = reader.number(Int64.self), let destination = reader.number(Int64.self), let flags = reader.octet(),
                let keywordCount = reader.octet()
            else { return nil }
            var keywords: [Keyword] = []
            for _ in 0..<keywordCount {
                guard let length = reader.octet(), let name = reader.octets(Int(length)) else { return nil }
                if let keyword = Keyword(String(decoding: name, as: UTF8.self)) { keywords.append(keyword) }
            }
            guard let lineCount = reader.number(UInt16.self), let line = reader.octets(Int(lineCount)) else { return nil }
            envelope.recipients.append(
                DeliverableMessage.Recipient(
                    owner: MailboxOwner(rawValue: owner), destination: .init(stored: destination),
                    flags: FlagList(Flags(rawValue: UInt64(flags)), keywords: keywords), deliveredToLine: line))
        }
        guard reader.remaining == 0 else { return nil }
        return envelope
    }

    /// The stored form.
    /// - Returns: nil where a part is longer than its length field allows.
    static func encode(
        internalDate: Int64, summary: [UInt8], queueID: [UInt8] = [], returnPathLine: [UInt8] = [], trace: [UInt8] = [],
        recipients: [DeliverableMessage.Recipient] = []
    ) -> [UInt8]? {
        guard queueID.count <= 255, returnPathLine.count <= 65_535, recipients.count <= Self.recipientLimit, trace.count < 1 << 28,
            summary.count < 1 << 28
        else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(64 + summary.count + returnPathLine.count + trace.count + recipients.count * 96)
        octets.append(Self.version)
        octets.append(0)
        octets.appendNumber(internalDate)
        octets.appendNumber(UInt32(summary.count))
        octets.append(contentsOf: summary)
        octets.append(UInt8(queueID.count))
        octets.append(contentsOf: queueID)
        octets.appendNumber(UInt16(returnPathLine.count))
        octets.append(contentsOf: returnPathLine)
        octets.appendNumber(UInt32(trace.count))
        octets.append(contentsOf: trace)
        octets.appendNumber(UInt16(recipients.count))
        for recipient in recipients {
            guard recipient.flags.keywords.count <= 255, recipient.deliveredToLine.count <= 65_535 else { return nil }
            octets.appendNumber(recipient.owner.rawValue)
            octets.appendNumber(recipient.destination.stored)
            octets.append(UInt8(truncatingIfNeeded: recipient.flags.system.rawValue))
            octets.append(UInt8(recipient.flags.keywords.count))
            for keyword in recipient.flags.keywords {
                let name = Array(keyword.name.utf8)
                octets.append(UInt8(truncatingIfNeeded: name.count))
                octets.append(contentsOf: name)
            }
            octets.appendNumber(UInt16(recipient.deliveredToLine.count))
            octets.append(contentsOf: recipient.deliveredToLine)
        }
        return octets
    }
}

extension DeliverableMessage.Destination {
    /// INBOX is 0, a special use below it, a mailbox above.
    var stored: Int64 {
        switch self {
        case .inbox: 0
        case .specialUse(let use): -use.number
        case .mailbox(let id): max(0, id.rawValue)
        }
    }

    init(stored: Int64) {
        if stored > 0 {
            self = .mailbox(MailboxID(rawValue: stored))
        } else if let use = SpecialUse(number: stored == .min ? 0 : -stored) {
            self = .specialUse(use)
        } else {
            self = .inbox
        }
    }
}
