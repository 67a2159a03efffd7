// Counting line ends, for the line numbers IMAP reports.

extension LineScan {
    /// How many LF there are in `range`, clamped to what is there. Sixteen octets at a time: a plain loop is not made into vector code.
    package static func lineFeedCount(in octets: Span<UInt8>, _ range: Range<Int>) -> Int {
        let part = range.clamped(to: 0..<octets.count)
        return octets.withUnsafeBytes { buffer in
            let lineFeeds = SIMD16<UInt8>(repeating: 0x0A)
            let one = SIMD16<UInt8>(repeating: 1)
            let none = SIMD16<UInt8>(repeating: 0)
            var total = 0
            var at = part.lowerBound
            while part.upperBound &- at >= 16 {
                // A lane counts to 255 at most.
                var rounds = min((part.upperBound &- at) / 16, 255)
                var lanes = none
                while rounds > 0 {
                    let octets = buffer.loadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self)
                    lanes &+= none.replacing(with: one, where: octets .== lineFeeds)
                    at &+= 16
                    rounds &-= 1
                }
                total &+= Int(SIMD16<UInt16>(truncatingIfNeeded: lanes).wrappedSum())
            }
            while at < part.upperBound {
                total &+= buffer[at] == 0x0A ? 1 : 0
                at &+= 1
            }
            return total
        }
    }
}
