// The folder of all state: there, writable, and used by one server only.
import Foundation
import Glibc

/// The data folder, held by this process until the value is released or the process ends, however it ends.
package final class DataFolder: Sendable {
    /// Why a server cannot use the folder.
    package struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        /// What an operator can do something about.
        package enum Kind: Sendable, Hashable { case inUse, readOnly, notAFolder, failed }
        package let kind: Kind
        package let description: String

        @inline(never)
        init(_ kind: Kind, _ description: String) {
            self.kind = kind
            self.description = description
        }
    }

    /// Absolute path of the folder.
    package let path: String
    private let lock: Int32

    /// Makes the folder where it is missing, shows that it can be written, and locks it.
    /// - Throws: `Refusal`, with the reason in words.
    package init(path: String) throws(Refusal) {
        self.path = Self.absolute(path)
        try Self.makeFolder(self.path)
        let lockPath = self.path + "/lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Self.refusal(of: errno, "\(self.path): a file cannot be made there")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            defer { Glibc.close(descriptor) }
            if reason == EWOULDBLOCK {
                let owner = Self.owner(descriptor).map { " (process \($0))" } ?? ""
                throw Refusal(.inUse, "\(self.path) is in use by another server\(owner): stop it, or name another folder")
            }
            throw Self.refusal(of: reason, "\(lockPath) cannot be locked")
        }
        let identity = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, identity, identity.count, 0) == identity.count else {
            let reason = errno
            Glibc.close(descriptor)
            throw Self.refusal(of: reason, "\(lockPath) cannot be written")
        }
        self.lock = descriptor
    }

    deinit { Glibc.close(lock) }

    /// The process that holds the folder now; nil when none does.
    package static func holder(of path: String) -> Int? {
        let descriptor = open(absolute(path) + "/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        return owner(descriptor) ?? 0
    }

    /// Octets that are free for this process on the folder's disk; nil where the system does not say.
    package var freeOctets: UInt64? {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        let (octets, overflow) = UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize))
        return overflow ? .max : octets
    }

    // MARK: Parts

    /// Makes a folder that only this user may read, and those above it.
    package static func makeFolder(_ path: String) throws(Refusal) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw Refusal(.notAFolder, "\(path) is not a folder") }
        } else {
            do {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw refusal(of: errno == 0 ? EACCES : errno, "\(path) cannot be made")
            }
        }
        guard access(path, W_OK | X_OK) == 0 else { throw refusal(of: errno, "\(path) cannot be written") }
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    private static func owner(_ descriptor: Int32) -> Int? {
        var octets = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &octets, octets.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: octets.prefix(count), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func refusal(of code: Int32, _ what: String) -> Refusal {
        switch code {
        case EACCES, EPERM: Refusal(.readOnly, "\(what): this user may not write there; check owner and permissions")
        case EROFS: Refusal(.readOnly, "\(what): the file system is mounted read-only")
        case ENOTDIR: Refusal(.notAFolder, "\(what): a part of the path is not a folder")
        default: Refusal(.failed, "\(what): \(String(cString: strerror(code)))")
        }
    }
}
