// Faults of a disk, put between a program and the system from outside: the program knows nothing of it.
import Foundation
import Glibc
import Synchronization

/// The preloaded library of `Tests/Preload`, and the environment that steers it.
package struct FaultShim: Sendable {
    /// Calls that a fault is about.
    package enum Call: String, Sendable {
        case write, flush, cut
    }

    /// What happens at the call.
    package enum Fault: Sendable {
        /// The process is killed before, or after, the call does its work.
        case killBefore, killAfter
        /// The process is killed when so many octets of the call have been written; negative: so many are missing at the end.
        case killWithin(octets: Int)
        /// The process is killed when the call has written every other 512 octets only: what a disk may keep when the power fails.
        case killWithHoles
        /// The call fails, so many times (0: for ever).
        case fail(errno: Int32, times: Int)
        /// Each call takes so much longer.
        case slow(milliseconds: Int)
        /// Writes succeed for so many octets, then the disk is full.
        case space(octets: Int)
        /// Nothing happens; calls are counted.
        case count
    }

    /// Environment for the program.
    package private(set) var environment: [String: String] = [:]
    private let switchFile: String?
    private let reportFile: String?

    /// - Parameters:
    ///   - path: a text that the path of the files holds, such as `segments/`, or ends with, such as `.sqlite$`.
    ///   - at: the number of the call, from 1.
    ///   - switchFile: where given, faults happen only while this file exists.
    ///   - report: where given, the process writes here at its ordinary end how many calls it made.
    package init(_ call: Call, path: String, fault: Fault, at number: Int = 1, switchFile: String? = nil, report: String? = nil) throws {
        self.switchFile = switchFile
        reportFile = report
        environment["LD_PRELOAD"] = try Self.library()
        environment["FAULT_CALL"] = call.rawValue
        environment["FAULT_PATH"] = path
        environment["FAULT_AT"] = String(number)
        environment["FAULT_SWITCH"] = switchFile
        environment["FAULT_REPORT"] = report
        switch fault {
        case .killBefore: environment["FAULT_ACTION"] = "kill-before"
        case .killAfter: environment["FAULT_ACTION"] = "kill-after"
        case .killWithin(let octets):
            environment["FAULT_ACTION"] = "kill-within"
            environment["FAULT_OCTETS"] = String(octets)
        case .killWithHoles: environment["FAULT_ACTION"] = "kill-holes"
        case .fail(let code, let times):
            environment["FAULT_ACTION"] = "fail"
            environment["FAULT_ERRNO"] = String(code)
            environment["FAULT_TIMES"] = String(times)
        case .slow(let milliseconds):
            environment["FAULT_ACTION"] = "slow"
            environment["FAULT_MILLISECONDS"] = String(milliseconds)
        case .space(let octets):
            environment["FAULT_ACTION"] = "space"
            environment["FAULT_OCTETS"] = String(octets)
        case .count: environment["FAULT_ACTION"] = "count"
        }
    }

    /// Switches the fault on or off while the program runs.
    package func setActive(_ isActive: Bool) {
        guard let switchFile else { return }
        if isActive { close(open(switchFile, O_WRONLY | O_CREAT, 0o644)) } else { unlink(switchFile) }
    }

    /// Calls of each kind that a program has made that came to its ordinary end.
    package func counts() -> [Call: Int] {
        guard let reportFile, let text = try? String(contentsOfFile: reportFile, encoding: .utf8) else { return [:] }
        var counts: [Call: Int] = [:]
        for word in text.split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: "=")
            if parts.count == 2, let call = Call(rawValue: String(parts[0])), let number = Int(parts[1]) { counts[call, default: 0] += number }
        }
        return counts
    }

    private static let built = Mutex<(folder: TemporaryFolder, path: String)?>(nil)

    /// Compiles the library once a run.
    private static func library() throws -> String {
        try built.withLock { built in
            if let built { return built.path }
            let folder = try TemporaryFolder("postmaster-shim")
            let source = TestPrograms.repository.appendingPathComponent("Tests/Preload/faults.c").path
            let path = folder.path(of: "faults.so")
            let compiler = try TestPrograms.find("gcc", package: "gcc libc6-dev")
            let (exit, output) = try Program.run(compiler, ["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", path, source, "-ldl", "-lpthread"])
            guard exit == .code(0) else { throw Program.Failure(description: "the fault library does not compile: \(output)") }
            // Programs of other users must be able to load it.
            chmod(folder.path, 0o755)
            built = (folder, path)
            return path
        }
    }
}
