// The sending side of SMTP and LMTP, as small as a test can use it.
import Glibc

/// A blocking SMTP or LMTP client. It checks nothing: what a test sends is what goes out.
package final class SMTPTestClient {
    /// A reply, possibly of several lines.
    package struct Reply: Sendable, Equatable {
        package let code: Int
        /// What stands after the code, line by line.
        package let lines: [String]
        package var text: String { lines.joined(separator: "\n") }
        /// The enhanced status code of the first line, such as `5.1.1` (RFC 2034).
        package var enhanced: String? {
            guard let word = lines.first?.split(separator: " ").first, word.split(separator: ".").count == 3,
                word.allSatisfy({ $0.isNumber || $0 == "." })
            else { return nil }
            return String(word)
        }
    }

    /// The greeting.
    package private(set) var greeting = Reply(code: 0, lines: [])
    package let socket: BlockingSocket

    /// Connects, reads the greeting and says EHLO (LHLO).
    package init(
        port: Int, lmtp: Bool = false, source: String? = nil, name: String = "sender.example.org", seconds: Int = 60, opening: [UInt8] = []
    ) throws {
        socket = try BlockingSocket(port: port, source: source, seconds: seconds)
        if !opening.isEmpty { try socket.send(opening) }
        greeting = try readReply()
        if greeting.code == 220 { _ = try command("\(lmtp ? "LHLO" : "EHLO") \(name)") }
    }

    /// Sends a line and reads the reply.
    package func command(_ line: String) throws -> Reply {
        try socket.send(Array(line.utf8) + [13, 10])
        return try readReply()
    }

    /// Reads one reply.
    package func readReply() throws -> Reply {
        var lines: [String] = []
        while true {
            let line = try socket.readLine()
            let text = String(decoding: line.dropFirst(4), as: UTF8.self)
            guard line.count >= 3, let code = Int(String(decoding: line.prefix(3), as: UTF8.self)) else {
                throw BlockingSocket.Failure(description: "no reply: \(String(decoding: line, as: UTF8.self))", isClosed: false)
            }
            lines.append(text)
            if line.count == 3 || line[3] != 45 { return Reply(code: code, lines: lines) }
        }
    }

    /// Sends a message in one pipelined group (RFC 2920) and gives the reply to its end, or the first refusal.
    /// - Parameter stuffed: the message with dots doubled and its end mark: `SMTPTestClient.stuffed`.
    package func send(from: String, to recipients: [String], stuffed: [UInt8]) throws -> Reply {
        var group = "MAIL FROM:<\(from)>\r\n"
        for recipient in recipients { group += "RCPT TO:<\(recipient)>\r\n" }
        group += "DATA\r\n"
        try socket.send(group)
        var refusal: Reply?
        for _ in 0...recipients.count {
            let reply = try readReply()
            if reply.code >= 400, refusal == nil { refusal = reply }
        }
        let ready = try readReply()
        guard ready.code == 354 else {
            _ = try command("RSET")
            return refusal ?? ready
        }
        try socket.send(stuffed)
        let final = try readReply()
        return refusal ?? final
    }

    /// Sends a message.
    package func send(from: String, to recipients: [String], message: [UInt8]) throws -> Reply {
        try send(from: from, to: recipients, stuffed: Self.stuffed(message))
    }

    /// Dots at the beginning of lines doubled, and the end mark (RFC 5321 §4.5.2). The message ends in CR LF or gets one.
    package static func stuffed(_ message: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(message.count + message.count / 50 + 8)
        var copied = 0
        if message.first == 46 { out.append(46) }
        message.withUnsafeBufferPointer { octets in
            for lineFeed in LineFeeds(octets)
            where lineFeed > 0 && lineFeed + 1 < octets.count && octets[lineFeed - 1] == 13 && octets[lineFeed + 1] == 46 {
                out.append(contentsOf: message[copied...lineFeed])
                out.append(46)
                copied = lineFeed + 1
            }
        }
        out.append(contentsOf: message[copied...])
        if !message.isEmpty && !endsInLineEnd(message) { out += [13, 10] }
        return out + [46, 13, 10]
    }

    /// What a sending system makes of a file: its mbox line removed, every LF a CR LF, CR LF at the end.
    package static func canonical(_ file: [UInt8]) -> [UInt8] {
        var message = file
        if file.starts(with: Array("From ".utf8)), let end = file.firstIndex(of: 10) { message = Array(file[(end + 1)...]) }
        var out: [UInt8] = []
        out.reserveCapacity(message.count + message.count / 30 + 2)
        var copied = 0
        message.withUnsafeBufferPointer { octets in
            for lineFeed in LineFeeds(octets) where lineFeed == 0 || octets[lineFeed - 1] != 13 {
                out.append(contentsOf: message[copied..<lineFeed])
                out.append(13)
                copied = lineFeed
            }
        }
        out.append(contentsOf: message[copied...])
        if !endsInLineEnd(out) { out += [13, 10] }
        return out
    }

    private static func endsInLineEnd(_ octets: [UInt8]) -> Bool {
        octets.count >= 2 && octets[octets.count - 1] == 10 && octets[octets.count - 2] == 13
    }

    /// The places of the line feeds.
    private struct LineFeeds: Sequence, IteratorProtocol {
        let octets: UnsafeBufferPointer<UInt8>
        var at = 0

        init(_ octets: UnsafeBufferPointer<UInt8>) { self.octets = octets }

        mutating func next() -> Int? {
            guard let base = octets.baseAddress, at < octets.count, let found = memchr(base + at, 10, octets.count - at) else { return nil }
            let place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            at = place + 1
            return place
        }
    }

    /// Says QUIT and closes.
    package func quit() {
        _ = try? command("QUIT")
        socket.close()
    }
}
