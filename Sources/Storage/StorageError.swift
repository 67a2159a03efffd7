// What can go wrong below the stores: one closed list of kinds, a detail for logs only.

/// A failure of a database or of the segment log. It is always our own trouble: a peer hears 4xx, never this text.
package struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller can act on.
    package enum Kind: Sendable, Equatable {
        /// No space is left (RFC 3463 X.3.1): refuse for now, go on.
        case full
        /// The folder or file may not be written.
        case readOnly
        /// Another process holds the lock for longer than the time-out.
        case busy
        /// A constraint of the schema refused the change (a duplicate name, for example).
        case constraint
        /// Octets on the disk are not what was written there.
        case damaged
        /// What was asked for is not there.
        case missing
        /// The store is closed or closing.
        case closed
        /// The device or the engine failed.
        case failed
    }

    package let kind: Kind
    /// For logs; never sent to a peer.
    package let detail: String

    @inline(never)
    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    package var description: String { "\(kind): \(detail)" }
}
