// Messages that can be told apart and checked by their number alone.
import Glibc
import PostmasterTesting

/// Message number `n`: the same octets every time, told by its `X-Proof` field.
struct NumberedMessage {
    let number: Int

    static let fieldName = "X-Proof: "

    /// Who gets it.
    var recipients: [String] {
        switch number % 3 {
        case 0: [PostmasterProcess.accounts[0]]
        case 1: [PostmasterProcess.accounts[1]]
        default: PostmasterProcess.accounts
        }
    }

    /// The message, line ends CR LF.
    var octets: [UInt8] {
        var state = UInt64(truncatingIfNeeded: number) &* 0x9e37_79b9_7f4a_7c15 | 1
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        let size: Int
        switch next() % 20 {
        case 0: size = 60_000
        case 1...5: size = 10_000
        default: size = Int(next() % 3_000) + 100
        }
        var out = Array(
            """
            \(Self.fieldName)\(number)\r
            From: Proof <proof@sender.example.org>\r
            To: \(recipients.joined(separator: ", "))\r
            Subject: message \(number)\r
            Date: Mon, 24 Nov 2025 10:00:00 +0000\r
            Message-ID: <\(number).proof@sender.example.org>\r
            \r

            """.utf8)
        out.reserveCapacity(size + 600)
        while out.count < size { out += Self.lines[Int(next() % UInt64(Self.lines.count))] }
        out += Array("end of \(number)\r\n".utf8)
        return out
    }

    /// Lines that compress and lines that do not; with dots where SMTP doubles them.
    private static let lines: [[UInt8]] = {
        let words = ["loaf", "crumb", "crust", "rye", "wheat", "oven", "salt", "water", "yeast", ".", "..", "flour"]
        var state: UInt64 = 88_172_645_463_325_252
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        return (0..<500).map { n in
            var line = n % 8 == 0 ? "." : ""
            if n % 3 == 0 {
                for _ in 0..<9 { line += String(next(), radix: 36).prefix(8) }
            } else {
                for _ in 0..<11 { line += words[Int(next() % UInt64(words.count))] + " " }
            }
            return Array(line.utf8) + [13, 10]
        }
    }()

    /// The number of a message as it is read back; nil where it is not one of ours.
    static func number(in octets: [UInt8]) -> Int? {
        let name = Array(fieldName.utf8)
        let head = octets.prefix(8_192)
        guard head.count >= name.count else { return nil }
        var at = 0
        while at + name.count <= head.count {
            if head[at..<(at + name.count)].elementsEqual(name) {
                let digits = head[(at + name.count)...].prefix { (48...57).contains($0) }
                return Int(String(decoding: digits, as: UTF8.self))
            }
            guard let end = head[at...].firstIndex(of: 10) else { return nil }
            at = end + 1
        }
        return nil
    }
}

/// What the server adds before a message as it was received.
enum TracePrefix {
    /// True when `stored` is `sent` after trace fields (RFC 5321 §4.4) alone.
    static func isTrace(_ stored: [UInt8], before sent: [UInt8]) -> Bool {
        let start = stored.count - sent.count
        guard start >= 0 else { return false }
        let isEqual = stored.withUnsafeBytes { a in
            sent.withUnsafeBytes { b in
                guard let a = a.baseAddress, let b = b.baseAddress else { return sent.isEmpty }
                return memcmp(a + start, b, sent.count) == 0
            }
        }
        guard isEqual else { return false }
        return fields(stored.prefix(stored.count - sent.count)) != nil
    }

    /// The names of the fields of a prefix, or nil where it is not made of whole trace fields.
    static func fields(_ prefix: ArraySlice<UInt8>) -> [String]? {
        let allowed = ["return-path", "delivered-to", "received", "x-original-to", "received-spf", "authentication-results"]
        var names: [String] = []
        var rest = prefix
        while !rest.isEmpty {
            guard let end = rest.firstIndex(of: 10), end > rest.startIndex, rest[end - 1] == 13 else { return nil }
            let line = rest[..<end]
            if line.first != 32 && line.first != 9 {
                guard let colon = line.firstIndex(of: 58) else { return nil }
                names.append(String(decoding: line[..<colon], as: UTF8.self).lowercased())
            } else if names.isEmpty {
                return nil
            }
            rest = rest[(end + 1)...]
        }
        return names.allSatisfy(allowed.contains) ? names : nil
    }
}
