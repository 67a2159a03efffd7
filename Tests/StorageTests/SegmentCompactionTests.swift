// Compaction: what is in use stays under its name, what is not gives its space back, and a crash at any point leaves one whole segment.
import Foundation
import PostmasterTesting
import Synchronization
import Testing

@testable import Storage

@Suite struct SegmentCompactionTests {
    private static func configuration() -> SegmentLogConfiguration {
        var configuration = SegmentLogConfiguration()
        configuration.segmentSize = 10_000
        return configuration
    }

    /// A log with some segments.
    private func log(_ path: String) throws -> (SegmentLog, [BlobID]) {
        let log = try SegmentLog(folder: path, configuration: Self.configuration())
        var ids: [BlobID] = []
        for n in 0..<120 { ids.append(try log.appendNow(numbered(n))) }
        #expect(log.segments.count > 2)
        return (log, ids)
    }

    @Test("live records keep their names, the others are missing and their space is given back, also after opening again")
    func liveStays() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "log")
        let (log, ids) = try log(path)
        let live = Set(ids.enumerated().filter { $0.offset % 4 == 1 }.map(\.element))
        let before = try log.storedOctets()
        var won: UInt64 = 0
        for number in log.segments.dropLast() { won += try log.compact(segment: number, live: live) }
        #expect(won > 0)
        #expect(try log.storedOctets() == before - won)
        let last = try #require(log.segments.last)
        func check(_ log: SegmentLog) throws {
            for (n, id) in ids.enumerated() {
                if live.contains(id) || id.segment == last {
                    #expect(try log.entry(of: id) == numbered(n))
                } else {
                    expect(.missing) { try log.entry(of: id) }
                }
            }
            #expect(try log.replayed().map(\.id) == ids.filter { live.contains($0) || $0.segment == last })
            #expect(try log.verify().isEmpty)
        }
        try check(log)
        // Once more, with fewer.
        let fewer = live.filter { $0.segment != 1 }
        #expect(try log.compact(segment: 1, live: fewer) > 0)
        #expect(try log.ids(inSegment: 1).isEmpty)
        expect(.missing) { try log.entry(of: ids[1]) }
        log.close()
        let again = try SegmentLog(folder: path, configuration: Self.configuration())
        defer { again.close() }
        #expect(again.findings.isEmpty)
        #expect(try again.replayed().map(\.id) == ids.filter { fewer.contains($0) || $0.segment == last })
        #expect(try again.appendNow(numbered(500)).segment >= last)
    }

    @Test("the segment being written is not compacted")
    func writtenSegment() throws {
        let folder = try TemporaryFolder()
        let (log, ids) = try log(folder.path(of: "log"))
        defer { log.close() }
        expect(.failed) { try log.compact(segment: log.end.segment, live: []) }
        #expect(try log.entry(of: try #require(ids.last)) == numbered(119))
    }

    @Test("a draft that a crash left behind is removed, and the segment is as it was")
    func draftLeftBehind() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "log")
        let (log, ids) = try log(path)
        log.close()
        try put(Array(try octets(of: segmentPath(path, 1)).prefix(700)), in: segmentPath(path, 1, compacted: true) + ".draft")
        let again = try SegmentLog(folder: path, configuration: Self.configuration())
        defer { again.close() }
        #expect(!FileManager.default.fileExists(atPath: segmentPath(path, 1, compacted: true) + ".draft"))
        #expect(try again.replayed().map(\.id) == ids)
    }

    @Test("a crash before the old file was removed leaves both: the compacted one is taken, the other removed")
    func bothFiles() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "log")
        let (log, ids) = try log(path)
        let old = try octets(of: segmentPath(path, 1))
        let live = Set(ids.filter { $0.offset > 3_000 })
        _ = try log.compact(segment: 1, live: live)
        log.close()
        try put(old, in: segmentPath(path, 1))
        let again = try SegmentLog(folder: path, configuration: Self.configuration())
        defer { again.close() }
        #expect(!FileManager.default.fileExists(atPath: segmentPath(path, 1)))
        #expect(try again.replayed().map(\.id) == ids.filter { $0.segment != 1 || live.contains($0) })
    }

    @Test("a crash before the rename leaves the old file, complete")
    func crashBeforeRename() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "log")
        let (log, ids) = try log(path)
        let old = try octets(of: segmentPath(path, 1))
        _ = try log.compact(segment: 1, live: [])
        log.close()
        let compacted = segmentPath(path, 1, compacted: true)
        try FileManager.default.moveItem(atPath: compacted, toPath: compacted + ".draft")
        try put(old, in: segmentPath(path, 1))
        let again = try SegmentLog(folder: path, configuration: Self.configuration())
        defer { again.close() }
        #expect(try again.replayed().map(\.id) == ids)
    }

    @Test("where a live record cannot be found nothing is removed")
    func damagedLive() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "log")
        let (log, ids) = try log(path)
        log.close()
        var changed = try octets(of: segmentPath(path, 1))
        changed[Int(ids[2].offset) + 20] ^= 1
        try put(changed, in: segmentPath(path, 1))
        let again = try SegmentLog(folder: path, configuration: Self.configuration())
        defer { again.close() }
        expect(.damaged) { try again.compact(segment: 1, live: Set(ids)) }
        #expect(try octets(of: segmentPath(path, 1)) == changed)
        #expect(!FileManager.default.fileExists(atPath: segmentPath(path, 1, compacted: true) + ".draft"))
        #expect(try again.entry(of: ids[1]) == numbered(1) && again.entry(of: ids[3]) == numbered(3))
        // Nobody needs the damaged one any more: then its space may go.
        #expect(try again.compact(segment: 1, live: Set(ids).subtracting([ids[2]])) > 0)
        #expect(try again.entry(of: ids[3]) == numbered(3))
    }

    @Test("damage in a compacted segment costs its record alone", arguments: [0, 4, 6, 8, 12, 17, 20, 24, 28, 33, 200])
    func damagedCompacted(place: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "log")
        let (log, ids) = try log(path)
        let mine = ids.filter { $0.segment == 1 }
        let live = mine.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        _ = try log.compact(segment: 1, live: Set(live))
        log.close()
        let file = segmentPath(path, 1, compacted: true)
        var changed = try octets(of: file)
        let first = try #require(record(in: changed, at: SegmentFile.headerCount))
        changed[SegmentFile.headerCount + first.count + place] ^= 2
        try put(changed, in: file)
        let again = try SegmentLog(folder: path, configuration: Self.configuration())
        defer { again.close() }
        #expect(try again.verify().count == 1)
        for (index, id) in live.enumerated() {
            if index == 1 {
                #expect(throws: StorageError.self) { try again.entry(of: id) }
            } else {
                #expect(try again.entry(of: id) == numbered(mine.firstIndex(of: id) ?? -1))
            }
        }
    }

    @Test("reading goes on while segments are compacted under it")
    func readingMeanwhile() throws {
        let folder = try TemporaryFolder()
        let (log, ids) = try log(folder.path(of: "log"))
        defer { log.close() }
        let live = Set(ids.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
        let stop = Atomic<Bool>(false)
        let wrong = Atomic<Int>(0)
        let done = DispatchGroup()
        for thread in 0..<4 {
            done.enter()
            Thread.detachNewThread {
                var generator = Sequence(seed: UInt64(thread + 1))
                while !stop.load(ordering: .relaxed) {
                    let n = Int.random(in: 0..<60, using: &generator) * 2
                    if (try? log.entry(of: ids[n])) != numbered(n) { wrong.add(1, ordering: .relaxed) }
                }
                done.leave()
            }
        }
        for _ in 0..<20 { for number in log.segments.dropLast() { _ = try log.compact(segment: number, live: live) } }
        stop.store(true, ordering: .relaxed)
        done.wait()
        #expect(wrong.load(ordering: .relaxed) == 0)
    }
}
