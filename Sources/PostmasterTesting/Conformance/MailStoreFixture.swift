// A mail store on a folder of its own, which a test can close, open again and put back to an earlier state.
import Foundation
package import Mailboxes
package import Storage
import Synchronization

/// What a conformance case has found wrong.
package struct ConformanceFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Throws where a case finds something else than it expects.
package func expect(_ condition: Bool, _ what: @autoclosure () -> String, line: Int = #line) throws {
    guard condition else { throw ConformanceFailure("line \(line): \(what())") }
}

/// Throws where two values differ.
package func expectEqual<T: Equatable>(_ found: T, _ expected: T, _ what: String = "", line: Int = #line) throws {
    guard found == expected else { throw ConformanceFailure("line \(line): \(what) is \(found), expected \(expected)") }
}

/// The store under test with its database and log. Used by one test at a time.
package final class MailStoreFixture {
    /// The engine of the tables: how a database is opened on a folder, and which files it has there.
    package struct Engine: Sendable {
        package let name: String
        package let open: @Sendable (_ folder: String) throws -> Database
        package let files: [String]

        /// The embedded engine.
        package static let embedded = Engine(
            name: "embedded", open: { try Database(path: "\($0)/store.sqlite") }, files: ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"])
    }

    package let folder: TemporaryFolder
    package let engine: Engine
    package var configuration: MailStoreConfiguration
    package var logConfiguration: SegmentLogConfiguration
    package private(set) var database: Database
    package private(set) var log: SegmentLog
    package private(set) var store: MailStore
    private var isOpen = true

    package init(
        engine: Engine = .embedded, configuration: MailStoreConfiguration = .init(), logConfiguration: SegmentLogConfiguration = .init()
    ) throws {
        self.folder = try TemporaryFolder("mail-store")
        self.engine = engine
        self.configuration = configuration
        self.logConfiguration = logConfiguration
        self.database = try engine.open(folder.path)
        self.log = try SegmentLog(folder: folder.path(of: "segments"), configuration: logConfiguration)
        self.store = try MailStore(database: database, log: log, configuration: configuration)
    }

    deinit { if isOpen { self.close() } }

    /// An orderly end.
    package func close() {
        guard self.isOpen else { return }
        self.isOpen = false
        self.log.close()
        self.store.close()
        self.database.close()
    }

    /// Opens again what was closed.
    package func open() throws {
        guard !self.isOpen else { return }
        self.database = try self.engine.open(self.folder.path)
        self.log = try SegmentLog(folder: self.folder.path(of: "segments"), configuration: self.logConfiguration)
        self.store = try MailStore(database: self.database, log: self.log, configuration: self.configuration)
        self.isOpen = true
    }

    /// An orderly end and a new beginning.
    package func reopen() throws {
        self.close()
        try self.open()
    }

    /// Keeps the tables as they are now, to put them back later; the store is closed and opened.
    package func keepTables(as name: String) throws {
        self.close()
        let kept = self.folder.path(of: name)
        try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
        for file in self.engine.files where FileManager.default.fileExists(atPath: self.folder.path(of: file)) {
            try FileManager.default.copyItem(atPath: self.folder.path(of: file), toPath: "\(kept)/\(file)")
        }
        try self.open()
    }

    /// Puts kept tables back under the log as it is now: as after a crash that came before the rows of the last deliveries were written.
    package func restoreTables(from name: String) throws {
        self.close()
        for file in self.engine.files {
            try? FileManager.default.removeItem(atPath: self.folder.path(of: file))
            let kept = "\(self.folder.path(of: name))/\(file)"
            if FileManager.default.fileExists(atPath: kept) { try FileManager.default.copyItem(atPath: kept, toPath: self.folder.path(of: file)) }
        }
        try self.open()
    }

    /// The tables through the eyes of another process.
    package func anotherProcess() throws -> Database { try self.engine.open(self.folder.path) }

    // MARK: What cases do often

    /// The owner most cases use, with an account's mailboxes.
    package static let owner = MailboxOwner(rawValue: 1)

    /// Makes the owner's mailboxes and opens one of them.
    package func mailbox(_ name: String = "INBOX", of owner: MailboxOwner = MailStoreFixture.owner) async throws -> LiveMailbox {
        try await self.store.createAccountMailboxes(owner)
        return try await self.store.open(try await self.id(name, of: owner))
    }

    /// The mailbox of a name, made where there is none.
    package func id(_ name: String, of owner: MailboxOwner = MailStoreFixture.owner) async throws -> MailboxID {
        guard let path = MailboxPath(name) else { throw ConformanceFailure("\(name) is no name") }
        if let found = try await self.store.find(owner, path) { return found.id }
        return try await self.store.create(owner, path)
    }

    /// A small message that says its number.
    package static func octets(_ number: Int) -> [UInt8] {
        Array("From: <a@example.org>\r\nSubject: number \(number)\r\n\r\nThis is message \(number).\r\n".utf8)
    }

    /// A delivery to INBOX.
    package static func message(
        _ number: Int, to owner: MailboxOwner = MailStoreFixture.owner, destination: DeliverableMessage.Destination = .inbox,
        flags: FlagList = .init()
    ) -> DeliverableMessage {
        DeliverableMessage(
            internalDate: 1_700_000_000 + Int64(number), queueID: Array("Q\(number)".utf8),
            returnPathLine: Array("Return-Path: <a@example.org>\r\n".utf8),
            trace: Array("Received: from client\r\n".utf8),
            recipients: [.init(owner: owner, destination: destination, flags: flags, deliveredToLine: Array("Delivered-To: u\(owner)\r\n".utf8))],
            octets: Self.octets(number))
    }

    /// Delivers in this order and returns when all are durable.
    package func deliver(_ messages: [DeliverableMessage]) async throws {
        guard !messages.isEmpty else { return }
        let store = self.store
        let tally = Tally(messages.count)
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            for message in messages {
                store.deliver(message) { if tally.count($0) { done.resume() } }
            }
        }
        if let failure = tally.failure { throw failure }
    }

    /// The flags of a mailbox by name, in the order of UIDs.
    package static func flagNames(_ view: MailboxView) -> [Set<String>] {
        view.columns.flags.map { Set(view.keywords.names(of: Flags(rawValue: $0))) }
    }

    /// Faults that the store's own check finds.
    package func faults() throws -> [MailStoreFinding] { try MailStoreCheck(database: self.database, log: self.log).run().filter(\.isFault) }
}

/// Counts answers to zero and keeps the first failure.
private final class Tally: Sendable {
    private let state: Mutex<(left: Int, failure: StorageError?)>

    init(_ count: Int) { self.state = Mutex((count, nil)) }

    /// True for the last answer.
    func count(_ result: Result<BlobID, StorageError>) -> Bool {
        self.state.withLock { state in
            state.left -= 1
            if case .failure(let error) = result, state.failure == nil { state.failure = error }
            return state.left == 0
        }
    }

    var failure: StorageError? { self.state.withLock { $0.failure } }
}
