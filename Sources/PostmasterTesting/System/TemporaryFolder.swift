// A folder of a test's own, gone when the test is done.
import Foundation

/// A fresh folder below the system's temporary folder; removed with all it holds when the last reference goes.
package final class TemporaryFolder: Sendable {
    /// The folder's path, without a slash at the end.
    package let path: String

    /// Makes the folder, open to its owner only.
    package init(_ purpose: String = "postmaster-test") throws {
        let name = "\(purpose)-\(UUID().uuidString.prefix(8))"
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(name).resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something inside.
    package func path(of name: String) -> String { "\(path)/\(name)" }

    /// Makes a copy of a folder inside this one and gives its path: what a crash would leave of it.
    package func copy(of folder: String, named name: String) throws -> String {
        let target = path(of: name)
        try FileManager.default.copyItem(atPath: folder, toPath: target)
        return target
    }
}
