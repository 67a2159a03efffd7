// FETCH responses, item by item, written straight into the buffer (RFC 9051 §7.5.2).
import MailFormat

extension ResponseBuffer {
    /// `* n FETCH (`; items follow, each with a space before it but the first, then `endFetch()`.
    package mutating func beginFetch(_ number: UInt32) {
        self.append("* ")
        self.append(number: number)
        self.append(" FETCH (")
    }

    /// `)` and the line end.
    package mutating func endFetch() { self.append(")\r\n") }

    package mutating func appendUID(_ uid: UInt32) {
        self.append("UID ")
        self.append(number: uid)
    }

    package mutating func appendModSequence(_ value: UInt64) {
        self.append("MODSEQ (")
        self.append(number: value)
        self.append(")")
    }

    package mutating func appendSize(_ count: UInt64) {
        self.append("RFC822.SIZE ")
        self.append(number: count)
    }

    package mutating func appendInternalDate(_ date: InternalDate) {
        self.append("INTERNALDATE ")
        self.append(date: date)
    }

    /// The name of a section as it comes back: `BODY[…]` and the origin of a partial fetch.
    package mutating func append(sectionName section: Section, origin: UInt32?) {
        self.append("BODY[")
        self.append(part: section.part)
        if section.text != .whole, !section.part.isEmpty { self.append(".") }
        switch section.text {
        case .whole: break
        case .header: self.append("HEADER")
        case .text: self.append("TEXT")
        case .mime: self.append("MIME")
        case .headerFields(let names):
            self.append("HEADER.FIELDS (")
            self.append(fieldNames: names)
        case .headerFieldsNot(let names):
            self.append("HEADER.FIELDS.NOT (")
            self.append(fieldNames: names)
        }
        self.append("]")
        self.append(origin: origin)
    }

    /// `BINARY[…]` and the origin.
    package mutating func append(binaryName part: [UInt32], origin: UInt32?) {
        self.append("BINARY[")
        self.append(part: part)
        self.append("]")
        self.append(origin: origin)
    }

    /// `BINARY.SIZE[…] n`.
    package mutating func append(binarySize count: Int, part: [UInt32]) {
        self.append("BINARY.SIZE[")
        self.append(part: part)
        self.append("] ")
        self.append(number: count)
    }

    private mutating func append(part: [UInt32]) {
        for (index, number) in part.enumerated() {
            if index > 0 { self.append(".") }
            self.append(number: number)
        }
    }

    private mutating func append(origin: UInt32?) {
        guard let origin else { return }
        self.append("<")
        self.append(number: origin)
        self.append(">")
    }

    private mutating func append(fieldNames: [OctetString]) {
        for (index, name) in fieldNames.enumerated() {
            if index > 0 { self.space() }
            self.append(astring: name.octets)
        }
        self.append(")")
    }
}
