// What `postmaster check` looks at: database, journal, mailboxes.
import Mailboxes
import Storage

/// Looks through the stores and changes nothing but what every start does (a torn tail is cut, the journal is made visible).
enum StoreInspection {
    /// Problems in words; empty when all is sound.
    static func problems(_ configuration: PostmasterConfiguration) async throws -> [String] {
        let folder = try DataFolder(path: configuration.data.folder)
        defer { withExtendedLifetime(folder) {} }
        let stores = try Stores(configuration)
        defer { stores.close() }
        var problems = try stores.database.integrityProblems().map { "database: \($0)" }
        problems += stores.log.findings.map(\.description)
        problems += try MailStoreCheck(database: stores.database, log: stores.log).run().filter(\.isFault).map(\.description)
        return problems
    }
}
