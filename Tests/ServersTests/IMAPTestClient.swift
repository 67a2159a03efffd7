// A small IMAP client on a blocking socket: sends what a test wants, reads lines with their literals.
import Glibc

/// One connection to a server on loopback. Not for use by two threads at a time.
final class IMAPTestClient {
    struct Closed: Error, CustomStringConvertible { let description: String }

    private var descriptor: Int32
    private var received: [UInt8] = []
    private var position = 0
    private var tags = 0

    /// Connects; waits for answers at most `patience` seconds.
    init(port: UInt16, patience: Int = 20) throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard outcome == 0 else { throw Closed(description: "connect: \(errno)") }
        self.wait(seconds: patience)
        var one: Int32 = 1
        setsockopt(self.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { self.close() }

    /// How long reading waits.
    func wait(seconds: Int, milliseconds: Int = 0) {
        var time = timeval(tv_sec: seconds, tv_usec: milliseconds * 1000)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    func close() {
        if self.descriptor >= 0 { Glibc.close(self.descriptor) }
        self.descriptor = -1
    }

    /// Sends text; false when the server has closed.
    @discardableResult
    func send(_ text: String) -> Bool { self.send(Array(text.utf8)) }

    @discardableResult
    func send(_ octets: [UInt8]) -> Bool {
        var sent = 0
        while sent < octets.count {
            let count = octets.withUnsafeBytes { Glibc.send(self.descriptor, $0.baseAddress?.advanced(by: sent), octets.count - sent, Int32(truncatingIfNeeded: Int(MSG_NOSIGNAL))) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// The next line without CR LF, the literals in it with their marks; nil when nothing comes or the server has closed.
    func line() -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            guard let part = self.plainLine() else { return line.isEmpty ? nil : line }
            line += part
            guard let count = Self.literal(endOf: part) else { return line }
            guard let octets = self.octets(count) else { return nil }
            line += [13, 10] + octets
        }
    }

    /// The next line as text.
    func text() -> String? { self.line().map { String(decoding: $0, as: UTF8.self) } }

    private func plainLine() -> [UInt8]? {
        var from = self.position
        while true {
            if let end = self.received[from...].firstIndex(of: 10) {
                var line = Array(self.received[self.position..<end])
                self.position = end + 1
                if line.last == 13 { line.removeLast() }
                return line
            }
            from = self.received.count
            let dropped = self.position
            guard self.fill() else { return nil }
            if self.position == 0, dropped > 0 { from -= dropped }
        }
    }

    private func octets(_ count: Int) -> [UInt8]? {
        while self.received.count - self.position < count { guard self.fill() else { return nil } }
        defer { self.position += count }
        return Array(self.received[self.position..<(self.position + count)])
    }

    private func fill() -> Bool {
        if self.position > 1 << 20 {
            self.received.removeFirst(self.position)
            self.position = 0
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = buffer.withUnsafeMutableBytes { recv(self.descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        self.received += buffer[..<count]
        return true
    }

    /// The count of `{n}` at the end of a line.
    private static func literal(endOf line: [UInt8]) -> Int? {
        guard line.last == 0x7D, let open = line.lastIndex(of: 0x7B) else { return nil }
        return Int(String(decoding: line[(open + 1)..<(line.count - 1)], as: UTF8.self))
    }

    /// Sends a command and gives the untagged lines and the tagged one without its tag.
    func command(_ text: String) throws -> (untagged: [String], tagged: String) {
        self.tags += 1
        let tag = "t\(self.tags)"
        guard self.send("\(tag) \(text)\r\n") else { throw Closed(description: "closed before \(text.prefix(60))") }
        var untagged: [String] = []
        while let line = self.text() {
            if line.hasPrefix(tag + " ") { return (untagged, String(line.dropFirst(tag.count + 1))) }
            untagged.append(line)
        }
        throw Closed(description: "no answer to \(text.prefix(60)); heard \(untagged.suffix(3))")
    }

    /// The same, where only OK will do.
    @discardableResult
    func ok(_ text: String) throws -> [String] {
        let (untagged, tagged) = try self.command(text)
        guard tagged.hasPrefix("OK") else { throw Closed(description: "\(text.prefix(100)): \(tagged)") }
        return untagged
    }

    /// Reads the greeting and signs in.
    func signIn(_ user: String = IMAPTestServer.user) throws {
        _ = self.text()
        try self.ok("LOGIN \(user) \(IMAPTestServer.password)")
    }

    /// Puts a message into a mailbox without waiting.
    func append(_ message: String, to mailbox: String = "INBOX", flags: String = "()") throws {
        try self.ok("APPEND \(mailbox) \(flags) {\(message.utf8.count)+}\r\n\(message)")
    }
}
