// The configuration of the demo: the shipped profile on loopback, with a zone of its own.
import MailFormat

/// What the demo is made of.
package enum DemoProfile {
    /// Ports before the offset is added.
    package static let edgePort = 2525
    package static let lmtpPort = 2524
    package static let imapPort = 2143
    package static let imapsPort = 2993
    package static let webPort = 8080

    /// The household's addresses.
    package static let addresses = ["alex@charter.net", "sam@charter.net"]

    /// Where the zone file is, below the data folder.
    package static let zoneFile = "demo.zone"
    /// Where the demo's passwords are kept, so that they are the same next time.
    package static let passwordFile = "passwords.json"

    /// The configuration.
    /// - Throws: `CommandFailure` for an offset that leaves the range of ports.
    package static func configuration(_ options: DemoOptions) throws(CommandFailure) -> PostmasterConfiguration {
        func place(_ port: Int) throws(CommandFailure) -> ListenPoint {
            guard let place = ListenPoint.ip(.v4(0x7f00_0001), port: port).offset(by: options.portOffset) else {
                throw CommandFailure(.input, "--port-offset \(options.portOffset) moves port \(port) out of the range 1 to 65535")
            }
            return place
        }
        var configuration = PostmasterConfiguration()
        let web = try place(webPort)
        configuration.data.folder = options.folder
        configuration.edge.listen = [try place(edgePort)]
        configuration.lmtp.listen = [try place(lmtpPort)]
        configuration.imap.listen = [try place(imapPort)]
        configuration.imaps.listen = [try place(imapsPort)]
        configuration.web.listen = [web]
        configuration.operator.hostName = "mx.charter.net"
        // Refusals point to pages that exist: those of the demo itself.
        configuration.operator.site = "http://\(web)"
        configuration.support.webmail = "http://\(web)/"
        configuration.support.myAccount = "http://\(web)/"
        configuration.accounts.postmaster = addresses[0]
        configuration.tls.selfSigned = true
        // 127.0.0.1 is an outside sender, 127.1.0.1 a customer.
        configuration.networks.customers = ["127.1.0.0/16"].compactMap { IPNetwork($0) }
        configuration.dns.zoneFile = zoneFile
        configuration.log.level = options.isQuiet ? .warning : .info
        configuration.shutdown.time = .seconds(10)
        return configuration
    }
}
