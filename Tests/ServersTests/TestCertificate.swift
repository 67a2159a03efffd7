// A self-signed certificate for tests on loopback; its key protects nothing.
import NIOSSL

@testable import Servers

/// The certificate and key of test servers.
enum TestCertificate {
    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRLAeZ1q9oudDWTFR
        NJBy484St1OnWEZUHIxYvAaoW2KhRANCAATsG5Q6oEgE0I9nMZzzsoycEZz5CrxI
        xiuSio/wyHkoGVbd/2Q+6pLIue3ojomSdvIrrcGUnd4el9qGFsBUUJVi
        -----END PRIVATE KEY-----
        """
    static let chain = """
        -----BEGIN CERTIFICATE-----
        MIIBiTCCAS+gAwIBAgIUSMDSkE05i+hwPTv/jYTvEsb54H4wCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwObXguZXhhbXBsZS5uZXQwIBcNMjYxMTI1MDIwMDI3WhgPMjEy
        NjExMDEwMjAwMjdaMBkxFzAVBgNVBAMMDm14LmV4YW1wbGUubmV0MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAE7BuUOqBIBNCPZzGc87KMnBGc+Qq8SMYrkoqP8Mh5
        KBlW3f9kPuqSyLnt6I6JknbyK63BlJ3eHpfahhbAVFCVYqNTMFEwHQYDVR0OBBYE
        FFiubsuIh96kvJJTfoBuNBVbTJewMB8GA1UdIwQYMBaAFFiubsuIh96kvJJTfoBu
        NBVbTJewMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhANo7Mv3F
        F5R4g9r/YHsXqycCFW87abh5rZslXiawy40CAiBNAKctmITSg7aQWhcq1ZJOeycO
        Ak1tGRLZwHoh+5DLYQ==
        -----END CERTIFICATE-----
        """

    /// A TLS context with it.
    static func context() throws -> NIOSSLContext {
        let certificates = try NIOSSLCertificate.fromPEMBytes(Array(chain.utf8))
        return try NIOSSLContext(
            configuration: TLSContext.configuration(
                certificateChain: certificates, key: NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
    }
}
