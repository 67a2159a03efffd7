// Going through a segment record by record, also over damaged places.

/// Steps over the records of a segment in the order of the file. A record's counts are believed only when its head is sound: otherwise a damaged count
/// would hide the records after it. Where something is no record it looks for the next sound one and keeps the gap.
struct SegmentWalk {
    private let file: SegmentFile
    private let end: UInt64
    private var at = UInt64(SegmentFile.headerCount)
    private var window: [UInt8] = []
    private var windowStart: UInt64 = 0
    /// True: octets are checked too, not only header and head.
    var checksEverything = false
    /// Places passed over.
    private(set) var gaps: [Range<UInt64>] = []

    /// - Parameter limit: where to stop, for the segment being written; nil for the end of the file.
    init(file: SegmentFile, limit: UInt64?) throws(StorageError) {
        self.file = file
        let size = try file.size()
        end = min(limit ?? size, size)
    }

    /// The next record and where it stands in the file.
    mutating func next() throws(StorageError) -> (SegmentRecord, UInt64)? {
        let start = at
        while at + UInt64(SegmentRecord.headerCount) <= end {
            if let record = try record(at: at) {
                if at > start { gaps.append(start..<at) }
                defer { at += UInt64(record.count) }
                return (record, at)
            }
            at = try nextMark(after: at)
        }
        if start < end { gaps.append(start..<end) }
        at = end
        return nil
    }

    /// The head of the record that `next` has just given.
    mutating func head(of record: SegmentRecord, at place: UInt64) throws(StorageError) -> [UInt8] {
        let count = SegmentRecord.headerCount + record.headCount
        try fill(place, count)
        let offset = Int(place - windowStart)
        guard window.count >= offset + count else { throw StorageError(.damaged, "\(file.path): record at \(place) is cut off") }
        return Array(window[(offset + SegmentRecord.headerCount)..<(offset + count)])
    }

    private mutating func record(at place: UInt64) throws(StorageError) -> SegmentRecord? {
        try fill(place, SegmentRecord.headerCount)
        var offset = Int(place - windowStart)
        guard window.count >= offset + SegmentRecord.headerCount,
            let record = SegmentRecord(window.span.extracting(offset..<(offset + SegmentRecord.headerCount))),
            place + UInt64(record.count) <= end,
            file.isCompacted || UInt64(record.offset) == place
        else { return nil }
        let count = SegmentRecord.headerCount + record.headCount + (checksEverything ? record.storedCount : 0)
        try fill(place, count)
        offset = Int(place - windowStart)
        guard window.count >= offset + count else { return nil }
        let octets = window.span.extracting(offset..<(offset + count))
        return (checksEverything ? Self.isSound(record, octets, salt: file.salt) : record.headIsSound(octets, salt: file.salt)) ? record : nil
    }

    /// Records begin at multiples of eight: the next place that holds the mark, or the end.
    private mutating func nextMark(after place: UInt64) throws(StorageError) -> UInt64 {
        var candidate = place + 8
        while candidate + UInt64(SegmentRecord.headerCount) <= end {
            try fill(candidate, SegmentRecord.headerCount)
            let offset = Int(candidate - windowStart)
            guard window.count >= offset + 4 else { return end }
            if window[offset] == 0x50, window[offset + 1] == 0x4d, window[offset + 2] == 0x52, window[offset + 3] == 0x43 { return candidate }
            candidate += 8
        }
        return end
    }

    private mutating func fill(_ place: UInt64, _ count: Int) throws(StorageError) {
        if place >= windowStart, place + UInt64(count) <= windowStart + UInt64(window.count) { return }
        windowStart = place
        window = try file.read(at: place, count: max(count, 65_536))
    }

    /// True when head and octets are as they were written. `octets` begins at the header.
    static func isSound(_ record: SegmentRecord, _ octets: Span<UInt8>, salt: UInt32) -> Bool {
        let start = SegmentRecord.headerCount + record.headCount
        guard octets.count >= start + record.storedCount, record.headIsSound(octets, salt: salt) else { return false }
        return SegmentRecord.check(octets.extracting(start..<(start + record.storedCount))) == record.storedCheck
    }
}
