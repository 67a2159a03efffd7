// zstd for message octets: contexts are kept, since making one costs more than a small message.
import CZstd
import Synchronization

/// Compresses and expands octets with kept zstd contexts, from any thread.
final class Compression: Sendable {
    /// A zstd context; `@unchecked Sendable`: it is in the hands of one thread at a time, between taking it from the shelf and putting it back.
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let compressors = Mutex<[Context]>([])
    private let expanders = Mutex<[Context]>([])
    private let level: Int32

    init(level: Int32) { self.level = level }

    deinit {
        compressors.withLock { for context in $0 { ZSTD_freeCCtx(context.pointer) } }
        expanders.withLock { for context in $0 { ZSTD_freeDCtx(context.pointer) } }
    }

    /// Appends the compressed form of `octets` to `output`. False, and nothing appended, where it would not be smaller.
    func compress(_ octets: [UInt8], appendingTo output: inout [UInt8]) -> Bool {
        guard octets.count > 64 else { return false }
        guard let context = compressors.withLock({ $0.popLast() }) ?? ZSTD_createCCtx().map(Context.init) else { return false }
        defer { compressors.withLock { $0.append(context) } }
        let start = output.count
        let bound = ZSTD_compressBound(octets.count)
        let room = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let written = octets.withUnsafeBytes {
                ZSTD_compressCCtx(context.pointer, buffer.baseAddress, bound, $0.baseAddress, octets.count, level)
            }
            count = ZSTD_isError(written) == 0 ? written : 0
        }
        guard !room.isEmpty, room.count < octets.count else { return false }
        output.reserveCapacity(start + room.count)
        output.append(contentsOf: room)
        return true
    }

    /// The original octets, or nil where the input is no zstd frame of exactly `count` octets.
    func expand(_ stored: Span<UInt8>, count: Int) -> [UInt8]? {
        guard let context = expanders.withLock({ $0.popLast() }) ?? ZSTD_createDCtx().map(Context.init) else { return nil }
        defer { expanders.withLock { $0.append(context) } }
        var complete = false
        let octets = stored.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
                let result = ZSTD_decompressDCtx(context.pointer, buffer.baseAddress, count, source.baseAddress, source.count)
                complete = ZSTD_isError(result) == 0 && result == count
                written = complete ? count : 0
            }
        }
        return complete ? octets : nil
    }
}
