// What was wrong with a header: noted, never repaired in silence, and left to policy to judge.

/// Departures of a header from RFC 5322 that the parser met. The parse always gives a result; these say how far to trust it.
package struct HeaderDefects: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A line that is no field and no continuation ended the header in place of a blank line; the body begins with that line.
    package static let missingBlankLine = HeaderDefects(rawValue: 1 << 0)
    /// Blanks stood between a field name and its colon (RFC 5322 §4.5.8 obsolete syntax).
    package static let blankBeforeColon = HeaderDefects(rawValue: 1 << 1)
    /// A NUL octet.
    package static let nul = HeaderDefects(rawValue: 1 << 2)
    /// The header began with continuation lines that continue nothing; they were skipped.
    package static let foldedFirstLine = HeaderDefects(rawValue: 1 << 3)
    /// More octets than `MailLimits.headerOctets`; fields after the bound are not recorded.
    package static let tooLarge = HeaderDefects(rawValue: 1 << 4)
    /// More fields than `MailLimits.headerFields`; those after the bound are not recorded.
    package static let tooManyFields = HeaderDefects(rawValue: 1 << 5)
    /// A field of more octets than `MailLimits.fieldOctets`.
    package static let fieldTooLarge = HeaderDefects(rawValue: 1 << 6)
    /// An mbox `From ` line stood before the first field; it was skipped.
    package static let mboxLine = HeaderDefects(rawValue: 1 << 7)
    /// A line ended with LF alone.
    package static let bareLineFeed = HeaderDefects(rawValue: 1 << 8)
    /// A CR that did not begin a line end.
    package static let bareCarriageReturn = HeaderDefects(rawValue: 1 << 9)
    /// Octets above 127: fine with SMTPUTF8 (RFC 6532 §3.2), a defect without.
    package static let eightBit = HeaderDefects(rawValue: 1 << 10)
    /// A continuation line of blanks only (RFC 5322 §4.2 obsolete folding), which other software may take for the end of the header.
    package static let blankContinuation = HeaderDefects(rawValue: 1 << 11)
    /// The octets ended before a blank line came.
    package static let unfinished = HeaderDefects(rawValue: 1 << 12)

    /// Defects that make a message malformed in the sense of policy: two readers may disagree about what its header says.
    package static let ambiguous: HeaderDefects = [
        .missingBlankLine, .blankBeforeColon, .nul, .foldedFirstLine, .tooLarge, .tooManyFields, .bareCarriageReturn, .blankContinuation,
    ]
}
