// PLAIN and LOGIN exchanges step by step, with what a hostile or sloppy client sends.
import SASL
import Testing

private func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("Password mechanisms")
struct MechanismTests {
    @Test("PLAIN with an initial response gives the three fields", arguments: [
        ("\0tim\0tanstaaftanstaaf", "", "tim", "tanstaaftanstaaf"),
        ("Ursel\0Kurt\0xipj3plmq", "Ursel", "Kurt", "xipj3plmq"),
        ("\0jürgen@example.net\0pässwort", "", "jürgen@example.net", "pässwort"),
    ])
    func plain(message: String, identity: String, user: String, password: String) {
        var mechanism = Mechanism(.plain)
        #expect(mechanism.receive(octets(message)) == .credentials(PasswordCredentials(authorizationIdentity: octets(identity), user: octets(user), password: octets(password))))
        #expect(mechanism.receive(octets(message)) == .failure(.outOfTurn))
    }

    @Test("PLAIN without an initial response asks with an empty challenge")
    func plainAsks() {
        var mechanism = Mechanism(.plain)
        #expect(mechanism.receive(nil) == .challenge([]))
        #expect(mechanism.receive(octets("\0a\0b")) == .credentials(PasswordCredentials(user: octets("a"), password: octets("b"))))
    }

    @Test("PLAIN refuses what is not three fields", arguments: ["", "\0", "\0\0", "a\0b", "\0a\0", "\0\0b", "\0a\0b\0", "\0a\0b\0c"])
    func plainMalformed(message: String) {
        var mechanism = PlainMechanism()
        #expect(mechanism.receive(octets(message)) == .failure(.malformed))
    }

    @Test("PLAIN refuses fields beyond the bounds and octets that are not UTF-8")
    func plainBounds() {
        var long = PlainMechanism()
        #expect(long.receive([0] + [UInt8](repeating: 97, count: SASLLimits.identityOctets + 1) + [0, 98]) == .failure(.tooLong))
        var fits = PlainMechanism()
        let user = [UInt8](repeating: 97, count: SASLLimits.identityOctets)
        #expect(fits.receive([0] + user + [0, 98]) == .credentials(PasswordCredentials(user: user, password: [98])))
        var broken = PlainMechanism()
        #expect(broken.receive([0, 0xFF, 0, 98]) == .failure(.malformed))
    }

    @Test("LOGIN asks for the name, then the password")
    func login() {
        var mechanism = Mechanism(.login)
        #expect(mechanism.receive(nil) == .challenge(octets("Username:")))
        #expect(mechanism.receive(octets("user")) == .challenge(octets("Password:")))
        #expect(mechanism.receive(octets("pass")) == .credentials(PasswordCredentials(user: octets("user"), password: octets("pass"))))
        #expect(mechanism.receive(octets("pass")) == .failure(.outOfTurn))
    }

    @Test("LOGIN takes the name as initial response")
    func loginInitial() {
        var mechanism = Mechanism(.login)
        #expect(mechanism.receive(octets("user")) == .challenge(octets("Password:")))
        #expect(mechanism.receive([]) == .failure(.malformed))
    }

    @Test("Mechanism names are found in any case", arguments: [("plain", MechanismName.plain), ("PLAIN", .plain), ("LoGiN", .login)])
    func names(name: String, expected: MechanismName) {
        #expect(MechanismName(octets: name.utf8) == expected)
        #expect(MechanismName(octets: "GSSAPI".utf8) == nil)
    }

    @Test("Equal secrets are equal, others are not")
    func constantTime() {
        #expect(ConstantTime.equals([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equals([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.equals([1, 2, 3], [1, 2]))
        #expect(ConstantTime.equals([], []))
    }
}
