// One turn with the database: statements in, rows out. It may be used only inside the closure it was given to.
import Foundation
import GRDB

/// An open transaction of a store. SQL is the subset that SQLite and PostgreSQL share (docs/architecture.md, State).
package final class Transaction {
    private let database: GRDB.Database
    /// Statements whose rows are being read, outermost first.
    private var running: [ObjectIdentifier] = []

    init(_ database: GRDB.Database) { self.database = database }

    /// Runs a statement that returns no rows.
    /// - Returns: the number of rows changed.
    /// - Throws: `StorageError`; kind `.constraint` where the schema refused.
    @discardableResult
    package func execute(_ sql: String, _ values: [SQLValue] = []) throws -> Int {
        let arguments = try Self.arguments(values)
        return try translating {
            let statement = try self.statement(sql)
            try statement.setArguments(arguments)
            try statement.execute()
            return database.changesCount
        }
    }

    /// Runs a statement and hands each row to `each`, in order.
    package func query(_ sql: String, _ values: [SQLValue] = [], _ each: (SQLRow) throws -> Void) throws {
        try withRows(sql, values) { cursor in
            while let row = try translating({ try cursor.next() }) { try each(SQLRow(row)) }
        }
    }

    /// The first row, mapped; nil when there is none.
    package func first<T>(_ sql: String, _ values: [SQLValue] = [], _ map: (SQLRow) throws -> T) throws -> T? {
        try withRows(sql, values) { cursor in
            guard let row = try translating({ try cursor.next() }) else { return nil }
            let value = try map(SQLRow(row))
            // A RETURNING statement that is left half run would not have done all its work.
            while try translating({ try cursor.next() }) != nil {}
            return value
        }
    }

    private func withRows<T>(_ sql: String, _ values: [SQLValue], _ body: (RowCursor) throws -> T) throws -> T {
        let arguments = try Self.arguments(values)
        let statement = try translating { try self.statement(sql) }
        let cursor = try translating { try Row.fetchCursor(statement, arguments: arguments) }
        running.append(ObjectIdentifier(statement))
        defer { running.removeLast() }
        return try body(cursor)
    }

    /// The kept statement for this text; a fresh one where the kept one is in the middle of its rows, which it would begin anew.
    private func statement(_ sql: String) throws -> Statement {
        let kept = try database.cachedStatement(sql: sql)
        return running.contains(ObjectIdentifier(kept)) ? try database.makeStatement(sql: sql) : kept
    }

    private static func arguments(_ values: [SQLValue]) throws -> StatementArguments {
        let arguments: [(any DatabaseValueConvertible)?] = try values.map { try $0.argument }
        return StatementArguments(arguments)
    }

    /// The next identity for rows of a kind: 1, 2, 3 … given again only where the change that took it did not happen.
    package func nextID(_ kind: String) throws -> Int64 {
        let next = try first(
            "INSERT INTO sequence (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = sequence.value + 1 RETURNING value",
            [.text(kind)]
        ) { $0.integer(0) }
        guard let next else { throw StorageError(.failed, "sequence \(kind) gave no value") }
        return next
    }

    private func translating<T>(_ body: () throws -> T) throws -> T {
        // After a full disk the engine may have rolled everything back by itself; what follows would be committed statement by statement.
        guard database.isInsideTransaction else { throw StorageError(.failed, "the transaction has ended") }
        do { return try body() } catch let error as DatabaseError { throw StorageError(error) }
    }
}

extension SQLValue {
    fileprivate var argument: (any DatabaseValueConvertible)? {
        get throws {
            switch self {
            case .null: return nil
            case .integer(let value): return value
            case .text(let value):
                // One engine would cut it short when it is read, the other refuses it.
                guard !value.utf8.contains(0) else { throw StorageError(.constraint, "a text holds NUL") }
                return value
            case .blob(let octets): return Data(octets)
            }
        }
    }
}

extension StorageError {
    @inline(never)
    init(_ error: DatabaseError) {
        let kind: Kind =
            switch error.resultCode {
            case .SQLITE_FULL: .full
            case .SQLITE_READONLY, .SQLITE_PERM: .readOnly
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_CONSTRAINT: .constraint
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged
            case .SQLITE_CANTOPEN: .missing
            default: .failed
            }
        self.init(kind, error.description)
    }

    /// A database file that does not open: the engine says the same for a folder that is absent and one that may not be written.
    @inline(never)
    init(opening path: String, _ error: DatabaseError) {
        let failure = StorageError(error)
        let folder = (path as NSString).deletingLastPathComponent
        let isForbidden =
            failure.kind == .missing && FileManager.default.fileExists(atPath: folder)
            && (!FileManager.default.isWritableFile(atPath: folder)
                || FileManager.default.fileExists(atPath: path) && !FileManager.default.isWritableFile(atPath: path))
        self.init(isForbidden ? .readOnly : failure.kind, "\(path): \(failure.detail)")
    }
}
