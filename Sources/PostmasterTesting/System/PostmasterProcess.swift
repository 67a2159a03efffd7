// The built program as a test runs it: a demo on ports of its own, on a data folder that outlives its crashes.
import Foundation
import Glibc
import Synchronization

/// `postmaster demo` on loopback. The folder stays the same over crashes and restarts.
package final class PostmasterProcess: Sendable {
    /// The password of all accounts.
    package static let password = "Loaf-of-rye-7"
    /// The accounts of the demo.
    package static let accounts = ["alex@charter.net", "sam@charter.net"]

    /// The data folder.
    package let folder: String
    /// Added to every port.
    package let offset: Int
    /// What all its processes have written.
    package let logPath: String
    private let program = Mutex<Program?>(nil)
    private let owned: TemporaryFolder

    package var smtpPort: Int { 2525 + offset }
    package var lmtpPort: Int { 2524 + offset }
    package var imapPort: Int { 2143 + offset }
    package var imapsPort: Int { 2993 + offset }
    package var webPort: Int { 8080 + offset }

    /// Chooses free ports; nothing is started yet.
    /// - Parameter folder: the data folder; nil for a temporary one.
    package init(folder: String? = nil) throws {
        owned = try TemporaryFolder("postmaster-demo")
        self.folder = folder ?? owned.path(of: "data")
        logPath = owned.path(of: "log")
        offset = try Self.freeOffset()
    }

    deinit { program.withLock { $0 = nil } }

    /// The process, while one has been started.
    package var process: Program? { program.withLock { $0 } }

    /// Its log so far.
    package var log: String { String(decoding: FileManager.default.contents(atPath: logPath) ?? Data(), as: UTF8.self) }

    /// Starts the program and waits until it says that it is ready.
    /// - Parameters:
    ///   - environment: for example that of a `FaultShim`.
    ///   - command: what to run instead of `demo` with its options.
    ///   - wrapper: a program and arguments that start it, such as `setpriv`.
    /// - Throws: when it ends before, or is not ready in time: the error shows the last of its log.
    package func start(
        environment: [String: String] = [:], arguments: [String] = [], wrapper: [String] = [], binary: String? = nil, seconds: Double = 60
    ) throws {
        let program = try launch(environment: environment, arguments: arguments, wrapper: wrapper, binary: binary)
        let deadline = Moment.now + seconds
        while Moment.now < deadline {
            if isReady { return }
            if let exit = program.poll() { throw Program.Failure(description: "postmaster has ended (\(exit)) before it was ready: \(program.tail)") }
            usleep(5_000)
        }
        throw Program.Failure(description: "postmaster was not ready in \(seconds) s: \(program.tail)")
    }

    /// Starts the program and does not wait.
    @discardableResult
    package func launch(
        environment: [String: String] = [:], arguments: [String] = [], wrapper: [String] = [], binary: String? = nil
    ) throws -> Program {
        // Variables of the tests would be taken for settings.
        var variables: [String: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("POSTMASTER_") { variables.updateValue(nil, forKey: name) }
        for (name, value) in environment { variables[name] = value }
        let command =
            wrapper + [
                try binary ?? Self.binary(), "demo", "--data", folder, "--port-offset", String(offset), "--password", Self.password, "--quiet",
            ] + arguments
        let started = try Program(command[0], Array(command.dropFirst()), environment: variables, output: logPath)
        program.withLock { $0 = started }
        return started
    }

    /// True when the program answers that it is ready.
    package var isReady: Bool { (try? get("/health/ready"))?.hasPrefix("HTTP/1.1 200") == true }

    /// Asks the web server for a page: status line, fields and body as one text.
    package func get(_ path: String) throws -> String {
        let socket = try BlockingSocket(port: webPort, seconds: 10)
        try socket.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return String(decoding: socket.readToEnd(), as: UTF8.self)
    }

    /// Kills the program at once.
    package func crash() { process?.crash() }

    /// Asks the program to stop and waits for it.
    @discardableResult
    package func stop(seconds: Double = 30) throws -> Program.Exit {
        guard let process else { throw Program.Failure(description: "not started") }
        process.send(SIGTERM)
        return try process.wait(seconds: seconds)
    }

    /// A session that has signed in.
    package func imap(_ account: String) throws -> IMAPTestClient {
        let client = try IMAPTestClient(port: imapsPort, tls: true)
        try client.must("LOGIN \(account) \(Self.password)")
        return client
    }

    /// A session that has said EHLO.
    package func smtp() throws -> SMTPTestClient { try SMTPTestClient(port: smtpPort) }

    /// Runs `postmaster check` on the stopped server's folder and gives the problems that it prints.
    package func soundness() -> [String] {
        var variables: [String: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("POSTMASTER_") { variables.updateValue(nil, forKey: name) }
        variables["POSTMASTER_DATA_FOLDER"] = folder
        do {
            let (exit, output) = try Program.run(try Self.binary(), ["check"], environment: variables, seconds: 300)
            let lines = output.split(separator: "\n").map(String.init)
            return exit == .code(0) ? [] : lines + ["\(exit)"]
        } catch { return ["\(error)"] }
    }

    // MARK: Finding things

    /// The program under test: `POSTMASTER_BINARY`, else the release or debug build, whichever is newer.
    package static func binary() throws -> String {
        if let named = ProcessInfo.processInfo.environment["POSTMASTER_BINARY"], !named.isEmpty { return named }
        let builds = [".build/release/postmaster", ".build/debug/postmaster"].compactMap { build -> (path: String, date: Date)? in
            let path = TestPrograms.repository.appendingPathComponent(build).path
            guard let date = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date else { return nil }
            return (path, date)
        }
        if let newest = builds.max(by: { $0.date < $1.date }) { return newest.path }
        throw TestPrograms.Missing(description: "no postmaster to test: run `make build`, or set POSTMASTER_BINARY")
    }

    private static let next = Mutex(Int(getpid()) % 200 * 100)

    /// An offset whose ports are all free and below those that the system gives to clients.
    private static func freeOffset() throws -> Int {
        for _ in 0..<500 {
            let offset = next.withLock { next in
                next = (next + 7) % 24_000
                return next + 100
            }
            if [2524, 2525, 2143, 2993, 8080].allSatisfy({ BlockingSocket.isFree(port: $0 + offset) }) { return offset }
        }
        throw Program.Failure(description: "no free ports")
    }
}
