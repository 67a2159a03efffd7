// The mail listeners of the complex, from their sections of the configuration.
import Catalogue
import Intake
import Logging
import MailFormat
import SMTPProtocol
import Servers
import ServiceLifecycle

/// Starts SMTP, LMTP and IMAP, waits for the stop, and ends the sessions within the configured time.
struct Listeners: Service {
    let configuration: PostmasterConfiguration
    let intake: Intake
    let imap: IMAPService
    let resources: ServerResources
    let ready: @Sendable () async -> Void
    let stopping: @Sendable () -> Void

    func run() async throws {
        var smtp: [SMTPServer] = []
        var imapServers: [IMAPServer] = []
        do {
            for (index, place) in configuration.edge.listen.enumerated() {
                smtp.append(
                    try await SMTPServer.start(edge(place, index), policy: IntakePolicy(intake, dialect: .smtp, isTrusted: false), resources: resources))
            }
            for (index, place) in configuration.lmtp.listen.enumerated() {
                smtp.append(
                    try await SMTPServer.start(lmtp(place, index), policy: IntakePolicy(intake, dialect: .lmtp, isTrusted: true), resources: resources))
            }
            for (section, name) in [(configuration.imap, "imap"), (configuration.imaps, "imaps")] {
                for (index, place) in section.listen.enumerated() {
                    imapServers.append(try await IMAPServer.start(imap(section, place, name, index), service: imap, resources: resources))
                }
            }
        } catch {
            await stop(smtp, imapServers, within: .zero)
            throw error
        }
        await ready()
        // An error says that the task was cancelled, which ends the listeners all the same.
        let isGraceful = (try? await gracefulShutdown()) != nil
        stopping()
        await stop(smtp, imapServers, within: isGraceful ? configuration.shutdown.time : .zero)
    }

    private func stop(_ smtp: [SMTPServer], _ imapServers: [IMAPServer], within bound: Duration) async {
        await withTaskGroup(of: Void.self) { tasks in
            for server in smtp { tasks.addTask { await server.shutDown(within: bound) } }
            for server in imapServers { tasks.addTask { await server.shutDown(within: bound) } }
        }
    }

    // MARK: Sections to listeners

    private func edge(_ place: ListenPoint, _ index: Int) -> SMTPListenerConfiguration {
        let section = configuration.edge
        var server = ServerConfiguration(hostName: configuration.operator.effectiveHostName, names: configuration.operatorNames)
        server.sizeLimit = Int64(section.messageSize.octets)
        server.recipientLimit = section.recipients
        server.offersTLS = section.tls == .startTLS && resources.tls != nil
        server.bareLineEnds = section.bareLineEnd == .reject ? .reject : .normalize
        var listener = SMTPListenerConfiguration(name: name("edge", index), address: place.listenAddress(below: configuration.data), server: server)
        listener.tlsMode = server.offersTLS ? .startTLS : .none
        listener.balancers = section.balancers
        listener.timeouts.command = section.commandTimeout
        listener.timeouts.dataBlock = section.dataTimeout
        listener.timeouts.answer = section.finalTimeout
        listener.timeouts.greetingDelay = section.earlyTalkDelay
        listener.limits.sessions = section.sessions
        listener.limits.minimumRate = Int(section.minimumRate.octets)
        return listener
    }

    private func lmtp(_ place: ListenPoint, _ index: Int) -> SMTPListenerConfiguration {
        let section = configuration.lmtp
        var server = ServerConfiguration(hostName: configuration.operator.effectiveHostName, names: configuration.operatorNames)
        server.dialect = .lmtp
        server.sizeLimit = Int64(section.messageSize.octets)
        server.recipientLimit = section.recipients
        var listener = SMTPListenerConfiguration(name: name("lmtp", index), address: place.listenAddress(below: configuration.data), server: server)
        listener.timeouts.command = section.commandTimeout
        listener.timeouts.dataBlock = section.dataTimeout
        listener.limits.sessions = section.sessions
        return listener
    }

    private func imap(_ section: IMAPConfiguration, _ place: ListenPoint, _ title: String, _ index: Int) -> IMAPListenerConfiguration {
        var listener = IMAPListenerConfiguration(name: name(title, index), address: place.listenAddress(below: configuration.data))
        listener.tlsMode =
            switch section.tls {
            case .none: .none
            case .startTLS: resources.tls == nil ? .none : .startTLS
            case .implicit: .implicit
            }
        listener.allowsClearTextLogin = section.allowCleartextLogin
        listener.balancers = section.balancers
        listener.sessions = section.sessions
        listener.loginTimeout = section.loginTimeout
        listener.idleTimeout = section.idleTimeout
        listener.appendLimit = UInt64(section.appendSize.octets)
        return listener
    }

    private func name(_ section: String, _ index: Int) -> String { index == 0 ? section : "\(section)-\(index + 1)" }
}

extension PostmasterConfiguration {
    /// The names that replies carry.
    var operatorNames: OperatorNames {
        OperatorNames(
            service: self.operator.service, operatorName: self.operator.name, site: self.operator.site,
            submission: "\(mailSettings.mobileHost):\(mailSettings.mobileSMTPPort)", legacyText: self.operator.legacyText)
    }
}

extension ListenPoint {
    /// As the servers take it; a relative socket path is below the data folder.
    func listenAddress(below folder: DataFolderConfiguration) -> ListenAddress {
        switch self {
        case .ip(let address, let port): .tcp(address, port: UInt16(clamping: port))
        case .unix(let path): .unix(path: folder.resolve(path))
        }
    }
}
