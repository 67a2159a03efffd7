// The segment log after a crash or damage: answered records are there, the torn tail is gone, damage is named.
import Foundation
import PostmasterTesting
import Testing

@testable import Storage

@Suite struct SegmentRecoveryTests {
    /// A closed log with entries 0 ..< count and the names of these.
    private func written(_ count: Int, in folder: TemporaryFolder, size: Int = 600) throws -> (path: String, ids: [BlobID], end: UInt64) {
        let path = folder.path(of: "log")
        let log = try SegmentLog(folder: path)
        var ids: [BlobID] = []
        for n in 0..<count { ids.append(try log.appendNow(numbered(n, count: size))) }
        let end = log.end.offset
        log.close()
        return (path, ids, end)
    }

    @Test(
        "a tail torn at any octet is cut; what came before is whole and appends go on",
        arguments: [1, 3, 4])
    func tornTail(count: Int) throws {
        let folder = try TemporaryFolder()
        let (path, ids, end) = try written(count, in: folder, size: 300)
        let whole = try octets(of: segmentPath(path, 1))
        #expect(UInt64(whole.count) == end)
        let last = Int(ids[count - 1].offset)
        for cut in last..<whole.count {
            let copy = try folder.copy(of: path, named: "cut\(cut)")
            try put(Array(whole[..<cut]), in: segmentPath(copy, 1))
            let log = try SegmentLog(folder: copy)
            #expect(log.end == ids[count - 1])
            #expect(log.findings == (cut == last ? [] : [.cut(ids[count - 1], octets: cut - last)]))
            #expect(try log.replayed().map(\.id) == Array(ids.dropLast()))
            for n in 0..<(count - 1) { #expect(try log.entry(of: ids[n]) == numbered(n, count: 300)) }
            #expect(throws: StorageError.self) { try log.entry(of: ids[count - 1]) }
            let id = try log.appendNow(numbered(77))
            #expect(id == ids[count - 1], "the new record takes the torn one's place")
            #expect(try log.entry(of: id) == numbered(77))
            log.close()
            let again = try SegmentLog(folder: copy)
            #expect(again.findings.isEmpty)
            #expect(try again.replayed().map(\.id) == ids.dropLast() + [id])
            #expect(try again.verify().isEmpty)
            again.close()
            try FileManager.default.removeItem(atPath: copy)
        }
    }

    @Test("a tail that holds rubbish instead of a record is cut, whatever the rubbish is", arguments: 0..<6)
    func rubbish(kind: Int) throws {
        let folder = try TemporaryFolder()
        let (path, ids, end) = try written(4, in: folder)
        var whole = try octets(of: segmentPath(path, 1))
        var generator = Sequence(seed: 99)
        switch kind {
        case 0: whole += [UInt8](repeating: 0, count: 5_000)
        case 1: whole += (0..<5_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        case 2: whole += Array(whole[Int(ids[1].offset)..<Int(ids[3].offset)])  // records of another place
        case 3: whole += Array("PMRC".utf8) + [UInt8](repeating: 0xff, count: 60)
        case 4: whole += (0..<700).flatMap { _ in Array("PMRC".utf8) + [0, 0, 0, 0] }
        default:
            // The last record with every other 512 octets missing, as a failing power supply may leave it.
            let copy = folder.path(of: "large")
            let log = try SegmentLog(folder: copy)
            for n in 0..<4 { try log.appendNow(numbered(n)) }
            try log.appendNow(numbered(6, count: 9_000))
            log.close()
            whole = try octets(of: segmentPath(copy, 1))
            for index in whole.indices where index >= Int(end) && (index - Int(end)) / 512 % 2 == 1 { whole[index] = 0 }
            // It is another segment, with a salt of its own.
            try put(whole, in: segmentPath(path, 1))
        }
        try put(whole, in: segmentPath(path, 1))
        let log = try SegmentLog(folder: path)
        defer { log.close() }
        #expect(log.end.offset == end)
        #expect(log.findings == [.cut(BlobID(segment: 1, offset: end), octets: whole.count - Int(end))])
        for n in 0..<4 { #expect(try log.entry(of: ids[n]) == numbered(n)) }
        let id = try log.appendNow(numbered(9))
        #expect(try log.replayed().map(\.id) == ids + [id])
    }

    @Test("a record that a message brings along is not taken for one where a torn tail is searched")
    func forgedRecord() throws {
        let folder = try TemporaryFolder()
        let (path, ids, _) = try written(4, in: folder)
        // What a sender can know: the form of a record, and by luck the offset at which it will stand.
        let place = Int(ids[3].offset) + SegmentRecord.headerCount + 40 + 24
        var forged = try JournalEntry(kind: 1, head: Array("forged".utf8), octets: Array("forged message".utf8)).record(Compression(level: 1))
        SegmentRecord.place(&forged, at: UInt32(place), salt: 0)
        var whole = try octets(of: segmentPath(path, 1))
        whole.replaceSubrange(place..<(place + forged.count), with: forged)
        try put(whole, in: segmentPath(path, 1))
        let log = try SegmentLog(folder: path)
        defer { log.close() }
        #expect(try log.replayed().map(\.id) == Array(ids[..<3]))
        #expect(log.end == ids[3])
    }

    @Test(
        "one damaged octet in the middle of a segment costs at most its record: found, named, the rest served, whether the segment is being written or sealed"
    )
    func damagedOctet() throws {
        let folder = try TemporaryFolder()
        for count in [300, 301] {
            let path = folder.path(of: "log\(count)")
            let log = try SegmentLog(folder: path)
            var ids: [BlobID] = []
            // Number 3 does not compress, number 2 does.
            for n in [0, 1, count == 300 ? 2 : 3, 4, 5] { ids.append(try log.appendNow(numbered(n, count: count))) }
            log.close()
            let numbers = [0, 1, count == 300 ? 2 : 3, 4, 5]
            let whole = try octets(of: segmentPath(path, 1))
            let damaged = ids[2]
            let stored = try #require(record(in: whole, at: Int(damaged.offset)))
            let used = SegmentRecord.headerCount + stored.headCount + stored.storedCount
            // The same segment once more, sealed by a record in the next one.
            let sealed = try folder.copy(of: path, named: "sealed\(count)")
            var configuration = SegmentLogConfiguration()
            configuration.segmentSize = 1
            let sealer = try SegmentLog(folder: sealed, configuration: configuration)
            try sealer.appendNow(numbered(8))
            sealer.close()
            for place in Int(damaged.offset)..<Int(ids[3].offset) {
                var changed = whole
                changed[place] ^= UInt8(1 << (place % 8))
                let isPadding = place >= Int(damaged.offset) + used
                for path in [path, sealed] {
                    try put(changed, in: segmentPath(path, 1))
                    let log = try SegmentLog(folder: path)
                    defer { log.close() }
                    let findings = path == sealed ? try log.verify() : log.findings
                    let others = [0, 1, 3, 4]
                    for n in others { #expect(try log.entry(of: ids[n]) == numbered(numbers[n], count: count), "octet \(place)") }
                    let seen = try log.replayed().map(\.id).filter { $0.segment == 1 }
                    #expect(seen == ids || seen == others.map { ids[$0] }, "octet \(place)")
                    if isPadding {
                        #expect(findings.isEmpty, "octet \(place)")
                        #expect(try log.entry(of: damaged) == numbered(numbers[2], count: count))
                    } else {
                        #expect(findings == [.damaged(damaged, octets: Int(ids[3].offset - damaged.offset))], "octet \(place)")
                        expect(.damaged) { try log.entry(of: damaged) }
                    }
                    let id = try log.appendNow(numbered(9))
                    #expect(try log.entry(of: id) == numbered(9))
                }
            }
        }
    }

    @Test("one damaged octet in a segment's header costs nothing and is found")
    func damagedHeader() throws {
        let folder = try TemporaryFolder()
        let (path, ids, _) = try written(3, in: folder)
        let whole = try octets(of: segmentPath(path, 1))
        for place in 0..<SegmentFile.headerCount {
            var changed = whole
            changed[place] ^= 0x10
            try put(changed, in: segmentPath(path, 1))
            let log = try SegmentLog(folder: path)
            #expect(log.findings.isEmpty)
            for n in 0..<3 { #expect(try log.entry(of: ids[n]) == numbered(n)) }
            #expect(try log.replayed().map(\.id) == ids)
            #expect(try log.verify() == [.damaged(BlobID(segment: 1, offset: 0), octets: SegmentFile.headerCount)])
            log.close()
        }
    }

    @Test("a segment whose header is gone is named and left as it is; the others are served and service goes on")
    func lostHeader() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "log")
        var configuration = SegmentLogConfiguration()
        configuration.segmentSize = 1_500
        var ids: [BlobID] = []
        do {
            let log = try SegmentLog(folder: path, configuration: configuration)
            for n in 0..<30 { ids.append(try log.appendNow(numbered(n))) }
            log.close()
        }
        let last = try #require(ids.last).segment
        #expect(last > 3)
        for number in [last, 2] {
            var changed = try octets(of: segmentPath(path, number))
            for place in 0..<SegmentFile.headerCount { changed[place] = 0xee }
            try put(changed, in: segmentPath(path, number))
            let log = try SegmentLog(folder: path, configuration: configuration)
            if number == last {
                guard case .unreadable(number, _)? = log.findings.first else {
                    Issue.record("\(log.findings)")
                    return
                }
                #expect(log.end.segment == number + 1)
            }
            let found = try log.verify().filter { if case .unreadable(number, _) = $0 { true } else { false } }
            #expect(found.count == 1)
            let lost: Set<UInt32> = number == last ? [last] : [last, 2]
            #expect(try log.replayed().map(\.id).filter { $0.segment <= last } == ids.filter { !lost.contains($0.segment) })
            for (n, id) in ids.enumerated() {
                if lost.contains(id.segment) {
                    expect(.damaged) { try log.entry(of: id) }
                } else {
                    #expect(try log.entry(of: id) == numbered(n))
                }
            }
            let id = try log.appendNow(numbered(99))
            #expect(try log.entry(of: id) == numbered(99))
            log.close()
            #expect(try octets(of: segmentPath(path, number)) == changed)
        }
    }

    @Test("a crash while a segment was being made leaves a file without its header: it is made anew", arguments: 0..<32)
    func unfinishedSegment(count: Int) throws {
        let folder = try TemporaryFolder()
        let (path, ids, _) = try written(2, in: folder)
        try put([UInt8](repeating: 0, count: count), in: segmentPath(path, 2))
        let log = try SegmentLog(folder: path)
        defer { log.close() }
        #expect(log.findings.isEmpty)
        let id = try log.appendNow(numbered(5))
        #expect(id.segment == 2)
        #expect(try log.replayed().map(\.id) == ids + [id])
    }

    @Test("files that are no segments are left alone")
    func strangers() throws {
        let folder = try TemporaryFolder()
        let (path, ids, _) = try written(2, in: folder)
        for name in ["README", "x.seg", "0000000003.seg.bak", "99999999999.seg"] { try put([1, 2, 3], in: "\(path)/\(name)") }
        let log = try SegmentLog(folder: path)
        defer { log.close() }
        #expect(log.segments == [1])
        #expect(try log.replayed().map(\.id) == ids)
        #expect(FileManager.default.fileExists(atPath: "\(path)/README"))
    }
}
