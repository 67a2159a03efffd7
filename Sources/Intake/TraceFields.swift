// The fields that a delivery puts before the message.
import MailFormat
import Policy

/// Return-Path, Delivered-To and Received (RFC 5321 §4.4, RFC 9228), written from typed values: nothing in them can end a line.
enum TraceFields {
    static func returnPath(_ path: OctetString) -> [UInt8] { Array("Return-Path: <".utf8) + clean(path.octets) + Array(">\r\n".utf8) }

    static func deliveredTo(_ address: OctetString) -> [UInt8] { Array("Delivered-To: ".utf8) + clean(address.octets) + Array("\r\n".utf8) }

    /// One Received field (standards SM-40).
    /// - Parameter recipient: named only when there is just one.
    static func received(
        client: ClientFacts, host: String, protocolName: String, queueID: [UInt8], recipient: OctetString?, seconds: Int64
    ) -> [UInt8] {
        var field = Array("Received: from ".utf8)
        let name = clean(client.heloName.octets)
        field += name.isEmpty ? Array("unknown".utf8) : name
        field += Array(" (".utf8)
        if !client.reverseName.isEmpty { field += clean(Array(client.reverseName.utf8)) + [0x20] }
        field += Array((client.address?.literal ?? "local").utf8) + [0x29]
        field += Array("\r\n\tby ".utf8) + clean(Array(host.utf8)) + Array(" with ".utf8) + clean(Array(protocolName.utf8))
        if let tls = client.tls { field += Array(" (".utf8) + clean(Array(tls.utf8)) + [0x29] }
        field += Array(" id ".utf8) + queueID
        if let recipient { field += Array("\r\n\tfor <".utf8) + clean(recipient.octets) + [0x3e] }
        field += Array(";\r\n\t".utf8) + MessageDate(seconds: seconds).rfc5322.octets + [0x0d, 0x0a]
        return field
    }

    /// What came from a client, without anything that could break or comment out a field.
    private static func clean(_ octets: [UInt8]) -> [UInt8] {
        octets.prefix(255).map { $0 < 0x20 || $0 == 0x7f || $0 == 0x28 || $0 == 0x29 ? 0x3f : $0 }
    }
}
