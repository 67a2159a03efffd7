// A live IMAP server on loopback over a real store in a temporary folder: what the tests of this room's IMAP speak to.
import Accounts
import Foundation
import IMAPProtocol
import Logging
import MailFormat
import Mailboxes
import Measurement
import NIOCore
import NIOPosix
import Storage

@testable import Servers

/// The server with everything behind it; `close()` ends it and removes its folder.
final class IMAPTestServer: Sendable {
    let folder: URL
    let database: Database
    let log: SegmentLog
    let accounts: AccountStore
    let store: MailStore
    let service: IMAPService
    let server: IMAPServer

    static let user = "alex@charter.net"
    static let password = "secret"

    private init(
        folder: URL, database: Database, log: SegmentLog, accounts: AccountStore, store: MailStore, service: IMAPService, server: IMAPServer
    ) {
        self.folder = folder
        self.database = database
        self.log = log
        self.accounts = accounts
        self.store = store
        self.service = service
        self.server = server
    }

    /// Starts a server in clear with two accounts, `alex@charter.net` and `sam@charter.net`.
    static func start(quota: Int64 = 0, configure: (inout IMAPListenerConfiguration) -> Void = { _ in }) async throws -> IMAPTestServer {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("imap-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let database = try Database(path: folder.appendingPathComponent("main.sqlite").path)
        let log = try SegmentLog(folder: folder.appendingPathComponent("log").path)
        var accountsConfiguration = AccountsConfiguration()
        accountsConfiguration.passwordCost = PasswordCost(memory: 8192, passes: 1)
        let accounts = try AccountStore(database: database, configuration: accountsConfiguration)
        let store = try MailStore(database: database, log: log)
        if let domain = Domain("charter.net") { _ = try await accounts.addDomain(domain) }
        for name in [Self.user, "sam@charter.net"] {
            if let address = EmailAddress(name) {
                _ = try await accounts.add(
                    .init(address: address, password: try PasswordHash.make(of: Array(Self.password.utf8), cost: accountsConfiguration.passwordCost), quota: quota))
            }
        }
        var configuration = IMAPListenerConfiguration(name: "imap", address: .tcp(.v4(0x7f00_0001), port: 0))
        configuration.tlsMode = .none
        configuration.allowsClearTextLogin = true
        configuration.failureDelay = .zero
        configure(&configuration)
        var logger = Logger(label: "imap")
        logger.logLevel = .error
        var resources = ServerResources(group: MultiThreadedEventLoopGroup.singleton, logger: logger)
        if configuration.tlsMode != .none { resources.tls = TLSContext(try TestCertificate.context()) }
        let service = IMAPService(accounts: accounts, store: store, threads: 4)
        let server = try await IMAPServer.start(configuration, service: service, resources: resources)
        return IMAPTestServer(folder: folder, database: database, log: log, accounts: accounts, store: store, service: service, server: server)
    }

    /// Ends everything.
    func close() async {
        await self.server.shutDown(within: .milliseconds(200))
        await self.service.close()
        self.accounts.close()
        self.store.close()
        self.log.close()
        self.database.close()
        try? FileManager.default.removeItem(at: self.folder)
    }
}

/// Runs `body` with a live server.
func withIMAPServer(
    quota: Int64 = 0, configure: (inout IMAPListenerConfiguration) -> Void = { _ in }, _ body: @Sendable (IMAPTestServer) async throws -> Void
) async throws {
    let server = try await IMAPTestServer.start(quota: quota, configure: configure)
    do {
        try await body(server)
    } catch {
        await server.close()
        throw error
    }
    await server.close()
}

/// Runs what blocks on a thread of its own: the threads of tasks are few, and the server needs them.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
