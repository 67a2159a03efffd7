// Why the mail store did not do what it was asked: a closed list that a command turns into a response code.
package import Storage

/// A refusal or a failure of the mail store. `detail` is for logs.
package struct MailStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// There is no such mailbox (RFC 5530 NONEXISTENT; for APPEND, COPY and MOVE: TRYCREATE).
        case missing
        /// There is one already (RFC 5530 ALREADYEXISTS).
        case exists
        /// It can never be done (RFC 5530 CANNOT): delete INBOX, rename into itself.
        case cannot
        /// A bound of the store (RFC 5530 LIMIT): keywords, mailboxes, length of a name.
        case limit
        /// The owner has no room (RFC 9208 OVERQUOTA).
        case overQuota
        /// A message that is not kept any more, or whose octets are damaged.
        case lost
        /// Our own trouble below (RFC 5530 UNAVAILABLE).
        case storage(StorageError.Kind)
    }

    package let kind: Kind
    package let detail: String

    @inline(never)
    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    @inline(never)
    package init(_ error: any Error) {
        switch error {
        case let error as MailStoreError: self = error
        case let error as StorageError: self.init(.storage(error.kind), error.detail)
        default: self.init(.storage(.failed), "\(error)")
        }
    }

    package var description: String { "\(self.kind): \(self.detail)" }
}
