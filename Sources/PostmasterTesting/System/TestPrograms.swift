// Finding the programs of other people that tests drive.
package import Foundation

/// Programs from the system's packages.
package enum TestPrograms {
    /// A program that a test needs is not installed.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// The path of a program on `PATH` or in the folders for administrators.
    /// - Throws: `Missing`, naming the Debian package to install.
    package static func find(_ name: String, package: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        for folder in path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"] {
            let candidate = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw Missing(description: "\(name) is not installed; install it with: apt-get install --no-install-recommends \(package)")
    }

    /// The root of the repository.
    package static let repository: URL = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The program that is running these tests.
    package static var testExecutable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// Runs one test of this very program in a process of its own, where faults, users and limits can be its own too.
    /// - Parameters:
    ///   - name: part of the test's identifier, such as `FlushChild/failsOnce`.
    ///   - environment: `POSTMASTER_CHILD_TEST` is set to the name in addition.
    package static func runChild(
        _ name: String, environment: [String: String?] = [:], seconds: Double = 120
    ) throws -> (exit: Program.Exit, output: String) {
        var variables = environment
        variables["POSTMASTER_CHILD_TEST"] = name
        return try Program.run(
            testExecutable, ["--testing-library", "swift-testing", "--filter", name], environment: variables, seconds: seconds)
    }

    /// The name of the test that this process was started for, if it is a child of a test.
    package static let childName: String? = ProcessInfo.processInfo.environment["POSTMASTER_CHILD_TEST"]

    /// True when slow tests were asked for (`POSTMASTER_SLOW_TESTS=1`, as `make test-slow` does).
    package static let runsSlowTests: Bool = ProcessInfo.processInfo.environment["POSTMASTER_SLOW_TESTS"] == "1"
}
