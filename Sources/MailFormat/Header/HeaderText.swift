// The text of a header field without its folds.

/// Unfolding (RFC 5322 §2.2.3).
package enum HeaderText {
    /// The octets of a field body with the line ends of folds removed and nothing else changed; blanks at both ends are left out.
    package static func unfolded(_ octets: Span<UInt8>, in range: Range<Int>) -> OctetString {
        let range = self.trimmed(octets, range)
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var start = range.lowerBound
        while start < range.upperBound {
            guard let lineFeed = LineScan.nextLineFeed(in: octets, from: start, to: range.upperBound) else {
                octets.extracting(start..<range.upperBound).withUnsafeBufferPointer { text.append(contentsOf: $0) }
                break
            }
            let end = LineScan.contentEnd(in: octets, lineStart: start, lineFeed: lineFeed)
            octets.extracting(start..<end).withUnsafeBufferPointer { text.append(contentsOf: $0) }
            start = lineFeed + 1
        }
        return OctetString(text)
    }

    /// The range without blanks and line ends at its two ends.
    package static func trimmed(_ octets: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        let range = range.clamped(to: 0..<octets.count)
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, ByteSet.foldingWhite.contains(octets[start]) { start += 1 }
        while end > start, ByteSet.foldingWhite.contains(octets[end - 1]) { end -= 1 }
        return start..<end
    }
}
