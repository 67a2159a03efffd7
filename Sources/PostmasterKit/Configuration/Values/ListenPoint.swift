// Where a listener waits: an address and port, or a socket in the file system.
package import MailFormat

/// One place to listen at.
package enum ListenPoint: Hashable, Sendable, CustomStringConvertible {
    case ip(IPAddress, port: Int)
    /// A Unix domain socket. A relative path is below the data folder.
    case unix(path: String)

    /// RFC-less limit of the system: octets of a socket path with its final NUL (`sun_path`).
    package static let maximumPathOctets = 107

    /// Reads `192.0.2.1:25`, `[2001:db8::1]:25` or `unix:/run/postmaster/lmtp.sock`.
    package init?(_ text: some StringProtocol) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard !path.isEmpty, path.utf8.count <= Self.maximumPathOctets, !path.utf8.contains(0) else { return nil }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        let number = text[text.index(after: colon)...]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        if isBracketed { host = host.dropFirst().dropLast() }
        guard isBracketed == host.contains(":"), let address = IPAddress(String(host)), !number.isEmpty,
            number.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(number), (0...65535).contains(port)
        else { return nil }
        self = .ip(address, port: port)
    }

    /// The same place with its port moved; sockets in the file system stay. Nil where the port would leave 1 … 65535.
    package func offset(by offset: Int) -> ListenPoint? {
        switch self {
        case .unix: return self
        case .ip(let address, let port):
            let (moved, overflow) = port.addingReportingOverflow(offset)
            return !overflow && (1...65535).contains(moved) ? .ip(address, port: moved) : nil
        }
    }

    /// The port, for those that have one.
    package var port: Int? {
        switch self {
        case .ip(_, let port): port
        case .unix: nil
        }
    }

    package var description: String {
        switch self {
        case .ip(.v4(let value), let port): "\(IPAddress.v4(value)):\(port)"
        case .ip(let address, let port): "[\(address)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
