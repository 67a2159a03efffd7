// Cuts the octet stream of a client into commands, response lines and the pieces of APPEND, within bounds, however the octets are divided.
package import MailFormat

/// The framing of IMAP commands: lines, literals and the messages of APPEND (RFC 9051 §2.2.1, §4.3, RFC 7888, RFC 3502).
///
/// Feed it a chunk and call `next` until it says `needsMore`; the octets it needs longer it keeps itself, and nothing when a command is whole.
/// Memory is taken for octets that have come, never for octets that are announced.
package struct CommandFramer: Sendable {
    /// What the octets amount to.
    package enum Event: Equatable, Sendable {
        /// All octets of the chunk are used up.
        case needsMore
        /// A command with its literals where they stand and its line end.
        case command([UInt8])
        /// The client waits for `+` before it sends a literal.
        case continuation
        /// A line asked for with `expectLine()`, without its line end.
        case line([UInt8])
        /// APPEND with its first message announced; answer with `acceptMessage()` or `refuseMessage()`.
        case append(AppendStart)
        /// A further message of the same APPEND; answer it likewise.
        case appendMessage(AppendMessage)
        /// Octets of the accepted message: a range of the chunk.
        case messageOctets(Range<Int>)
        /// The message is whole.
        case messageEnd
        /// The APPEND command is whole.
        case appendEnd
        /// A command that cannot be taken; framing goes on behind it.
        case refused(tag: OctetString?, Refusal)
        /// A command that cannot be taken, and behind which no framing is possible or wanted: say BYE and close.
        case broken(tag: OctetString?, Refusal)
    }

    /// Why a command is refused before it is read.
    package enum Refusal: Hashable, Sendable {
        case commandTooLong
        case literalTooLarge
        case lineTooLong
        case syntax(SyntaxError)
    }

    private enum State: Sendable {
        case command
        case literal(remaining: Int)
        case line
        case awaitingVerdict(LiteralMark)
        case message(remaining: UInt64)
        case appendTail
        case discarding(remaining: UInt64)
        case skippingLine
    }

    private var state: State = .command
    /// The octets of the command so far.
    private var pending: [UInt8] = []
    /// Where the line begins that is being read, in `pending`.
    private var lineStart = 0
    private var lineOctets = 0
    private var literalOctets = 0
    private var appendTag = OctetString("")
    private var appendCount = 0
    private let limits: IMAPLimits

    /// Whether the client has signed in: bounds are smaller before, and a breach ends the connection.
    package var isAuthenticated = false

    /// A framer at the start of a command.
    package init(limits: IMAPLimits = IMAPLimits()) { self.limits = limits }

    /// Octets held for a command that is not whole.
    package var heldOctets: Int { self.pending.count }

    /// Whether nothing of a command has come yet (what STARTTLS needs to know, RFC 9051 §11.1).
    package var isBetweenCommands: Bool {
        if case .command = self.state { return self.pending.isEmpty }
        return false
    }

    /// The next octets are a line of their own: the response of AUTHENTICATE, or DONE.
    package mutating func expectLine() { self.state = .line }

    /// The announced message is wanted.
    ///
    /// - Returns: whether the client waits for `+`.
    package mutating func acceptMessage() -> Bool {
        guard case .awaitingVerdict(let mark) = self.state else { return false }
        self.state = .message(remaining: mark.count)
        return mark.isSynchronizing
    }

    /// The announced message is not wanted; the rest of the command is passed over.
    ///
    /// - Returns: false where the message is too large even to be passed over: close the connection.
    package mutating func refuseMessage() -> Bool {
        guard case .awaitingVerdict(let mark) = self.state else { return true }
        return self.pass(over: mark)
    }

    /// The next event of `input[position...]`; `position` moves behind the octets used.
    package mutating func next(_ input: Span<UInt8>, from position: inout Int) -> Event {
        while position < input.count {
            switch self.state {
            case .command, .appendTail:
                if let event = self.readLine(input, &position) { return event }
            case .line:
                if let event = self.readRawLine(input, &position) { return event }
            case .literal(let remaining):
                let taken = min(remaining, input.count - position)
                self.keep(input, position..<(position + taken))
                position += taken
                self.state = .literal(remaining: remaining - taken)
                if remaining == taken { self.resumeCommand() }
            case .message(let remaining):
                if remaining == 0 { return self.endMessage() }
                let taken = Int(min(remaining, UInt64(input.count - position)))
                let range = position..<(position + taken)
                position += taken
                self.state = .message(remaining: remaining - UInt64(taken))
                return .messageOctets(range)
            case .discarding(let remaining):
                let taken = min(remaining, UInt64(input.count - position))
                position += Int(taken)
                self.state = remaining == taken ? .skippingLine : .discarding(remaining: remaining - taken)
            case .skippingLine:
                self.skipLine(input, &position)
            case .awaitingVerdict:
                return .needsMore
            }
        }
        if case .message(remaining: 0) = self.state { return self.endMessage() }
        if case .literal(remaining: 0) = self.state { self.resumeCommand() }
        return .needsMore
    }

    // MARK: Lines

    /// Reads up to a line end; nil where the chunk is used up or the state has changed.
    private mutating func readLine(_ input: Span<UInt8>, _ position: inout Int) -> Event? {
        let room = self.limits.commandOctets - self.lineOctets
        let lineFeed = LineScan.nextLineFeed(in: input, from: position)
        let end = lineFeed.map { $0 + 1 } ?? input.count
        guard end - position <= room else { return self.refuseLongLine(input, &position) }
        self.lineOctets += end - position
        if lineFeed != nil, self.pending.isEmpty, case .command = self.state, !Self.endsWithMark(input, position..<end) {
            // The common case: a command in one piece and without literals.
            let octets = OctetString(copying: input.extracting(position..<end)).octets
            position = end
            self.startCommand()
            return .command(octets)
        }
        self.keep(input, position..<end)
        position = end
        guard lineFeed != nil else { return nil }
        if let mark = Self.mark(endingLine: self.pending[self.lineStart...]) { return self.literalAnnounced(mark) }
        if case .appendTail = self.state { return self.endAppend() }
        let octets = self.pending
        self.startCommand()
        return .command(octets)
    }

    private mutating func readRawLine(_ input: Span<UInt8>, _ position: inout Int) -> Event? {
        let lineFeed = LineScan.nextLineFeed(in: input, from: position)
        let end = lineFeed.map { $0 + 1 } ?? input.count
        guard self.pending.count + (end - position) <= self.limits.rawLineOctets else {
            self.startCommand()
            position = input.count
            return .broken(tag: nil, .lineTooLong)
        }
        self.keep(input, position..<end)
        position = end
        guard lineFeed != nil else { return nil }
        var line = self.pending
        line.removeLast()
        if line.last == 0x0D { line.removeLast() }
        self.startCommand()
        return .line(line)
    }

    @inline(never)
    private mutating func refuseLongLine(_ input: Span<UInt8>, _ position: inout Int) -> Event {
        if self.pending.isEmpty { self.keep(input, position..<min(position + 300, input.count)) }
        let tag = self.tag
        guard self.isAuthenticated else { return self.breakOff(tag, .commandTooLong, &position, input.count) }
        self.startCommand()
        self.state = .skippingLine
        return .refused(tag: tag, .commandTooLong)
    }

    /// Passes over the rest of a refused command, its literals included.
    private mutating func skipLine(_ input: Span<UInt8>, _ position: inout Int) {
        let lineFeed = LineScan.nextLineFeed(in: input, from: position)
        let end = lineFeed.map { $0 + 1 } ?? input.count
        // Only the end of the line matters: it may announce another literal.
        self.keep(input, max(position, end - 32)..<end)
        if self.pending.count > 64 { self.pending.removeFirst(self.pending.count - 32) }
        position = end
        guard lineFeed != nil else { return }
        let mark = Self.mark(endingLine: self.pending[...])
        self.startCommand()
        // A client that waits for `+` has been answered and goes on with its next command.
        if let mark, !mark.isSynchronizing { self.state = .discarding(remaining: mark.count) }
    }

    // MARK: Literals

    private mutating func literalAnnounced(_ mark: LiteralMark) -> Event? {
        if case .appendTail = self.state { return self.nextMessage(mark) }
        if self.isAuthenticated, self.isAppend {
            var scanner = WireScanner(self.pending, limits: self.limits)
            do throws(SyntaxError) {
                let start = try scanner.appendStart()
                self.appendTag = start.tag
                self.appendCount = 1
                self.startCommand()
                self.state = .awaitingVerdict(start.message.literal)
                return .append(start)
            } catch {
                guard error.kind == .incomplete else { return self.refuse(mark, .syntax(error)) }
            }
        }
        let allowed = self.isAuthenticated ? self.limits.literalOctets : self.limits.literalOctetsBeforeLogin
        guard let count = Int(exactly: mark.count), count <= allowed - self.literalOctets else { return self.refuse(mark, .literalTooLarge) }
        self.literalOctets += count
        self.state = .literal(remaining: count)
        if count == 0 { self.resumeCommand() }
        return mark.isSynchronizing ? .continuation : nil
    }

    private mutating func nextMessage(_ mark: LiteralMark) -> Event {
        var scanner = WireScanner(self.pending, limits: self.limits)
        do throws(SyntaxError) {
            let message = try scanner.appendMessage()
            guard scanner.isAtEnd else { throw SyntaxError(.invalid, at: scanner.position) }
            self.appendCount += 1
            guard self.appendCount <= self.limits.appendMessages else { throw SyntaxError(.limit, at: 0) }
            let tag = self.appendTag
            self.startCommand()
            self.appendTag = tag
            self.state = .awaitingVerdict(message.literal)
            return .appendMessage(message)
        } catch {
            return self.refuse(mark, .syntax(error))
        }
    }

    private mutating func endAppend() -> Event {
        let isEmpty = self.pending.allSatisfy { $0 == 0x0D || $0 == 0x0A }
        let tag = self.appendTag
        self.startCommand()
        return isEmpty ? .appendEnd : .refused(tag: tag, .syntax(SyntaxError(.invalid, at: 0)))
    }

    private mutating func endMessage() -> Event {
        self.state = .appendTail
        self.lineOctets = 0
        return .messageEnd
    }

    private mutating func refuse(_ mark: LiteralMark, _ refusal: Refusal) -> Event {
        let tag = self.tag
        guard self.isAuthenticated, self.pass(over: mark) else {
            self.startCommand()
            return .broken(tag: tag, refusal)
        }
        return .refused(tag: tag, refusal)
    }

    /// Goes on behind a literal that is not wanted; false where it is too large for that.
    private mutating func pass(over mark: LiteralMark) -> Bool {
        self.startCommand()
        guard !mark.isSynchronizing else { return true }
        guard mark.count <= self.limits.discardOctets else { return false }
        self.state = mark.count == 0 ? .skippingLine : .discarding(remaining: mark.count)
        return true
    }

    private mutating func breakOff(_ tag: OctetString?, _ refusal: Refusal, _ position: inout Int, _ end: Int) -> Event {
        self.startCommand()
        position = end
        return .broken(tag: tag, refusal)
    }

    // MARK: The octets kept

    private var tag: OctetString? {
        if case .appendTail = self.state { return self.appendTag }
        return CommandParser.tag(of: self.pending)
    }

    private var isAppend: Bool {
        guard let tag = CommandParser.tag(of: self.pending) else { return false }
        return ASCII.equalsIgnoringCase(self.pending.span, in: (tag.count + 1)..<(tag.count + 8), "APPEND ")
    }

    private mutating func keep(_ input: Span<UInt8>, _ range: Range<Int>) {
        input.extracting(range).withUnsafeBufferPointer { self.pending.append(contentsOf: $0) }
    }

    private mutating func startCommand() {
        self.state = .command
        self.pending = []
        self.lineStart = 0
        self.lineOctets = 0
        self.literalOctets = 0
    }

    private mutating func resumeCommand() {
        self.state = .command
        self.lineStart = self.pending.count
    }

    /// Whether the line may end with the mark of a literal: a quick look at its last octets.
    private static func endsWithMark(_ input: Span<UInt8>, _ line: Range<Int>) -> Bool {
        var end = line.upperBound - 1
        if end > line.lowerBound, input[end - 1] == 0x0D { end -= 1 }
        return end > line.lowerBound && input[end - 1] == UInt8(ascii: "}")
    }

    /// The mark of a literal at the end of a line: `{digits}` or `{digits+}`, with `~` before it for literal8.
    static func mark(endingLine line: ArraySlice<UInt8>) -> LiteralMark? {
        var rest = line
        guard rest.popLast() == 0x0A else { return nil }
        if rest.last == 0x0D { rest.removeLast() }
        guard rest.popLast() == UInt8(ascii: "}") else { return nil }
        var isSynchronizing = true
        if rest.last == UInt8(ascii: "+") {
            isSynchronizing = false
            rest.removeLast()
        }
        var digits: [UInt8] = []
        while let digit = rest.last, ASCII.isDigit(digit), digits.count < 64 {
            digits.append(digit)
            rest.removeLast()
        }
        guard !digits.isEmpty, rest.popLast() == UInt8(ascii: "{") else { return nil }
        var count: UInt64 = 0
        for digit in digits.reversed() {
            let (product, overflow) = count.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit &- 0x30))
            guard !overflow, !carry else { return LiteralMark(count: .max, isSynchronizing: isSynchronizing, isBinary: rest.last == UInt8(ascii: "~")) }
            count = sum
        }
        return LiteralMark(count: count, isSynchronizing: isSynchronizing, isBinary: rest.last == UInt8(ascii: "~"))
    }
}
