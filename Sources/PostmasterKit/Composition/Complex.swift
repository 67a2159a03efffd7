// The mail complex of one machine: every room put together, started, watched and stopped.
import Storage
import Accounts
import Foundation
import Intake
import Ledger
import Logging
import Mailboxes
import Measurement
import NIOCore
import NIOPosix
import Servers
import ServiceLifecycle
import Synchronization
import Web

/// Everything that `postmaster serve` and `postmaster demo` run.
package final class Complex: Sendable {
    private let configuration: PostmasterConfiguration
    private let reread: @Sendable () throws(ConfigurationProblems) -> PostmasterConfiguration
    private let folder: DataFolder
    private let logger: Logger
    private let stores: Stores
    private let tls: TLSContext?
    private let state = Mutex(State())

    private struct State {
        var isReady = false
        var isStopping = false
    }

    /// Locks the data folder, opens the stores and reads the certificate. Blocks.
    /// - Parameter reread: reads the configuration again, for SIGHUP.
    package init(
        configuration: PostmasterConfiguration, reread: @escaping @Sendable () throws(ConfigurationProblems) -> PostmasterConfiguration
    ) throws {
        self.configuration = configuration
        self.reread = reread
        logger = configuration.log.logger(label: "postmaster")
        folder = try DataFolder(path: configuration.data.folder)
        if configuration.tls.selfSigned {
            _ = try SelfSignedCertificate.makeIfMissing(
                certificate: configuration.certificatePath, key: configuration.keyPath,
                names: [configuration.operator.effectiveHostName, configuration.operator.domain, "localhost"])
        }
        let needsTLS = [configuration.edge.tls, configuration.imap.tls].contains { $0 != .none } || !configuration.imaps.listen.isEmpty
        tls = needsTLS ? try TLSContext(certificateFile: configuration.certificatePath, keyFile: configuration.keyPath) : nil
        stores = try Stores(configuration)
        for finding in stores.log.findings { logger.error("segment log", metadata: ["finding": "\(finding)"]) }
    }

    /// Runs until a signal stops it; on return everything is written and closed.
    /// - Parameter ready: called when every listener listens.
    package func run(ready: @escaping @Sendable () -> Void = {}) async throws {
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        defer { stores.close() }
        let measurements = MailMeasurements()
        measure(measurements.registry)
        if let domain = configuration.operator.mailDomain { _ = try await stores.accounts.addDomain(domain) }
        let intake = Intake(
            configuration: IntakeConfiguration(
                hostName: configuration.operator.effectiveHostName, names: configuration.operatorNames, customers: configuration.networks.customers),
            accounts: stores.accounts, mail: stores.mail, ledger: stores.ledger, measurements: measurements)
        let imap = IMAPService(accounts: stores.accounts, store: stores.mail, sessionsPerAccount: configuration.imap.sessionsPerAccount)
        let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
        let listeners = Listeners(
            configuration: configuration, intake: intake, imap: imap,
            resources: ServerResources(
                group: threads, tls: tls, budget: ReceiveBudget(limit: configuration.limits.memory.octets), measurements: measurements, logger: logger),
            ready: { [self] in
                state.withLock { $0.isReady = true }
                notifier.ready(status: "serving \(configuration.operator.domain)")
                logger.notice("ready", metadata: ["domain": "\(configuration.operator.domain)", "data": "\(configuration.data.folder)"])
                ready()
            },
            stopping: { [self] in
                state.withLock { $0.isStopping = true }
                notifier.stopping()
                logger.notice("stopping")
            })
        let group = ServiceGroup(
            configuration: .init(
                services: services(threads, measurements, notifier).map { .init(service: $0, successTerminationBehavior: .ignore) }
                    + [.init(service: listeners, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: Logger(label: "lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            let signals = SignalWatch(
                .init(
                    stop: { Task { await group.triggerGracefulShutdown() } },
                    hurry: { [logger] in
                        logger.warning("hurrying: what was answered is on the disk, the rest is cut off")
                        // Sessions are given no time at all; what was acknowledged is durable already.
                        exit(0)
                    }, reload: { [self] in reload(notifier) }))
            tasks.addTask { try await signals.run() }
            do { try await group.run() } catch {
                tasks.cancelAll()
                throw error
            }
            tasks.cancelAll()
        }
        await imap.close()
        try await threads.shutdownGracefully()
        logger.notice("stopped")
    }

    private func services(
        _ threads: MultiThreadedEventLoopGroup, _ measurements: MailMeasurements, _ notifier: ServiceNotifier
    ) -> [any Service] {
        var web = WebServerConfiguration()
        web.places = configuration.web.listen.map { place in
            switch place {
            case .ip(let address, let port): .ip(address, port: port)
            case .unix(let path): .unix(path: configuration.data.resolve(path))
            }
        }
        web.metricsNetworks = configuration.web.metricsNetworks
        web.site = configuration.siteFacts
        let health = HealthChecks(parts: { [self] in parts() })
        return [
            WebServer(configuration: web, health: health, registry: measurements.registry, logger: logger, group: threads),
            Upkeep(stores: stores, logger: logger),
            FileWatch(paths: tls == nil ? [] : [configuration.certificatePath, configuration.keyPath], interval: configuration.tls.watch) { [self] in
                reloadCertificate()
            },
            WatchdogService(notifier: notifier) { [self] in await (try? stores.database.read { _ in true }) ?? false },
        ]
    }

    // MARK: Reload

    /// SIGHUP: certificates are read again; the configuration is read and judged, and what needs a restart is said.
    private func reload(_ notifier: ServiceNotifier) {
        notifier.reloading()
        do throws(ConfigurationProblems) {
            let new = try reread()
            logger.notice("configuration read again; listeners and stores take it at the next start", metadata: ["domain": "\(new.operator.domain)"])
        } catch {
            logger.error("configuration refused, the old one stays in force", metadata: ["problems": "\(error)"])
        }
        reloadCertificate()
        notifier.ready(status: "serving \(configuration.operator.domain)")
    }

    private func reloadCertificate() {
        guard let tls else { return }
        do throws(TLSContextError) {
            try tls.reload(certificateFile: configuration.certificatePath, keyFile: configuration.keyPath)
            logger.notice("certificate read again")
        } catch {
            logger.error("certificate refused, the old one stays in force", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: Health and metrics

    private func parts() -> [HealthChecks.Part] {
        let (isReady, isStopping) = state.withLock { ($0.isReady, $0.isStopping) }
        let isWritable = (try? stores.database.readNow { _ in true }) ?? false
        return [
            .init(name: "listeners", isWell: isReady && !isStopping, detail: isStopping ? "stopping" : isReady ? "" : "starting"),
            .init(name: "database", isWell: isWritable),
            .init(name: "mailboxes", isWell: stores.mail.backlog < 20_000, detail: "\(stores.mail.backlog) messages not visible yet"),
        ]
    }

    private func measure(_ registry: MeasurementRegistry) {
        registry.reading("mail_store_waiting_octets", "Octets of messages that wait for the disk.") { [stores] in Double(stores.log.waiting) }
        registry.reading("mail_store_backlog_messages", "Messages that are durable and not visible in mailboxes yet.") { [stores] in Double(stores.mail.backlog) }
        registry.readingTotal("mail_ledger_dropped_total", "Records of decisions that were dropped because the disk could not keep up.") { [stores] in
            Double(stores.ledger.dropped)
        }
        registry.reading("mail_disk_free_octets", "Octets free on the disk of the data folder.") { [folder] in Double(folder.freeOctets ?? 0) }
    }
}
