// A message that goes round in circles is stopped.
package import Catalogue
package import MailFormat

/// Counts hops (RFC 5321 §6.3) and looks for a recipient to whom the message was delivered before (RFC 9228).
package enum MailLoopRule {
    package static let name = "mail-loop"
    /// RFC 5321 §6.3: not below 100.
    package static let hopLimit = 100

    /// - Parameter deliveredTo: values of the Delivered-To fields that this delivery would add.
    package static func decide(header: HeaderBlock, octets: Span<UInt8>, deliveredTo: [OctetString]) -> Decision {
        let hops = header.count(.received)
        if hops > hopLimit {
            return .refuse(Refusal(.mailLoop, rule: name, [.reason: "\(hops) hops"], limit: Int64(hopLimit), observed: Int64(hops)))
        }
        for field in header.fields where field.name == .deliveredTo {
            var range = field.bodyRange
            while let first = range.first, isBlank(octets[first]) { range = (first + 1)..<range.upperBound }
            while let last = range.last, isBlank(octets[last]) { range = range.lowerBound..<last }
            let value = OctetString(copying: octets.extracting(range)).asciiLowercased
            if deliveredTo.contains(where: { $0.asciiLowercased == value }) {
                return .refuse(Refusal(.mailLoop, rule: name, [.reason: "it was delivered to \(value.text) before"]))
            }
        }
        return .pass
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 || octet == 0x0d || octet == 0x0a }
}
