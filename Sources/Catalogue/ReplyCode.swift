// The three digits of an answer.

/// A reply code (RFC 5321 §4.2): 200 to 599.
package struct ReplyCode: Hashable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    package let rawValue: UInt16

    package init(integerLiteral value: UInt16) { rawValue = min(max(value, 200), 599) }

    /// The first digit: 2 done, 3 go on, 4 not now, 5 no.
    package var severity: UInt16 { rawValue / 100 }
    package var isTemporary: Bool { severity == 4 }
    package var isPermanent: Bool { severity == 5 }
    package var isPositive: Bool { severity < 4 }
    package var description: String { String(rawValue) }
}
