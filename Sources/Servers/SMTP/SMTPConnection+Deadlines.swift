// What happens when time passes.
import NIOCore
import SMTPProtocol

extension SMTPConnection {
    /// Tells the shard when to look here next.
    func setDeadline() {
        guard phase != .closed else { return }
        var next = min(patience, began + listener.times.session)
        if let reception, phase == .open {
            switch reception.kind {
            case .lines, .chunk: next = min(next, reception.windowEnd(listener.times.rateWindow))
            case .betweenChunks: break
            }
        }
        shard.setDeadline(next, of: self)
    }

    func deadlineReached(_ now: NIODeadline) {
        switch phase {
        case .proxyHeader: return
        case .handshake: return close(.timedOut)
        case .lingering: return close()
        case .closed: return
        case .open: break
        }
        if now >= began + listener.times.session { return giveUp() }
        guard now >= patience else {
            if let reception, isReceiving,
                !reception.judgeRate(now, window: listener.times.rateWindow, minimum: listener.configuration.limits.minimumRate)
            {
                return giveUp()
            }
            return setDeadline()
        }
        switch wait {
        case .greeting: greet()
        case .reply: delayIsOver()
        case .answer(let question): answerIsOverdue(question)
        case .nothing, .room: giveUp()
        }
    }

    /// Octets of a message are due.
    private var isReceiving: Bool {
        switch reception?.kind {
        case .lines, .chunk: true
        case .betweenChunks, nil: false
        }
    }

    /// The client is too slow (RFC 5321 §4.5.3.2).
    private func giveUp() {
        questionNumber &+= 1
        wait = .nothing
        perform(machine.timedOut(), ending: .timedOut)
        settle()
    }
}
