// Everything the machine is told at start: one value, read from one file and the environment.
import MailFormat

/// The whole configuration. The defaults are the shipped profile; a reload builds a new value and swaps it in whole.
package struct PostmasterConfiguration: Sendable {
    package var `operator` = OperatorConfiguration()
    package var support = SupportConfiguration()
    package var mailSettings = MailSettingsConfiguration()
    package var data = DataFolderConfiguration()
    package var accounts = AccountConfiguration()
    package var edge = EdgeConfiguration()
    package var lmtp = LMTPConfiguration()
    package var imap = IMAPConfiguration.startTLS
    package var imaps = IMAPConfiguration.implicitTLS
    package var web = WebConfiguration()
    package var tls = TLSConfiguration()
    package var networks = NetworkConfiguration()
    package var dns = DNSConfiguration()
    package var log = LogConfiguration()
    package var limits = LimitConfiguration()
    package var shutdown = ShutdownConfiguration()

    package init() {}

    /// The sections of the file in the order of the manual.
    package static let sections: [Section<PostmasterConfiguration>] = [
        OperatorConfiguration.section.lifted(to: \.operator),
        SupportConfiguration.section.lifted(to: \.support),
        MailSettingsConfiguration.section.lifted(to: \.mailSettings),
        DataFolderConfiguration.section.lifted(to: \.data),
        AccountConfiguration.section.lifted(to: \.accounts),
        EdgeConfiguration.section.lifted(to: \.edge),
        LMTPConfiguration.section.lifted(to: \.lmtp),
        IMAPConfiguration.section.lifted(to: \.imap),
        IMAPConfiguration.implicitSection.lifted(to: \.imaps),
        WebConfiguration.section.lifted(to: \.web),
        TLSConfiguration.section.lifted(to: \.tls),
        NetworkConfiguration.section.lifted(to: \.networks),
        DNSConfiguration.section.lifted(to: \.dns),
        LogConfiguration.section.lifted(to: \.log),
        LimitConfiguration.section.lifted(to: \.limits),
        ShutdownConfiguration.section.lifted(to: \.shutdown),
    ]

    /// Absolute path of the certificate.
    package var certificatePath: String { data.resolve(tls.certificate) }
    /// Absolute path of the private key.
    package var keyPath: String { data.resolve(tls.key) }

    /// Every listener with the key that names it.
    package var listeners: [(key: String, address: ListenPoint)] {
        [("edge", edge.listen), ("lmtp", lmtp.listen), ("imap", imap.listen), ("imaps", imaps.listen), ("web", web.listen)]
            .flatMap { (name, addresses) in addresses.map { ("\(name).listen", $0) } }
    }

    /// What no single key can be blamed for: two listeners at one place, and the like.
    func combinedProblems() -> [(key: String, found: String, expected: String)] {
        var problems: [(key: String, found: String, expected: String)] = []
        var owners: [ListenPoint: String] = [:]
        for (key, address) in listeners where address.port != 0 {
            if let owner = owners[address] {
                problems.append((key, "\(address) is already taken by \(owner)", "an address and port of its own"))
            }
            owners[address] = key
        }
        if tls.certificate == tls.key {
            problems.append(("tls.key", "the same file as tls.certificate", "a file of its own"))
        }
        return problems
    }
}
