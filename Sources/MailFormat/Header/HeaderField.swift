// One header field as ranges into the message it stands in.

/// A header field: where its name and body lie in the octets it was parsed from. It holds no octets itself.
package struct HeaderField: Hashable, Sendable {
    /// The octets of the name, without blanks and colon.
    package let nameRange: Range<Int>
    /// The octets after the colon up to the final line end, which is left out; folds are still in it.
    package let bodyRange: Range<Int>
    /// The whole field, its final line end included.
    package let fieldRange: Range<Int>
    /// Which field it is, when it is one we know.
    package let name: FieldName?

    package init(nameRange: Range<Int>, bodyRange: Range<Int>, fieldRange: Range<Int>, name: FieldName?) {
        self.nameRange = nameRange
        self.bodyRange = bodyRange
        self.fieldRange = fieldRange
        self.name = name
    }

    /// Whether the name, in the octets the field was parsed from, is `name` in any case.
    package func isNamed(_ name: Span<UInt8>, in octets: Span<UInt8>) -> Bool {
        guard self.nameRange.upperBound <= octets.count else { return false }
        return ASCII.equalsIgnoringCase(octets.extracting(self.nameRange), name)
    }

    /// A copy of the body, folds included.
    package func body(in octets: Span<UInt8>) -> OctetString {
        OctetString(copying: octets, in: self.bodyRange)
    }
}
