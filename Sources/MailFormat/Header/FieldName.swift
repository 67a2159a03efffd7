// The header fields we know by name, recognised once when a header is parsed and compared as numbers afterwards.

/// A header field name known to this software; matching ignores ASCII case (RFC 5322 §1.2.2).
package enum FieldName: UInt8, Hashable, Sendable, CaseIterable {
    // RFC 5322 §3.6
    case date, from, sender, replyTo, to, cc, bcc, messageID, inReplyTo, references, subject, comments, keywords
    case resentDate, resentFrom, resentSender, resentTo, resentCC, resentBCC, resentMessageID, resentReplyTo
    // Trace: RFC 5321 §4.4, RFC 9228, RFC 7208 §9.1, RFC 8601, RFC 8617, RFC 6376
    case received, returnPath, deliveredTo, receivedSPF, authenticationResults, dkimSignature
    case arcSeal, arcMessageSignature, arcAuthenticationResults
    // MIME: RFC 2045–2047, RFC 2183, RFC 2557, RFC 3282, RFC 1864
    case mimeVersion, contentType, contentTransferEncoding, contentDisposition, contentID, contentDescription
    case contentLanguage, contentLocation, contentMD5, contentDuration, contentFeatures
    // Lists: RFC 2369, RFC 2919, RFC 8058
    case listID, listHelp, listSubscribe, listUnsubscribe, listUnsubscribePost, listPost, listOwner, listArchive
    // Others that rules look at: RFC 3834, RFC 8098, RFC 2156, RFC 4021 and usage
    case autoSubmitted, precedence, dispositionNotificationTo, originalRecipient, importance, priority
    case userAgent, organization, feedbackID, returnReceiptTo, errorsTo, apparentlyTo
    case xMailer, xPriority, xOriginatingIP, xSpamFlag, xSpamStatus, xSpamScore, xSpamLevel, xBeenThere, xLoop, xMailingList

    /// The name as it is usually written.
    package var spelling: StaticString {
        switch self {
        case .date: "Date"
        case .from: "From"
        case .sender: "Sender"
        case .replyTo: "Reply-To"
        case .to: "To"
        case .cc: "Cc"
        case .bcc: "Bcc"
        case .messageID: "Message-ID"
        case .inReplyTo: "In-Reply-To"
        case .references: "References"
        case .subject: "Subject"
        case .comments: "Comments"
        case .keywords: "Keywords"
        case .resentDate: "Resent-Date"
        case .resentFrom: "Resent-From"
        case .resentSender: "Resent-Sender"
        case .resentTo: "Resent-To"
        case .resentCC: "Resent-Cc"
        case .resentBCC: "Resent-Bcc"
        case .resentMessageID: "Resent-Message-ID"
        case .resentReplyTo: "Resent-Reply-To"
        case .received: "Received"
        case .returnPath: "Return-Path"
        case .deliveredTo: "Delivered-To"
        case .receivedSPF: "Received-SPF"
        case .authenticationResults: "Authentication-Results"
        case .dkimSignature: "DKIM-Signature"
        case .arcSeal: "ARC-Seal"
        case .arcMessageSignature: "ARC-Message-Signature"
        case .arcAuthenticationResults: "ARC-Authentication-Results"
        case .mimeVersion: "MIME-Version"
        case .contentType: "Content-Type"
        case .contentTransferEncoding: "Content-Transfer-Encoding"
        case .contentDisposition: "Content-Disposition"
        case .contentID: "Content-ID"
        case .contentDescription: "Content-Description"
        case .contentLanguage: "Content-Language"
        case .contentLocation: "Content-Location"
        case .contentMD5: "Content-MD5"
        case .contentDuration: "Content-Duration"
        case .contentFeatures: "Content-Features"
        case .listID: "List-ID"
        case .listHelp: "List-Help"
        case .listSubscribe: "List-Subscribe"
        case .listUnsubscribe: "List-Unsubscribe"
        case .listUnsubscribePost: "List-Unsubscribe-Post"
        case .listPost: "List-Post"
        case .listOwner: "List-Owner"
        case .listArchive: "List-Archive"
        case .autoSubmitted: "Auto-Submitted"
        case .precedence: "Precedence"
        case .dispositionNotificationTo: "Disposition-Notification-To"
        case .originalRecipient: "Original-Recipient"
        case .importance: "Importance"
        case .priority: "Priority"
        case .userAgent: "User-Agent"
        case .organization: "Organization"
        case .feedbackID: "Feedback-ID"
        case .returnReceiptTo: "Return-Receipt-To"
        case .errorsTo: "Errors-To"
        case .apparentlyTo: "Apparently-To"
        case .xMailer: "X-Mailer"
        case .xPriority: "X-Priority"
        case .xOriginatingIP: "X-Originating-IP"
        case .xSpamFlag: "X-Spam-Flag"
        case .xSpamStatus: "X-Spam-Status"
        case .xSpamScore: "X-Spam-Score"
        case .xSpamLevel: "X-Spam-Level"
        case .xBeenThere: "X-BeenThere"
        case .xLoop: "X-Loop"
        case .xMailingList: "X-Mailing-List"
        }
    }

    /// The field whose name stands in `range`, or nil for a name we do not know.
    package static func match(_ octets: Span<UInt8>, in range: Range<Int>) -> FieldName? {
        guard range.lowerBound >= 0, range.upperBound <= octets.count, self.knownLengths.contains(range.count) else { return nil }
        var slot = self.slot(
            count: range.count, octets[range.lowerBound], octets[range.lowerBound + range.count / 2], octets[range.upperBound - 1])
        let table = self.table.span
        // The table is never full, so a free slot always ends the walk.
        while table[slot] != self.free {
            if let candidate = FieldName(rawValue: table[slot]), ASCII.equalsIgnoringCase(octets, in: range, candidate.spelling) { return candidate }
            slot = (slot + 1) & self.slotMask
        }
        return nil
    }

    private static let free: UInt8 = .max
    private static let slotMask = 1023
    private static let knownLengths = 2...27

    /// Where the search for a name begins: its length and three of its letters tell nearly all names apart.
    private static func slot(count: Int, _ first: UInt8, _ middle: UInt8, _ last: UInt8) -> Int {
        let letters = Int(first & 31) &* 37 &+ Int(middle & 31) &* 101 &+ Int(last & 31) &* 7
        return (count &* 211 &+ letters) & self.slotMask
    }

    private static let table: [UInt8] = {
        var table = [UInt8](repeating: free, count: slotMask + 1)
        for name in Self.allCases {
            name.spelling.withUTF8Buffer { letters in
                guard let first = letters.first, let last = letters.last else { return }
                var slot = Self.slot(count: letters.count, first, letters[letters.count / 2], last)
                while table[slot] != free { slot = (slot + 1) & slotMask }
                table[slot] = name.rawValue
            }
        }
        return table
    }()
}
