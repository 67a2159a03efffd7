// A value of the configuration file, free of the parser that read it.

/// A TOML value as plain data. Also what settings render themselves to, so that TOML and JSON come from one place.
package enum ConfigurationNode: Hashable, Sendable {
    case string(String)
    case integer(Int)
    case float(Double)
    case boolean(Bool)
    /// A date or time; no setting takes one.
    case date(String)
    case array([ConfigurationNode])
    case table([String: ConfigurationNode])

    /// What a person would call it, with its article.
    package var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "a whole number"
        case .float: "a fraction"
        case .boolean: "a truth value"
        case .date: "a date"
        case .array: "a list"
        case .table: "a table"
        }
    }

    /// The value as one line of TOML.
    package var toml: String {
        switch self {
        case .string(let text): Self.quoted(text)
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .boolean(let truth): truth ? "true" : "false"
        case .date(let text): text
        case .array(let values): "[" + values.map(\.toml).joined(separator: ", ") + "]"
        case .table(let values):
            "{ " + values.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)) = \($0.value.toml)" }.joined(separator: ", ") + " }"
        }
    }

    /// The value as JSON (RFC 8259).
    package var json: String {
        switch self {
        case .string(let text), .date(let text): Self.quoted(text)
        case .integer(let number): "\(number)"
        case .float(let number): number.isFinite ? "\(number)" : "null"
        case .boolean(let truth): truth ? "true" : "false"
        case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .table(let values):
            "{" + values.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ",") + "}"
        }
    }

    /// A string between quotes with the escapes that TOML basic strings and JSON share.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
