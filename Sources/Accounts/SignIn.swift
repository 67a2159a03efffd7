// The answer to a user name and a password.
package import MailFormat

/// Who has signed in.
package struct SignedIn: Sendable, Hashable {
    package let account: AccountID
    /// The account's main address.
    package let address: EmailAddress

    package init(account: AccountID, address: EmailAddress) {
        self.account = account
        self.address = address
    }
}

/// The outcome of a sign-in.
package enum SignIn: Sendable, Hashable {
    case accepted(SignedIn)
    case refused(Refusal)
    /// Our own trouble: the client hears a temporary failure (RFC 4954 §6: 454, RFC 9051: UNAVAILABLE), never "wrong password".
    case unavailable(AccountError)

    /// Why not. A peer is told no more than the first two apart from each other: who exists and who is disabled is nobody's business.
    package enum Refusal: Sendable, Hashable {
        /// Unknown user, wrong password, or a password that no account can have.
        case wrong
        /// The user name has no `@domain`: the page's own hint is due (policies §7).
        case nameWithoutDomain
        /// The password is right, the account is disabled. For logs.
        case disabled
    }
}
