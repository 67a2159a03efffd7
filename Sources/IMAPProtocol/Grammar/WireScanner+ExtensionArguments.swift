// The arguments of the extensions' commands, after their names.
package import MailFormat

extension WireScanner {
    mutating func extensionArguments(of verb: Verb) throws(SyntaxError) -> Command {
        switch verb {
        case .sort: return .sort(try self.sortSuffix(isUID: false))
        case .thread: return .thread(try self.threadSuffix(isUID: false))
        case .esearch: return .multiSearch(try self.multiSearchSuffix())
        case .compress:
            try self.space()
            return .compress(try self.atom())
        case .getQuota:
            try self.space()
            return .getQuota(try self.astring())
        case .getQuotaRoot: return .getQuotaRoot(try self.mailboxSuffix())
        case .setQuota: return try self.setQuotaSuffix()
        case .getMetadata: return try self.getMetadataSuffix()
        case .setMetadata: return try self.setMetadataSuffix()
        case .getACL: return .getACL(try self.mailboxSuffix())
        case .myRights: return .myRights(try self.mailboxSuffix())
        case .listRights:
            let mailbox = try self.mailboxSuffix()
            try self.space()
            return .listRights(mailbox, identifier: try self.astring())
        case .setACL:
            let mailbox = try self.mailboxSuffix()
            try self.space()
            let identifier = try self.astring()
            try self.space()
            return .setACL(mailbox, identifier: identifier, rights: try self.astring())
        case .deleteACL:
            let mailbox = try self.mailboxSuffix()
            try self.space()
            return .deleteACL(mailbox, identifier: try self.astring())
        case .resetKey: return try self.resetKeySuffix()
        case .generateURL: return try self.generateURLSuffix()
        case .fetchURL: return try self.fetchURLSuffix()
        case .uidBatches: return try self.uidBatchesSuffix()
        default: throw self.invalid()
        }
    }

    /// setquota: `SP astring SP setquota-list` (RFC 9208 §7).
    package mutating func setQuotaSuffix() throws(SyntaxError) -> Command {
        try self.space()
        let root = try self.astring()
        try self.space()
        return .setQuota(root, try self.quotaLimits())
    }

    /// getmetadata: `[SP options] SP mailbox SP entries` (RFC 5464 §5).
    package mutating func getMetadataSuffix() throws(SyntaxError) -> Command {
        try self.space()
        var options: [MetadataOption] = []
        if try self.peek() == UInt8(ascii: "(") {
            options = try self.metadataOptions()
            try self.space()
        }
        let mailbox = try self.mailbox()
        try self.space()
        return .getMetadata(options, mailbox, try self.metadataEntries())
    }

    /// setmetadata: `SP mailbox SP entry-values`.
    package mutating func setMetadataSuffix() throws(SyntaxError) -> Command {
        let mailbox = try self.mailboxSuffix()
        try self.space()
        return .setMetadata(mailbox, try self.metadataEntryList())
    }

    /// resetkey: `[SP mailbox *(SP mechanism)]` (RFC 4467 §9).
    package mutating func resetKeySuffix() throws(SyntaxError) -> Command {
        guard try self.peek() == 0x20 else { return .resetKey(nil, mechanisms: []) }
        let mailbox = try self.mailboxSuffix()
        var mechanisms: [OctetString] = []
        while self.take(0x20) { mechanisms.append(try self.atom()) }
        return .resetKey(mailbox, mechanisms: mechanisms)
    }

    /// url-rump SP mechanism (RFC 4467 §9).
    package mutating func authorizedURL() throws(SyntaxError) -> AuthorizedURL {
        let url = try self.astring()
        try self.space()
        return AuthorizedURL(url: url, mechanism: try self.urlMechanism())
    }

    /// mechanism: letters, digits, `-` and `.` (RFC 4467 §9).
    package mutating func urlMechanism() throws(SyntaxError) -> OctetString { try self.atom() }

    /// genurlauth: `1*(SP url-rump SP mechanism)`.
    package mutating func generateURLSuffix() throws(SyntaxError) -> Command {
        try self.space()
        return .generateURL(try self.spaced { scanner throws(SyntaxError) in try scanner.authorizedURL() })
    }

    /// urlfetch: `1*(SP url-full)`.
    package mutating func fetchURLSuffix() throws(SyntaxError) -> Command {
        try self.space()
        return .fetchURL(try self.spaced { scanner throws(SyntaxError) in try scanner.astring() })
    }

    /// uidbatches: `SP nz-number [SP range]` (RFC 10022).
    mutating func uidBatchesSuffix() throws(SyntaxError) -> Command {
        try self.space()
        let size = try self.nonZeroNumber()
        return .uidBatches(size: size, self.take(0x20) ? try self.sequenceRange() : nil)
    }
}
