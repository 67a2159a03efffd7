// What a command reads from and writes to: the terminal, or a test.
import Foundation
import Glibc

/// The surroundings of a command.
package struct Console: Sendable {
    /// Writes one line of results.
    package var out: @Sendable (String) -> Void
    /// Writes one line about what happens.
    package var note: @Sendable (String) -> Void
    /// Shows how far a long work has come, on one line that is written over; nil where nobody watches.
    package var progress: (@Sendable (String) -> Void)?
    /// Everything on standard input.
    package var input: @Sendable () -> [UInt8]
    /// Asks for a secret without showing it; nil where there is no terminal.
    package var secret: @Sendable (String) -> String?
    package var environment: [String: String]

    package init(
        out: @escaping @Sendable (String) -> Void, note: @escaping @Sendable (String) -> Void, progress: (@Sendable (String) -> Void)? = nil,
        input: @escaping @Sendable () -> [UInt8] = { [] }, secret: @escaping @Sendable (String) -> String? = { _ in nil },
        environment: [String: String] = [:]
    ) {
        self.out = out
        self.note = note
        self.progress = progress
        self.input = input
        self.secret = secret
        self.environment = environment
    }

    /// The console of the running command. The parser makes commands without arguments of ours, so it comes with the task.
    @TaskLocal package static var current = Console.terminal

    /// The real one.
    package static let terminal = Console(
        out: { write($0 + "\n", to: 1) }, note: { write($0 + "\n", to: 2) },
        progress: terminalProgress,
        input: { [UInt8](FileHandle.standardInput.readDataToEndOfFile()) },
        secret: { askSecretly($0) }, environment: ProcessInfo.processInfo.environment)

    private static var terminalProgress: (@Sendable (String) -> Void)? {
        guard isatty(2) == 1 else { return nil }
        // Back to the first column, and the old text erased.
        return { text in write("\r\u{1b}[K" + text, to: 2) }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// One line from the terminal itself, not shown, whatever standard input is.
    private static func askSecretly(_ prompt: String) -> String? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else { return nil }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO)
        write(prompt, to: terminal)
        guard tcsetattr(terminal, TCSAFLUSH, &hidden) == 0 else { return nil }
        defer {
            tcsetattr(terminal, TCSAFLUSH, &before)
            write("\n", to: terminal)
        }
        var line: [UInt8] = []
        var octet: UInt8 = 0
        while line.count < 4096, read(terminal, &octet, 1) == 1, octet != UInt8(ascii: "\n") { line.append(octet) }
        return String(decoding: line, as: UTF8.self)
    }
}
