// LOGIN and AUTHENTICATE (RFC 9051 §6.2.2, §6.2.3): exchanges, the question to the accounts, what a wrong password costs.
import Logging
import Measurement
import Accounts
import IMAPProtocol
import Mailboxes
import MailFormat
import NIOCore
import SASL

/// An AUTHENTICATE that waits for a response of the client.
struct Exchange {
    let tag: OctetString
    let name: MechanismName
    var mechanism: Mechanism
}

extension IMAPConnection {
    func authenticate(_ tag: OctetString, _ name: OctetString, _ initialResponse: OctetString?) {
        guard let name = MechanismName(octets: name.octets), listener.rules.mechanisms.contains(OctetString(name.rawValue)) else {
            return respond(tag, .no(.mechanismUnknown, .cannot))
        }
        var exchange = Exchange(tag: tag, name: name, mechanism: Mechanism(name))
        var response: [UInt8]?
        if let initialResponse {
            guard let decoded = SASLBase64.decode(initialResponse.octets) else { return mistake(tag, .bad(.exchangeMalformed)) }
            response = decoded
        }
        let step = exchange.mechanism.receive(response)
        take(step, exchange)
    }

    /// A response of the client, still in base64; `*` gives up (RFC 9051 §6.2.2).
    func received(response line: [UInt8], _ exchange: Exchange) {
        wait = .nothing
        if line == [UInt8(ascii: "*")] { return respond(exchange.tag, .bad(.exchangeCancelled)) }
        guard let decoded = SASLBase64.decode(line) else { return mistake(exchange.tag, .bad(.exchangeMalformed)) }
        var exchange = exchange
        let step = exchange.mechanism.receive(decoded)
        take(step, exchange)
    }

    private func take(_ step: MechanismStep, _ exchange: Exchange) {
        switch step {
        case .challenge(let challenge):
            output.appendContinuation(SASLBase64.encode(challenge))
            framer.expectLine()
            wait = .exchange(exchange)
        case .failure: mistake(exchange.tag, .bad(.exchangeMalformed))
        case .credentials(let credentials):
            // Nobody may act for another yet.
            guard credentials.authorizationIdentity.isEmpty || credentials.authorizationIdentity == credentials.user else {
                return respond(exchange.tag, .no(.signInRefused, .authorizationFailed))
            }
            signIn(exchange.tag, exchange.name.rawValue, user: credentials.user, password: credentials.password)
        }
    }

    /// Asks the accounts. Passwords are not logged, nor are names that are nobody's.
    func signIn(_ tag: OctetString, _ mechanism: String, user: [UInt8], password: [UInt8]) {
        wait = .command
        patience = .distantFuture
        let service = listener.service
        Task(executorPreference: service.executor) {
            let outcome = await service.signIn(user: OctetString(user), password: password)
            self.eventLoop.execute { self.signedIn(tag, mechanism, outcome) }
        }
    }

    private func signedIn(_ tag: OctetString, _ mechanism: String, _ outcome: SignIn) {
        wait = .nothing
        guard phase == .open else { return release() }
        patience = began + listener.times.login
        let measurements = listener.resources.measurements
        switch outcome {
        case .accepted(let who):
            guard listener.service.enter(who.account) else {
                respond(tag, .no(.tooManySessions, .limit))
                break
            }
            hasEntered = true
            session.account = who
            session.machine.signedIn()
            framer.isAuthenticated = true
            measurements.authAttempts("imap", mechanism, "accepted").add()
            log(.info, "imap signed in", ["account": "\(who.account.rawValue)", "mechanism": "\(mechanism)"])
            respond(tag, .ok(.signedIn, .capability(session.machine.capabilities)))
        case .unavailable(let error):
            measurements.authAttempts("imap", mechanism, "unavailable").add()
            log(.warning, "imap sign-in unavailable", ["error": "\(error)"])
            respond(tag, .no(.signInUnavailable, .unavailable))
        case .refused(let refusal):
            measurements.authAttempts("imap", mechanism, "refused").add()
            log(.info, "imap sign-in refused", ["mechanism": "\(mechanism)", "reason": "\(refusal)"])
            // Which of the reasons it was is nobody's business, but for the name that cannot be one (policies: name@domain).
            refuse(tag, refusal == .nameWithoutDomain ? .wholeAddressWanted : .signInRefused)
            return
        }
        run()
    }

    /// Answers a wrong password, later each time.
    private func refuse(_ tag: OctetString, _ text: ResponseText) {
        let count = session.machine.failedSignInCount
        let isLast = session.machine.countFailedSignIn()
        respond(tag, .no(text, .authenticationFailed))
        wait = .delay
        patience = .distantFuture
        let delay = TimeAmount.nanoseconds(listener.times.failureDelay.nanoseconds &<< Int64(min(count, 4)))
        _ = eventLoop.scheduleTask(in: delay) {
            guard case .delay = self.wait, self.phase == .open else { return }
            self.wait = .nothing
            self.patience = self.began + self.listener.times.login
            if isLast { self.sayBye(.tooManySignIns) } else { self.run() }
        }
    }
}

extension IMAPService {
    /// Verifies a password, and makes what is missing of the account's mailboxes at the first sign-in (IM-32).
    func signIn(user: OctetString, password: [UInt8]) async -> SignIn {
        let outcome = await self.accounts.authenticate(user: user, password: password)
        guard case .accepted(let who) = outcome else { return outcome }
        let owner = MailboxOwner(rawValue: who.account.rawValue)
        do {
            if try await self.store.find(owner, MailboxPath.inbox) == nil { try await self.store.createAccountMailboxes(owner) }
            return outcome
        } catch {
            return .unavailable(AccountError(.store, "\(error)"))
        }
    }
}
