// Undoes a content transfer encoding, whole or chunk by chunk, never failing and never making more than it was told to.

/// A decoder that may be fed in chunks cut anywhere; it carries what a chunk left unfinished.
package struct TransferDecoder: Sendable {
    private enum Mode: Sendable {
        case identity
        case base64(Base64Decoder)
        case quotedPrintable(QuotedPrintableDecoder)
    }

    private var mode: Mode

    /// A decoder at the beginning of a body.
    package init(_ encoding: TransferEncoding) {
        switch encoding {
        case .sevenBit, .eightBit, .binary, .unknown: self.mode = .identity
        case .base64: self.mode = .base64(Base64Decoder())
        case .quotedPrintable: self.mode = .quotedPrintable(QuotedPrintableDecoder())
        }
    }

    /// Decodes the next octets of the body and appends the result, but never lets `output` grow beyond `limit` octets.
    ///
    /// - Returns: false once the limit cut something off; there is no sense in feeding more.
    @discardableResult
    package mutating func decode(_ chunk: Span<UInt8>, into output: inout [UInt8], limit: Int = .max) -> Bool {
        let room = max(0, limit - output.count)
        switch self.mode {
        case .identity:
            chunk.extracting(first: room).withUnsafeBufferPointer { output.append(contentsOf: $0) }
        case .base64(var decoder):
            decoder.decode(chunk, into: &output)
            self.mode = .base64(decoder)
        case .quotedPrintable(var decoder):
            decoder.decode(chunk, into: &output)
            self.mode = .quotedPrintable(decoder)
        }
        if case .identity = self.mode { return chunk.count <= room }
        guard output.count > limit else { return true }
        output.removeLast(output.count - max(limit, 0))
        return false
    }

    /// Appends what was held back when the body ends here.
    package mutating func finish(into output: inout [UInt8], limit: Int = .max) {
        switch self.mode {
        case .identity: break
        case .base64(var decoder):
            decoder.finish(into: &output)
            self.mode = .base64(decoder)
        case .quotedPrintable(var decoder):
            decoder.finish(into: &output)
            self.mode = .quotedPrintable(decoder)
        }
        if output.count > limit { output.removeLast(output.count - max(limit, 0)) }
    }

    /// The decoded octets of `range`, at most `limit` of them. Work is bounded by `limit` too, not only by the range.
    package static func decode(
        _ octets: Span<UInt8>, in range: Range<Int>, as encoding: TransferEncoding, limit: Int = .max
    ) -> [UInt8] {
        let part = range.clamped(to: 0..<octets.count)
        var output: [UInt8] = []
        var decoder = TransferDecoder(encoding)
        var at = part.lowerBound
        // One chunk unless a limit makes it worth stopping early.
        let step = limit >= part.count ? max(part.count, 1) : max(4 * 1024, min(limit, 64 * 1024))
        while at < part.upperBound {
            let end = part.upperBound - at <= step ? part.upperBound : at + step
            guard decoder.decode(octets.extracting(at..<end), into: &output, limit: limit) else { return output }
            at = end
        }
        decoder.finish(into: &output, limit: limit)
        return output
    }
}
