// A plain TCP connection for tests: everything blocks, everything has a time limit.
import Glibc

/// A connection to a port of this machine.
package final class BlockingSocket {
    /// The connection is gone or silent.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        /// True when the other side has closed or reset the connection.
        package let isClosed: Bool
    }

    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var tunnel: Program?

    /// Connects.
    /// - Parameters:
    ///   - source: the address to come from, for example one of 127.1.0.0/16.
    ///   - seconds: longest wait of each read or write.
    package init(port: Int, host: String = "127.0.0.1", source: String? = nil, seconds: Int = 60) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket: \(String(cString: strerror(errno)))", isClosed: false) }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if let source {
            guard Self.withAddress(source, 0, { bind(descriptor, $0, $1) }) == 0 else { throw failure("bind \(source)") }
        }
        guard Self.withAddress(host, port, { connect(descriptor, $0, $1) }) == 0 else { throw failure("connect to \(host):\(port)") }
    }

    /// Connects by way of `openssl s_client`, which does the TLS.
    /// - Parameter startTLS: the protocol whose STARTTLS is to be used, such as `imap`; nil for TLS from the first octet.
    package init(tlsPort port: Int, startTLS: String? = nil, seconds: Int = 60) throws {
        descriptor = -1
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else { throw failure("socketpair") }
        defer { Glibc.close(pair[1]) }
        descriptor = pair[0]
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        tunnel = try Program(
            TestPrograms.find("openssl", package: "openssl"),
            ["s_client", "-quiet", "-verify_quiet", "-connect", "127.0.0.1:\(port)"] + (startTLS.map { ["-starttls", $0] } ?? []),
            output: "/dev/null",
            socket: pair[1])
    }

    deinit { close() }

    /// Ends the connection. With `reset` the other side sees it break instead of end.
    package func close(reset: Bool = false) {
        guard descriptor >= 0 else { return }
        if reset {
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        }
        Glibc.close(descriptor)
        descriptor = -1
        tunnel?.crash()
        tunnel = nil
    }

    /// Says that nothing more will be sent.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Sends all octets.
    package func send(_ octets: [UInt8]) throws {
        var sent = 0
        while sent < octets.count {
            let n = octets.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), octets.count - sent, Int32(MSG_NOSIGNAL)) }
            if n < 0 && errno == EINTR { continue }
            guard n > 0 else { throw failure("send") }
            sent += n
        }
    }

    /// Sends a text.
    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// The next line without its CR LF.
    package func readLine() throws -> [UInt8] {
        var searched = start
        while true {
            let end = buffer.withUnsafeBytes { raw -> Int? in
                guard let base = raw.baseAddress, raw.count > searched, let found = memchr(base + searched, 10, raw.count - searched) else {
                    return nil
                }
                return UnsafeRawPointer(found) - base
            }
            if let end {
                let line = start
                start = end + 1
                return Array(buffer[line..<(end > line && buffer[end - 1] == 13 ? end - 1 : end)])
            }
            searched = buffer.count - start
            try fill()
        }
    }

    /// The next `count` octets.
    package func read(_ count: Int) throws -> [UInt8] {
        while buffer.count - start < count { try fill() }
        defer { start += count }
        return Array(buffer[start..<(start + count)])
    }

    /// Everything until the other side closes.
    package func readToEnd() -> [UInt8] {
        while (try? fill()) != nil {}
        defer { start = buffer.count }
        return Array(buffer[start...])
    }

    /// Reads what has come, at least one octet; what was consumed is let go.
    private func fill() throws {
        if start > 0 {
            buffer.removeSubrange(0..<start)
            start = 0
        }
        var n = 0
        var code: Int32 = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: max(65_536, min(buffer.count, 8 << 20))) { space, count in
            repeat { n = recv(descriptor, space.baseAddress, space.count, 0) } while n < 0 && errno == EINTR
            code = errno
            count = max(0, n)
        }
        errno = code
        guard n > 0 else {
            throw n == 0 ? Failure(description: "the other side has closed the connection", isClosed: true) : failure("receive")
        }
        buffer.append(contentsOf: chunk)
    }

    private func failure(_ what: String) -> Failure {
        let code = errno
        return Failure(
            description: "\(what): \(String(cString: strerror(code)))", isClosed: code == ECONNRESET || code == EPIPE || code == ECONNREFUSED)
    }

    private static func withAddress(_ host: String, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    /// True when nobody listens on a port of this machine.
    package static func isFree(port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { Glibc.close(descriptor) }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        return withAddress("127.0.0.1", port) { bind(descriptor, $0, $1) } == 0
    }
}
