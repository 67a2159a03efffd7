// What both log formats share: which fields come first, what is hidden, how long a value may be.
import Logging

/// The fields of one line, in order.
enum LogFields {
    /// Fields that find a message or a session again stand first.
    private static let first = ["event", "listener", "session", "transaction", "queue", "message", "account", "peer", "code"]
    /// Values of such names are never written, whoever passes them.
    private static let secret = ["password", "passwd", "secret", "token", "authorization", "cookie", "key"]
    /// Octets of one value (SE-96: lengths are capped).
    static let valueLimit = 1000

    /// The line's own metadata over the logger's, sorted: the well-known ones first.
    static func merged(_ layers: [Logger.Metadata?]) -> [(key: String, value: Logger.Metadata.Value)] {
        var all: Logger.Metadata = [:]
        for layer in layers { if let layer { all.merge(layer) { $1 } } }
        return all.sorted { left, right in
            let (a, b) = (first.firstIndex(of: left.key) ?? first.count, first.firstIndex(of: right.key) ?? first.count)
            return a == b ? left.key < right.key : a < b
        }.map { ($0.key, secret.contains($0.key.lowercased()) ? .string("(hidden)") : $0.value) }
    }

    /// A value as one text.
    static func text(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): clipped(text)
        case .stringConvertible(let value): clipped(value.description)
        case .array(let values): "[" + values.map { text($0) }.joined(separator: ",") + "]"
        case .dictionary(let values): "{" + values.sorted { $0.key < $1.key }.map { "\($0.key):\(text($0.value))" }.joined(separator: ",") + "}"
        }
    }

    static func clipped(_ text: String) -> String {
        text.utf8.count <= valueLimit ? text : String(decoding: text.utf8.prefix(valueLimit), as: UTF8.self) + "…"
    }
}
