// What the web server is told.
package import MailFormat

/// Settings of the web server.
package struct WebServerConfiguration: Sendable {
    /// One place to listen at.
    package enum Place: Hashable, Sendable, CustomStringConvertible {
        case ip(IPAddress, port: Int)
        case unix(path: String)

        package var description: String {
            switch self {
            case .ip(.v4(let value), let port): "\(IPAddress.v4(value)):\(port)"
            case .ip(let address, let port): "[\(address)]:\(port)"
            case .unix(let path): "unix:\(path)"
            }
        }
    }

    package var places: [Place] = []
    /// Clients that may read the metrics; those on a Unix socket always may.
    package var metricsNetworks: [IPNetwork] = []
    package var site = SiteFacts()

    package init() {}
}

/// What the pages say about the operator.
package struct SiteFacts: Sendable {
    /// `Charter`.
    package var operatorName = ""
    /// `charter.net`.
    package var domain = ""
    /// Where people find help: a name, and the address of a page.
    package var links: [(name: String, address: String)] = []
    /// What else helps: a name and a text, a telephone number for example.
    package var contacts: [(name: String, text: String)] = []
    /// Lines of the mail settings card: what to type, and where.
    package var settings: [(name: String, lines: [(term: String, value: String)])] = []
    package var version = ""

    package init() {}
}
