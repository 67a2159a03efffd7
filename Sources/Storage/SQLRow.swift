// One row of an answer; valid only inside the closure it was given to.
import Foundation
import GRDB

/// A row. Columns are numbered from 0 in the order of the statement.
package struct SQLRow {
    private let row: Row

    init(_ row: Row) { self.row = row }

    /// A BIGINT; 0 for NULL.
    package func integer(_ column: Int) -> Int64 { (row[column] as Int64?) ?? 0 }
    /// A TEXT; empty for NULL.
    package func text(_ column: Int) -> String { (row[column] as String?) ?? "" }
    /// A copy of a BLOB; empty for NULL.
    package func blob(_ column: Int) -> [UInt8] { withBlob(column) { span in span.withUnsafeBufferPointer { Array($0) } } }
    /// True for NULL.
    package func isNull(_ column: Int) -> Bool { row.hasNull(atIndex: column) }

    /// A BLOB without a copy, for the time of the call; empty for NULL.
    package func withBlob<R>(_ column: Int, _ body: (Span<UInt8>) throws -> R) rethrows -> R {
        let data = (try? row.withUnsafeData(atIndex: column) { $0 }) ?? Data()
        return try data.withUnsafeBytes { raw in
            let octets = raw.bindMemory(to: UInt8.self)
            return try body(octets.span)
        }
    }
}
