// The parts of one message that FETCH asks for, found in its octets (RFC 9051 §6.4.5, RFC 3516 §4).
import IMAPProtocol
import MailFormat

/// What an item of FETCH is for one message.
enum MessagePiece {
    /// The item needs no octets of the message.
    case none
    /// There is no such part.
    case absent
    case octets(ArraySlice<UInt8>, isBinary: Bool)
    /// Octets that are in the grammar already.
    case structure([UInt8])
    case size(Int)
    /// The part's transfer encoding is not known (RFC 3516 §4.3).
    case unknownEncoding

    var isUnknownEncoding: Bool {
        if case .unknownEncoding = self { return true }
        return false
    }
}

/// A message of which parts are taken; its tree is made when it is needed, and once.
struct MessageSource {
    let octets: [UInt8]
    private var parsedTree: MIMETree?
    private var parsedHeader: HeaderBlock?

    init(_ octets: [UInt8]) { self.octets = octets }

    mutating func tree() -> MIMETree {
        if let parsedTree = self.parsedTree { return parsedTree }
        let tree = MIMETree.parse(self.octets.span)
        self.parsedTree = tree
        return tree
    }

    /// The header of the message, without looking at the body.
    mutating func header() -> HeaderBlock {
        if let parsedHeader = self.parsedHeader { return parsedHeader }
        let header = self.parsedTree?.message.header ?? HeaderBlock.parse(self.octets.span)
        self.parsedHeader = header
        return header
    }

    mutating func piece(_ item: FetchItem) -> MessagePiece {
        switch item {
        case .envelope, .flags, .internalDate, .rfc822Size, .bodyStructure, .uid, .modSequence, .preview, .emailID, .threadID, .saveDate, .vendor: return .none
        case .rfc822: return .octets(self.octets[...], isBinary: false)
        case .rfc822Header: return self.piece(Section(text: .header), nil)
        case .rfc822Text: return self.piece(Section(text: .text), nil)
        case .body:
            let tree = self.tree()
            return .structure(MessageSummary.body(self.octets.span, tree))
        case .section(let section, let partial, _): return self.piece(section, partial)
        case .binary(let part, let partial, _):
            guard let decoded = self.decoded(part) else { return .unknownEncoding }
            guard let octets = decoded else { return .absent }
            let slice = Self.cut(octets[...], partial)
            return .octets(slice, isBinary: slice.contains(0))
        case .binarySize(let part):
            guard let decoded = self.decoded(part) else { return .unknownEncoding }
            return .size(decoded?.count ?? 0)
        }
    }

    private mutating func piece(_ section: Section, _ partial: PartialRange?) -> MessagePiece {
        let path = section.part.map { Int($0) }
        let range: Range<Int>?
        switch section.text {
        case .whole: range = path.isEmpty ? 0..<self.octets.count : self.tree().range(of: .whole, at: path)
        case .header: range = path.isEmpty ? 0..<self.header().bodyStart : self.tree().range(of: .header, at: path)
        case .text: range = path.isEmpty ? self.header().bodyStart..<self.octets.count : self.tree().range(of: .text, at: path)
        case .mime: range = self.tree().range(of: .mime, at: path)
        case .headerFields(let names): return self.fields(names, path, areNamed: true, partial)
        case .headerFieldsNot(let names): return self.fields(names, path, areNamed: false, partial)
        }
        guard let range else { return .absent }
        return .octets(Self.cut(self.octets[range.clamped(to: 0..<self.octets.count)], partial), isBinary: false)
    }

    /// The named fields, or all the others, in their order, and an empty line (RFC 9051 §6.4.5.1).
    private mutating func fields(_ names: [OctetString], _ path: [Int], areNamed: Bool, _ partial: PartialRange?) -> MessagePiece {
        guard let header = path.isEmpty ? self.header() : self.tree().header(at: path) else { return .absent }
        var taken: [UInt8] = []
        for field in header.fields {
            let isNamed = names.contains { field.isNamed($0.octets.span, in: self.octets.span) }
            if isNamed == areNamed { taken.append(contentsOf: self.octets[field.fieldRange.clamped(to: 0..<self.octets.count)]) }
        }
        if taken.count > 0, taken.last != 0x0A { taken.append(contentsOf: [0x0D, 0x0A]) }
        taken.append(contentsOf: [0x0D, 0x0A])
        return .octets(Self.cut(taken[...], partial), isBinary: false)
    }

    /// A part with its transfer encoding undone: nil where that is not known, `.some(nil)` where there is no such part.
    private mutating func decoded(_ part: [UInt32]) -> [UInt8]?? {
        guard !part.isEmpty else { return .some(self.octets) }
        let tree = self.tree()
        guard let index = tree.part(at: part.map { Int($0) }) else { return .some(nil) }
        let found = tree.parts[index]
        if found.encoding == .unknown { return nil }
        guard found.kind == .leaf else { return .some(Array(self.octets[found.bodyRange.clamped(to: 0..<self.octets.count)])) }
        return .some(TransferDecoder.decode(self.octets.span, in: found.bodyRange, as: found.encoding))
    }

    /// `<origin.count>` of what there is.
    static func cut(_ octets: ArraySlice<UInt8>, _ partial: PartialRange?) -> ArraySlice<UInt8> {
        guard let partial else { return octets }
        return octets.dropFirst(Int(partial.origin)).prefix(Int(partial.count))
    }
}
