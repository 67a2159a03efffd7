// Golden dialogues: the file format. What a client says and must hear, one line of the dialogue a line of text.

/// A dialogue from a file (style: Tests/Transcripts/<protocol>/<rfc>-<section>-<subject>.txt).
///
/// - `C: text` the client sends the text and CR LF; `C| text` without CR LF. `\xHH` is any octet, `\\` a backslash. C lines in a row go out in one piece.
/// - `S: text` the server's next line. `<name>` in it stands for any text, and later for the same text; `S* 250` is a whole reply of any number of
///   lines with that code.
/// - `1C:`, `2S:` number connections; without a number it is the first.
/// - `@ words` is a fact, an event or a check, which the peer understands. `#` begins a comment.
package struct Transcript: Sendable, CustomStringConvertible {
    /// A line of the file.
    package enum Step: Sendable, Equatable {
        case send(connection: Int, octets: [UInt8])
        case expectLine(connection: Int, String)
        case expectReply(connection: Int, code: String)
        case fact(connection: Int, [String])
    }

    /// What could not be read.
    package struct FormatError: Error, CustomStringConvertible {
        package let description: String
    }

    /// The file's name without its ending.
    package let name: String
    /// The steps with the lines they stand on.
    package let steps: [(line: Int, step: Step)]

    package var description: String { name }

    /// Reads a dialogue.
    package init(name: String, text: String) throws(FormatError) {
        self.name = name
        var steps: [(Int, Step)] = []
        for (offset, whole) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = whole.drop { $0 == " " }
            if line.isEmpty || line.hasPrefix("#") { continue }
            let digits = line.prefix { $0.isASCII && $0.isNumber }
            let connection = Int(digits) ?? 1
            let rest = line.dropFirst(digits.count)
            guard rest.count >= 2 else { throw FormatError(description: "\(name):\(offset + 1): not a step") }
            var text = rest.dropFirst(2)
            if text.first == " " { text = text.dropFirst() }
            switch rest.prefix(2) {
            case "C:": steps.append((offset + 1, .send(connection: connection, octets: try Self.octets(text, "\(name):\(offset + 1)") + [13, 10])))
            case "C|": steps.append((offset + 1, .send(connection: connection, octets: try Self.octets(text, "\(name):\(offset + 1)"))))
            case "S:": steps.append((offset + 1, .expectLine(connection: connection, String(text))))
            case "S*": steps.append((offset + 1, .expectReply(connection: connection, code: String(text))))
            case "@ ": steps.append((offset + 1, .fact(connection: connection, rest.dropFirst(2).split(separator: " ").map(String.init))))
            default: throw FormatError(description: "\(name):\(offset + 1): a step begins with C:, C|, S:, S* or @")
            }
        }
        self.steps = steps
    }

    /// Undoes `\xHH` and `\\`.
    package static func octets(_ text: Substring, _ place: String) throws(FormatError) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            guard octet == 0x5c else {
                octets.append(octet)
                continue
            }
            switch rest.popFirst() {
            case 0x5c: octets.append(0x5c)
            case 0x78:
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                    throw FormatError(description: "\(place): \\x wants two hexadecimal digits")
                }
                octets.append(value)
                rest = rest.dropFirst(2)
            default: throw FormatError(description: "\(place): a backslash begins \\xHH or \\\\")
            }
        }
        return octets
    }
}
