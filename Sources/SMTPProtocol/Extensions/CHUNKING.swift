// CHUNKING: the extension as EHLO tells it.

extension ServerExtension {
    /// BDAT (RFC 3030), without BINARYMIME: lines end with CR LF in chunks as in DATA.
    static let chunking = ServerExtension { _, _ in "CHUNKING" }
}
