// Tables for people and for programs.
import Foundation

/// Rows under named columns.
struct TextTable {
    let columns: [String]
    private(set) var rows: [[ConfigurationNode]] = []

    init(_ columns: String...) { self.columns = columns }

    mutating func add(_ values: ConfigurationNode...) { rows.append(values) }

    /// Prints the rows: aligned columns, or one JSON array of objects.
    func print(json: Bool, whenEmpty: String) {
        let out = Console.current.out
        if json {
            out(ConfigurationNode.array(rows.map { .table(.init(zip(columns, $0)) { $1 }) }).json)
            return
        }
        guard !rows.isEmpty else { return out(whenEmpty) }
        let texts = [columns] + rows.map { $0.map { Self.text($0) } }
        let widths = columns.indices.map { column in texts.map { $0[column].count }.max() ?? 0 }
        for row in texts {
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            out(cells.joined(separator: "  ").trimmingBlanks)
        }
    }

    private static func text(_ node: ConfigurationNode) -> String {
        switch node {
        case .string(let text): text
        case .boolean(let truth): truth ? "yes" : "no"
        case .array(let nodes): nodes.map { text($0) }.joined(separator: ", ")
        default: node.toml
        }
    }
}
