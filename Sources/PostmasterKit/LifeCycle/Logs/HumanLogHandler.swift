// Log lines for people: time, level, room, message, then fields as key=value.
package import Foundation
package import Logging

/// Writes `12:34:56.789 info   edge: message accepted session=… recipients=2`. Values with blanks or quotes are quoted, control characters escaped.
package struct HumanLogHandler: LogHandler {
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
        let level = event.level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        var line = "\(now().formatted(Self.time)) \(level) \(label): \(Self.plain(LogFields.clipped(event.message.description)))"
        for (key, value) in LogFields.merged([metadataProvider?.get(), metadata, event.metadata]) {
            line += " \(Self.plain(key))=\(Self.value(LogFields.text(value)))"
        }
        output.write(line)
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func value(_ text: String) -> String {
        let isBare =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7f && $0 != "\"" && $0 != "\\" && $0 != "=" && !isLineEnd($0) }
        return isBare ? text : ConfigurationNode.quoted(plain(text))
    }

    /// A text on one line: line ends of Unicode and control characters made visible.
    private static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f || isLineEnd($0) }) else { return text }
        return text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7f || isLineEnd(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        (0x80...0x9f).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}
