// The form of a record in a segment file, and its checks.
import CPlatform

/// The fixed first octets of a record. All numbers are little-endian.
///
///     0  "PMRC"                       16  kind
///     4  offset as first written      17  1 = octets are zstd
///     8  seal                         18  two zero octets
///    12  CRC-32C of the stored octets 20  octets of the head
///                                     24  octets stored
///                                     28  octets of the message
///
/// Head and stored octets follow; the whole is padded with zeros to a multiple of eight. The seal is the CRC-32C of octet 12 … end of the head,
/// exclusive-or the offset, exclusive-or the segment's salt: what a sender puts into a message cannot pass for a record where a torn tail is searched.
struct SegmentRecord: Equatable {
    static let headerCount = 32
    static let magic: UInt32 = 0x4352_4d50
    /// Larger heads or messages are refused before they are written.
    static let largestPart = 0x3fff_ffff

    var offset: UInt32
    var seal: UInt32
    var storedCheck: UInt32
    var kind: UInt8
    var isCompressed: Bool
    var headCount: Int
    var storedCount: Int
    var octetCount: Int

    /// Octets of the whole record in the file.
    var count: Int { (Self.headerCount + headCount + storedCount + 7) & ~7 }

    /// Reads a header; nil where there is none. Counts are bounded by `largestPart`.
    init?(_ octets: Span<UInt8>) {
        guard octets.count >= Self.headerCount, Self.word(octets, 0) == Self.magic else { return nil }
        offset = Self.word(octets, 4)
        seal = Self.word(octets, 8)
        storedCheck = Self.word(octets, 12)
        kind = octets[16]
        isCompressed = octets[17] == 1
        headCount = Int(Self.word(octets, 20))
        storedCount = Int(Self.word(octets, 24))
        octetCount = Int(Self.word(octets, 28))
        guard headCount <= Self.largestPart, storedCount <= Self.largestPart, octetCount <= Self.largestPart else { return nil }
    }

    /// True when the head (with the header's own fields) is as it was written. `octets` begins at the header.
    func headIsSound(_ octets: Span<UInt8>, salt: UInt32) -> Bool {
        guard octets.count >= Self.headerCount + headCount else { return false }
        return Self.check(octets.extracting(12..<(Self.headerCount + headCount))) ^ offset ^ salt == seal
    }

    /// Gives a complete record its place: the offset, and the seal that goes with it.
    static func place(_ record: inout [UInt8], at offset: UInt32, salt: UInt32) {
        let check = word(record.span, 8)
        put(offset, at: 4, in: &record)
        put(check ^ offset ^ salt, at: 8, in: &record)
    }

    static func check(_ octets: Span<UInt8>) -> UInt32 {
        octets.withUnsafeBufferPointer { cplatform_crc32c(0, $0.baseAddress, $0.count) }
    }

    /// A number at a place.
    static func word(_ octets: Span<UInt8>, _ at: Int) -> UInt32 {
        UInt32(octets[at]) | UInt32(octets[at + 1]) << 8 | UInt32(octets[at + 2]) << 16 | UInt32(octets[at + 3]) << 24
    }

    /// Writes a number at a place of a record that is being built.
    static func put(_ value: UInt32, at: Int, in record: inout [UInt8]) {
        record[at] = UInt8(truncatingIfNeeded: value)
        record[at + 1] = UInt8(truncatingIfNeeded: value >> 8)
        record[at + 2] = UInt8(truncatingIfNeeded: value >> 16)
        record[at + 3] = UInt8(truncatingIfNeeded: value >> 24)
    }
}

/// What one record keeps.
package struct JournalEntry: Sendable, Equatable {
    /// What the head means; the stores number their kinds.
    package var kind: UInt8
    /// Small and uncompressed: envelope, trace prefix, summary.
    package var head: [UInt8]
    /// The message as received.
    package var octets: [UInt8]

    package init(kind: UInt8, head: [UInt8], octets: [UInt8]) {
        self.kind = kind
        self.head = head
        self.octets = octets
    }

    /// The record's octets, complete but for its place: compression and checks are done here, on the caller's thread.
    func record(_ compression: Compression) throws(StorageError) -> [UInt8] {
        guard head.count <= SegmentRecord.largestPart, octets.count <= SegmentRecord.largestPart else {
            throw StorageError(.failed, "a record of \(head.count) + \(octets.count) octets is too large")
        }
        var record: [UInt8] = []
        record.reserveCapacity(SegmentRecord.headerCount + head.count + octets.count / 2 + 64)
        record.append(contentsOf: repeatElement(0, count: SegmentRecord.headerCount))
        record.append(contentsOf: head)
        let start = record.count
        let isCompressed = compression.compress(octets, appendingTo: &record)
        if !isCompressed { record.append(contentsOf: octets) }
        let stored = record.count - start
        SegmentRecord.put(SegmentRecord.magic, at: 0, in: &record)
        SegmentRecord.put(SegmentRecord.check(record.span.extracting(start...)), at: 12, in: &record)
        record[16] = kind
        record[17] = isCompressed ? 1 : 0
        SegmentRecord.put(UInt32(head.count), at: 20, in: &record)
        SegmentRecord.put(UInt32(stored), at: 24, in: &record)
        SegmentRecord.put(UInt32(octets.count), at: 28, in: &record)
        SegmentRecord.put(SegmentRecord.check(record.span.extracting(12..<start)), at: 8, in: &record)
        while record.count & 7 != 0 { record.append(0) }
        return record
    }
}
