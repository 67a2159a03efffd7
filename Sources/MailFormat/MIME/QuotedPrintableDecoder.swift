// Quoted-printable (RFC 2045 §6.7), read as leniently as its notes advise.

/// The state of quoted-printable decoding between two chunks.
struct QuotedPrintableDecoder: Sendable {
    /// Octets seen but not settled: a run of blanks that may end the line, or an `=` and what followed it.
    private var held: [UInt8] = []

    /// The most that is held back; a longer run of blanks than a line may have (RFC 5322 §2.1.1) is content.
    private static let heldLimit = 1_000

    /// Decodes a chunk.
    ///
    /// `=` and two hexadecimal digits of either case are an octet; `=` at the end of a line joins it to the next, blanks between them ignored;
    /// blanks at the end of a line go; any other `=` stays as it is (RFC 2045 §6.7 note on robustness). Line ends stay as they came.
    mutating func decode(_ chunk: Span<UInt8>, into output: inout [UInt8]) {
        guard !self.held.isEmpty else {
            self.decode(settled: chunk, into: &output)
            return
        }
        var joined = self.held
        self.held = []
        chunk.withUnsafeBufferPointer { joined.append(contentsOf: $0) }
        self.decode(settled: joined.span, into: &output)
    }

    private mutating func decode(settled chunk: Span<UInt8>, into output: inout [UInt8]) {
        let base = output.count
        output.reserveCapacity(base + chunk.count)
        output.append(contentsOf: repeatElement(0, count: chunk.count))
        var heldFrom = chunk.count
        let written = output.withUnsafeMutableBufferPointer { buffer -> Int in
            var out = base
            var at = 0
            let end = chunk.count
            scan: while at < end {
                let octet = chunk[at]
                switch octet {
                case UInt8(ascii: "="):
                    guard at + 1 < end else {
                        heldFrom = at
                        break scan
                    }
                    if let first = ASCII.hexValue(chunk[at + 1]) {
                        guard at + 2 < end else {
                            heldFrom = at
                            break scan
                        }
                        if let second = ASCII.hexValue(chunk[at + 2]) {
                            buffer[out] = first &<< 4 | second
                            out &+= 1
                            at += 3
                            continue
                        }
                    } else {
                        var after = at + 1
                        while after < end, ByteSet.blank.contains(chunk[after]) { after += 1 }
                        if after < end, chunk[after] == 0x0D { after += 1 }
                        guard after < end else {
                            heldFrom = at
                            break scan
                        }
                        if chunk[after] == 0x0A {
                            at = after + 1
                            continue
                        }
                    }
                    buffer[out] = octet
                    out &+= 1
                    at += 1
                case 0x20, 0x09:
                    var after = at + 1
                    while after < end, ByteSet.blank.contains(chunk[after]) { after += 1 }
                    var lineEnd = after
                    if lineEnd < end, chunk[lineEnd] == 0x0D { lineEnd += 1 }
                    guard lineEnd < end else {
                        heldFrom = at
                        break scan
                    }
                    if chunk[lineEnd] != 0x0A {
                        while at < after {
                            buffer[out] = chunk[at]
                            out &+= 1
                            at += 1
                        }
                    }
                    at = after
                default:
                    buffer[out] = octet
                    out &+= 1
                    at &+= 1
                }
            }
            return out
        }
        output.removeLast(output.count - written)
        guard chunk.count - heldFrom <= Self.heldLimit else {
            chunk.extracting(heldFrom..<chunk.count).withUnsafeBufferPointer { output.append(contentsOf: $0) }
            return
        }
        if heldFrom < chunk.count { self.held = chunk.extracting(heldFrom..<chunk.count).withUnsafeBufferPointer { Array($0) } }
    }

    /// Settles what was held when the body ends here: trailing blanks and a last `=` go, an unfinished code stays as it is.
    mutating func finish(into output: inout [UInt8]) {
        defer { self.held = [] }
        guard let first = self.held.first else { return }
        if first == UInt8(ascii: "=") {
            let rest = self.held.dropFirst()
            if rest.allSatisfy({ ByteSet.foldingWhite.contains($0) }) { return }
            output.append(contentsOf: self.held)
        } else if self.held.last == 0x0D {
            output.append(0x0D)
        }
    }
}
