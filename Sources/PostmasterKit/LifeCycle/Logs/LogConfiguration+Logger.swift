// From the settings of the log to a logger.
package import Logging

extension LogConfiguration {
    /// A logger for a room, of the format and level set.
    package func logger(label: String, output: LogOutput = .standardError) -> Logger {
        let level = Logger.Level(rawValue: level.rawValue) ?? .info
        return switch format {
        case .human: Logger(label: label) { HumanLogHandler(label: $0, level: level, output: output) }
        case .json: Logger(label: label) { JSONLogHandler(label: $0, level: level, output: output) }
        }
    }
}
