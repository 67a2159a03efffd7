// The stored form of a column snapshot: each column as differences from its least value, in as few octets as the greatest one needs.

extension MailboxColumns {
    /// The version of the form. Another one is not read.
    static let version: UInt8 = 1
    /// Columns are followed by this many zero octets, so that a value may be loaded eight octets wide.
    private static let padding = 8

    /// Version, number of messages, then the columns: UIDs (as gaps), flags, mod-sequences, dates, sizes, blobs, ordinals.
    func encoded() -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(128 + self.count * 24)
        octets.append(Self.version)
        octets.appendNumber(UInt32(truncatingIfNeeded: self.count))
        var gaps: [UInt32] = []
        gaps.reserveCapacity(self.count)
        var previous: UInt32 = 0
        for uid in self.uids {
            gaps.append(uid &- previous)
            previous = uid
        }
        // The first gap reaches from zero and may be large: it stands alone, so that the others stay one octet wide.
        octets.appendNumber(gaps.first ?? 0)
        Self.encode(gaps.dropFirst(), into: &octets)
        Self.encode(self.flags[...], into: &octets)
        Self.encode(self.modSeqs[...], into: &octets)
        Self.encode(self.dates[...], into: &octets)
        Self.encode(self.sizes[...], into: &octets)
        // Never narrower than an octet, so that no short snapshot claims to be of many messages.
        Self.encode(self.blobs[...], leastWidth: 1, into: &octets)
        Self.encode(self.ordinals[...], into: &octets)
        return octets
    }

    /// Reads a snapshot; nil where the octets are not one.
    init?(decoding octets: Span<UInt8>) {
        var at = 0
        guard octets.count >= 9, octets[0] == Self.version else { return nil }
        at = 1
        let count = Int(Self.load(octets, 1) & 0xffff_ffff)
        guard count <= octets.count else { return nil }
        let first = UInt32(truncatingIfNeeded: Self.load(octets, 5))
        at = 9
        var columns = MailboxColumns()
        guard let gaps = Self.decode(octets, &at, max(0, count - 1), UInt32.self),
            let flags = Self.decode(octets, &at, count, UInt64.self),
            let modSeqs = Self.decode(octets, &at, count, UInt64.self),
            let dates = Self.decode(octets, &at, count, Int64.self),
            let sizes = Self.decode(octets, &at, count, UInt32.self),
            let blobs = Self.decode(octets, &at, count, Int64.self),
            let ordinals = Self.decode(octets, &at, count, UInt16.self),
            at == octets.count
        else { return nil }
        if count > 0 {
            guard first > 0 else { return nil }
            columns.uids.reserveCapacity(count)
            columns.uids.append(first)
            var uid = first
            for gap in gaps {
                let (next, overflow) = uid.addingReportingOverflow(gap)
                guard gap > 0, !overflow else { return nil }
                columns.uids.append(next)
                uid = next
            }
        }
        columns.flags = flags
        columns.modSeqs = modSeqs
        columns.dates = dates
        columns.sizes = sizes
        columns.blobs = blobs
        columns.ordinals = ordinals
        self = columns
    }

    private static func encode<T: FixedWidthInteger>(_ column: ArraySlice<T>, leastWidth: Int = 0, into octets: inout [UInt8]) {
        let least = column.min() ?? 0
        let greatest = column.max() ?? 0
        let span = UInt64(truncatingIfNeeded: Int64(truncatingIfNeeded: greatest) &- Int64(truncatingIfNeeded: least))
        let width = max(leastWidth, (64 - span.leadingZeroBitCount + 7) / 8)
        octets.append(UInt8(width))
        octets.appendNumber(UInt64(truncatingIfNeeded: least))
        if width > 0 {
            let base = UInt64(truncatingIfNeeded: least)
            for value in column {
                var rest = UInt64(truncatingIfNeeded: value) &- base
                for _ in 0..<width {
                    octets.append(UInt8(truncatingIfNeeded: rest))
                    rest &>>= 8
                }
            }
        }
        for _ in 0..<Self.padding { octets.append(0) }
    }

    private static func decode<T: FixedWidthInteger>(_ octets: Span<UInt8>, _ at: inout Int, _ count: Int, _ type: T.Type) -> [T]? {
        guard octets.count - at >= 9 + Self.padding else { return nil }
        let width = Int(octets[at])
        guard width <= 8 else { return nil }
        let base = Self.load(octets, at + 1)
        let start = at + 9
        let (needed, overflow) = count.multipliedReportingOverflow(by: width)
        guard !overflow, octets.count - start - Self.padding >= needed else { return nil }
        at = start + needed + Self.padding
        if width == 0 { return [T](repeating: T(truncatingIfNeeded: base), count: count) }
        let mask = width == 8 ? UInt64.max : (1 &<< UInt64(8 * width)) &- 1
        let raw = octets.bytes
        return [T](unsafeUninitializedCapacity: count) { column, filled in
            var place = start
            for index in 0..<count {
                // In bounds: the padding follows every column, and this was checked above; the load checks again.
                let value = raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
                column[index] = T(truncatingIfNeeded: base &+ (UInt64(littleEndian: value) & mask))
                place += width
            }
            filled = count
        }
    }

    private static func load(_ octets: Span<UInt8>, _ at: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<min(8, octets.count - at) { value |= UInt64(octets[at + index]) &<< UInt64(8 * index) }
        return value
    }
}
