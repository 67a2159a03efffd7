// Plays a golden dialogue against a peer: a machine in memory, or a server on a socket.

/// The other side of a dialogue.
package protocol TranscriptPeer: AnyObject {
    /// Octets of the client.
    func send(_ octets: [UInt8], connection: Int) throws
    /// The server's next line without its CR LF; nil when it has said all and closed, or says nothing more.
    func nextLine(connection: Int) throws -> String?
    /// A fact, an event, or a check (`@`). Throws where a check fails or the words are unknown.
    func fact(_ words: [String], connection: Int) throws
}

/// A dialogue that went another way.
package struct TranscriptFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension Transcript {
    /// Plays the dialogue; throws at the first line that is not as it should be.
    package func play(against peer: any TranscriptPeer) throws {
        var bound: [String: String] = [:]
        var gathered: [UInt8] = []
        var gatheredFor = 1
        func flush() throws {
            guard !gathered.isEmpty else { return }
            let octets = gathered
            gathered = []
            try peer.send(octets, connection: gatheredFor)
        }
        for (line, step) in steps {
            let place = "\(name):\(line)"
            switch step {
            case .send(let connection, let octets):
                if connection != gatheredFor { try flush() }
                gatheredFor = connection
                gathered += octets
            case .expectLine(let connection, let pattern):
                try flush()
                guard let heard = try peer.nextLine(connection: connection) else {
                    throw TranscriptFailure("\(place): nothing came, expected \(pattern)")
                }
                guard Self.matches(pattern, heard, &bound) else { throw TranscriptFailure("\(place): \(heard)\n  expected \(pattern)") }
            case .expectReply(let connection, let code):
                try flush()
                while true {
                    guard let heard = try peer.nextLine(connection: connection) else {
                        throw TranscriptFailure("\(place): nothing came, expected \(code)")
                    }
                    guard heard.hasPrefix(code) else { throw TranscriptFailure("\(place): \(heard)\n  expected \(code)") }
                    if !heard.dropFirst(code.count).hasPrefix("-") { break }
                }
            case .fact(let connection, let words):
                try flush()
                do {
                    try peer.fact(words, connection: connection)
                } catch let failure as TranscriptFailure {
                    throw TranscriptFailure("\(place): \(failure.description)")
                }
            }
        }
        try flush()
    }

    /// Whether the line is as the pattern says; `<name>` (small letters and hyphens) stands for any text the first time, for the same text afterwards.
    static func matches(_ pattern: String, _ line: String, _ bound: inout [String: String]) -> Bool {
        var pattern = pattern[...]
        var line = line[...]
        while let open = pattern.firstIndex(of: "<") {
            guard line.hasPrefix(pattern[..<open]) else { return false }
            line = line.dropFirst(pattern.distance(from: pattern.startIndex, to: open))
            let name = pattern[pattern.index(after: open)...].prefix { $0 == "-" || ("a"..."z").contains($0) }
            let after = pattern[pattern.index(after: open)...].dropFirst(name.count)
            guard !name.isEmpty, after.first == ">" else {
                guard line.first == "<" else { return false }
                line = line.dropFirst()
                pattern = pattern[pattern.index(after: open)...]
                continue
            }
            pattern = after.dropFirst()
            if let known = bound[String(name)] {
                guard line.hasPrefix(known) else { return false }
                line = line.dropFirst(known.count)
                continue
            }
            let literal = pattern.prefix { $0 != "<" }
            let end = literal.isEmpty ? line.endIndex : Self.firstRange(of: literal, in: line)
            guard let end else { return false }
            bound[String(name)] = String(line[..<end])
            line = line[end...]
        }
        return line == pattern
    }

    private static func firstRange(of part: Substring, in text: Substring) -> Substring.Index? {
        var at = text.startIndex
        while true {
            if text[at...].hasPrefix(part) { return at }
            guard at < text.endIndex else { return nil }
            at = text.index(after: at)
        }
    }
}
