// The first words of a message, for the list of messages (RFC 8970).

/// Previews: plain text, blanks joined, bounded in length and in the work they take.
package enum Preview {
    /// Characters of a preview at most (RFC 8970 §3.1).
    package static let characterLimit = 200
    /// Encoded octets of a part that are looked at.
    static let octetLimit = 8 * 1024

    /// Appends the preview of a message as UTF-8: of its first plain text, or without one of its first HTML text, tags left out.
    static func append(_ octets: Span<UInt8>, _ tree: MIMETree, to output: inout [UInt8]) {
        let before = output.count
        for wantsHTML in [false, true] {
            guard let index = self.firstText(tree, isHTML: wantsHTML, octets) else { continue }
            self.append(tree.parts[index].bodyRange, tree.parts[index].encoding, tree.parts[index].contentType, octets, to: &output)
            if output.count > before { return }
        }
    }

    private static func firstText(_ tree: MIMETree, isHTML: Bool, _ octets: Span<UInt8>) -> Int? {
        tree.parts.indices.first { index in
            guard tree.parts[index].kind == .leaf, tree.parts[index].contentType.isText else { return false }
            guard tree.parts[index].contentType.isHTML == isHTML else { return false }
            return tree.parts[index].disposition(in: octets)?.isAttachment != true
        }
    }

    private static func append(
        _ body: Range<Int>, _ encoding: TransferEncoding, _ type: ContentType, _ octets: Span<UInt8>, to output: inout [UInt8]
    ) {
        // HTML often begins with a style sheet that is longer than the text needed.
        let limit = type.isHTML ? self.octetLimit : self.octetLimit / 4
        let range = body.lowerBound..<min(body.upperBound, body.lowerBound + limit)
        guard encoding.isIdentity else {
            let decoded = TransferDecoder.decode(octets, in: range, as: encoding, limit: limit)
            return self.append(decoded.span, type, &output)
        }
        self.append(octets.extracting(range), type, &output)
    }

    private static func append(_ text: Span<UInt8>, _ type: ContentType, _ output: inout [UInt8]) {
        var writer = PreviewWriter(isHTML: type.isHTML)
        if !writer.write(text, isASCII: true) {
            // Something that is not ASCII came before the preview was full: once more, in the charset.
            writer = PreviewWriter(isHTML: type.isHTML)
            var decoded = DecodedText.text(of: text, charset: type.charset)
            decoded.withUTF8 { _ = writer.write($0.span, isASCII: false) }
        }
        writer.append(to: &output)
    }
}

/// Copies text with its blanks joined, up to the limit; in HTML it leaves out tags, style and script.
private struct PreviewWriter {
    let isHTML: Bool
    /// What is written so far: four octets a character at most (RFC 3629 §3).
    private var written = InlineArray<800, UInt8>(repeating: 0)
    private var count = 0
    private var characters = 0
    private var owesBlank = false

    init(isHTML: Bool) { self.isHTML = isHTML }

    /// Appends what is written.
    func append(to output: inout [UInt8]) {
        self.written.span.extracting(0..<self.count).withUnsafeBufferPointer { output.append(contentsOf: $0) }
    }

    /// Takes the text up to the limit. `text` is UTF-8, or with `isASCII` anything that may turn out to be ASCII.
    ///
    /// - Returns: false where it was not ASCII. Escapes make ISO 2022 look like it, and UTF-16 has NUL, so those are not taken for it.
    mutating func write(_ text: Span<UInt8>, isASCII: Bool) -> Bool {
        var at = 0
        while at < text.count {
            let octet = text[at]
            if octet > 0x20, octet < 0x7F {
                if self.isHTML {
                    if octet == UInt8(ascii: "<") {
                        at = self.afterTag(text, at)
                        self.owesBlank = true
                        continue
                    }
                    if octet == UInt8(ascii: "&"), let (character, next) = self.reference(text, at) {
                        at = next
                        if character == 0x20 { self.owesBlank = true } else if !self.put(character) { return true }
                        continue
                    }
                }
                guard self.put(octet) else { return true }
                at &+= 1
            } else if octet < 0x80 {
                if isASCII, octet == 0x1B || octet == 0 { return false }
                self.owesBlank = true
                at &+= 1
            } else {
                if isASCII { return false }
                let length = octet < 0xE0 ? 2 : octet < 0xF0 ? 3 : 4
                guard length <= text.count - at else { return true }
                if self.isInvisible(text, at) {
                    self.owesBlank = true
                } else {
                    guard self.put(octet) else { return true }
                    for index in at + 1..<at + length {
                        self.written[self.count] = text[index]
                        self.count += 1
                    }
                }
                at += length
            }
        }
        return true
    }

    /// Writes a character of one octet, or the first octet of a longer one, and the blank owed before it; false when the preview is full.
    private mutating func put(_ octet: UInt8) -> Bool {
        if self.owesBlank {
            self.owesBlank = false
            if self.characters > 0 {
                guard self.characters &+ 1 < Preview.characterLimit else {
                    self.characters = Preview.characterLimit
                    return false
                }
                self.written[self.count] = 0x20
                self.count &+= 1
                self.characters &+= 1
            }
        }
        guard self.characters < Preview.characterLimit else { return false }
        self.characters &+= 1
        self.written[self.count] = octet
        self.count &+= 1
        return true
    }

    /// U+0080 to U+00A0, U+034F, U+2000 to U+200F and U+FEFF: controls, blanks and joiners, with nothing to see.
    private func isInvisible(_ text: Span<UInt8>, _ at: Int) -> Bool {
        switch (text[at], text[at + 1]) {
        case (0xC2, 0x80...0xA0), (0xCD, 0x8F): true
        case (0xE2, 0x80): text[at + 2] >= 0x80 && text[at + 2] <= 0x8F
        case (0xEF, 0xBB): text[at + 2] == 0xBF
        default: false
        }
    }

    /// Where text goes on after the tag, comment, style or script that begins at `start`.
    private func afterTag(_ text: Span<UInt8>, _ start: Int) -> Int {
        func ends(_ name: StaticString, from: Int) -> Int {
            var at = from
            while let open = LineScan.next(UInt8(ascii: "<"), in: text, from: at, to: text.count) {
                let nameEnd = open + 2 + name.utf8CodeUnitCount
                if nameEnd <= text.count, text[open + 1] == UInt8(ascii: "/"), ASCII.equalsIgnoringCase(text, in: open + 2..<nameEnd, name) {
                    return self.afterAngle(text, open)
                }
                at = open + 1
            }
            return text.count
        }
        if start + 4 <= text.count, ASCII.equalsIgnoringCase(text, in: start..<start + 4, "<!--") {
            var at = start + 4
            while let close = LineScan.next(UInt8(ascii: ">"), in: text, from: at, to: text.count) {
                if text[close - 1] == UInt8(ascii: "-"), text[close - 2] == UInt8(ascii: "-") { return close + 1 }
                at = close + 1
            }
            return text.count
        }
        for name in ["style", "script", "title", "head"] as [StaticString] {
            let nameEnd = start + 1 + name.utf8CodeUnitCount
            guard nameEnd < text.count, ASCII.equalsIgnoringCase(text, in: start + 1..<nameEnd, name) else { continue }
            if !ASCII.isLetter(text[nameEnd]) { return ends(name, from: nameEnd) }
        }
        return self.afterAngle(text, start)
    }

    private func afterAngle(_ text: Span<UInt8>, _ start: Int) -> Int {
        LineScan.next(UInt8(ascii: ">"), in: text, from: start, to: text.count).map { $0 + 1 } ?? text.count
    }

    /// The few character references that a preview cannot do without.
    private func reference(_ text: Span<UInt8>, _ start: Int) -> (character: UInt8, next: Int)? {
        guard let end = LineScan.next(UInt8(ascii: ";"), in: text, from: start, to: start + 8) else { return nil }
        let name = start + 1..<end
        let known: [(StaticString, UInt8)] = [
            ("nbsp", 0x20), ("#160", 0x20), ("zwnj", 0x20), ("amp", 0x26), ("lt", 0x3C), ("gt", 0x3E), ("quot", 0x22), ("#39", 0x27), ("apos", 0x27),
        ]
        for (word, character) in known where ASCII.equalsIgnoringCase(text, in: name, word) { return (character, end + 1) }
        return nil
    }
}
