// Arguments of GETMETADATA and SETMETADATA (RFC 5464).
package import MailFormat

/// Options of GETMETADATA.
package enum MetadataOption: Hashable, Sendable {
    case maximumSize(UInt32)
    /// 0, 1 or nil for infinity.
    case depth(UInt32?)
    case other(ExtensionParameter)
}

/// An entry with its new value; nil removes it.
package struct MetadataEntry: Hashable, Sendable {
    package let name: OctetString
    package let value: OctetString?
}

extension WireScanner {
    /// One option of GETMETADATA.
    package mutating func metadataOption() throws(SyntaxError) -> MetadataOption {
        switch try self.upcomingToken() {
        case Array("MAXSIZE".utf8):
            self.advance(by: 7)
            try self.space()
            return .maximumSize(try self.number())
        case Array("DEPTH".utf8):
            self.advance(by: 5)
            return .depth(try self.depthValue())
        default: return .other(try self.extensionParameter())
        }
    }

    /// `"(" option *(SP option) ")"`.
    package mutating func metadataOptions() throws(SyntaxError) -> [MetadataOption] {
        try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.metadataOption() }
    }

    private mutating func depthValue() throws(SyntaxError) -> UInt32? {
        try self.space()
        if try self.peek() | 0x20 == UInt8(ascii: "i") {
            try self.word("INFINITY")
            return nil
        }
        return try self.number()
    }

    /// scope-option: `DEPTH SP ("0" / "1" / "infinity")`.
    package mutating func depthOption() throws(SyntaxError) -> UInt32? {
        try self.word("DEPTH")
        return try self.depthValue()
    }

    /// entries: an entry or a list of entries.
    package mutating func metadataEntries() throws(SyntaxError) -> [OctetString] {
        guard try self.peek() == UInt8(ascii: "(") else { return [try self.astring()] }
        return try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.astring() }
    }

    /// value: nstring or literal8.
    package mutating func metadataValue() throws(SyntaxError) -> OctetString? {
        try self.peek() == UInt8(ascii: "~") ? try self.literal8() : try self.nstring()
    }

    /// entry-value: `entry SP value`.
    package mutating func metadataEntry() throws(SyntaxError) -> MetadataEntry {
        let name = try self.astring()
        try self.space()
        return MetadataEntry(name: name, value: try self.metadataValue())
    }

    /// entry-values: `"(" entry-value *(SP entry-value) ")"`.
    package mutating func metadataEntryList() throws(SyntaxError) -> [MetadataEntry] {
        try self.list(allowsEmpty: false) { scanner throws(SyntaxError) in try scanner.metadataEntry() }
    }
}
