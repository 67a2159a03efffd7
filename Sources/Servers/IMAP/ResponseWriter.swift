// The way of a command's responses to the client: gathered in large pieces, and not faster than the client takes them.
import IMAPProtocol

/// The client is gone; what the command still had to say is of no use.
struct ConnectionClosed: Error {}

/// Collects what one command says. Used by that command's task alone.
struct ResponseWriter {
    /// What is written and not sent yet; the rest of it is sent when the command ends.
    var buffer = ResponseBuffer()
    private let connection: IMAPConnection

    /// Octets that are sent in one piece.
    static let pieceOctets = 65_536

    init(_ connection: IMAPConnection) { self.connection = connection }

    /// Sends what has gathered when that is enough to be worth it.
    mutating func flushIfFull() async throws(ConnectionClosed) {
        if self.buffer.count >= Self.pieceOctets { try await self.flush() }
    }

    /// Sends what has gathered; waits while the client is slow.
    mutating func flush() async throws(ConnectionClosed) {
        guard !self.buffer.isEmpty else { return }
        let octets = self.buffer.take()
        self.buffer.reserve(Self.pieceOctets + 4_096)
        guard await self.connection.send(octets) else { throw ConnectionClosed() }
    }

    /// Writes many octets in pieces.
    mutating func write(_ octets: ArraySlice<UInt8>) async throws(ConnectionClosed) {
        var rest = octets
        while rest.count > Self.pieceOctets {
            self.buffer.append(rest.prefix(Self.pieceOctets))
            rest = rest.dropFirst(Self.pieceOctets)
            try await self.flush()
        }
        self.buffer.append(rest)
        try await self.flushIfFull()
    }
}
