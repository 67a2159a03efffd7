// Log lines for programs: one JSON object a line.
package import Foundation
package import Logging

/// Writes `{"time":…,"level":…,"room":…,"message":…,…}`: metadata become fields of the object.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let output: LogOutput
    private let now: @Sendable () -> Date

    package init(label: String, level: Logger.Level, output: LogOutput, now: @escaping @Sendable () -> Date = { Date() }) {
        self.label = label
        self.logLevel = level
        self.output = output
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line =
            "{\"time\":\(ConfigurationNode.quoted(now().formatted(Self.time))),\"level\":\"\(event.level.rawValue)\",\"room\":\(ConfigurationNode.quoted(label))"
        line += ",\"message\":\(ConfigurationNode.quoted(LogFields.clipped(event.message.description)))"
        for (key, value) in LogFields.merged([metadataProvider?.get(), metadata, event.metadata]) where !Self.own.contains(key) {
            line += ",\(ConfigurationNode.quoted(key)):\(Self.json(value))"
        }
        output.write(line + "}")
    }

    /// Names that metadata cannot take.
    private static let own: Set<String> = ["time", "level", "room", "message"]
    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func json(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .stringConvertible(let number) where number is any BinaryInteger: number.description
        case .string, .stringConvertible: ConfigurationNode.quoted(LogFields.text(value))
        case .array(let values): "[" + values.map { json($0) }.joined(separator: ",") + "]"
        case .dictionary(let values):
            "{" + values.sorted { $0.key < $1.key }.map { "\(ConfigurationNode.quoted($0.key)):\(json($0.value))" }.joined(separator: ",") + "}"
        }
    }
}
