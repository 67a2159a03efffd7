// A certificate that nobody vouches for: enough for a demo and tests.
import Crypto
import Foundation
import Glibc
import SwiftASN1
import X509

/// Makes a self-signed pair.
package enum SelfSignedCertificate {
    /// Why no pair was made.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Writes a new pair where both files are missing; does nothing where both are there.
    /// - Returns: true when a pair was made.
    @discardableResult
    package static func makeIfMissing(certificate: String, key: String, names: [String]) throws(Failure) -> Bool {
        let files = FileManager.default
        switch (files.fileExists(atPath: certificate), files.fileExists(atPath: key)) {
        case (true, true): return false
        case (false, false): break
        case (true, false): throw Failure(description: "\(key) is missing beside \(certificate)")
        case (false, true): throw Failure(description: "\(certificate) is missing beside \(key)")
        }
        let pair: (certificate: String, key: String)
        do { pair = try make(names: names, now: Date()) } catch { throw Failure(description: "no certificate could be made: \(error)") }
        // The key first: a certificate without its key would stop the next start.
        try write(pair.key, to: key)
        try write(pair.certificate, to: certificate)
        return true
    }

    /// A P-256 key and a certificate for the names, valid for ten years, as PEM texts.
    static func make(names: [String], now: Date) throws -> (certificate: String, key: String) {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName { CommonName(String((names.first ?? "localhost").prefix(64))) }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            // A day back, for clocks that differ.
            notValidBefore: now.addingTimeInterval(-86_400), notValidAfter: now.addingTimeInterval(3650 * 86_400), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(
                    names.map { .dnsName($0) } + [
                        .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                        .ipAddress(ASN1OctetString(contentBytes: [UInt8](repeating: 0, count: 15) + [1])),
                    ])
            },
            issuerPrivateKey: key)
        return (try certificate.serializeAsPEM().pemString + "\n", try key.serializeAsPEM().pemString + "\n")
    }

    /// Writes a file that only this user may read, whole or not at all.
    private static func write(_ text: String, to path: String) throws(Failure) {
        do { try DataFolder.makeFolder((path as NSString).deletingLastPathComponent) } catch { throw Failure(description: error.description) }
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(description: "\(temporary) cannot be made: \(String(cString: strerror(errno)))") }
        let octets = Array(text.utf8)
        let isWritten = Glibc.write(descriptor, octets, octets.count) == octets.count && fsync(descriptor) == 0
        Glibc.close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            throw Failure(description: "\(path) cannot be written")
        }
    }
}
