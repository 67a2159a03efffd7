// Folder lock, certificates, notices to systemd, logs.
import Foundation
import Glibc
import Logging
import NIOSSL
import PostmasterKit
import Synchronization
import Testing

/// A folder that is removed afterwards.
struct TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("kit-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct DataFolderTests {
    private func refusal(_ path: String) -> DataFolder.Refusal? {
        do {
            _ = try DataFolder(path: path)
            return nil
        } catch { return error }
    }

    @Test("a second server on the same folder is refused with the reason, and the folder is free when the first is gone")
    func lock() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/data"
        do {
            let first = try DataFolder(path: path)
            let refusal = try #require(self.refusal(path))
            #expect(refusal.kind == .inUse)
            #expect(refusal.description == "\(path) is in use by another server (process \(getpid())): stop it, or name another folder")
            #expect(DataFolder.holder(of: path) == Int(getpid()))
            #expect(first.freeOctets ?? 0 > 0)
        }
        #expect(refusal(path) == nil)
        #expect(DataFolder.holder(of: path) == nil)
    }

    @Test("only the owner may look into a new folder")
    func mode() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        _ = try DataFolder(path: folder.path + "/data")
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/data")[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    @Test("what is not a folder is refused")
    func notAFolder() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        #expect(FileManager.default.createFile(atPath: folder.path + "/file", contents: Data()))
        #expect(refusal(folder.path + "/file")?.kind == .notAFolder)
        #expect(refusal(folder.path + "/file/below") != nil)
    }

    @Test("a folder that this user may not write is refused with the reason", .enabled(if: getuid() != 0))
    func readOnly() throws {
        let folder = try TemporaryFolder()
        defer {
            chmod(folder.path, 0o700)
            folder.remove()
        }
        chmod(folder.path, 0o500)
        #expect(refusal(folder.path)?.kind == .readOnly)
    }
}

@Suite struct CertificateTests {
    @Test("a missing pair is made once, for this user only, and TLS takes it")
    func making() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (certificate, key) = (folder.path + "/tls/c.pem", folder.path + "/tls/k.pem")
        #expect(try SelfSignedCertificate.makeIfMissing(certificate: certificate, key: key, names: ["mx.example.net", "localhost"]))
        #expect(try !SelfSignedCertificate.makeIfMissing(certificate: certificate, key: key, names: ["mx.example.net"]))
        #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
        let chain = try NIOSSLCertificate.fromPEMFile(certificate)
        #expect(chain.count == 1)
        _ = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(NIOSSLPrivateKey(file: key, format: .pem))))
        try FileManager.default.removeItem(atPath: key)
        #expect(throws: SelfSignedCertificate.Failure.self) {
            try SelfSignedCertificate.makeIfMissing(certificate: certificate, key: key, names: ["x"])
        }
    }

    @Test("a change of a watched file is noticed once, and a file that is being replaced is waited for")
    func watching() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/c.pem"
        #expect(FileManager.default.createFile(atPath: path, contents: Data("one".utf8)))
        let watch = FileWatch(paths: [path], interval: .seconds(60)) {}
        #expect(!watch.look())
        try FileManager.default.removeItem(atPath: path)
        #expect(!watch.look())
        #expect(FileManager.default.createFile(atPath: path, contents: Data("second".utf8)))
        #expect(watch.look())
        #expect(!watch.look())
    }
}

@Suite struct ServiceNotifierTests {
    @Test("states arrive at the socket that systemd names")
    func notices() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/n"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(100)) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        #expect(isBound == 0)
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"])
        #expect(notifier.watchdogInterval == .seconds(1))
        notifier.ready(status: "two\nlines")
        notifier.reloading()
        notifier.stopping()
        notifier.watchdog()
        let texts = (0..<4).map { _ in
            var octets = [UInt8](repeating: 0, count: 200)
            let count = recv(descriptor, &octets, octets.count, 0)
            return String(decoding: octets.prefix(max(0, count)), as: UTF8.self)
        }
        #expect(texts[0] == "READY=1\nSTATUS=two lines\n")
        #expect(texts[1].hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        #expect(texts[2...] == ["STOPPING=1\n", "WATCHDOG=1\n"])
    }

    @Test(
        "without a socket nothing happens",
        arguments: [[:], ["NOTIFY_SOCKET": "relative"], ["NOTIFY_SOCKET": "/nonexistent/socket"], ["WATCHDOG_USEC": "x"]])
    func silence(environment: [String: String]) {
        let notifier = ServiceNotifier(environment: environment)
        notifier.ready(status: "x")
        #expect(notifier.watchdogInterval == nil)
    }
}

@Suite struct LogTests {
    /// Keeps lines.
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    /// The lines that a body logs.
    private func lines(_ format: LogFormat, _ body: (inout Logger) -> Void) -> [String] {
        let lines = Lines()
        var configuration = LogConfiguration()
        configuration.format = format
        var logger = configuration.logger(label: "edge", output: LogOutput { line in lines.all.withLock { $0.append(line) } })
        body(&logger)
        return lines.all.withLock { $0 }
    }

    @Test("both formats carry the fields, in order, on one line, and hide secrets")
    func formats() throws {
        let body: (inout Logger) -> Void = { logger in
            logger[metadataKey: "session"] = "S1"
            logger.info(
                "accepted\r\nforged: line", metadata: ["recipients": "\(2)", "password": "canary", "transaction": "T1", "peer": "a b\u{2028}c"])
            logger.debug("below the level")
        }
        let human = lines(.human, body)
        #expect(human.count == 1)
        #expect(
            human[0].hasSuffix(
                #"info     edge: accepted\u{d}\u{a}forged: line session=S1 transaction=T1 peer="a b\\u{2028}c" password=(hidden) recipients=2"#),
            "\(human)")
        let json = lines(.json, body)
        #expect(json.count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(json[0].utf8)) as? [String: Any]
        #expect(object?["message"] as? String == "accepted\r\nforged: line")
        #expect(object?["session"] as? String == "S1" && object?["level"] as? String == "info" && object?["room"] as? String == "edge")
        #expect(!json[0].contains("canary") && !human[0].contains("canary"))
        #expect(!json[0].contains("\n"))
    }
}
