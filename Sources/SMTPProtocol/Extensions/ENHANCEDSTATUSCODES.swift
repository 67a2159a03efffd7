// ENHANCEDSTATUSCODES: the extension as EHLO tells it.
import Catalogue

extension ServerExtension {
    /// Enhanced codes in replies after EHLO (RFC 2034); not with the page's own texts (policies §1.7).
    static let enhancedStatusCodes = ServerExtension { configuration, _ in configuration.names.legacyText ? nil : "ENHANCEDSTATUSCODES" }
}
