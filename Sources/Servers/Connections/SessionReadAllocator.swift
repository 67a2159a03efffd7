// Buffers for reading: small while there is little to read, large in the middle of a message.
package import NIOCore

/// Sizes the buffers that a connection reads into, so that an idle one keeps only a small one.
///
/// The channel keeps its first buffer and uses it again as long as `record` answers false. Answering true makes it allocate a buffer that nobody
/// keeps. So the one kept is small for the whole life of the connection, and large ones live as long as their octets are used.
package struct SessionReadAllocator: RecvByteBufferAllocator {
    private let small: Int
    private let large: Int
    private var size: Int

    package init(small: Int = 1024, large: Int = 65_536) {
        self.small = max(1, small)
        self.large = max(self.small, large)
        self.size = self.small
    }

    package func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: size) }

    package mutating func record(actualReadBytes: Int) -> Bool {
        if actualReadBytes >= size {
            size = min(large, size * 8)
        } else if actualReadBytes < size / 8 {
            size = small
        }
        return size > small
    }
}
