// The pass over a message that finds its parts: a loop with a stack of open parts, whose work does not depend on what the parts contain.

/// State of one pass. Every octet is looked at a bounded number of times: once for line ends, once as header or content.
struct MIMEParser {
    /// A part whose end is not yet known.
    private struct OpenPart {
        let index: Int
        /// Line feeds of the message before its body.
        let linesBefore: Int
        /// Whether it holds an entry of the delimiter stack.
        let isDelimited: Bool
    }

    /// What an entity is when its header does not say (RFC 2045 §5.2, RFC 2046 §5.1.5).
    private enum Default {
        case plainText
        case message
    }

    private let end: Int
    private let limits: MailLimits
    /// Fields that headers may still record; a message of many parts must not cost many times its size.
    private var fieldsLeft: Int
    private var parts: [MIMEPart] = []
    private var open: [OpenPart] = []
    private var delimiters = DelimiterStack()
    private var defects: MIMEDefects = []
    /// The beginning of the line to be looked at next.
    private var cursor = 0
    /// Line feeds before `cursor`.
    private var lines = 0

    init(end: Int, limits: MailLimits) {
        self.end = end
        self.limits = limits
        self.fieldsLeft = limits.headerFields.multipliedReportingOverflow(by: 10).partialValue
        self.open.reserveCapacity(4)
        self.parts.reserveCapacity(4)
    }

    mutating func parse(_ octets: Span<UInt8>) -> MIMETree {
        self.beginEntity(octets, parent: nil, default: .plainText)
        while !self.delimiters.isEmpty, let (line, match) = self.nextDelimiter(octets) {
            self.take(match, at: line, octets)
        }
        if self.cursor < self.end {
            self.lines += LineScan.lineFeedCount(in: octets, self.cursor..<self.end)
            self.cursor = self.end
        }
        self.closeParts(downTo: 0, line: self.end, lineEnd: 0, octets)
        return MIMETree(parts: self.parts, defects: self.defects)
    }

    // MARK: Entities

    /// Reads the header at the cursor and opens its part; goes on into encapsulated messages until there is content to scan.
    private mutating func beginEntity(_ octets: Span<UInt8>, parent: Int?, default fallback: Default) {
        var parent = parent
        var fallback = fallback
        while true {
            let start = self.cursor
            let header: HeaderBlock
            // Enough for what MIME needs even when the message has used up its fields.
            var limits = self.limits
            limits.headerFields = min(limits.headerFields, max(self.fieldsLeft, 50))
            if self.delimiters.isEmpty {
                header = HeaderBlock.parse(octets, in: start..<self.end, limits: limits)
                self.cursor = header.bodyStart
                // Only differences of `lines` count, so the header of the message itself need not be looked at again.
                if parent != nil { self.lines += LineScan.lineFeedCount(in: octets, start..<self.cursor) }
            } else {
                let (limit, lineFeeds) = self.headerLimit(octets, from: start)
                header = HeaderBlock.parse(octets, in: start..<limit, limits: limits)
                self.cursor = header.bodyStart
                self.lines += self.cursor == limit ? lineFeeds : LineScan.lineFeedCount(in: octets, start..<self.cursor)
            }
            self.fieldsLeft -= min(header.fields.count, self.fieldsLeft)
            let index = self.parts.count
            let isMessage = self.open(header, octets, parent: parent, default: fallback)
            guard isMessage else { return }
            parent = index
            fallback = .plainText
        }
    }

    /// Where a header that begins at `start` must have ended: after its blank line, or before a delimiter that comes first.
    private mutating func headerLimit(_ octets: Span<UInt8>, from start: Int) -> (limit: Int, lineFeeds: Int) {
        var line = start
        var count = 0
        while line < self.end {
            if DelimiterStack.mayBegin(octets, at: line, end: self.end), self.delimiters.match(octets, line: line, end: self.end) != nil {
                self.defects.insert(.unfinishedHeader)
                // The line end before a delimiter is the delimiter's.
                let length = self.lineEndLength(octets, before: line, from: start)
                return (line - length, length > 0 ? count - 1 : count)
            }
            guard let lineFeed = LineScan.nextLineFeed(in: octets, from: line, to: self.end) else { return (self.end, count) }
            count += 1
            if lineFeed == line || (lineFeed == line + 1 && octets[line] == 0x0D) { return (lineFeed + 1, count) }
            line = lineFeed + 1
        }
        return (self.end, count)
    }

    /// Records a part and opens it.
    ///
    /// - Returns: true where its body is a message whose header is to be read next.
    private mutating func open(_ header: HeaderBlock, _ octets: Span<UInt8>, parent: Int?, default fallback: Default) -> Bool {
        let index = self.parts.count
        var type: ContentType?
        var declaredEncoding: TransferEncoding?
        var hasDisposition = false
        for field in header.fields {
            switch field.name {
            case .contentType where type == nil:
                type = ContentType(octets, in: field.bodyRange, limits: self.limits)
                if type == nil { self.defects.insert(.malformedContentType) }
                type = type ?? .plainText
            case .contentTransferEncoding where declaredEncoding == nil:
                declaredEncoding = TransferEncoding(octets, in: field.bodyRange)
            case .contentDisposition where !hasDisposition:
                hasDisposition = true
            case .contentType, .contentTransferEncoding, .contentDisposition:
                self.defects.insert(.repeatedField)
            default:
                break
            }
        }
        var contentType = type ?? (fallback == .message ? .message : .plainText)
        var encoding = declaredEncoding ?? .sevenBit
        if encoding == .unknown { self.defects.insert(.unknownEncoding) }

        var kind = MIMEPart.Kind.leaf
        var boundary: [UInt8] = []
        if contentType.isMultipart {
            boundary = contentType.boundary(limit: self.limits.boundaryOctets)
            if boundary.isEmpty {
                // Without a boundary it is no multipart but text (RFC 2045 §5.2: what cannot be read is plain text).
                contentType = .plainText
                self.defects.insert(.missingBoundary)
            } else {
                kind = .multipart
            }
        } else if contentType.isMessage {
            kind = .message
        }
        if kind != .leaf {
            if !encoding.isIdentity { self.defects.insert(.encodedComposite) }
            let isFull = kind == .message && self.parts.count + 1 >= self.limits.parts
            if self.open.count >= self.limits.depth || isFull {
                self.defects.insert(isFull ? .tooManyParts : .tooDeep)
                kind = .leaf
                contentType = .opaque
            }
        }
        // An encoded message cannot be looked into where it lies: its one child is the encoded text.
        if let parent, self.parts[parent].kind == .message, !self.parts[parent].encoding.isIdentity {
            encoding = self.parts[parent].encoding
            if kind != .leaf { kind = .leaf; contentType = .plainText }
        }

        self.append(
            MIMEPart(
                header: header, bodyRange: self.cursor..<self.end, contentType: contentType,
                encoding: kind == .multipart && !encoding.isIdentity ? .binary : encoding,
                kind: kind, parent: parent, depth: self.open.count),
            isDelimited: kind == .multipart)
        if kind == .multipart {
            if boundary.count > 70 { self.defects.insert(.longBoundary) }
            if self.delimiters.push(boundary, part: index) { self.defects.insert(.ambiguousBoundary) }
        }
        return kind == .message
    }

    private mutating func append(_ part: MIMEPart, isDelimited: Bool) {
        let index = self.parts.count
        if let parent = part.parent { self.parts[parent].children.append(index) }
        self.parts.append(part)
        self.open.append(OpenPart(index: index, linesBefore: self.lines, isDelimited: isDelimited))
    }

    // MARK: Delimiters

    /// Goes over content lines to the next delimiter of any open multipart; the cursor then stands behind it.
    ///
    /// - Returns: where the delimiter line begins, or nil when the message ended; `lines` then counts to the end.
    private mutating func nextDelimiter(_ octets: Span<UInt8>) -> (line: Int, match: DelimiterStack.Match)? {
        var line = self.cursor
        var count = 0
        defer { self.lines += count }
        while line < self.end {
            if DelimiterStack.mayBegin(octets, at: line, end: self.end), let match = self.delimiters.match(octets, line: line, end: self.end) {
                self.cursor = match.nextLine
                return (line, match)
            }
            guard let lineFeed = LineScan.nextLineFeed(in: octets, from: line, to: self.end) else { break }
            count &+= 1
            line = lineFeed &+ 1
        }
        self.cursor = self.end
        return nil
    }

    private mutating func take(_ match: DelimiterStack.Match, at line: Int, _ octets: Span<UInt8>) {
        let lineFeeds = match.nextLine > line && octets[match.nextLine - 1] == 0x0A ? 1 : 0
        if match.hasTail { self.defects.insert(.delimiterWithTail) }
        let entry = self.delimiters.entries[match.entry]
        guard !entry.isClosed else {
            self.lines += lineFeeds
            self.defects.insert(.delimiterAfterClose)
            return
        }
        self.closeParts(inside: match.entry, line: line, octets)
        self.lines += lineFeeds
        if match.closes {
            self.delimiters.close(match.entry)
        } else if self.parts.count + 1 >= self.limits.parts {
            self.keepRestShut(parent: entry.part)
        } else {
            self.beginEntity(octets, parent: entry.part, default: self.parts[entry.part].contentType.isDigest ? .message : .plainText)
        }
    }

    /// Makes one part of everything that is left.
    private mutating func keepRestShut(parent: Int) {
        self.defects.insert(.tooManyParts)
        self.append(
            MIMEPart(
                header: HeaderBlock(emptyAt: self.cursor), bodyRange: self.cursor..<self.end, contentType: .opaque, encoding: .binary, kind: .leaf,
                parent: parent, depth: self.open.count),
            isDelimited: false)
        while !self.delimiters.isEmpty { self.delimiters.pop() }
    }

    // MARK: Ends

    /// Ends every part inside the multipart at `entry` of the delimiter stack.
    private mutating func closeParts(inside entry: Int, line: Int, _ octets: Span<UInt8>) {
        let owner = self.delimiters.entries[entry].part
        var keep = self.open.count
        while keep > 0, self.open[keep - 1].index != owner { keep -= 1 }
        self.closeParts(downTo: keep, line: line, lineEnd: self.lineEndLength(octets, before: line, from: 0), octets)
    }

    /// Ends the open parts above the first `keep`, at the line end before `line`; a part that is all header ends where its body would begin.
    private mutating func closeParts(downTo keep: Int, line: Int, lineEnd: Int, _ octets: Span<UInt8>) {
        var bound = line - lineEnd
        while self.open.count > keep {
            let ending = self.open.removeLast()
            bound = max(bound, self.parts[ending.index].bodyRange.lowerBound)
            let counted = self.lines - (bound < line ? LineScan.lineFeedCount(in: octets, bound..<line) : 0)
            self.parts[ending.index].bodyRange = self.parts[ending.index].bodyRange.lowerBound..<bound
            self.parts[ending.index].lineCount = max(0, counted - ending.linesBefore)
            guard ending.isDelimited else { continue }
            if self.parts[ending.index].children.isEmpty { self.defects.insert(.noParts) }
            if let last = self.delimiters.entries.last, last.part == ending.index {
                if !last.isClosed { self.defects.insert(.missingClose) }
                self.delimiters.pop()
            }
        }
    }

    /// The length of the line end just before `line`: 2 for CRLF, 1 for LF, 0 at `from`.
    private func lineEndLength(_ octets: Span<UInt8>, before line: Int, from start: Int) -> Int {
        guard line > start, line <= octets.count, octets[line - 1] == 0x0A else { return 0 }
        return line - 1 > start && octets[line - 2] == 0x0D ? 2 : 1
    }
}
