// What a statement is given: the types that both engines know.

/// A value bound to a placeholder (`$1`, `$2` …) of a statement.
package enum SQLValue: Sendable, Hashable {
    case null
    /// BIGINT.
    case integer(Int64)
    /// TEXT (UTF-8).
    case text(String)
    /// BLOB (BYTEA).
    case blob([UInt8])

    /// BIGINT or NULL.
    package init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }
    /// TEXT or NULL.
    package init(_ text: String?) { self = text.map { .text($0) } ?? .null }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(nilLiteral: ()) { self = .null }
}
