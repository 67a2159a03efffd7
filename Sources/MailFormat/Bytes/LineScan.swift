// The one line scanner: finds line feeds (and single octets) with the C library's memchr, which is the fastest way measured.

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Searches for single octets in borrowed memory. Everything that needs line ends uses this and nothing else.
package enum LineScan {
    /// The index of the first LF at or after `from`, or nil.
    package static func nextLineFeed(in octets: Span<UInt8>, from: Int) -> Int? {
        self.next(0x0A, in: octets, from: from, to: octets.count)
    }

    /// The index of the first LF at or after `from` and before `to`, or nil.
    package static func nextLineFeed(in octets: Span<UInt8>, from: Int, to end: Int) -> Int? {
        self.next(0x0A, in: octets, from: from, to: end)
    }

    /// The index of the first `octet` in `from..<end`, or nil; both ends are clamped to what is there.
    package static func next(_ octet: UInt8, in octets: Span<UInt8>, from: Int, to end: Int) -> Int? {
        let start = max(from, 0)
        let stop = min(end, octets.count)
        guard start < stop else { return nil }
        return octets.withUnsafeBufferPointer { buffer -> Int? in
            guard let base = buffer.baseAddress else { return nil }
            guard let found = memchr(base + start, Int32(octet), stop - start) else { return nil }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Where the line that ends with the LF at `lineFeed` stops when its line end (CRLF or LF) is left out.
    ///
    /// `lineStart` is where that line begins; a CR before that is not part of it.
    package static func contentEnd(in octets: Span<UInt8>, lineStart: Int, lineFeed: Int) -> Int {
        guard lineFeed > lineStart, lineFeed <= octets.count, lineStart >= 0, octets[lineFeed - 1] == 0x0D else { return lineFeed }
        return lineFeed - 1
    }
}
