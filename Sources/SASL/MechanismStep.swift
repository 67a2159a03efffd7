// What a server-side mechanism answers to each response of the client.

/// What the client proved or claimed with a password mechanism.
package struct PasswordCredentials: Hashable, Sendable {
    /// Whom the client wants to act as; empty means the signed-in user (RFC 4616 §2).
    package let authorizationIdentity: [UInt8]
    /// Who signs in.
    package let user: [UInt8]
    /// The password, as the client sent it.
    package let password: [UInt8]

    /// Credentials as the mechanism read them.
    package init(authorizationIdentity: [UInt8] = [], user: [UInt8], password: [UInt8]) {
        self.authorizationIdentity = authorizationIdentity
        self.user = user
        self.password = password
    }
}

/// Why an exchange cannot go on. None of these is a wrong password: they are not counted as one.
package enum MechanismFailure: Hashable, Sendable, Error {
    /// The response does not follow the mechanism's grammar.
    case malformed
    /// A field is longer than any account name or password may be.
    case tooLong
    /// The exchange was already over.
    case outOfTurn
}

/// The server's next move in an exchange (RFC 4422 §3).
package enum MechanismStep: Hashable, Sendable {
    /// Send this challenge (still to be encoded in base64) and wait for the response.
    case challenge([UInt8])
    /// All is said: these are to be verified.
    case credentials(PasswordCredentials)
    /// The exchange is over without credentials.
    case failure(MechanismFailure)
}
