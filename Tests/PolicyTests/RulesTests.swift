// The rules: what fires, what must not, and each bound from both sides.
import Accounts
import Catalogue
import MailFormat
import Testing

@testable import Policy

@Suite struct RulesTests {
    private let stranger = ClientFacts(
        listener: "edge", session: "s", address: IPAddress("192.0.2.1"), port: 1, isCustomer: false, isTrusted: false)
    private let customer = ClientFacts(
        listener: "edge", session: "s", address: IPAddress("127.1.0.1"), port: 1, isCustomer: true, isTrusted: false)

    private func address(_ text: String) throws -> EmailAddress { try #require(EmailAddress(text)) }

    @Test("a stranger may not relay, and hears E1110 with the address we saw")
    func relay() throws {
        let refusal = try #require(RelayRule.decide(.foreign, recipient: try address("u@elsewhere.test"), client: stranger).refusal)
        #expect(refusal.entry.code == "E1110")
        #expect(refusal.values[.address] == "192.0.2.1")
        #expect(RelayRule.decide(.unknown, recipient: try address("u@charter.net"), client: stranger) == .pass)
        #expect(RelayRule.decide(.foreign, recipient: try address("u@elsewhere.test"), client: customer).refusal?.entry == .relayUnavailable)
    }

    @Test("unknown and closed mailboxes are told apart")
    func known() {
        #expect(KnownRecipientRule.decide(.unknown, recipient: "x@charter.net").refusal?.entry == .unknownRecipient)
        #expect(KnownRecipientRule.decide(.disabled, recipient: "x@charter.net").refusal?.entry == .recipientDisabled)
        #expect(KnownRecipientRule.decide(.foreign, recipient: "x@charter.net") == .pass)
    }

    @Test("a message fits up to the quota's last octet", arguments: [(Int64(90), Int64(10), true), (90, 11, false), (100, 0, false), (Int64.max, 1, false)])
    func quota(used: Int64, octets: Int64, fits: Bool) {
        let decision = RecipientQuotaRule.decide([.init(used: used, quota: 100)], octets: octets, recipient: "x@charter.net")
        #expect((decision == .pass) == fits)
        #expect(RecipientQuotaRule.decide([.init(used: used, quota: 0)], octets: octets, recipient: "x@charter.net") == .pass)
        #expect(RecipientQuotaRule.decide([.init(used: used, quota: 100), .init(used: 0, quota: 100)], octets: octets, recipient: "x@charter.net") == .pass)
    }

    @Test("one From field is accepted, two are not, and neither is NUL")
    func form() {
        let one = Array("From: a@example.net\r\nSubject: x\r\n\r\n".utf8)
        let two = Array("From: a@example.net\r\nFROM: b@example.net\r\n\r\n".utf8)
        #expect(MessageFormRule.decide(header: HeaderBlock.parse(one.span), hasNUL: false) == .pass)
        #expect(MessageFormRule.decide(header: HeaderBlock.parse(one.span), hasNUL: true).refusal?.entry == .malformedMessage)
        #expect(MessageFormRule.decide(header: HeaderBlock.parse(two.span), hasNUL: false).refusal?.entry == .malformedMessage)
    }

    @Test("a hundred hops are accepted, one more is a loop", arguments: [(100, true), (101, false)])
    func hops(count: Int, accepted: Bool) {
        let message = Array((String(repeating: "Received: from a by b; x\r\n", count: count) + "\r\n").utf8)
        let header = HeaderBlock.parse(message.span)
        #expect((MailLoopRule.decide(header: header, octets: message.span, deliveredTo: []) == .pass) == accepted)
    }

    @Test("a message that was delivered to this recipient before is a loop, in any case of letters")
    func deliveredBefore() {
        let message = Array("Delivered-To: Alex@Charter.net\r\n\r\n".utf8)
        let header = HeaderBlock.parse(message.span)
        #expect(MailLoopRule.decide(header: header, octets: message.span, deliveredTo: ["alex@charter.net"]).refusal?.entry == .mailLoop)
        #expect(MailLoopRule.decide(header: header, octets: message.span, deliveredTo: ["sam@charter.net"]) == .pass)
    }

    @Test("the printed order names every rule once")
    func order() {
        let names = RuleOrder.all.map(\.rule)
        #expect(Set(names).count == names.count)
        #expect(names.count == 5)
    }
}
