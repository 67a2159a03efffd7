// What fills the slots of a reply: the operator's names and the values of one case.

/// A place in a template, written `{name}`.
package enum Slot: String, Hashable, Sendable, CaseIterable {
    /// `Charter.net`.
    case service
    /// `Charter`.
    case `operator`
    /// The public site, without a slash at the end.
    case site
    /// This host's name.
    case host
    case address
    case sender
    case recipient
    case domain
    case limit
    case observed
    case queueID = "queue"
    case reason
    case octets
    /// Until when, or when next.
    case time
    /// Where customers sign in from elsewhere (`mobile.charter.net:587`).
    case submission
    /// What it was about in a protocol reply: a verb, a parameter.
    case subject
}

/// The operator's names, the same for every reply of a server.
package struct OperatorNames: Hashable, Sendable {
    /// `{service}`: `Charter.net`.
    package var service: String
    /// `{operator}`: `Charter`.
    package var operatorName: String
    /// `{site}`: address of the public site, without a slash at the end.
    package var site: String
    /// `{submission}`: where customers sign in from elsewhere, host and port.
    package var submission: String
    /// Replies equal the page's own texts exactly: no enhanced codes, no additions (policies §1.7).
    package var legacyText: Bool

    package init(service: String, operatorName: String, site: String, submission: String, legacyText: Bool = false) {
        self.service = service
        self.operatorName = operatorName
        self.site = site
        self.submission = submission
        self.legacyText = legacyText
    }
}

/// The names, the reference and the values of one case.
package struct ReplyContext: Sendable {
    package var names: OperatorNames
    package var reference: Reference?
    package var values: [Slot: String]

    package init(names: OperatorNames, reference: Reference? = nil, values: [Slot: String] = [:]) {
        self.names = names
        self.reference = reference
        self.values = values
    }

    /// The value of a slot, cleaned for the wire: 7-bit, no controls, at most 254 octets (policies §1.7).
    func value(_ slot: Slot) -> [UInt8] {
        let text: String =
            switch slot {
            case .service: names.service
            case .operator: names.operatorName
            case .site: names.site
            case .submission: names.submission
            default: values[slot] ?? ""
            }
        return text.utf8.prefix(254).map { $0 < 0x20 || $0 > 0x7e ? 0x3f : $0 }
    }
}
