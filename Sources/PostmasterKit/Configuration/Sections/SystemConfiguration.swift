// The machine's own settings: certificates, networks, resolver, logs, limits, stopping.
package import MailFormat

/// The certificate of all TLS listeners.
package struct TLSConfiguration: Sendable {
    package var certificate = "tls/certificate.pem"
    package var key = "tls/key.pem"
    package var selfSigned = false
    package var minimumVersion = TLSVersionFloor.version12
    package var watch: Duration = .seconds(30)

    package init() {}
}

/// The oldest TLS version that is spoken (RFC 8996: nothing before 1.2).
package enum TLSVersionFloor: String, Sendable, CaseIterable {
    case version12 = "1.2"
    case version13 = "1.3"
}

extension TLSConfiguration {
    static let section = Section<TLSConfiguration>(
        "tls",
        "The certificate of all TLS listeners. The files are read again when they change and on SIGHUP; a bad new pair is refused and the old one stays.",
        [
            Setting("certificate", \.certificate, .path, "PEM file with the certificate and the chain above it."),
            Setting("key", \.key, .path, "PEM file with the private key."),
            Setting("self-signed", \.selfSigned, .truth, "Makes a self-signed pair at the first start where both files are missing. For tests."),
            Setting("minimum-version", \.minimumVersion, .word(), "The oldest TLS version that is spoken."),
            Setting("watch", \.watch, .duration(.seconds(1)...(.seconds(86_400))), "How often the files are looked at for changes."),
        ])
}

/// Which addresses are the operator's own.
package struct NetworkConfiguration: Sendable {
    package var customers: [IPNetwork] = []

    package init() {}
}

extension NetworkConfiguration {
    static let section = Section<NetworkConfiguration>(
        "networks", "Which addresses are the operator's own.",
        [
            Setting(
                "customers", \.customers, .list(of: .network, maximum: 10_000),
                "Networks of the operator's customers; mail from elsewhere is from outside.")
        ])
}

/// Where names are looked up.
package struct DNSConfiguration: Sendable {
    package var zoneFile = ""
    package var timeout: Duration = .seconds(5)

    package init() {}
}

extension DNSConfiguration {
    static let section = Section<DNSConfiguration>(
        "dns", "Where names are looked up.",
        [
            Setting(
                "zone-file", \.zoneFile, .optionalPath,
                "A zone file that answers every question instead of the network; what is not in it does not exist. For tests and the demo."),
            Setting("timeout", \.timeout, .duration(.milliseconds(100)...(.seconds(60))), "Longest time for one answer."),
        ])
}

/// The form of log lines.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case human
    /// One JSON object a line, for programs.
    case json
}

/// The least grave lines that are written.
package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// Logs go to standard error.
package struct LogConfiguration: Sendable {
    package var format = LogFormat.human
    package var level = LogLevel.info

    package init() {}
}

extension LogConfiguration {
    static let section = Section<LogConfiguration>(
        "log", "What is written to standard error.",
        [
            Setting("format", \.format, .word(), "Lines for people or one JSON object a line."),
            Setting("level", \.level, .word(), "The least grave lines that are written."),
        ])
}

/// Bounds of the whole process.
package struct LimitConfiguration: Sendable {
    package var memory = ByteCount(512 << 20)
    /// Seconds that a database change may gather company, and the like, have no key: they are measured, not set.
    package var freeSpace = ByteCount(64 << 20)

    package init() {}
}

extension LimitConfiguration {
    static let section = Section<LimitConfiguration>(
        "limits", "Bounds of the whole process.",
        [
            Setting(
                "memory", \.memory, .size(ByteCount(64 << 20)...ByteCount(1 << 40)),
                "Octets of messages in flight that all sessions together may hold; new messages wait or get 452 beyond it."),
            Setting(
                "free-space", \.freeSpace, .size(ByteCount(0)...ByteCount(1 << 40)),
                "Space that stays free on the disk of the data folder; below it messages get 452 4.3.1."),
        ])
}

/// How the server stops.
package struct ShutdownConfiguration: Sendable {
    package var time: Duration = .seconds(60)

    package init() {}
}

extension ShutdownConfiguration {
    static let section = Section<ShutdownConfiguration>(
        "shutdown", "How the server stops.",
        [
            Setting(
                "time", \.time, .duration(.zero...(.seconds(3600))),
                "Longest time in which sessions finish what they began; a second signal shortens it to nothing.")
        ])
}
