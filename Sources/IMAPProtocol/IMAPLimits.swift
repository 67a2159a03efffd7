// Every bound on what a client may send, in one place.

/// Bounds of the command grammar and framing. All are checked before memory is taken.
package struct IMAPLimits: Hashable, Sendable {
    /// Octets of a command outside its literals (RFC 2683 §3.2.1.5 asks for 8,000 at least).
    package var commandOctets = 65_536
    /// Octets of one response line of AUTHENTICATE, in base64 (RFC 4954 §4: 12,288) with its line end.
    package var rawLineOctets = 12_290
    /// Octets of all literals of one command before sign-in, together (RFC 7888 §7 warns of memory).
    package var literalOctetsBeforeLogin = 8_192
    /// Octets of all literals of one command after sign-in, APPEND's message apart.
    package var literalOctets = 65_536
    /// Octets of an APPEND literal (RFC 7889 §2).
    package var appendOctets: UInt64 = 52_428_800
    /// Octets of a refused literal that are read and thrown away; beyond it the connection ends (RFC 7888 §4).
    package var discardOctets: UInt64 = 268_435_456
    /// Parentheses within parentheses.
    package var parenthesisDepth = 32
    /// NOT and OR within each other (RFC 9051 §6.4.4); old mail programs search for many addresses as a chain of OR.
    package var searchDepth = 256
    /// Items of a sequence set.
    package var sequenceItems = 8_192
    /// Numbers of a section, `1.2.3` (nesting of a message, and more than MailFormat's 30 levels).
    package var sectionDepth = 64
    /// Messages of one MULTIAPPEND (RFC 3502).
    package var appendMessages = 4_096

    /// The defaults.
    package init() {}
}
