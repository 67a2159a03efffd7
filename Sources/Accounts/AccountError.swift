// Why a change to accounts was not made, or a question not answered.

/// A refusal or failure of the room Accounts, in words for the operator who asked.
package struct AccountError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller can act on.
    package enum Kind: Sendable, Hashable {
        /// There is no such domain, account, alias or address.
        case unknown
        /// The name is taken.
        case exists
        /// What was given is not acceptable.
        case invalid
        /// Others must go first (a domain with accounts, for example).
        case inUse
        /// More is waiting than may wait: try again later.
        case busy
        /// The store failed.
        case store
    }

    package let kind: Kind
    package let detail: String

    @inline(never)
    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    package var description: String { self.detail }
}
