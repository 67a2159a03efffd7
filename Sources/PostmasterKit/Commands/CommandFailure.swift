// How a command ends when it cannot do what it was asked.
import Accounts
import Storage

/// The exit codes of every command (docs/commands.md lists them; the numbers are those of sysexits.h).
package enum ExitStatus: Int32, Sendable, CaseIterable {
    /// The command found problems in what it looked at, which it has printed.
    case problems = 1
    /// The command line is wrong; the parser ends with it by itself.
    case usage = 64
    /// The input (a file, standard input, a value) is not acceptable.
    case input = 65
    /// There is no such account, domain, alias or address.
    case unknownName = 67
    /// The name is taken, or still in use.
    case exists = 73
    /// A file or the store failed.
    case storage = 74
    /// Somebody else holds it: try again later.
    case busy = 75
    /// The configuration was refused.
    case configuration = 78
}

/// Why, and what to do about it.
package struct CommandFailure: Error, Sendable, CustomStringConvertible {
    package let status: ExitStatus
    package let message: String
    /// What to do; empty where the message says it.
    package let advice: String

    @inline(never)
    package init(_ status: ExitStatus, _ message: String, advice: String = "") {
        self.status = status
        self.message = message
        self.advice = advice
    }

    package var description: String { advice.isEmpty ? message : "\(message)\n\(advice)" }

    /// The failure that an error of a room means.
    package init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let problems as ConfigurationProblems:
            self.init(.configuration, problems.description, advice: "`postmaster config check` repeats this; docs/configuration.md lists every key.")
        case let error as AccountError:
            let status: ExitStatus =
                switch error.kind {
                case .unknown: .unknownName
                case .exists, .inUse: .exists
                case .invalid: .input
                case .busy: .busy
                case .store: .storage
                }
            self.init(status, error.detail)
        case let refusal as DataFolder.Refusal: self.init(refusal.kind == .inUse ? .busy : .storage, refusal.description)
        case let error as StorageError: self.init(error.kind == .busy ? .busy : .storage, error.description)
        default: self.init(.storage, "\(error)")
        }
    }
}
