// What an operator may tune of the segment log.

/// Settings of the segment log.
package struct SegmentLogConfiguration: Sendable {
    /// A segment that has reached this size is sealed and the next begun, in octets.
    package var segmentSize: UInt64 = 64 << 20
    /// zstd level of message octets.
    package var compressionLevel: Int32 = 1
    /// Octets that may wait for the disk; beyond it appends are refused with `.busy`.
    package var waitingLimit = 256 << 20
    /// Octets written before one flush.
    package var batchSize = 16 << 20
    /// Files kept open for reading.
    package var openFiles = 128

    package init() {}
}
