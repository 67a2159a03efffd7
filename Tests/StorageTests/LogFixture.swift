// What the tests of the segment log share: messages by number, appends that wait, a log's contents.
import Foundation
import Synchronization
import Testing

@testable import Storage

/// Message number `n`: about `count` octets that tell which it is; every third one does not compress.
func numbered(_ n: Int, count: Int = 600, head: Int = 40) -> JournalEntry {
    var generator = Sequence(seed: UInt64(n) &* 0x9e37_79b9_7f4a_7c15 | 1)
    var octets = Array("Subject: message \(n)\r\n\r\n".utf8)
    while octets.count < count { octets.append(n % 3 == 0 ? UInt8(truncatingIfNeeded: generator.next()) : UInt8(97 + octets.count % 7)) }
    var headOctets = Array("head \(n) ".utf8)
    while headOctets.count < head { headOctets.append(UInt8(truncatingIfNeeded: generator.next())) }
    return JournalEntry(kind: UInt8(truncatingIfNeeded: n % 200 + 1), head: headOctets, octets: octets)
}

/// A small generator whose values depend on the seed alone.
struct Sequence: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

extension SegmentLog {
    /// Appends and waits until the record is durable.
    @discardableResult
    func appendNow(_ entry: JournalEntry) throws(StorageError) -> BlobID {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<BlobID, StorageError>?>(nil)
        append(entry) { outcome in
            result.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        guard let result = result.withLock({ $0 }) else { throw StorageError(.failed, "no result") }
        return try result.get()
    }

    /// Appends messages of these numbers, all at once, and waits for all of them.
    func appendNow(_ numbers: some Collection<Int>, count: Int = 600) throws -> [Int: BlobID] {
        let done = DispatchGroup()
        let results = Mutex<[Int: Result<BlobID, StorageError>]>([:])
        for n in numbers {
            done.enter()
            append(numbered(n, count: count)) { outcome in
                results.withLock { $0[n] = outcome }
                done.leave()
            }
        }
        done.wait()
        return try results.withLock { try $0.mapValues { try $0.get() } }
    }

    /// What `replay` gives: names and heads, in order.
    func replayed(after mark: BlobID? = nil) throws -> [(id: BlobID, kind: UInt8, head: [UInt8], count: Int)] {
        var all: [(BlobID, UInt8, [UInt8], Int)] = []
        try replay(after: mark) { all.append(($0, $1, $2, $3)) }
        return all
    }
}

/// The record whose header stands at a place.
func record(in octets: [UInt8], at place: Int) -> SegmentRecord? { SegmentRecord(octets.span.extracting(place...)) }

/// The path of a segment's file.
func segmentPath(_ folder: String, _ number: UInt32, compacted: Bool = false) -> String {
    "\(folder)/\(String(format: "%010d", Int(number))).\(compacted ? "cseg" : "seg")"
}

/// A file's octets.
func octets(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

/// Replaces a file's octets.
func put(_ octets: [UInt8], in path: String) throws { try Data(octets).write(to: URL(fileURLWithPath: path)) }

/// Expects an error of a kind.
func expect<T>(_ kind: StorageError.Kind, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> T) {
    do {
        _ = try body()
        Issue.record("expected \(kind), nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as StorageError {
        #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("expected \(kind), got \(error)", sourceLocation: sourceLocation)
    }
}
