// A file system of a few megabytes, to be filled.
import Foundation
import Glibc

/// A tmpfs of a given size, mounted for a test and taken away after it. Mounting needs root.
package final class SmallDisk: Sendable {
    /// The disk could not be made.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let folder: TemporaryFolder
    /// Where it is mounted.
    package var path: String { folder.path }

    /// Mounts a disk of `megabytes`.
    package init(megabytes: Int) throws {
        folder = try TemporaryFolder("postmaster-disk")
        guard mount("none", folder.path, "tmpfs", 0, "size=\(megabytes)m,mode=0777") == 0 else {
            throw Failure(description: "no small disk: \(String(cString: strerror(errno))); mounting a tmpfs needs root")
        }
    }

    deinit { umount2(folder.path, Int32(MNT_DETACH)) }

    /// Octets that are free.
    package var free: Int {
        var status = statvfs()
        guard statvfs(folder.path, &status) == 0 else { return 0 }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    /// Fills the disk with a file but for `rest` octets.
    package func fill(leaving rest: Int) throws {
        let descriptor = open("\(path)/ballast", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw Failure(description: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 1, count: 4096)
        while free > rest, write(descriptor, block, min(block.count, max(1, free - rest))) > 0 {}
    }

    /// Gives the space back.
    package func clear() { unlink("\(path)/ballast") }

    /// True for root, who may mount; in CI true also without, so that a missing right is a failure there.
    package static var isExpected: Bool { geteuid() == 0 || ProcessInfo.processInfo.environment["CI"] == "true" }
}
