// The files of the segment log's folder: their names, and those that are open.
import Glibc
import Synchronization

/// Segment files by number: `0000000001.seg` as written, `0000000001.cseg` as compacted (which takes the place of the first).
final class SegmentShelf: Sendable {
    private struct Files {
        var known: [UInt32: Bool] = [:]
        var open: [UInt32: SegmentFile] = [:]
        var order: [UInt32] = []
    }

    private let folder: String
    private let limit: Int
    private let files: Mutex<Files>
    /// The folder itself, locked for this process while the log is open; nil once let go.
    private let lock: Mutex<Int32?>

    /// - Throws: `StorageError`: `.busy` where another process has the folder open.
    init(folder: String, limit: Int) throws(StorageError) {
        self.folder = folder
        self.limit = max(2, limit)
        if mkdir(folder, 0o700) == 0 {
            try flushFolder(folder + "/..")
        } else if errno != EEXIST {
            throw StorageError(errno: errno, folder)
        }
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError(errno: errno, folder) }
        // Two writers would cut each other's tails. File systems without locks are taken as they are.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(descriptor)
            throw StorageError(.busy, "\(folder) is in use by another process")
        }
        lock = Mutex(descriptor)
        guard let listing = opendir(folder) else { throw StorageError(errno: errno, folder) }
        defer { closedir(listing) }
        var found = Files()
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".draft") {
                unlink("\(folder)/\(name)")
            } else if name.hasSuffix(".cseg"), let number = UInt32(name.dropLast(5)) {
                found.known[number] = true
            } else if name.hasSuffix(".seg"), let number = UInt32(name.dropLast(4)), found.known[number] == nil {
                found.known[number] = false
            }
        }
        // A crash between making the compacted file and removing the first leaves both: the compacted one is complete.
        for (number, isCompacted) in found.known where isCompacted { unlink(Self.path(folder, number, false)) }
        files = Mutex(found)
    }

    deinit { release() }

    /// Lets another process open the folder.
    func release() {
        lock.withLock { descriptor in
            if let descriptor { close(descriptor) }
            descriptor = nil
        }
    }

    private static func path(_ folder: String, _ number: UInt32, _ isCompacted: Bool) -> String {
        let digits = String(number)
        return "\(folder)/\(String(repeating: "0", count: max(0, 10 - digits.count)))\(digits).\(isCompacted ? "cseg" : "seg")"
    }

    var numbers: [UInt32] { files.withLock { $0.known.keys.sorted() } }

    func isCompacted(_ number: UInt32) -> Bool { files.withLock { $0.known[number] ?? false } }

    func size(_ number: UInt32) throws(StorageError) -> UInt64 {
        var status = stat()
        let path = Self.path(folder, number, isCompacted(number))
        guard stat(path, &status) == 0 else { throw StorageError(errno: errno, path) }
        return UInt64(max(0, status.st_size))
    }

    /// The open file of a segment.
    func file(_ number: UInt32, writable: Bool = false) throws(StorageError) -> SegmentFile {
        var tries = 0
        while true {
            let (open, isCompacted) = files.withLock { ($0.open[number], $0.known[number]) }
            if let open { return open }
            guard let isCompacted else { throw StorageError(.missing, "segment \(number)") }
            do throws(StorageError) {
                let file = try SegmentFile.open(
                    number: number, path: Self.path(folder, number, isCompacted), isCompacted: isCompacted, writable: writable)
                keep(file)
                return file
            } catch {
                // Compaction may have put its file in the place of this one just now.
                tries += 1
                guard error.kind == .missing, tries < 3 else { throw error }
            }
        }
    }

    /// Makes the next segment, durable with its folder's entry. A number whose name is taken (left by a failure) is passed over.
    func create(_ number: UInt32) throws(StorageError) -> SegmentFile {
        var number = number
        while access(Self.path(folder, number, false), F_OK) == 0 { number += 1 }
        let path = Self.path(folder, number, false)
        let file = try SegmentFile.create(number: number, path: path, isCompacted: false)
        do throws(StorageError) { try flushFolder(folder) } catch {
            unlink(path)
            throw error
        }
        files.withLock { $0.known[number] = false }
        keep(file)
        return file
    }

    /// A file that becomes the segment's compacted form by `replace`.
    func draft(of file: SegmentFile) throws(StorageError) -> SegmentFile {
        let path = Self.path(folder, file.number, true) + ".draft"
        unlink(path)
        return try SegmentFile.create(number: file.number, path: path, isCompacted: true, salt: file.salt)
    }

    /// Gives a draft up.
    func discardDraft(_ number: UInt32) { unlink(Self.path(folder, number, true) + ".draft") }

    /// Puts the draft in the segment's place.
    func replace(_ number: UInt32) throws(StorageError) {
        let path = Self.path(folder, number, true)
        guard rename(path + ".draft", path) == 0 else { throw StorageError(errno: errno, path) }
        try flushFolder(folder)
        files.withLock { files in
            files.known[number] = true
            files.open[number] = nil
            files.order.removeAll { $0 == number }
        }
        unlink(Self.path(folder, number, false))
        try flushFolder(folder)
    }

    func remove(_ number: UInt32) throws(StorageError) {
        let path = Self.path(folder, number, isCompacted(number))
        guard unlink(path) == 0 else { throw StorageError(errno: errno, path) }
        files.withLock { files in
            files.known[number] = nil
            files.open[number] = nil
            files.order.removeAll { $0 == number }
        }
    }

    /// Keeps a file open; the one opened longest ago is let go (it closes when its last reader is done).
    private func keep(_ file: SegmentFile) {
        files.withLock { files in
            guard files.known[file.number] == file.isCompacted else { return }
            if files.open[file.number] == nil { files.order.append(file.number) }
            files.open[file.number] = file
            while files.order.count > limit {
                let oldest = files.order.removeFirst()
                if oldest != file.number { files.open[oldest] = nil }
            }
        }
    }
}
