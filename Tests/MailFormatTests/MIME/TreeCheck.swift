// What must hold for the tree of any octets whatever; used by every test that parses.
import Foundation
import MailFormat

/// The rules of a consistent tree.
enum TreeCheck {
    /// The first rule that is broken, or nil.
    static func problem(_ octets: [UInt8], _ tree: MIMETree, limits: MailLimits = .standard) -> String? {
        if tree.parts.isEmpty { return "no parts" }
        if tree.parts.count > limits.parts { return "\(tree.parts.count) parts" }
        if tree.parts[0].range != 0..<octets.count { return "the message is \(tree.parts[0].range) of \(octets.count)" }
        for (index, part) in tree.parts.enumerated() {
            if let broken = self.problem(of: part, index, octets, tree) { return "part \(index): \(broken)" }
            if part.depth > limits.depth { return "part \(index): depth \(part.depth)" }
        }
        return nil
    }

    private static func problem(of part: MIMEPart, _ index: Int, _ octets: [UInt8], _ tree: MIMETree) -> String? {
        let all = 0..<octets.count
        func lies(_ inner: Range<Int>, in outer: Range<Int>) -> Bool {
            inner.lowerBound >= outer.lowerBound && inner.upperBound <= outer.upperBound
        }
        if !lies(part.bodyRange, in: all) || !lies(part.header.range, in: all) { return "outside the octets" }
        if part.header.range.upperBound != part.bodyRange.lowerBound { return "header \(part.header.range) body \(part.bodyRange)" }
        for field in part.header.fields where !lies(field.fieldRange, in: part.header.range) || !lies(field.bodyRange, in: field.fieldRange) {
            return "field \(field.fieldRange) outside \(part.header.range)"
        }
        let lineFeeds = self.lineFeeds(octets, part.bodyRange)
        if lineFeeds != part.lineCount { return "\(part.lineCount) lines counted, \(lineFeeds) there" }
        switch part.kind {
        case .leaf: if !part.children.isEmpty { return "a leaf with children" }
        case .message:
            if part.children.count != 1 { return "a message with \(part.children.count) children" }
            if tree.parts[part.children[0]].range != part.bodyRange { return "the message inside is not the body" }
        case .multipart: if !part.contentType.isMultipart { return "a multipart that is none" }
        }
        if (part.parent == nil) != (index == 0) { return "parent" }
        if part.parent.map({ $0 >= index || !tree.parts[$0].children.contains(index) }) ?? false { return "not a child of its parent" }
        var before = part.bodyRange.lowerBound
        for child in part.children {
            guard child > index, child < tree.parts.count else { return "child \(child)" }
            let range = tree.parts[child].range
            if range.lowerBound < before || range.upperBound > part.bodyRange.upperBound {
                return "child \(child) \(range) outside \(part.bodyRange)"
            }
            before = range.upperBound
            if tree.parts[child].parent != index { return "child \(child) has another parent" }
            if tree.parts[child].depth != part.depth + 1 { return "child \(child) is \(tree.parts[child].depth) deep" }
        }
        return nil
    }

    /// Counted apart from the parser, with the C library, since tests are built without optimisation.
    private static func lineFeeds(_ octets: [UInt8], _ range: Range<Int>) -> Int {
        octets.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            var count = 0
            var at = range.lowerBound
            while at < range.upperBound, let found = memchr(base + at, 0x0A, range.upperBound - at) {
                count += 1
                at = UnsafeRawPointer(found) - base + 1
            }
            return count
        }
    }

    /// The tree in one line: `multipart/mixed[text/plain 12, message/rfc822[text/plain 3]]`, numbers being octets of leaf bodies.
    static func outline(_ tree: MIMETree, at index: Int = 0) -> String {
        let part = tree.parts[index]
        let name = "\(part.contentType.type)/\(part.contentType.subtype)"
        if part.kind == .leaf { return "\(name) \(part.bodyRange.count)" }
        return "\(name)[\(part.children.map { self.outline(tree, at: $0) }.joined(separator: ", "))]"
    }
}

/// A test message written with LF, as octets with CRLF.
func wire(_ text: String) -> [UInt8] { lines(Array(text.utf8), with: [0x0D, 0x0A]) }

/// The same octets with every line end written as `lineEnd`.
func lines(_ octets: [UInt8], with lineEnd: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(octets.count + octets.count / 16)
    for (index, octet) in octets.enumerated() {
        if octet == 0x0A {
            result.append(contentsOf: lineEnd)
        } else if octet != 0x0D || index + 1 == octets.count || octets[index + 1] != 0x0A {
            result.append(octet)
        }
    }
    return result
}
