// The peer of SMTP transcripts: facts, events and checks of a dialogue in memory.
import Catalogue
import MailFormat
package import SMTPProtocol

/// Plays SMTP transcripts against dialogues in memory.
package final class SMTPTranscriptPeer: TranscriptPeer {
    private var configuration: ServerConfiguration
    private var policy = TablePolicy()
    private var isTLS = false
    private let cut: SMTPDialogue.Cut
    private var dialogues: [Int: SMTPDialogue] = [:]
    private var read: [Int: Int] = [:]
    private var sent = 0

    package init(_ configuration: ServerConfiguration, cut: SMTPDialogue.Cut = .whole) {
        self.configuration = configuration
        self.cut = cut
    }

    private func dialogue(_ connection: Int) -> SMTPDialogue {
        if let dialogue = dialogues[connection] { return dialogue }
        let dialogue = SMTPDialogue(configuration, policy, isTLS: isTLS)
        dialogues[connection] = dialogue
        return dialogue
    }

    package func send(_ octets: [UInt8], connection: Int) throws {
        let dialogue = dialogue(connection)
        switch cut {
        case .whole: dialogue.receive(octets)
        case .octets(let size):
            var rest = octets[...]
            while !rest.isEmpty {
                dialogue.receive(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
        case .at(let place):
            let here = place - sent
            if here > 0, here < octets.count {
                dialogue.receive(octets.prefix(here))
                dialogue.receive(octets.dropFirst(here))
            } else {
                dialogue.receive(octets)
            }
        }
        sent += octets.count
    }

    package func nextLine(connection: Int) throws -> String? {
        let output = dialogue(connection).output
        let from = read[connection] ?? 0
        guard let lineFeed = output[from...].firstIndex(of: 0x0a) else { return nil }
        read[connection] = lineFeed + 1
        guard lineFeed > from, output[lineFeed - 1] == 0x0d else { throw TranscriptFailure("a reply line without CR LF") }
        return String(decoding: output[from..<(lineFeed - 1)], as: UTF8.self)
    }

    package func fact(_ words: [String], connection: Int) throws {
        switch (words.first ?? "", words.count) {
        case ("whole", 1): break
        case ("local", 2...): policy.localDomains.formUnion(words.dropFirst().compactMap { Domain($0) })
        case ("literal", 2): policy.localLiterals.formUnion(words.dropFirst().compactMap { Domain($0) })
        case ("client", 2): policy.client = IPAddress(words[1])
        case ("customers", 2...): policy.customers += words.dropFirst().compactMap { IPNetwork($0) }
        case ("recipient", 4):
            guard let address = EmailAddress(words[1]), words[2] == "is" else { throw unknown(words) }
            if words[3] == "full" { policy.full.insert(address) } else { policy.unknown.insert(address) }
        case ("refuse", 2): policy.refusal = Catalogue.entry(words[1])
        case ("lmtp", 1): configuration.dialect = .lmtp
        case ("legacy-text", 1): configuration.names.legacyText = true
        case ("tls", 2):
            switch words[1] {
            case "offered": configuration.offersTLS = true
            case "implicit": isTLS = true
            case "established": dialogue(connection).tlsEstablished()
            default: throw unknown(words)
            }
        case ("size-limit", 2): configuration.sizeLimit = Int64(words[1]) ?? 0
        case ("recipient-limit", 2): configuration.recipientLimit = Int(words[1]) ?? 0
        case ("line-limit", 2): configuration.textLineLimit = Int(words[1]) ?? 0
        case ("mail-limit", 2): configuration.mailLimit = Int(words[1])
        case ("idle-limit", 2): configuration.idleCommandLimit = Int(words[1]) ?? 0
        case ("error-limit", 2): configuration.hardErrorLimit = Int(words[1]) ?? 0
        case ("bare-line-ends", 2): configuration.bareLineEnds = .init(rawValue: words[1]) ?? .normalize
        case ("unbracketed", 1): configuration.acceptsUnbracketedPaths = true
        case ("loose-hello", 1): configuration.acceptsLooseHello = true
        case ("times", 2): dialogue(connection).timedOut()
        case ("shuts", 2): dialogue(connection).shutDown()
        case ("closed", 1):
            guard dialogue(connection).isClosed else { throw TranscriptFailure("the session goes on") }
            try expectSilence(connection)
        case ("open", 1):
            guard !dialogue(connection).isClosed else { throw TranscriptFailure("the session is closed") }
            try expectSilence(connection)
        case ("messages", 2):
            let count = dialogues.values.reduce(0) { $0 + $1.messages.count }
            guard String(count) == words[1] else { throw TranscriptFailure("\(count) messages") }
        case ("message", 3...):
            guard let number = Int(words[1]), case let messages = dialogue(connection).messages, messages.indices.contains(number - 1) else {
                throw TranscriptFailure("no such message")
            }
            let message = messages[number - 1]
            let expected = words.dropFirst(3).joined(separator: " ")
            let found: String =
                switch words[2] {
                case "is": Self.written(message.octets)
                case "from": message.envelope.reversePath.wire.text
                case "to": message.envelope.recipients.map(\.path.wire.text).joined(separator: " ")
                case "with": message.protocolName
                case "envid": message.envelope.parameters.envelopeID?.text ?? "-"
                default: throw unknown(words)
                }
            guard found == expected else { throw TranscriptFailure("message \(number) \(words[2]) \(found)") }
        default: throw unknown(words)
        }
    }

    private func expectSilence(_ connection: Int) throws {
        if let line = try nextLine(connection: connection) { throw TranscriptFailure("one line too many: \(line)") }
    }

    private func unknown(_ words: [String]) -> TranscriptFailure { TranscriptFailure("unknown fact: \(words.joined(separator: " "))") }

    /// Octets as the format writes them: printable as they are, others `\xHH`.
    package static func written(_ octets: [UInt8]) -> String {
        var text = ""
        let digits = Array("0123456789abcdef")
        for octet in octets {
            switch octet {
            case 0x5c: text += "\\\\"
            case 0x20...0x7e: text.append(Character(UnicodeScalar(octet)))
            default: text += "\\x\(digits[Int(octet >> 4)])\(digits[Int(octet & 15)])"
            }
        }
        return text
    }
}
