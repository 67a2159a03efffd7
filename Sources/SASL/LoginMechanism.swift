// LOGIN as deployed (never standardised, still what some mail programs choose first): the server asks for the name, then the password.

/// The LOGIN exchange.
package struct LoginMechanism: Hashable, Sendable {
    private enum State: Hashable { case start, awaitingUser, awaitingPassword(user: [UInt8]), over }
    private var state: State = .start

    /// The prompts that clients expect word for word.
    package static let userPrompt: [UInt8] = Array("Username:".utf8)
    package static let passwordPrompt: [UInt8] = Array("Password:".utf8)

    /// An exchange that has not begun.
    package init() {}

    /// Takes the client's response, or nil where the command carried no initial response. An initial response is the name.
    package mutating func receive(_ response: [UInt8]?) -> MechanismStep {
        switch self.state {
        case .start, .awaitingUser:
            guard let response else {
                self.state = .awaitingUser
                return .challenge(Self.userPrompt)
            }
            guard !response.isEmpty, !response.contains(0), SASLText.isUTF8(response) else { return self.fail(.malformed) }
            guard response.count <= SASLLimits.identityOctets else { return self.fail(.tooLong) }
            self.state = .awaitingPassword(user: response)
            return .challenge(Self.passwordPrompt)
        case .awaitingPassword(let user):
            guard let response, !response.isEmpty, !response.contains(0), SASLText.isUTF8(response) else { return self.fail(.malformed) }
            guard response.count <= SASLLimits.passwordOctets else { return self.fail(.tooLong) }
            self.state = .over
            return .credentials(PasswordCredentials(user: user, password: response))
        case .over:
            return .failure(.outOfTurn)
        }
    }

    private mutating func fail(_ failure: MechanismFailure) -> MechanismStep {
        self.state = .over
        return .failure(failure)
    }
}
