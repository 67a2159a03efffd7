// PLAIN (RFC 4616), the server side: one message with authorization identity, name and password between NUL octets.

/// The PLAIN exchange (RFC 4616).
package struct PlainMechanism: Hashable, Sendable {
    private var isOver = false

    /// An exchange that has not begun.
    package init() {}

    /// Takes the client's response, or nil where the command carried no initial response (RFC 4422 §3).
    ///
    /// PLAIN is client-first: without a message the server sends an empty challenge once.
    package mutating func receive(_ response: [UInt8]?) -> MechanismStep {
        guard !self.isOver else { return .failure(.outOfTurn) }
        guard let response else { return .challenge([]) }
        self.isOver = true
        guard response.count <= SASLLimits.identityOctets * 2 + SASLLimits.passwordOctets + 2 else { return .failure(.tooLong) }
        var separators: [Int] = []
        for (index, octet) in response.enumerated() where octet == 0 {
            guard separators.count < 2 else { return .failure(.malformed) }
            separators.append(index)
        }
        guard separators.count == 2 else { return .failure(.malformed) }
        let identity = Array(response[..<separators[0]])
        let user = Array(response[(separators[0] + 1)..<separators[1]])
        let password = Array(response[(separators[1] + 1)...])
        guard !user.isEmpty, !password.isEmpty else { return .failure(.malformed) }
        guard identity.count <= SASLLimits.identityOctets, user.count <= SASLLimits.identityOctets, password.count <= SASLLimits.passwordOctets else {
            return .failure(.tooLong)
        }
        guard SASLText.isUTF8(identity), SASLText.isUTF8(user), SASLText.isUTF8(password) else { return .failure(.malformed) }
        return .credentials(PasswordCredentials(authorizationIdentity: identity, user: user, password: password))
    }
}
