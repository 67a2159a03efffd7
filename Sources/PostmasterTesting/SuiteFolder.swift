// Where the third-party suites lie: read in place, never copied into the repository.
package import Foundation

/// The folder of third-party mail corpora and suites (`POSTMASTER_TEST_DATA`, else `../shared/data` beside the repository).
package enum SuiteFolder {
    /// The folder, or nil where it is absent. In CI (`CI=true`) an absent folder is a failure of the test that asks; elsewhere the test says so and skips.
    package static let root: URL? = {
        let environment = ProcessInfo.processInfo.environment
        let candidates: [URL]
        if let named = environment["POSTMASTER_TEST_DATA"] {
            candidates = [URL(fileURLWithPath: named)]
        } else {
            let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            candidates = [repository.appendingPathComponent("../shared/data").standardizedFileURL]
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0.appendingPathComponent("suites").path) }
    }()

    /// True when tests that need the suites may run: the folder is there, or this is CI, where its absence must fail.
    package static var isExpected: Bool { root != nil || ProcessInfo.processInfo.environment["CI"] == "true" }

    /// A file or folder below `suites/`.
    /// - Throws: `MissingSuite` when the folder is absent.
    package static func suite(_ path: String) throws -> URL {
        guard let root else { throw MissingSuite(path: path) }
        return root.appendingPathComponent("suites").appendingPathComponent(path)
    }

    /// Every regular file below `suites/<path>`, sorted by path.
    package static func files(below path: String) throws -> [URL] {
        let folder = try suite(path)
        var found: [URL] = []
        guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey]) else { throw MissingSuite(path: path) }
        for case let file as URL in walk where (try file.resourceValues(forKeys: [.isRegularFileKey])).isRegularFile == true { found.append(file) }
        guard !found.isEmpty else { throw MissingSuite(path: path) }
        return found.sorted { $0.path < $1.path }
    }

    /// A suite that should be there is not.
    package struct MissingSuite: Error, CustomStringConvertible {
        package let path: String
        package var description: String { "suite \(path) not found: set POSTMASTER_TEST_DATA to the folder that holds suites/ and spam/" }
    }
}
