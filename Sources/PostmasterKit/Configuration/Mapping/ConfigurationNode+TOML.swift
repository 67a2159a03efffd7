// The one place that knows the TOML parser: text in, plain values or a syntax error with its line out.
import TOMLKit

extension ConfigurationNode {
    /// Where a text stops being TOML.
    package struct SyntaxError: Error, Sendable, Equatable {
        package let line: Int
        package let column: Int
        package let detail: String
    }

    /// Parses a whole file into a table. Equal keys, bad escapes and the like are syntax errors of the parser.
    package static func parseTOML(_ text: String) throws(SyntaxError) -> [String: ConfigurationNode] {
        let table: TOMLTable
        do { table = try TOMLTable(string: text) } catch let error as TOMLParseError {
            throw SyntaxError(line: Int(error.source.begin.line), column: Int(error.source.begin.column), detail: error.description)
        } catch { throw SyntaxError(line: 1, column: 1, detail: "\(error)") }
        return members(of: table)
    }

    private static func members(of table: TOMLTable) -> [String: ConfigurationNode] {
        var members: [String: ConfigurationNode] = [:]
        for key in table.keys { if let value = table[key] { members[key] = node(from: value) } }
        return members
    }

    private static func node(from value: any TOMLValueConvertible) -> ConfigurationNode {
        if let text = value.string { return .string(text) }
        if let truth = value.bool { return .boolean(truth) }
        if let number = value.int { return .integer(number) }
        if let number = value.double { return .float(number) }
        if let list = value.array { return .array(list.map { node(from: $0) }) }
        if let table = value.table { return .table(members(of: table)) }
        return .date(value.debugDescription)
    }
}
