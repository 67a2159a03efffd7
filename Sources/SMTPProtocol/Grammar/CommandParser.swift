// Command lines to commands: verbs as folded integers, arguments as octets, one pass, no text.
import MailFormat

/// The grammar of command lines (RFC 5321 §4.1). Total: every line gives a command, if only `.invalid`.
package struct CommandParser {
    /// Parses one line, without its CR LF.
    package static func parse(_ line: Span<UInt8>, configuration: ServerConfiguration) -> Command {
        // A bare CR or LF, NUL or another control is no part of any command (standards SM-26, SE-19).
        for index in line.indices {
            let octet = line[index]
            guard octet < 0x20 || octet == 0x7f, octet != 0x09 else { continue }
            return .invalid(octet == 0x0d ? .bareLineEnd : octet == 0x0a ? .bareLineFeed : .control)
        }
        var end = line.count
        while end > 0, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        let trimmed = line.extracting(0..<end)
        var verbEnd = 0
        while verbEnd < trimmed.count, trimmed[verbEnd] != 0x20, trimmed[verbEnd] != 0x09 { verbEnd += 1 }
        let verb = Verb(trimmed, 0..<verbEnd)
        guard line.count + 2 <= verb.lineLimit else { return .invalid(.lineTooLong) }
        var at = verbEnd
        while at < trimmed.count, trimmed[at] == 0x20 || trimmed[at] == 0x09 { at += 1 }
        let argument = trimmed.extracting(at..<trimmed.count)
        switch verb {
        case .ehlo: return hello(argument, "EHLO", configuration).map(Command.ehlo)
        case .helo: return hello(argument, "HELO", configuration).map(Command.helo)
        case .lhlo: return hello(argument, "LHLO", configuration).map(Command.lhlo)
        case .mail: return mail(argument, configuration)
        case .rcpt: return rcpt(argument, configuration)
        case .data: return argument.isEmpty ? .data : .invalid(.argument("DATA"))
        case .bdat: return bdat(argument)
        case .rset: return argument.isEmpty ? .rset : .invalid(.argument("RSET"))
        case .quit: return argument.isEmpty ? .quit : .invalid(.argument("QUIT"))
        case .noop: return .noop
        case .help: return .help
        case .vrfy: return argument.isEmpty ? .invalid(.argument("VRFY")) : .vrfy(OctetString(copying: argument))
        case .expn: return argument.isEmpty ? .invalid(.argument("EXPN")) : .expn(OctetString(copying: argument))
        case .startTLS: return argument.isEmpty ? .startTLS : .invalid(.startTLSArgument)
        case .auth: return .auth
        case .etrn: return .invalid(.notImplemented("ETRN"))
        case .atrn: return .invalid(.notImplemented("ATRN"))
        case .turn: return .invalid(.notImplemented("TURN"))
        case .unknown: return .invalid(.unknownCommand)
        }
    }

    // MARK: EHLO, HELO, LHLO

    /// The client's name as it gave it: a domain (one label will do) or an address literal (RFC 5321 §4.1.1.1, §4.1.4); anything printable where
    /// the switch allows (field case FC03).
    ///
    /// Underscores are let pass: many hosts have them in their names, and nothing depends on the name being right.
    private static func hello(_ argument: Span<UInt8>, _ verb: String, _ configuration: ServerConfiguration) -> Parsed<OctetString> {
        guard !argument.isEmpty, argument.count <= Domain.maximumOctets else { return .problem(.argument(verb)) }
        for index in argument.indices where argument[index] <= 0x20 || argument[index] == 0x7f { return .problem(.argument(verb)) }
        if !configuration.acceptsLooseHello, argument[0] != 0x5b {
            var name: [UInt8] = []
            name.reserveCapacity(argument.count)
            for index in argument.indices { name.append(argument[index] == 0x5f ? 0x78 : argument[index]) }
            guard Domain(name, allowUTF8: false) != nil else { return .problem(.argument(verb)) }
        }
        if argument[0] == 0x5b {
            // An address literal must be one; the tag is read in any case.
            guard argument.count > 2, argument[argument.count - 1] == 0x5d,
                AddressLiteral(argument, in: 1..<(argument.count - 1)) != nil
            else { return .problem(.argument(verb)) }
        }
        return .value(OctetString(copying: argument))
    }

    // MARK: MAIL, RCPT

    private static func mail(_ argument: Span<UInt8>, _ configuration: ServerConfiguration) -> Command {
        guard var at = keyword("FROM:", argument) else { return .invalid(.argument("MAIL")) }
        at = skipBlanks(argument, at)
        let path: ReversePath
        if at + 1 < argument.count, argument[at] == 0x3c, argument[at + 1] == 0x3e {
            path = .null
            at += 2
        } else {
            switch self.path(argument, at, configuration) {
            case .problem(.recipient): return .invalid(.sender)
            case .problem: return .invalid(.argument("MAIL"))
            case .value(let (address, end)):
                // MAIL FROM:<postmaster> has no domain to answer to.
                guard case .address(let address) = address else { return .invalid(.sender) }
                path = .address(address)
                at = end
            }
        }
        var parameters = MailParameters()
        var seen = SeenParameters()
        while let parameter = Parsed<Parameter>(argument, &at) {
            switch parameter {
            case .problem: return .invalid(.argument("MAIL"))
            case .value(let parameter):
                guard seen.insert(parameter.keyword) else { return .invalid(.argument("MAIL")) }
                if let problem = apply(parameter, argument, &parameters) { return .invalid(problem) }
            }
        }
        return .mail(path, parameters)
    }

    private static func rcpt(_ argument: Span<UInt8>, _ configuration: ServerConfiguration) -> Command {
        guard var at = keyword("TO:", argument) else { return .invalid(.argument("RCPT")) }
        at = skipBlanks(argument, at)
        let forwardPath: ForwardPath
        switch path(argument, at, configuration) {
        case .problem(.recipient): return .invalid(.recipient)
        case .problem: return .invalid(.argument("RCPT"))
        case .value(let (path, end)):
            forwardPath = path
            at = end
        }
        var parameters = RecipientParameters()
        var seen = SeenParameters()
        while let parameter = Parsed<Parameter>(argument, &at) {
            switch parameter {
            case .problem: return .invalid(.argument("RCPT"))
            case .value(let parameter):
                guard seen.insert(parameter.keyword) else { return .invalid(.argument("RCPT")) }
                if let problem = apply(parameter, argument, &parameters) { return .invalid(problem) }
            }
        }
        return .rcpt(forwardPath, parameters)
    }

    /// `<path>` with an ignored source route, `<postmaster>`, or, where the switch allows, an address without brackets.
    private static func path(_ octets: Span<UInt8>, _ start: Int, _ configuration: ServerConfiguration) -> Parsed<(ForwardPath, Int)> {
        // Without brackets: an error in the argument, not in the address (field case FC07).
        guard start < octets.count else { return .problem(.argument("")) }
        guard octets[start] == 0x3c else {
            guard configuration.acceptsUnbracketedPaths else { return .problem(.argument("")) }
            guard let (address, end) = EmailAddress.parse(octets, at: start, allowUTF8: true),
                end == octets.count || octets[end] == 0x20
            else { return .problem(.recipient) }
            return .value((.address(address), end))
        }
        var at = start + 1
        // RFC 5321 appendix C: @one,@two:mailbox – the route is read and ignored, the mailbox alone decides.
        if at < octets.count, octets[at] == 0x40 {
            while true {
                guard at < octets.count, octets[at] == 0x40, let (_, end) = Domain.parse(octets, at: at + 1, allowUTF8: true) else {
                    return .problem(.recipient)
                }
                at = end
                guard at < octets.count, octets[at] == 0x2c || octets[at] == 0x3a else { return .problem(.recipient) }
                let isLast = octets[at] == 0x3a
                at += 1
                if isLast { break }
            }
        }
        if let (address, end) = EmailAddress.parse(octets, at: at, allowUTF8: true), end < octets.count, octets[end] == 0x3e {
            guard end + 1 - start <= EmailAddress.maximumPathOctets, end + 1 == octets.count || octets[end + 1] == 0x20 else {
                return .problem(.recipient)
            }
            return .value((.address(address), end + 1))
        }
        if at == start + 1, matches(octets, at, "postmaster>") {
            let end = at + 11
            guard end == octets.count || octets[end] == 0x20 else { return .problem(.recipient) }
            return .value((.postmaster, end))
        }
        return .problem(.recipient)
    }

    // MARK: Parameters

    private static func apply(_ parameter: Parameter, _ octets: Span<UInt8>, _ parameters: inout MailParameters) -> CommandProblem? {
        // Never empty where there is one.
        let value = octets.extracting(parameter.value ?? 0..<0)
        switch parameter.keyword.octets {
        case Parameter.size:
            guard let size = number(value) else { return .argument("SIZE") }
            parameters.size = size
        case Parameter.body:
            if matches(value, 0, "7BIT"), value.count == 4 {
                parameters.body = .sevenBit
            } else if matches(value, 0, "8BITMIME"), value.count == 8 {
                parameters.body = .eightBitMIME
            } else {
                return .argument("BODY")
            }
        case Parameter.smtpUTF8:
            guard parameter.value == nil else { return .argument("SMTPUTF8") }
            parameters.usesSMTPUTF8 = true
        case Parameter.auth:
            // RFC 4954 §5: believed only from clients that are trusted, which nobody is here; read and forgotten (standards SB-16).
            guard !value.isEmpty, matches(value, 0, "<>") && value.count == 2 || XText.decode(value) != nil else { return .argument("AUTH") }
        case Parameter.ret:
            if matches(value, 0, "FULL"), value.count == 4 {
                parameters.returnContent = .full
            } else if matches(value, 0, "HDRS"), value.count == 4 {
                parameters.returnContent = .headers
            } else {
                return .argument("RET")
            }
        case Parameter.envid:
            // RFC 3461 §4.4: at most 100 characters of xtext, printable when decoded.
            guard (1...100).contains(value.count), let decoded = XText.decode(value), XText.isPrintable(decoded) else { return .argument("ENVID") }
            parameters.envelopeID = decoded
        default: return .parameter(parameter.keyword)
        }
        return nil
    }

    private static func apply(_ parameter: Parameter, _ octets: Span<UInt8>, _ parameters: inout RecipientParameters) -> CommandProblem? {
        // Never empty where there is one.
        let value = octets.extracting(parameter.value ?? 0..<0)
        switch parameter.keyword.octets {
        case Parameter.notify:
            guard let notify = notify(value) else { return .argument("NOTIFY") }
            parameters.notify = notify
        case Parameter.orcpt:
            // RFC 3461 §4.2: type ; xtext (RFC 6533 §3: utf-8 has an encoding of its own, kept as it is).
            guard value.count <= 500, let semicolon = firstIndex(of: 0x3b, in: value), semicolon > 0 else { return .argument("ORCPT") }
            let type = OctetString(copying: value.extracting(0..<semicolon))
            let written = value.extracting((semicolon + 1)..<value.count)
            let isUTF8 = type.equalsIgnoringASCIICase("utf-8") && UTF8Check.isWellFormed(written, in: written.indices)
            guard type.octets.allSatisfy({ Parameter.isKeywordOctet($0) }),
                let address = isUTF8 ? OctetString(copying: written) : XText.decode(written), !address.isEmpty, XText.isPrintable(address)
            else { return .argument("ORCPT") }
            parameters.originalRecipient = OriginalRecipient(addressType: type, address: address)
        default: return .parameter(parameter.keyword)
        }
        return nil
    }

    /// RFC 3461 §4.1: NEVER alone, or a list of SUCCESS, FAILURE, DELAY.
    private static func notify(_ value: Span<UInt8>) -> Notify? {
        var notify: Notify = []
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != 0x2c { end += 1 }
            let word = value.extracting(start..<end)
            let one: Notify
            switch word.count {
            case 5 where matches(word, 0, "NEVER"): one = .never
            case 7 where matches(word, 0, "SUCCESS"): one = .success
            case 7 where matches(word, 0, "FAILURE"): one = .failure
            case 5 where matches(word, 0, "DELAY"): one = .delay
            default: return nil
            }
            guard !notify.contains(one) else { return nil }
            notify.insert(one)
            start = end + 1
        }
        return notify.contains(.never) && notify != .never ? nil : notify
    }

    // MARK: BDAT

    private static func bdat(_ argument: Span<UInt8>) -> Command {
        var end = 0
        while end < argument.count, argument[end] != 0x20 { end += 1 }
        guard let count = number(argument.extracting(0..<end)) else { return .invalid(.argument("BDAT")) }
        let rest = skipBlanks(argument, end)
        if rest == argument.count { return .bdat(count, isLast: false) }
        guard matches(argument, rest, "LAST"), rest + 4 == argument.count else { return .invalid(.argument("BDAT")) }
        return .bdat(count, isLast: true)
    }

    // MARK: Pieces

    /// 1 to 20 digits (RFC 1870 §5, RFC 3030 §2); what `Int64` cannot hold is its largest value.
    private static func number(_ octets: Span<UInt8>) -> Int64? {
        guard (1...20).contains(octets.count) else { return nil }
        var value: Int64 = 0
        for index in octets.indices {
            guard octets[index] >= 0x30, octets[index] <= 0x39 else { return nil }
            let (product, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, overSum) = product.addingReportingOverflow(Int64(octets[index] - 0x30))
            value = over || overSum || value == Int64.max ? Int64.max : sum
        }
        return value
    }

    /// Where the argument goes on after this word, in any case.
    private static func keyword(_ word: StaticString, _ octets: Span<UInt8>) -> Int? {
        matches(octets, 0, word) ? word.utf8CodeUnitCount : nil
    }

    private static func matches(_ octets: Span<UInt8>, _ start: Int, _ word: StaticString) -> Bool {
        guard start >= 0, octets.count - start >= word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { letters in
            for (offset, letter) in letters.enumerated() where ASCII.lowercased(octets[start + offset]) != ASCII.lowercased(letter) { return false }
            return true
        }
    }

    private static func skipBlanks(_ octets: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < octets.count, octets[at] == 0x20 || octets[at] == 0x09 { at += 1 }
        return at
    }

    private static func firstIndex(of octet: UInt8, in octets: Span<UInt8>) -> Int? {
        for index in octets.indices where octets[index] == octet { return index }
        return nil
    }
}

/// A value, or what is wrong.
enum Parsed<Value> {
    case value(Value)
    case problem(CommandProblem)
}

extension Parsed {
    func map(_ make: (Value) -> Command) -> Command {
        switch self {
        case .value(let value): make(value)
        case .problem(let problem): .invalid(problem)
        }
    }
}

/// Keywords of one command, to find one that comes twice.
private struct SeenParameters {
    private var keywords: [OctetString] = []

    /// False when the keyword was there already, or there are too many.
    mutating func insert(_ keyword: OctetString) -> Bool {
        guard keywords.count < 16, !keywords.contains(keyword) else { return false }
        keywords.append(keyword)
        return true
    }
}
