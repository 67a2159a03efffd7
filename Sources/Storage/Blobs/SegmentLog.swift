// The append-only journal of messages: what it has answered is on the disk.
import Foundation
import Synchronization

/// Segment files in one folder. Appends from any thread wait for the log's thread, which writes all that wait and makes them durable with one
/// `fdatasync`; then their completions are called, in the order of the log.
///
/// After a crash the tail that was never answered is cut off at opening. A full disk costs the message that met it, nothing else; after a failed flush
/// nothing is accepted until a new segment has been written and flushed (architecture, Failure rules).
package final class SegmentLog: Sendable {
    private struct Append: Sendable {
        let record: [UInt8]
        let completion: @Sendable (Result<BlobID, StorageError>) -> Void
    }

    /// The segment being written; touched by the log's thread (and by `init`) alone.
    private struct Tail: Sendable {
        var file: SegmentFile
        var end: UInt64
        var isTrusted = true
    }

    package let folder: String
    /// What opening found: damage in the middle of a segment, octets cut from the tail.
    package let findings: [SegmentFinding]

    private let configuration: SegmentLogConfiguration
    private let compression: Compression
    private let appends = WorkQueue<Append>()
    private let waitingOctets = Atomic<Int>(0)
    private let tail: Mutex<Tail>
    private let position: Mutex<BlobID>
    private let shelf: SegmentShelf
    private let thread = Mutex<WorkerThread?>(nil)

    // MARK: Opening and closing

    /// Opens the folder (made if absent) and cuts a torn tail.
    /// - Throws: `StorageError`: `.readOnly` where it may not be written, `.busy` where another process has it open.
    package init(folder: String, configuration: SegmentLogConfiguration = .init()) throws(StorageError) {
        self.folder = folder
        // Offsets are 32 bits wide: the last record of a segment must begin below 4 GiB.
        var configuration = configuration
        configuration.batchSize = min(configuration.batchSize, 1 << 30)
        configuration.segmentSize = min(configuration.segmentSize, 2 << 30)
        self.configuration = configuration
        compression = Compression(level: configuration.compressionLevel)
        shelf = try SegmentShelf(folder: folder, limit: configuration.openFiles)
        var findings: [SegmentFinding] = []
        let last = shelf.numbers.last ?? 0
        let recovered = last == 0 || shelf.isCompacted(last) ? nil : try Self.recover(shelf, last, &findings)
        let file: SegmentFile
        let end: UInt64
        if let recovered {
            (file, end) = recovered
        } else {
            file = try shelf.create(last + 1)
            end = UInt64(SegmentFile.headerCount)
        }
        self.findings = findings
        tail = Mutex(Tail(file: file, end: end))
        position = Mutex(BlobID(segment: file.number, offset: end))
        let worker = try WorkerThread(name: "segment-log") { self.run() }
        thread.withLock { $0 = worker }
    }

    /// Writes what waits, then stops. Later appends fail with `.closed`.
    package func close() {
        appends.close()
        let worker = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let worker else { return }
        worker.join()
        shelf.release()
    }

    /// The place after the last durable record.
    package var end: BlobID { position.withLock { $0 } }

    /// Octets of records that wait for the disk.
    package var waiting: Int { waitingOctets.load(ordering: .relaxed) }

    // MARK: Appending

    /// Compresses on the caller's thread, then queues. `completion` is called once, on the log's thread, when the record is durable or was not written:
    /// `.full` (this record only), `.busy` (too much waits), `.failed` (the device; nothing is accepted until it works again), `.closed`.
    package func append(_ entry: JournalEntry, completion: @escaping @Sendable (Result<BlobID, StorageError>) -> Void) {
        let record: [UInt8]
        do { record = try entry.record(compression) } catch { return completion(.failure(error)) }
        let waiting = waitingOctets.wrappingAdd(record.count, ordering: .relaxed).newValue
        guard waiting <= configuration.waitingLimit || waiting == record.count else {
            waitingOctets.wrappingSubtract(record.count, ordering: .relaxed)
            return completion(.failure(StorageError(.busy, "\(waiting) octets wait for the disk")))
        }
        if !appends.put(Append(record: record, completion: completion)) {
            waitingOctets.wrappingSubtract(record.count, ordering: .relaxed)
            completion(.failure(StorageError(.closed, "the segment log is closed")))
        }
    }

    private func run() {
        while let waiting = appends.takeAll() {
            var index = 0
            while index < waiting.count {
                var octets = 0
                var next = index
                while next < waiting.count, next == index || octets + waiting[next].record.count <= configuration.batchSize {
                    octets += waiting[next].record.count
                    next += 1
                }
                commit(Array(waiting[index..<next]))
                index = next
            }
        }
    }

    /// Writes a batch and flushes once. Where the batch does not fit, its records are tried one by one, so that a small message still finds its place.
    private func commit(_ batch: [Append]) {
        do throws(StorageError) {
            let ids = try write(batch.map(\.record))
            for (append, id) in zip(batch, ids) { finish(append, .success(id)) }
        } catch {
            guard error.kind == .full, batch.count > 1 else {
                for append in batch { finish(append, .failure(error)) }
                return
            }
            for append in batch { commit([append]) }
        }
    }

    private func finish(_ append: Append, _ result: Result<BlobID, StorageError>) {
        waitingOctets.wrappingSubtract(append.record.count, ordering: .relaxed)
        append.completion(result)
    }

    private func write(_ records: [[UInt8]]) throws(StorageError) -> [BlobID] {
        var current = tail.withLock { $0 }
        if !current.isTrusted || current.end >= configuration.segmentSize {
            let next = try shelf.create(current.file.number + 1)
            current = Tail(file: next, end: UInt64(SegmentFile.headerCount))
            let begun = current
            tail.withLock { $0 = begun }
        }
        var ids: [BlobID] = []
        ids.reserveCapacity(records.count)
        var placed = records
        var end = current.end
        for index in placed.indices {
            ids.append(BlobID(segment: current.file.number, offset: end))
            SegmentRecord.place(&placed[index], at: UInt32(truncatingIfNeeded: end), salt: current.file.salt)
            end += UInt64(placed[index].count)
        }
        do throws(StorageError) { try current.file.write(placed, at: current.end) } catch {
            // Cut back to the last good record; where even that fails the segment is left and the next append begins a new one.
            do throws(StorageError) { try current.file.cut(to: current.end) } catch { tail.withLock { $0.isTrusted = false } }
            throw error
        }
        do throws(StorageError) { try current.file.flush() } catch {
            tail.withLock { $0.isTrusted = false }
            do throws(StorageError) { try current.file.cut(to: current.end) } catch {}
            throw error
        }
        let reached = end
        tail.withLock { $0.end = reached }
        position.withLock { $0 = BlobID(segment: current.file.number, offset: reached) }
        return ids
    }

    // MARK: Reading

    /// The head of a record.
    /// - Throws: `.missing` where it was removed, `.damaged` where its octets are not what was written.
    package func head(of id: BlobID) throws(StorageError) -> [UInt8] {
        let (record, octets, _) = try begin(id, reading: 2048)
        let end = SegmentRecord.headerCount + record.headCount
        return Array(octets[SegmentRecord.headerCount..<end])
    }

    /// The message as received.
    package func octets(of id: BlobID) throws(StorageError) -> [UInt8] { try entry(of: id).octets }

    /// Head and message of a record.
    package func entry(of id: BlobID) throws(StorageError) -> JournalEntry {
        let (record, begun, file) = try begin(id, reading: 16_384)
        let start = SegmentRecord.headerCount + record.headCount
        var octets = begun
        if octets.count < start + record.storedCount {
            guard let at = try file.position(of: id.offset) else { throw StorageError(.missing, "record \(id)") }
            octets = try file.read(at: at, count: start + record.storedCount)
            guard octets.count == start + record.storedCount else { throw StorageError(.damaged, "record \(id) is cut off") }
        }
        let stored = octets.span.extracting(start..<(start + record.storedCount))
        guard SegmentRecord.check(stored) == record.storedCheck else { throw StorageError(.damaged, "record \(id): octets") }
        let message: [UInt8]
        if record.isCompressed {
            guard let expanded = compression.expand(stored, count: record.octetCount) else {
                throw StorageError(.damaged, "record \(id) does not expand")
            }
            message = expanded
        } else {
            message = Array(octets[start..<(start + record.storedCount)])
        }
        return JournalEntry(kind: record.kind, head: Array(octets[SegmentRecord.headerCount..<start]), octets: message)
    }

    /// Reads a record's header and sound head; what is given back begins at the header and may reach beyond the head.
    private func begin(_ id: BlobID, reading guess: Int) throws(StorageError) -> (SegmentRecord, [UInt8], SegmentFile) {
        let file = try shelf.file(id.segment)
        guard let at = try file.position(of: id.offset) else { throw StorageError(.missing, "record \(id) was removed") }
        var octets = try file.read(at: at, count: guess)
        guard let record = SegmentRecord(octets.span), UInt64(record.offset) == id.offset else {
            throw StorageError(.damaged, "no record at \(id)")
        }
        let needed = SegmentRecord.headerCount + record.headCount
        if octets.count < needed, at + UInt64(needed) <= (try file.size()) { octets = try file.read(at: at, count: needed) }
        guard record.headIsSound(octets.span, salt: file.salt) else { throw StorageError(.damaged, "record \(id): head") }
        return (record, octets, file)
    }

    // MARK: Replay

    /// Hands the heads of all records after `mark` to `each`, in the order they were written. Damaged ones, and segments that do not begin as one, are
    /// passed over and reported by `verify`.
    /// - Parameter mark: the last record already known; nil for all.
    package func replay(
        after mark: BlobID?, _ each: (_ id: BlobID, _ kind: UInt8, _ head: [UInt8], _ octetCount: Int) throws -> Void
    ) throws {
        let end = self.end
        for number in shelf.numbers where number >= (mark?.segment ?? 0) && number <= end.segment {
            let file: SegmentFile
            do throws(StorageError) { file = try shelf.file(number) } catch {
                guard error.kind == .damaged else { throw error }
                continue
            }
            var walk = try SegmentWalk(file: file, limit: number == end.segment ? end.offset : nil)
            while let (record, at) = try walk.next() {
                let id = BlobID(segment: number, offset: UInt64(record.offset))
                if let mark, id <= mark { continue }
                try each(id, record.kind, try walk.head(of: record, at: at), record.octetCount)
            }
        }
    }

    /// Checks every record of every segment against its sums.
    /// - Parameter progress: called after each segment with (done, all).
    package func verify(progress: (Int, Int) -> Void = { _, _ in }) throws(StorageError) -> [SegmentFinding] {
        var findings: [SegmentFinding] = []
        let numbers = shelf.numbers
        let end = self.end
        for (index, number) in numbers.enumerated() {
            do throws(StorageError) {
                let file = try shelf.file(number)
                if !(try file.headerIsSound()) {
                    findings.append(.damaged(BlobID(segment: number, offset: 0), octets: SegmentFile.headerCount))
                }
                var walk = try SegmentWalk(file: file, limit: number == end.segment ? end.offset : nil)
                while let (record, at) = try walk.next() {
                    let octets = try file.read(at: at, count: SegmentRecord.headerCount + record.headCount + record.storedCount)
                    if !SegmentWalk.isSound(record, octets.span, salt: file.salt) {
                        findings.append(.damaged(BlobID(segment: number, offset: UInt64(record.offset)), octets: record.count))
                    }
                }
                findings.append(contentsOf: walk.gaps.map { .damaged(BlobID(segment: number, offset: $0.lowerBound), octets: $0.count) })
            } catch {
                findings.append(.unreadable(segment: number, error.detail))
            }
            progress(index + 1, numbers.count)
        }
        return findings
    }

    /// Names of all records that can be read, in order; to find those that nobody refers to.
    package func ids(inSegment number: UInt32) throws(StorageError) -> [BlobID] {
        let end = self.end
        var walk = try SegmentWalk(file: try shelf.file(number), limit: number == end.segment ? end.offset : nil)
        var ids: [BlobID] = []
        while let (record, _) = try walk.next() { ids.append(BlobID(segment: number, offset: UInt64(record.offset))) }
        return ids
    }

    /// Numbers of the segments, rising; the last is being written.
    package var segments: [UInt32] { shelf.numbers }

    /// Octets of all segments on the disk.
    package func storedOctets() throws(StorageError) -> UInt64 {
        var sum: UInt64 = 0
        for number in shelf.numbers { sum += try shelf.file(number).size() }
        return sum
    }

    // MARK: Compaction

    /// Writes a sealed segment again with only the records of `live`, under the same names, and removes the old file.
    /// - Returns: octets won.
    /// - Throws: `.failed` for the segment being written; `.damaged` where a record of `live` cannot be found: nothing is removed then.
    package func compact(segment number: UInt32, live: Set<BlobID>) throws(StorageError) -> UInt64 {
        guard number != tail.withLock({ $0.file.number }) else { throw StorageError(.failed, "segment \(number) is being written") }
        let file = try shelf.file(number)
        let before = try file.size()
        let draft = try shelf.draft(of: file)
        var at = UInt64(SegmentFile.headerCount)
        do throws(StorageError) {
            var missing = live.filter { $0.segment == number }
            var walk = try SegmentWalk(file: file, limit: nil)
            while let (record, from) = try walk.next() {
                guard missing.remove(BlobID(segment: number, offset: UInt64(record.offset))) != nil else { continue }
                let octets = try file.read(at: from, count: record.count)
                guard octets.count == record.count else { throw StorageError(.damaged, "\(file.path): record at \(from) is cut off") }
                try draft.write([octets], at: at)
                at += UInt64(octets.count)
            }
            if let lost = missing.min() { throw StorageError(.damaged, "\(file.path): record \(lost) is in use but not to be found") }
            try draft.flush()
            try shelf.replace(number)
        } catch {
            shelf.discardDraft(number)
            throw error
        }
        return before > at ? before - at : 0
    }

    // MARK: Recovery

    /// Finds the end of the segment that was being written: the first octet after its last sound record. What follows was never answered.
    /// - Returns: nil where the segment does not begin as one: it is left as it is and named.
    private static func recover(
        _ shelf: SegmentShelf, _ number: UInt32, _ findings: inout [SegmentFinding]
    ) throws(StorageError) -> (SegmentFile, UInt64)? {
        let file: SegmentFile
        do throws(StorageError) { file = try shelf.file(number, writable: true) } catch {
            guard error.kind == .damaged else { throw error }
            // A crash while the segment was being made leaves a file without its mark, and so without records.
            if try shelf.size(number) <= UInt64(SegmentFile.headerCount) {
                try shelf.remove(number)
                return (try shelf.create(number), UInt64(SegmentFile.headerCount))
            }
            findings.append(.unreadable(segment: number, error.detail))
            return nil
        }
        var walk = try SegmentWalk(file: file, limit: nil)
        walk.checksEverything = true
        var end = UInt64(SegmentFile.headerCount)
        while let (record, at) = try walk.next() { end = at + UInt64(record.count) }
        let size = try file.size()
        for gap in walk.gaps where gap.upperBound <= end {
            findings.append(.damaged(BlobID(segment: number, offset: gap.lowerBound), octets: gap.count))
        }
        if size > end {
            findings.append(.cut(BlobID(segment: number, offset: end), octets: Int(size - end)))
            try file.cut(to: end)
        }
        // Also where nothing was cut: what a killed process wrote may stand in the page cache only, and rows will soon refer to it.
        try file.flush()
        return (file, end)
    }
}

/// Something that opening or checking the log has found.
package enum SegmentFinding: Sendable, Equatable, CustomStringConvertible {
    /// Octets in the middle that are no sound record: a message may be lost; the rest is served.
    case damaged(BlobID, octets: Int)
    /// A tail that was never answered, cut off.
    case cut(BlobID, octets: Int)
    /// A file that cannot be read at all.
    case unreadable(segment: UInt32, String)

    package var description: String {
        switch self {
        case .damaged(let id, let octets): "segment \(id.segment): \(octets) octets damaged at \(id.offset)"
        case .cut(let id, let octets): "segment \(id.segment): unanswered tail of \(octets) octets cut at \(id.offset)"
        case .unreadable(let segment, let detail): "segment \(segment) cannot be read: \(detail)"
        }
    }
}
