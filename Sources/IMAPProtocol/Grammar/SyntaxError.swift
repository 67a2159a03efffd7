// Why a command could not be read: the kind and where.

/// A syntax error with its place, or the end of the octets before the end of the grammar.
package struct SyntaxError: Error, Hashable, Sendable {
    /// What went wrong.
    package enum Kind: Hashable, Sendable {
        /// The octets end within the grammar; more might make it right. Never seen on a framed command.
        case incomplete
        /// No octets that follow could make it right.
        case invalid
        /// More nesting or items than `IMAPLimits` allows.
        case limit
    }

    package let kind: Kind
    /// Where in the command.
    package let offset: Int

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}
