// One file of the segment log: opening, reading at an offset, appending, cutting back.
import Glibc
import Synchronization

/// An open segment file. Reads may come from any thread; only the log's thread appends.
final class SegmentFile: Sendable {
    /// The first octets of every segment: mark, number, salt and a CRC-32C of these, all of it twice, so that a damaged octet costs nothing.
    static let headerCount = 32
    private static let mark: [UInt8] = Array("PMS1".utf8)

    let number: UInt32
    let path: String
    /// A number of this segment's own that goes into every record's seal.
    let salt: UInt32
    /// True for a file that compaction has written: records stand at other offsets than their names say.
    let isCompacted: Bool
    private let descriptor: Int32
    private let moved = Mutex<[UInt32: UInt64]?>(nil)

    private init(number: UInt32, path: String, salt: UInt32, isCompacted: Bool, descriptor: Int32) {
        self.number = number
        self.path = path
        self.salt = salt
        self.isCompacted = isCompacted
        self.descriptor = descriptor
    }

    deinit { Glibc.close(descriptor) }

    /// Opens an existing segment and checks its header.
    /// - Throws: `.damaged` where neither copy of the header is sound.
    static func open(number: UInt32, path: String, isCompacted: Bool, writable: Bool) throws(StorageError) -> SegmentFile {
        let descriptor = Glibc.open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError(errno: errno, path) }
        let header: [UInt8]
        do throws(StorageError) { header = try read(descriptor, at: 0, count: headerCount, path) } catch {
            Glibc.close(descriptor)
            throw error
        }
        guard let salt = salt(in: header, number: number, copy: 0) ?? salt(in: header, number: number, copy: 1) else {
            Glibc.close(descriptor)
            throw StorageError(.damaged, "\(path) does not begin as a segment")
        }
        return SegmentFile(number: number, path: path, salt: salt, isCompacted: isCompacted, descriptor: descriptor)
    }

    /// Makes a new segment; what is written is durable, its folder's entry is not yet.
    /// - Parameter salt: that of the segment it takes the place of; nil for a new one.
    static func create(number: UInt32, path: String, isCompacted: Bool, salt: UInt32? = nil) throws(StorageError) -> SegmentFile {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError(errno: errno, path) }
        let salt = salt ?? UInt32.random(in: .min ... .max)
        let file = SegmentFile(number: number, path: path, salt: salt, isCompacted: isCompacted, descriptor: descriptor)
        let copy = header(number: number, salt: salt)
        do throws(StorageError) {
            try file.write([copy + copy], at: 0)
            try file.flush()
        } catch {
            unlink(path)
            throw error
        }
        return file
    }

    /// One copy of the header.
    private static func header(number: UInt32, salt: UInt32) -> [UInt8] {
        var header = mark + [UInt8](repeating: 0, count: 12)
        SegmentRecord.put(number, at: 4, in: &header)
        SegmentRecord.put(salt, at: 8, in: &header)
        SegmentRecord.put(SegmentRecord.check(header.span.extracting(0..<12)), at: 12, in: &header)
        return header
    }

    /// The salt of a sound copy of the header.
    private static func salt(in octets: [UInt8], number: UInt32, copy: Int) -> UInt32? {
        let start = copy * headerCount / 2
        guard octets.count >= start + headerCount / 2 else { return nil }
        let salt = SegmentRecord.word(octets.span, start + 8)
        return Array(octets[start..<(start + headerCount / 2)]) == header(number: number, salt: salt) ? salt : nil
    }

    /// Octets in the file now.
    func size() throws(StorageError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StorageError(errno: errno, path) }
        return UInt64(max(0, status.st_size))
    }

    /// True when both copies of the header are as they were written.
    func headerIsSound() throws(StorageError) -> Bool {
        let octets = try read(at: 0, count: Self.headerCount)
        return (0..<2).allSatisfy { Self.salt(in: octets, number: number, copy: $0) == salt }
    }

    /// Up to `count` octets at `offset`; fewer at the end of the file.
    func read(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
        try Self.read(descriptor, at: offset, count: count, path)
    }

    private static func read(_ descriptor: Int32, at offset: UInt64, count: Int, _ path: String) throws(StorageError) -> [UInt8] {
        var failure: Int32 = 0
        let octets = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count, let base = buffer.baseAddress {
                let n = pread(descriptor, base + filled, count - filled, off_t(offset) + off_t(filled))
                if n < 0 && errno == EINTR { continue }
                if n < 0 { failure = errno }
                if n <= 0 { break }
                filled += n
            }
        }
        guard failure == 0 else { throw StorageError(errno: failure, path) }
        return octets
    }

    /// Writes the pieces one after the other, all of them or an error.
    func write(_ pieces: [[UInt8]], at offset: UInt64) throws(StorageError) {
        var position = off_t(offset)
        var index = 0
        while index < pieces.count {
            // A few thousand octets a piece are gathered into one call; a large piece goes by itself.
            var batch: [UInt8]? = nil
            var end = index
            if pieces[index].count < 65_536, index + 1 < pieces.count {
                var gathered: [UInt8] = []
                while end < pieces.count, gathered.count + pieces[end].count <= 1 << 20 {
                    if end == index { gathered.reserveCapacity(min(1 << 20, (pieces.count - index) * (pieces[index].count + 512))) }
                    gathered.append(contentsOf: pieces[end])
                    end += 1
                }
                batch = gathered
            } else {
                end = index + 1
            }
            let octets = batch ?? pieces[index]
            var written = 0
            while written < octets.count {
                let n = octets.withUnsafeBytes { pwrite(descriptor, $0.baseAddress?.advanced(by: written), octets.count - written, position) }
                if n < 0 && errno == EINTR { continue }
                guard n >= 0 else { throw StorageError(errno: errno, path) }
                // A write that moves nothing without an error is a full device.
                guard n > 0 else { throw StorageError(.full, "\(path): nothing written") }
                written += n
                position += off_t(n)
            }
            index = end
        }
    }

    /// Makes what was written durable.
    func flush() throws(StorageError) {
        while fdatasync(descriptor) != 0 {
            if errno == EINTR { continue }
            throw StorageError(flush: errno, path)
        }
    }

    /// Cuts the file back to a good end.
    func cut(to size: UInt64) throws(StorageError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw StorageError(errno: errno, path) }
    }

    /// Where the record named by `offset` stands in this file; nil when it is not here any more.
    func position(of offset: UInt64) throws(StorageError) -> UInt64? {
        guard isCompacted else { return offset }
        guard let name = UInt32(exactly: offset) else { return nil }
        if let known = moved.withLock({ $0 }) { return known[name] }
        var places: [UInt32: UInt64] = [:]
        var walk = try SegmentWalk(file: self, limit: nil)
        while let (record, at) = try walk.next() { places[record.offset] = at }
        moved.withLock { $0 = places }
        return places[name]
    }
}

extension StorageError {
    /// An error of a system call.
    @inline(never)
    init(errno code: Int32, _ path: String) {
        let kind: Kind =
            switch code {
            case ENOSPC, EDQUOT, EFBIG: .full
            case EROFS, EACCES, EPERM: .readOnly
            case ENOENT: .missing
            default: .failed
            }
        self.init(kind, "\(path): \(String(cString: strerror(code)))")
    }

    /// A flush that failed: whatever the device says, what was written before it is not known to be there.
    @inline(never)
    init(flush code: Int32, _ path: String) {
        self.init(.failed, "\(path): flush: \(String(cString: strerror(code)))")
    }
}

/// Makes a folder's entries durable.
func flushFolder(_ path: String) throws(StorageError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StorageError(errno: errno, path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw StorageError(flush: errno, path) }
}
