// Writes BODY and BODYSTRUCTURE from the tree (RFC 9051 §7.5.2), with a stack of its own in place of recursion.

/// Body structure in wire form. Where a header says nothing usable the defaults of RFC 2045 are written, so the result is always well-formed.
enum BodyStructureWriter {
    /// Appends the structure of the whole message.
    static func append(_ tree: MIMETree, _ octets: Span<UInt8>, isExtensible: Bool, addressesLeft: Int, to output: inout [UInt8]) {
        var writer = BodyStructureWalk(tree: tree, isExtensible: isExtensible, addressesLeft: addressesLeft)
        writer.run(octets, &output)
    }
}

/// The walk over the tree.
private struct BodyStructureWalk {
    let tree: MIMETree
    let isExtensible: Bool
    /// Open composites and how many of their children are written.
    private var open: [(index: Int, written: Int)] = []
    private var addressesLeft: Int

    init(tree: MIMETree, isExtensible: Bool, addressesLeft: Int) {
        self.tree = tree
        self.addressesLeft = addressesLeft
        self.isExtensible = isExtensible
    }

    mutating func run(_ octets: Span<UInt8>, _ output: inout [UInt8]) {
        self.begin(0, octets, &output)
        while let (index, written) = self.open.last {
            let children = self.tree.parts[index].children
            if written < children.count {
                self.open[self.open.count - 1].written += 1
                self.begin(children[written], octets, &output)
            } else {
                self.open.removeLast()
                self.end(self.tree.parts[index], octets, &output)
            }
        }
    }

    private mutating func begin(_ index: Int, _ octets: Span<UInt8>, _ output: inout [UInt8]) {
        let part = self.tree.parts[index]
        output.append(0x28)
        switch part.kind {
        case .multipart:
            // The grammar wants one body at least; a multipart without parts shows an empty text.
            if part.children.isEmpty {
                IMAPString.append(raw: "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0", to: &output)
                if self.isExtensible { IMAPString.append(raw: " NIL NIL NIL NIL", to: &output) }
                output.append(0x29)
            }
            self.open.append((index, 0))
        case .message:
            self.appendBasic(part, octets, &output)
            output.append(0x20)
            let header = part.children.first.map { self.tree.parts[$0].header } ?? HeaderBlock(emptyAt: part.bodyRange.lowerBound)
            EnvelopeWriter.append(header, octets, addressesLeft: &self.addressesLeft, to: &output)
            output.append(0x20)
            self.open.append((index, 0))
        case .leaf:
            self.appendBasic(part, octets, &output)
            if part.contentType.isText { self.appendLines(part, &output) }
            if self.isExtensible { self.appendSinglePartExtension(part, octets, &output) }
            output.append(0x29)
        }
    }

    private func end(_ part: MIMEPart, _ octets: Span<UInt8>, _ output: inout [UInt8]) {
        if part.kind == .message {
            self.appendLines(part, &output)
            if self.isExtensible { self.appendSinglePartExtension(part, octets, &output) }
        } else {
            output.append(0x20)
            self.appendWord(part.contentType.subtype, part.contentType.written?.subtype, octets, &output)
            if self.isExtensible {
                output.append(0x20)
                ParameterWriter.append(part.contentType.parameters, needsCharset: false, to: &output)
                self.appendDisposition(part, octets, &output)
            }
        }
        output.append(0x29)
    }

    /// media type, parameters, id, description, encoding and size (RFC 9051 body-fields).
    private func appendBasic(_ part: MIMEPart, _ octets: Span<UInt8>, _ output: inout [UInt8]) {
        self.appendWord(part.contentType.type, part.contentType.written?.type, octets, &output)
        output.append(0x20)
        self.appendWord(part.contentType.subtype, part.contentType.written?.subtype, octets, &output)
        output.append(0x20)
        ParameterWriter.append(part.contentType.parameters, needsCharset: part.contentType.isText, to: &output)
        output.append(0x20)
        self.appendField(part.header.first(.contentID), octets, &output)
        output.append(0x20)
        self.appendField(part.header.first(.contentDescription), octets, &output)
        output.append(0x20)
        if let name = part.encoding.name {
            IMAPString.append(name, to: &output)
        } else if let field = part.header.first(.contentTransferEncoding) {
            IMAPString.append(text: octets, in: field.bodyRange, to: &output)
        } else {
            IMAPString.append("7bit", to: &output)
        }
        output.append(0x20)
        IMAPString.append(number: part.bodyRange.count, to: &output)
    }

    private func appendLines(_ part: MIMEPart, _ output: inout [UInt8]) {
        output.append(0x20)
        IMAPString.append(number: part.lineCount, to: &output)
    }

    private func appendSinglePartExtension(_ part: MIMEPart, _ octets: Span<UInt8>, _ output: inout [UInt8]) {
        output.append(0x20)
        self.appendField(part.header.first(.contentMD5), octets, &output)
        self.appendDisposition(part, octets, &output)
    }

    /// Disposition, language and location, which both kinds of body end with.
    private func appendDisposition(_ part: MIMEPart, _ octets: Span<UInt8>, _ output: inout [UInt8]) {
        output.append(0x20)
        if let field = part.header.first(.contentDisposition), let disposition = ContentDisposition(octets, in: field.bodyRange) {
            output.append(0x28)
            IMAPString.append(disposition.type.octets.span, to: &output)
            output.append(0x20)
            ParameterWriter.append(disposition.parameters, needsCharset: false, to: &output)
            output.append(0x29)
        } else {
            IMAPString.appendNIL(to: &output)
        }
        output.append(0x20)
        self.appendLanguages(part.header.first(.contentLanguage), octets, &output)
        output.append(0x20)
        self.appendField(part.header.first(.contentLocation), octets, &output)
    }

    /// The language tags of RFC 3282 as a list; NIL where there is none.
    private func appendLanguages(_ field: HeaderField?, _ octets: Span<UInt8>, _ output: inout [UInt8]) {
        guard let field else { return IMAPString.appendNIL(to: &output) }
        var scanner = StructuredScanner(octets, in: field.bodyRange)
        var isFirst = true
        while true {
            scanner.skipCFWS(octets)
            guard !scanner.isAtEnd else { break }
            guard let tag = scanner.token(octets) else {
                scanner.skip()
                continue
            }
            output.append(isFirst ? 0x28 : 0x20)
            isFirst = false
            IMAPString.append(octets.extracting(tag), to: &output)
        }
        if isFirst { IMAPString.appendNIL(to: &output) } else { output.append(0x29) }
    }

    private func appendField(_ field: HeaderField?, _ octets: Span<UInt8>, _ output: inout [UInt8]) {
        guard let field else { return IMAPString.appendNIL(to: &output) }
        IMAPString.append(text: octets, in: field.bodyRange, to: &output)
    }

    private func appendWord(_ word: OctetString, _ written: Range<Int>?, _ octets: Span<UInt8>, _ output: inout [UInt8]) {
        if let written {
            IMAPString.append(octets.extracting(written), to: &output)
        } else {
            IMAPString.append(word.octets.span, to: &output)
        }
    }
}
