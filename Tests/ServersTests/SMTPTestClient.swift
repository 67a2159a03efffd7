// A small client on a blocking socket: says what a test wants, octet by octet if need be.
import CNIOLinux
import Glibc

/// One connection to a server on loopback. Not for use by two threads at a time.
final class SMTPTestClient {
    struct Closed: Error, CustomStringConvertible { let description: String }

    private var descriptor: Int32
    private var received: [UInt8] = []

    /// Connects; waits for answers at most `patience` seconds.
    init(port: UInt16, patience: Int = 10) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard outcome == 0 else { throw Closed(description: "connect: \(errno)") }
        setUp(patience)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Connects to a socket in the file system.
    init(path: String, patience: Int = 10) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let octets = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { space in
            for (index, octet) in octets.enumerated() where index + 1 < space.count { space[index] = octet }
        }
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard outcome == 0 else { throw Closed(description: "connect: \(errno)") }
        setUp(patience)
    }

    deinit { close() }

    private func setUp(_ patience: Int) {
        var time = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Sends text; `false` when the server has closed.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ octets: [UInt8]) -> Bool {
        var sent = 0
        while sent < octets.count {
            let count = octets.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), octets.count - sent, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// One whole reply, its lines without CR LF, joined by LF.
    func reply() throws -> String {
        var lines: [String] = []
        while true {
            let line = try self.line()
            lines.append(line)
            if line.utf8.count < 4 || Array(line.utf8)[3] != 0x2d { return lines.joined(separator: "\n") }
        }
    }

    /// The codes of so many replies.
    func codes(_ count: Int) throws -> [String] { try (0..<count).map { _ in String(try reply().prefix(3)) } }

    /// Sends, and gives the reply.
    func ask(_ text: String) throws -> String {
        send(text + "\r\n")
        return try reply()
    }

    private func line() throws -> String {
        while true {
            if let end = received.firstIndex(of: 0x0a) {
                var line = Array(received[..<end])
                received.removeSubrange(...end)
                if line.last == 0x0d { line.removeLast() }
                return String(decoding: line, as: UTF8.self)
            }
            guard receive() else { throw Closed(description: "closed after \(String(decoding: received, as: UTF8.self))") }
        }
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }

    /// Everything until the server closes, as text.
    func rest() -> String {
        while receive() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Sends no more.
    func closeWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends the connection with a reset.
    func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }
}
