// The metrics of one SMTP listener, looked up once.
import Catalogue
import Measurement
import SMTPProtocol

/// Series that connections write to without a look-up.
struct SMTPListenerMeasurements: Sendable {
    let accepted: Counter
    let refused: Counter
    let sessions: Gauge
    let messagesAccepted: Counter
    let messagesRefused: Counter
    let messagesPostponed: Counter
    let messageOctets: Histogram
    let acceptSeconds: Histogram
    let handshakes: Counter
    let failedHandshakes: Counter
    /// By verb, then by class of the reply from 2 to 5.
    private let commands: [[Counter]]

    /// The verbs as metrics know them; the raw value is the place in `commands`.
    enum Verb: UInt8, CaseIterable {
        case connect, ehlo, helo, lhlo, mail, rcpt, data, bdat, rset, noop, quit, help, vrfy, expn, startTLS, auth, invalid

        init(_ command: Command) {
            switch command {
            case .ehlo: self = .ehlo
            case .helo: self = .helo
            case .lhlo: self = .lhlo
            case .mail: self = .mail
            case .rcpt: self = .rcpt
            case .data: self = .data
            case .bdat: self = .bdat
            case .rset: self = .rset
            case .noop: self = .noop
            case .quit: self = .quit
            case .help: self = .help
            case .vrfy: self = .vrfy
            case .expn: self = .expn
            case .startTLS: self = .startTLS
            case .auth: self = .auth
            case .invalid: self = .invalid
            }
        }
    }

    init(_ all: MailMeasurements, listener: String) {
        accepted = all.smtpConnections(listener, "accepted")
        refused = all.smtpConnections(listener, "refused")
        sessions = all.smtpSessions(listener)
        messagesAccepted = all.smtpMessages(listener, "accepted")
        messagesRefused = all.smtpMessages(listener, "refused")
        messagesPostponed = all.smtpMessages(listener, "postponed")
        messageOctets = all.smtpMessageOctets(listener)
        acceptSeconds = all.smtpAcceptSeconds(listener)
        handshakes = all.tlsHandshakes("server", "", "done")
        failedHandshakes = all.tlsHandshakes("server", "", "failed")
        commands = Verb.allCases.map { verb in (2...5).map { all.smtpCommands("\(verb)", "\($0)yz") } }
    }

    func count(_ verb: Verb, _ code: ReplyCode) {
        let place = Int(code.severity) - 2
        let counters = commands[Int(verb.rawValue)]
        if counters.indices.contains(place) { counters[place].add() }
    }
}
