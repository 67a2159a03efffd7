// What a mailbox is for (RFC 6154 §2).

/// The special use of a mailbox (RFC 6154 §2, RFC 9051 §7.3.1).
package enum SpecialUse: String, CaseIterable, Sendable {
    case archive, drafts, flagged, junk, sent, trash

    /// The attribute on the wire.
    package var attribute: String {
        switch self {
        case .archive: "\\Archive"
        case .drafts: "\\Drafts"
        case .flagged: "\\Flagged"
        case .junk: "\\Junk"
        case .sent: "\\Sent"
        case .trash: "\\Trash"
        }
    }

    /// Its number in the journal; permanent.
    var number: Int64 {
        switch self {
        case .archive: 1
        case .drafts: 2
        case .flagged: 3
        case .junk: 4
        case .sent: 5
        case .trash: 6
        }
    }

    init?(number: Int64) {
        guard let use = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = use
    }
}
