// What the web pages say about the operator, taken from the configuration.
package import Web

extension PostmasterConfiguration {
    /// The facts of the pages: names, settings cards, where to get help (policies §9). What is not configured is left out.
    package var siteFacts: SiteFacts {
        var facts = SiteFacts()
        facts.operatorName = self.operator.name
        facts.domain = self.operator.domain
        facts.version = Version.text
        let name = ("User name", "your whole address, @\(self.operator.domain) included")
        facts.settings = [
            (
                "Telephones, tablets, laptops",
                [
                    name, ("Incoming (IMAP)", "\(mailSettings.mobileHost), port \(mailSettings.mobileIMAPPort), SSL on"),
                    ("Outgoing (SMTP)", "\(mailSettings.mobileHost), port \(mailSettings.mobileSMTPPort), SSL on, with sign-in"),
                ]
            ),
            (
                "Desktop computers",
                [
                    name, ("Incoming (IMAP)", "\(mailSettings.desktopIMAPHost), port \(mailSettings.desktopIMAPPort)"),
                    ("Outgoing (SMTP)", "\(mailSettings.desktopSMTPHost), port \(mailSettings.desktopSMTPPort)"),
                ]
            ),
        ]
        facts.links = [
            ("Webmail", support.webmail), ("My Account", support.myAccount), ("Live chat (residential customers)", support.chat),
            ("Business support", support.businessSupport), (support.securitySuiteName, support.securitySuite),
        ].filter { !$0.0.isEmpty && !$0.1.isEmpty }
        facts.contacts = [("Residential support", support.telephone), ("Online orders", support.orderTelephone)].filter { !$0.1.isEmpty }
        return facts
    }
}
