// The certificate and settings that new TLS handshakes use, replaced while running.
package import NIOSSL
import Synchronization

/// What went wrong with a certificate or key. The text is for the operator.
package struct TLSContextError: Error, CustomStringConvertible {
    package let description: String
}

/// Holds the context for handshakes that begin now. Replacing it is one step; sessions that run keep the one they began with.
package final class TLSContext: Sendable {
    private let context: Mutex<NIOSSLContext>

    package init(_ context: NIOSSLContext) { self.context = Mutex(context) }

    /// Reads a chain and a key in PEM form. Blocks; not for event loops.
    /// - Parameter applicationProtocols: names for ALPN; none for SMTP (standards SE-07).
    package convenience init(certificateFile: String, keyFile: String, applicationProtocols: [String] = []) throws(TLSContextError) {
        self.init(try Self.read(certificateFile: certificateFile, keyFile: keyFile, applicationProtocols: applicationProtocols))
    }

    /// For handshakes that begin now.
    package var current: NIOSSLContext { context.withLock { $0 } }

    /// From now on this one.
    package func replace(_ new: NIOSSLContext) { context.withLock { $0 = new } }

    /// Reads the files again; on failure the old context stays. Blocks; not for event loops.
    package func reload(certificateFile: String, keyFile: String, applicationProtocols: [String] = []) throws(TLSContextError) {
        replace(try Self.read(certificateFile: certificateFile, keyFile: keyFile, applicationProtocols: applicationProtocols))
    }

    /// TLS 1.2 and 1.3 with forward secrecy (RFC 8996, RFC 9325 §4.2); there is no compression and no renegotiation in this library.
    package static func configuration(
        certificateChain: [NIOSSLCertificate], key: NIOSSLPrivateKey, applicationProtocols: [String] = []
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificateChain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        configuration.applicationProtocols = applicationProtocols
        return configuration
    }

    private static func read(
        certificateFile: String, keyFile: String, applicationProtocols: [String]
    ) throws(TLSContextError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
            guard !chain.isEmpty else { throw TLSContextError(description: "\(certificateFile) holds no certificate") }
            let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
            return try NIOSSLContext(configuration: configuration(certificateChain: chain, key: key, applicationProtocols: applicationProtocols))
        } catch let error as TLSContextError {
            throw error
        } catch {
            throw TLSContextError(description: "\(certificateFile), \(keyFile): \(error)")
        }
    }
}
