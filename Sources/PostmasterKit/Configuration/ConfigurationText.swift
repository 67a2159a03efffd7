// What the mapping says about itself: the reference manual, the annotated sample, an operator's first file, and the values in force.

extension PostmasterConfiguration {
    /// The values in force as TOML, every key.
    package func toml() -> String {
        Self.sections.map { section in
            (["[\(section.name)]"] + section.settings.map { "\($0.key) = \($0.render(self).toml)" }).joined(separator: "\n")
        }.joined(separator: "\n\n") + "\n"
    }

    /// The values in force as one JSON object of objects.
    package func json() -> String {
        let sections: [String: ConfigurationNode] = .init(
            uniqueKeysWithValues: Self.sections.map { section in
                (section.name, .table(.init(uniqueKeysWithValues: section.settings.map { ($0.key, $0.render(self)) })))
            })
        return ConfigurationNode.table(sections).json
    }

    /// The file docs/configuration.md.
    package static func reference() -> String {
        let defaults = PostmasterConfiguration()
        var text = """
            # Configuration

            <!-- Made by `postmaster config reference`; change the mappings in Sources/PostmasterKit/Configuration, not this file. -->

            `postmaster serve` reads one TOML file: the one named with `--config`, else the one that `POSTMASTER_CONFIG` names, else
            `/etc/postmaster/postmaster.toml` where it exists, else none at all. Every key has a default. A key that is not listed here, a value of another type and
            a value that is not accepted are refused at start, all of them at once, each with file, line, key and what was expected.

            A variable of the environment overrides a key: section and key in capitals with `_`, after `POSTMASTER_` (`edge.message-size` is
            `POSTMASTER_EDGE_MESSAGE_SIZE`); the items of lists are separated by commas. An unknown variable of that beginning is refused too, except \
            \(otherVariables.sorted().map { "`\($0)`" }.joined(separator: ", ")).

            `postmaster config check` reads a file and says what is wrong with it, `config show` prints the values in force, and `config init` writes a first file.
            On SIGHUP the file is read again; if anything in it is refused, the old values stay.


            """
        for section in sections {
            text += "## [\(section.name)]\n\n\(section.documentation)\n\n| key | type | default | meaning |\n|---|---|---|---|\n"
            for setting in section.settings {
                let value = setting.render(defaults).toml
                let cells = ["`\(setting.key)`", setting.form, "`\(value)`", "\(setting.documentation) Accepted: \(setting.expected)."]
                text += "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
            }
            text += "\n"
        }
        return text.trimmingNewlines + "\n"
    }

    /// The file docs/postmaster.sample.toml: every key, commented out, with its default.
    package static func sample() -> String {
        let defaults = PostmasterConfiguration()
        var text = "# Every setting with its default. Remove the # before a line to change it. Made by `postmaster config reference --sample`.\n"
        for section in sections {
            text += "\n\(comment(section.documentation))[\(section.name)]\n"
            for setting in section.settings {
                text += "\n\(comment("\(setting.documentation) (\(setting.form))"))#\(setting.key) = \(setting.render(defaults).toml)\n"
            }
        }
        return text
    }

    /// A first file for another operator: what names the operator is written out, everything else keeps its default.
    package static func initialFile(operatorName: String, domain: String) -> String {
        var configuration = PostmasterConfiguration()
        configuration.rename(operatorName: operatorName, domain: domain)
        let defaults = PostmasterConfiguration()
        var text = """
            # Configuration of the mail complex of \(operatorName.filter { $0 != "\n" && $0 != "\r" }). All keys: docs/configuration.md, or `postmaster config show`.

            """
        for section in sections {
            let changed = section.settings.filter { $0.render(configuration) != $0.render(defaults) }
            guard !changed.isEmpty else { continue }
            text += "\n[\(section.name)]\n"
            for setting in changed { text += "\(comment(setting.documentation))\(setting.key) = \(setting.render(configuration).toml)\n" }
        }
        return text + """

            [networks]
            # Networks of your customers, for example ["192.0.2.0/24", "2001:db8::/32"].
            customers = []

            """
    }

    /// Replaces every fact of the shipped profile by another operator's: names, hosts, links; telephone numbers and links that nobody can guess become empty.
    package mutating func rename(operatorName: String, domain: String) {
        let host = domain.lowercased()
        `operator`.service = domain
        `operator`.name = operatorName
        `operator`.domain = host
        `operator`.hostName = "mx.\(host)"
        `operator`.site = "https://postmaster.\(host)"
        support.telephone = ""
        support.chat = ""
        support.orderTelephone = ""
        support.businessSupport = ""
        support.webmail = "https://webmail.\(host)/"
        support.myAccount = "https://account.\(host)/"
        support.securitySuiteName = ""
        support.securitySuite = ""
        support.unblockAddress = "unblock@\(host)"
        mailSettings.mobileHost = "mobile.\(host)"
        mailSettings.desktopIMAPHost = "imap.\(host)"
        mailSettings.desktopSMTPHost = "smtp.\(host)"
        accounts.postmaster = "postmaster@\(host)"
    }

    /// Text as comment lines of at most about 110 characters.
    private static func comment(_ text: String) -> String {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count > 110 { lines.append("") }
            lines[lines.count - 1] += " " + word
        }
        return lines.map { "#\($0)\n" }.joined()
    }
}
