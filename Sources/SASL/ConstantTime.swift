// Comparing secrets so that the time taken tells nothing about where they differ.

/// Comparison of secrets.
package enum ConstantTime {
    /// Whether two runs of octets are equal. The time depends on the lengths alone.
    package static func equals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
