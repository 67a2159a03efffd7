// Base64 as mail uses it (RFC 2045 §6.8): line ends and foreign octets are skipped, padding ends a group, a lone tail gives what it can.

/// The state of base64 decoding between two chunks.
struct Base64Decoder: Sendable {
    private var bits: UInt32 = 0
    private var digits = 0

    /// Decodes a chunk. Octets outside the alphabet are ignored (RFC 2045 §6.8); `=` closes a group, so that joined encodings decode too.
    mutating func decode(_ chunk: Span<UInt8>, into output: inout [UInt8]) {
        guard !chunk.isEmpty else { return }
        let base = output.count
        let room = chunk.count / 4 * 3 + 6
        output.reserveCapacity(base + room)
        output.append(contentsOf: repeatElement(0, count: room))
        var bits = self.bits
        var digits = self.digits
        let written = output.withUnsafeMutableBufferPointer { buffer -> Int in
            var out = base
            var at = 0
            let end = chunk.count
            Self.values.withUnsafeBufferPointer { values in
                while at < end {
                    if digits == 0 {
                        // Whole groups, the common case: one test for all four digits.
                        while at &+ 4 <= end {
                            let one = values[Int(chunk[at])], two = values[Int(chunk[at &+ 1])]
                            let three = values[Int(chunk[at &+ 2])], four = values[Int(chunk[at &+ 3])]
                            guard (one | two | three | four) & 0xC0 == 0 else { break }
                            let word = UInt32(one) &<< 18 | UInt32(two) &<< 12 | UInt32(three) &<< 6 | UInt32(four)
                            buffer[out] = UInt8(truncatingIfNeeded: word &>> 16)
                            buffer[out &+ 1] = UInt8(truncatingIfNeeded: word &>> 8)
                            buffer[out &+ 2] = UInt8(truncatingIfNeeded: word)
                            out &+= 3
                            at &+= 4
                        }
                        guard at < end else { break }
                    }
                    let octet = chunk[at]
                    let value = values[Int(octet)]
                    at &+= 1
                    if value < 64 {
                        bits = bits &<< 6 | UInt32(value)
                        digits &+= 1
                        if digits == 4 {
                            buffer[out] = UInt8(truncatingIfNeeded: bits &>> 16)
                            buffer[out &+ 1] = UInt8(truncatingIfNeeded: bits &>> 8)
                            buffer[out &+ 2] = UInt8(truncatingIfNeeded: bits)
                            out &+= 3
                            bits = 0
                            digits = 0
                        }
                    } else if octet == UInt8(ascii: "=") {
                        out = Self.flush(&bits, &digits, buffer, out)
                    }
                }
            }
            return out
        }
        self.bits = bits
        self.digits = digits
        output.removeLast(output.count - written)
    }

    /// Appends the one or two octets an unpadded tail still holds.
    mutating func finish(into output: inout [UInt8]) {
        let base = output.count
        output.append(contentsOf: repeatElement(0, count: 3))
        var bits = self.bits
        var digits = self.digits
        let written = output.withUnsafeMutableBufferPointer { Self.flush(&bits, &digits, $0, base) }
        self.bits = bits
        self.digits = digits
        output.removeLast(output.count - written)
    }

    /// Writes what an open group holds: two digits are one octet, three are two, one digit is nothing. Padding alone writes nothing.
    private static func flush(_ bits: inout UInt32, _ digits: inout Int, _ buffer: UnsafeMutableBufferPointer<UInt8>, _ at: Int) -> Int {
        defer {
            bits = 0
            digits = 0
        }
        switch digits {
        case 2:
            buffer[at] = UInt8(truncatingIfNeeded: bits &>> 4)
            return at + 1
        case 3:
            buffer[at] = UInt8(truncatingIfNeeded: bits &>> 10)
            buffer[at + 1] = UInt8(truncatingIfNeeded: bits &>> 2)
            return at + 2
        default:
            return at
        }
    }

    /// The value of each octet as a base64 digit; 0xFF outside the alphabet.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        var value: UInt8 = 0
        for span in [UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9")] {
            for octet in span {
                table[Int(octet)] = value
                value += 1
            }
        }
        table[Int(UInt8(ascii: "+"))] = 62
        table[Int(UInt8(ascii: "/"))] = 63
        return table
    }()
}
