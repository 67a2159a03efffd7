// The permanent name of a message's octets in the segment log.

/// Where a record was first written: segment number and offset. It stays the record's name for ever, also after compaction has moved it.
package struct BlobID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Segment in the upper 23 bits, offset in the lower 40; never negative.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package init(segment: UInt32, offset: UInt64) {
        rawValue = Int64(segment & 0x7f_ffff) << 40 | Int64(truncatingIfNeeded: offset & 0xff_ffff_ffff)
    }

    /// The number of the segment file.
    package var segment: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 40) & 0x7f_ffff }
    /// The offset in the segment as first written, in octets.
    package var offset: UInt64 { UInt64(truncatingIfNeeded: rawValue) & 0xff_ffff_ffff }

    package static func < (a: BlobID, b: BlobID) -> Bool { a.rawValue < b.rawValue }
    package var description: String { "\(segment):\(offset)" }
}
