// The reading side of IMAP, as small as a test can use it.

/// A blocking IMAP client that sees every answer as words, strings and lists.
package final class IMAPTestClient {
    /// A part of an answer.
    package indirect enum Value: Sendable, Equatable {
        case word(String)
        case string([UInt8])
        case list([Value])

        /// A word or string as text.
        package var text: String {
            switch self {
            case .word(let text): text
            case .string(let octets): String(decoding: octets, as: UTF8.self)
            case .list(let values): "(" + values.map(\.text).joined(separator: " ") + ")"
            }
        }
        package var octets: [UInt8] {
            switch self {
            case .word(let text): text == "NIL" ? [] : Array(text.utf8)
            case .string(let octets): octets
            case .list: []
            }
        }
        package var values: [Value] { if case .list(let values) = self { values } else { [] } }
        /// The value after a name in a list of names and values.
        package func after(_ name: String) -> Value? {
            let values = self.values
            for index in stride(from: 0, to: values.count - 1, by: 2) where values[index].text.uppercased() == name.uppercased() {
                return values[index + 1]
            }
            return nil
        }
    }

    /// What a command gave.
    package struct Answer: Sendable {
        /// OK, NO or BAD.
        package let status: String
        /// The text after it, with its response code.
        package let text: String
        /// The untagged responses without their star, in order.
        package let untagged: [[Value]]

        /// Untagged responses of a kind: `EXISTS`, `FETCH` (second word) or `SEARCH`, `LIST` (first word).
        package func all(_ kind: String) -> [[Value]] {
            untagged.filter { $0.first?.text.uppercased() == kind || $0.count > 1 && Int($0[0].text) != nil && $0[1].text.uppercased() == kind }
        }
    }

    package let socket: BlockingSocket
    /// The greeting line.
    package private(set) var greeting = ""
    private var count = 0

    /// Connects and reads the greeting.
    /// - Parameter tls: TLS from the first octet.
    package init(port: Int, tls: Bool = false, seconds: Int = 120, opening: [UInt8] = []) throws {
        socket = tls ? try BlockingSocket(tlsPort: port, seconds: seconds) : try BlockingSocket(port: port, seconds: seconds)
        if !opening.isEmpty { try socket.send(opening) }
        greeting = String(decoding: try socket.readLine(), as: UTF8.self)
    }

    /// Sends a command and reads its answer.
    /// - Parameters:
    ///   - octets: given as a literal after the line, when the server asks for it.
    package func command(_ line: String, literal octets: [UInt8]? = nil) throws -> Answer {
        count += 1
        let tag = "T\(count)"
        if let octets {
            try socket.send("\(tag) \(line) {\(octets.count)}\r\n")
            var early: [[Value]] = []
            while true {
                let (first, values) = try response()
                if first == "+" { break }
                if first == tag { return answer(values, early) }
                early.append(values)
            }
            try socket.send(octets + [13, 10])
        } else {
            try socket.send("\(tag) \(line)\r\n")
        }
        var untagged: [[Value]] = []
        while true {
            let (first, values) = try response()
            if first == tag { return answer(values, untagged) }
            untagged.append(values)
        }
    }

    /// Sends a command whose refusal would make the rest of a test meaningless.
    /// - Throws: `Refusal` for NO and BAD.
    @discardableResult
    package func must(_ line: String, literal octets: [UInt8]? = nil) throws -> Answer {
        let answer = try command(line, literal: octets)
        guard answer.status == "OK" else { throw Refusal(description: "\(line.prefix(200)): \(answer.status) \(answer.text)") }
        return answer
    }

    /// A command was refused.
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    /// Every message of the selected mailbox between two UIDs: UID, flags and octets.
    package func messages(_ first: Int, _ last: String) throws -> [(uid: Int, flags: [String], octets: [UInt8])] {
        try must("UID FETCH \(first):\(last) (UID FLAGS BODY.PEEK[])").all("FETCH").compactMap { values in
            guard values.count > 2, let uid = values[2].after("UID").flatMap({ Int($0.text) }), let body = values[2].after("BODY[]") else {
                return nil
            }
            return (uid, values[2].after("FLAGS")?.values.map(\.text) ?? [], body.octets)
        }
    }

    /// Selects a mailbox and gives the number of messages, UIDNEXT and UIDVALIDITY.
    package func select(_ mailbox: String) throws -> (exists: Int, next: Int, validity: Int) {
        let answer = try must("SELECT \(mailbox)")
        let exists = answer.all("EXISTS").last.flatMap { Int($0[0].text) } ?? -1
        func code(_ name: String) -> Int {
            for values in answer.untagged where values.first?.text.uppercased() == "OK" && values.count > 1 {
                let text = values[1].text.uppercased()
                if text.hasPrefix("[\(name) ") { return Int(text.dropFirst(name.count + 2).prefix { $0.isNumber }) ?? -1 }
            }
            return -1
        }
        return (exists, code("UIDNEXT"), code("UIDVALIDITY"))
    }

    /// Says LOGOUT and closes.
    package func logout() {
        _ = try? command("LOGOUT")
        socket.close()
    }

    private func answer(_ values: [Value], _ untagged: [[Value]]) -> Answer {
        Answer(status: values.first?.text.uppercased() ?? "", text: values.dropFirst().map(\.text).joined(separator: " "), untagged: untagged)
    }

    // MARK: Reading

    /// One response with its literals: the first word (`*`, `+` or the tag) and the rest.
    private func response() throws -> (String, [Value]) {
        var line = try socket.readLine()
        var literals: [[UInt8]] = []
        var octets = line
        while let size = Self.literalSize(octets) {
            literals.append(try socket.read(size))
            octets = try socket.readLine()
            line += [0] + octets
        }
        var reader = Reader(octets: line, literals: literals)
        let first = reader.word()
        // Status responses carry text, not values.
        let saved = reader
        let word = reader.word().uppercased()
        if first == "+" || ["OK", "NO", "BAD", "BYE", "PREAUTH"].contains(word) {
            return (first, [.word(word), .word(reader.rest)])
        }
        reader = saved
        return (first, reader.values(until: nil))
    }

    private static func literalSize(_ line: [UInt8]) -> Int? {
        guard line.last == 125, let open = line.lastIndex(of: 123) else { return nil }
        return Int(String(decoding: line[(open + 1)..<(line.count - 1)], as: UTF8.self))
    }

    /// Reads values; a zero octet stands where a literal was.
    private struct Reader {
        let octets: [UInt8]
        let literals: [[UInt8]]
        var at = 0
        var taken = 0

        init(octets: [UInt8], literals: [[UInt8]]) {
            self.octets = octets
            self.literals = literals
        }

        var rest: String { String(decoding: octets[min(at, octets.count)...], as: UTF8.self) }

        mutating func word() -> String {
            while at < octets.count, octets[at] == 32 { at += 1 }
            let start = at
            while at < octets.count, octets[at] != 32 { at += 1 }
            defer { if at < octets.count { at += 1 } }
            return String(decoding: octets[start..<at], as: UTF8.self)
        }

        mutating func values(until end: UInt8?) -> [Value] {
            var values: [Value] = []
            while at < octets.count {
                let octet = octets[at]
                if octet == end {
                    at += 1
                    return values
                }
                switch octet {
                case 32: at += 1
                case 40:
                    at += 1
                    values.append(.list(self.values(until: 41)))
                case 34:
                    at += 1
                    var text: [UInt8] = []
                    while at < octets.count, octets[at] != 34 {
                        if octets[at] == 92, at + 1 < octets.count { at += 1 }
                        text.append(octets[at])
                        at += 1
                    }
                    at += 1
                    values.append(.string(text))
                case 123, 126:
                    while at < octets.count, octets[at] != 0 { at += 1 }
                    at += 1
                    values.append(.string(taken < literals.count ? literals[taken] : []))
                    taken += 1
                default: values.append(.word(atom()))
                }
            }
            return values
        }

        /// A word; what stands in brackets belongs to it.
        private mutating func atom() -> String {
            let start = at
            var depth = 0
            while at < octets.count {
                switch octets[at] {
                case 91: depth += 1
                case 93: depth -= 1
                case 32, 40, 41:
                    if depth <= 0 && at > start || depth <= 0 && octets[at] != 41 { return String(decoding: octets[start..<at], as: UTF8.self) }
                    if depth <= 0 { break }
                default: break
                }
                at += 1
            }
            return String(decoding: octets[start..<at], as: UTF8.self)
        }
    }
}
