// Numbers with their ranges (RFC 9051 §9): a number that does not fit is a syntax error, never a wrapped value.

extension WireScanner {
    /// Decimal digits as a number of at most `maximum`.
    mutating func digits(upTo maximum: UInt64) throws(SyntaxError) -> UInt64 {
        let start = self.position
        let range = try self.run(of: .digit)
        var value: UInt64 = 0
        for digit in self.octets[range] {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit &- 0x30))
            guard !overflow, !carry, sum <= maximum else { throw SyntaxError(.invalid, at: start) }
            value = sum
        }
        return value
    }

    /// number: 32 bits (RFC 9051 §9).
    package mutating func number() throws(SyntaxError) -> UInt32 {
        UInt32(truncatingIfNeeded: try self.digits(upTo: UInt64(UInt32.max)))
    }

    /// number64: 63 bits (RFC 9051 §9).
    package mutating func number64() throws(SyntaxError) -> UInt64 { try self.digits(upTo: UInt64(Int64.max)) }

    /// nz-number: 32 bits, not zero and without leading zeros (RFC 9051 §9).
    package mutating func nonZeroNumber() throws(SyntaxError) -> UInt32 {
        guard try self.peek() != UInt8(ascii: "0") else { throw self.invalid() }
        return try self.number()
    }

    /// mod-sequence-valzer: 63 bits (RFC 7162 §7).
    package mutating func modSequenceValue() throws(SyntaxError) -> UInt64 { try self.number64() }

    /// Exactly `count` digits.
    mutating func fixedDigits(_ count: Int) throws(SyntaxError) -> Int {
        var value = 0
        for _ in 0..<count {
            let octet = try self.peek()
            guard octet >= 0x30, octet <= 0x39 else { throw self.invalid() }
            value = value * 10 + Int(octet - 0x30)
            self.skip()
        }
        return value
    }

    /// 2DIGIT.
    package mutating func twoDigits() throws(SyntaxError) -> Int { try self.fixedDigits(2) }

    /// 4DIGIT.
    package mutating func fourDigits() throws(SyntaxError) -> Int { try self.fixedDigits(4) }
}
