// A program that a test starts, watches and ends.
import Foundation
import Glibc
import Synchronization

/// A child process whose output goes to a file, so that it can never block on a full pipe.
package final class Program: Sendable {
    /// How a program ended.
    package enum Exit: Sendable, Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// Why a program did not do what a test needs.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(description: String) { self.description = description }
    }

    package let path: String
    /// What the program has written to its standard output and error.
    package let outputPath: String
    package let identifier: Int32
    private let exit = Mutex<Exit?>(nil)
    private let owned: TemporaryFolder?

    /// Starts a program.
    /// - Parameters:
    ///   - environment: set in addition to the test's own; nil removes a variable.
    ///   - output: file for both outputs; nil for one of its own.
    ///   - input: given to its standard input, which is else empty.
    ///   - socket: becomes its standard input and output; `output` gets its errors only.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String?] = [:], folder: String? = nil, output: String? = nil,
        input: [UInt8]? = nil, socket: Int32? = nil
    ) throws {
        self.path = path
        owned = output == nil || input != nil ? try TemporaryFolder("postmaster-program") : nil
        outputPath = output ?? owned?.path(of: "output") ?? "/dev/null"
        var inputPath = "/dev/null"
        if let input, let owned {
            inputPath = owned.path(of: "input")
            try Data(input).write(to: URL(fileURLWithPath: inputPath))
        }
        var variables = ProcessInfo.processInfo.environment
        for (name, value) in environment { variables[name] = value }
        // `env -C` changes the folder: not every C library can do so while it starts a program.
        let line = folder.map { ["/usr/bin/env", "-C", $0, path] + arguments } ?? [path] + arguments
        let argv = line.map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in argv { free(pointer) }
            for pointer in envp { free(pointer) }
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        if let socket {
            posix_spawn_file_actions_adddup2(&actions, socket, 0)
            posix_spawn_file_actions_adddup2(&actions, socket, 1)
        }
        // Signals that this process blocks or ignores are the program's again.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var child = pid_t()
        let result = posix_spawn(&child, line[0], &actions, &attributes, argv, envp)
        guard result == 0 else { throw Failure(description: "\(path) does not start: \(String(cString: strerror(result)))") }
        identifier = child
    }

    deinit {
        if poll() == nil {
            kill(identifier, SIGKILL)
            var status: Int32 = 0
            waitpid(identifier, &status, 0)
        }
    }

    /// How it ended; nil while it runs.
    package func poll() -> Exit? {
        exit.withLock { exit in
            if let exit { return exit }
            var status: Int32 = 0
            guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
            let signal = status & 0x7f
            exit = signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
            return exit
        }
    }

    /// True while it runs.
    package var isRunning: Bool { poll() == nil }

    /// Sends a signal.
    package func send(_ signal: Int32) {
        if poll() == nil { kill(identifier, signal) }
    }

    /// Waits for its end.
    /// - Throws: `Failure` with the last of its output when it does not end in time; it is killed then.
    @discardableResult
    package func wait(seconds: Double) throws -> Exit {
        let deadline = Moment.now + seconds
        while Moment.now < deadline {
            if let exit = poll() { return exit }
            usleep(2_000)
        }
        send(SIGKILL)
        throw Failure(description: "\(path) did not end in \(seconds) s: \(tail)")
    }

    /// Kills it as a crash of the machine's power would, as seen by the program, and waits until it is gone.
    package func crash() {
        send(SIGKILL)
        while poll() == nil { usleep(500) }
    }

    /// All of its output so far.
    package var output: String { String(decoding: FileManager.default.contents(atPath: outputPath) ?? Data(), as: UTF8.self) }

    /// The last of its output.
    package var tail: String { String(output.suffix(4_000)) }

    /// Waits until its output holds a text.
    package func waitForOutput(_ text: String, seconds: Double) throws {
        let deadline = Moment.now + seconds
        while Moment.now < deadline {
            if output.contains(text) { return }
            if poll() != nil, !output.contains(text) { break }
            usleep(10_000)
        }
        guard output.contains(text) else { throw Failure(description: "\(path) did not write \"\(text)\": \(tail)") }
    }

    /// Runs a program to its end and gives its output.
    /// - Throws: `Failure` when it does not end in time.
    package static func run(
        _ path: String, _ arguments: [String], environment: [String: String?] = [:], folder: String? = nil, input: [UInt8]? = nil,
        seconds: Double = 60
    ) throws -> (exit: Exit, output: String) {
        let program = try Program(path, arguments, environment: environment, folder: folder, input: input)
        let exit = try program.wait(seconds: seconds)
        return (exit, program.output)
    }
}

/// The monotonic clock in seconds.
package enum Moment {
    package static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
