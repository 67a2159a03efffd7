// Received fields.
import Testing

@testable import MailFormat

@Suite struct TraceFieldTests {
    private static let text = """
        from mx.example.org (mx.example.org. [192.0.2.9])\r\n\tby in.example.net (Postfix) with ESMTPS id 4ABC\r\n\t\
        for <a@example.net>; Tue, 1 Jul 2003 10:52:37 +0200 (CEST)
        """

    @Test("the clauses of a Received field are read")
    func clauses() {
        let octets = Array(Self.text.utf8)
        let field = TraceField.parse(octets.span, in: 0..<octets.count)
        #expect(field.from == "mx.example.org" && field.by == "in.example.net" && field.with == "ESMTPS" && field.id == "4ABC")
        #expect(field.forAddress == "a@example.net")
        #expect(field.via == nil)
        #expect(field.fromAddress == .ipv4(0xC000_0209))
        #expect(field.date?.seconds == 1_057_049_557)
    }

    @Test("addresses are found in brackets, with tag and without, and alone", arguments: [
        ("from [192.0.2.1] by x", "[192.0.2.1]"), ("from a ([IPv6:2001:db8::1]) by x", "[IPv6:2001:db8::1]"), ("from a (b [2001:db8::1]) by x", "[IPv6:2001:db8::1]"),
        ("from a (192.0.2.1) by x", "[192.0.2.1]"), ("from a (192.0.2.1, HELO b) by x", "[192.0.2.1]"), ("from a [192.0.2.1] by x", "[192.0.2.1]"),
        ("from [192.0.2.1] (x [192.0.2.2]) by y", "[192.0.2.2]"), ("from a ([192.0.2.1]:4711) by x", "[192.0.2.1]"), ("from a (192.0.2.1:4711) by x", "[192.0.2.1]"), ("from a (b [192.0.2.999]) (c [192.0.2.3])", "[192.0.2.3]"),
    ])
    func addresses(_ row: (String, String)) {
        let octets = Array(row.0.utf8)
        #expect(TraceField.parse(octets.span, in: 0..<octets.count).fromAddress?.bracketed == OctetString(row.1))
    }

    @Test("every part of a Received field is read")
    func truncated() {
        let octets = Array(Self.text.utf8)
        for end in 0...octets.count {
            for start in stride(from: 0, through: end, by: 3) { _ = TraceField.parse(octets.span, in: start..<end) }
        }
    }
}
