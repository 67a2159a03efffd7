// Where a listener listens, and where its clients come from.
package import MailFormat
package import NIOCore

/// An address to bind.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    case tcp(IPAddress, port: UInt16)
    /// A socket in the file system.
    case unix(path: String)

    package var description: String {
        switch self {
        case .tcp(.v4(let value), let port): "\(IPAddress.v4(value)):\(port)"
        case .tcp(let address, let port): "[\(address)]:\(port)"
        case .unix(let path): path
        }
    }
}

/// One end of a connection over IP.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package var address: IPAddress
    package var port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Nil for an address that is not one of IP.
    package init?(_ socketAddress: SocketAddress?) {
        guard let socketAddress, let port = socketAddress.port.flatMap({ UInt16(exactly: $0) }) else { return nil }
        // The octets stand at the same places in every system's structure: 4 from offset 4, or 16 from offset 8, most significant first.
        let address: IPAddress? = socketAddress.withSockAddr { pointer, size in
            let octets = UnsafeRawBufferPointer(start: pointer, count: size)
            switch socketAddress {
            case .v4 where size >= 8:
                return .v4(UInt32(bigEndian: octets.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            case .v6 where size >= 24:
                return IPAddress(
                    high: UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    low: UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
            case .v4, .v6, .unixDomainSocket: return nil
            }
        }
        guard let address else { return nil }
        self.init(address: address, port: port)
    }

    package var description: String {
        if case .v4 = address { "\(address):\(port)" } else { "[\(address)]:\(port)" }
    }
}
