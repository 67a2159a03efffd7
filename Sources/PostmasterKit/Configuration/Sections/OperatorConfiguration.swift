// Who runs the complex: the names that replies, pages and settings cards carry. The defaults are the Charter page's own.
package import MailFormat

/// Names and addresses of the operator (policies §1.9).
package struct OperatorConfiguration: Sendable {
    /// The slot `{service}` of replies.
    package var service = "Charter.net"
    /// The slot `{operator}` of replies.
    package var name = "Charter"
    /// The operator's own mail domain.
    package var domain: String = "charter.net"
    /// The name in the greeting and in trace fields; `mx.` and the domain where it is empty.
    package var hostName = ""
    /// The site that replies point to.
    package var site = "http://www.charter.com/postmaster"
    /// True drops enhanced codes and additions, so that replies equal the page's own lines.
    package var legacyText = false

    package init() {}

    /// The name that the servers greet with.
    package var effectiveHostName: String { hostName.isEmpty ? "mx.\(domain.lowercased())" : hostName }

    /// The operator's domain as a value; nil only for a value that no check has passed.
    package var mailDomain: Domain? { Domain(domain) }
}

extension OperatorConfiguration {
    static let section = Section<OperatorConfiguration>(
        "operator",
        "Who runs this complex. Replies, pages and settings cards carry these names; the defaults are the profile that the product ships with.",
        [
            Setting("service", \.service, .replyName, "The name of the service in connection replies such as the one for too many connections."),
            Setting("name", \.name, .replyName, "The name of the operator in replies and pages."),
            Setting("domain", \.domain, .hostName, "The operator's own mail domain; it is a hosted domain from the first start on."),
            Setting("host-name", \.hostName, .optionalHostName, "The name in greetings and trace fields; where it is empty, mx. and the domain."),
            Setting("site", \.site, .link(), "The postmaster site, to which refusals point."),
            Setting(
                "legacy-text", \.legacyText, .truth,
                "Leaves enhanced status codes and additions out of replies, for programs that compare whole lines."),
        ])
}

/// Where people get help (policies §9): what the pages, the settings cards and the articles name.
package struct SupportConfiguration: Sendable {
    package var telephone = "1-888-438-2427"
    /// Empty: there is no chat.
    package var chat = "http://www.charter.com"
    package var orderTelephone = "1-877-581-3485"
    package var businessSupport = "http://www.charter.com"
    package var webmail = "http://www.charter.net/"
    package var myAccount = "http://www.charter.com"
    package var securitySuiteName = "Charter Security Suite"
    package var securitySuite = "http://www.charter.com"
    /// The local part that takes messages wrongly refused as spam.
    package var unblockAddress = "unblock@charter.net"

    package init() {}
}

extension SupportConfiguration {
    static let section = Section<SupportConfiguration>(
        "support", "Where people get help: shown on pages and settings cards.",
        [
            Setting("telephone", \.telephone, .telephone, "Residential support by telephone."),
            Setting("chat", \.chat, .link(mayBeEmpty: true), "Live chat, for residential customers only."),
            Setting("order-telephone", \.orderTelephone, .telephone, "Help with online orders by telephone."),
            Setting("business-support", \.businessSupport, .link(mayBeEmpty: true), "Support for business customers."),
            Setting("webmail", \.webmail, .link(mayBeEmpty: true), "The address of webmail."),
            Setting("my-account", \.myAccount, .link(mayBeEmpty: true), "Where customers manage addresses and passwords."),
            Setting(
                "security-suite-name", \.securitySuiteName, .line(maximum: 60, mayBeEmpty: true),
                "The protection program that subscribers get at no additional charge."),
            Setting("security-suite", \.securitySuite, .link(mayBeEmpty: true), "Where the protection program is downloaded."),
            Setting(
                "unblock-address", \.unblockAddress, .addressText, "The address to which a message that was wrongly refused as spam is sent again."),
        ])
}

/// Host names and ports of the settings cards (policies §9). They say what people type into their programs, not what is listened at.
package struct MailSettingsConfiguration: Sendable {
    package var mobileHost = "mobile.charter.net"
    package var mobileIMAPPort = 993
    package var mobileSMTPPort = 587
    package var desktopIMAPHost = "IMAP.charter.net"
    package var desktopIMAPPort = 143
    package var desktopSMTPHost = "SMTP.charter.net"
    package var desktopSMTPPort = 25

    package init() {}
}

extension MailSettingsConfiguration {
    static let section = Section<MailSettingsConfiguration>(
        "mail-settings", "What the settings cards tell customers to type into their mail programs. They do not open a listener.",
        [
            Setting("mobile-host", \.mobileHost, .hostName, "Incoming and outgoing server for telephones, tablets and laptops."),
            Setting("mobile-imap-port", \.mobileIMAPPort, .number(1...65535), "IMAP port of the mobile card; TLS is on."),
            Setting("mobile-smtp-port", \.mobileSMTPPort, .number(1...65535), "SMTP port of the mobile card; TLS is on."),
            Setting("desktop-imap-host", \.desktopIMAPHost, .hostName, "Incoming server of the desktop card."),
            Setting("desktop-imap-port", \.desktopIMAPPort, .number(1...65535), "IMAP port of the desktop card."),
            Setting("desktop-smtp-host", \.desktopSMTPHost, .hostName, "Outgoing server of the desktop card."),
            Setting("desktop-smtp-port", \.desktopSMTPPort, .number(1...65535), "SMTP port of the desktop card."),
        ])
}

extension ValueForm where Value == String {
    /// A host name that may be left out.
    package static let optionalHostName = ValueForm(
        text: "host name", expected: hostName.expected + ", or \"\" for none", parse: { $0.isEmpty ? $0 : hostName.parseText($0) }, render: { $0 })

    /// An e-mail address as it is shown to people.
    package static let addressText = ValueForm(
        text: "e-mail address", expected: "an e-mail address such as \"unblock@example.net\", or \"\" for none",
        parse: { $0.isEmpty || EmailAddress($0) != nil ? $0 : nil }, render: { $0 })
}
