// A named step of the schema. Steps are only ever appended.

/// One step of the schema, applied once, in order, in a transaction of its own.
package struct Migration: Sendable {
    /// Unique and permanent, for example `mailboxes-1`.
    package let name: String
    /// Statements in the subset that both engines speak.
    package let statements: [String]

    package init(_ name: String, _ statements: [String]) {
        self.name = name
        self.statements = statements
    }
}
