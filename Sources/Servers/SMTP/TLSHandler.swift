// The TLS handler of the library, under the name that this room uses, and what it says about a connection.
import NIOSSL

typealias TLSHandler = NIOSSLServerHandler

extension NIOSSLServerHandler {
    /// The version in the words of trace fields.
    var versionName: String {
        switch tlsVersion {
        case .tlsv13: "TLSv1.3"
        case .tlsv12: "TLSv1.2"
        case .tlsv11: "TLSv1.1"
        case .tlsv1: "TLSv1.0"
        case nil: "TLS"
        }
    }
}
