// The first page: what this is, how to set up a mail program, where to look whether it is well.

/// The start page.
enum StartPage {
    static func html(site: SiteFacts) -> String {
        var main = """
            <h1>Mail for \(HTMLText.escaped(site.domain))</h1>
            <p>This is the mail complex of \(HTMLText.escaped(site.operatorName)). It receives mail for \(HTMLText.escaped(site.domain)) and keeps it for its customers.</p>
            """
        if !site.settings.isEmpty {
            main += "\n<section aria-labelledby=\"settings\">\n<h2 id=\"settings\">Settings for mail programs</h2>\n<div class=\"cards\">\n"
            for card in site.settings {
                main += "<div class=\"card\">\n<h3>\(HTMLText.escaped(card.name))</h3>\n<dl>\n"
                for (term, value) in card.lines { main += "<dt>\(HTMLText.escaped(term))</dt><dd>\(HTMLText.escaped(value))</dd>\n" }
                main += "</dl>\n</div>\n"
            }
            main += "</div>\n</section>\n"
        }
        if !site.links.isEmpty || !site.contacts.isEmpty {
            main += "\n<section aria-labelledby=\"help\">\n<h2 id=\"help\">Where to go</h2>\n<ul>\n"
            for (name, address) in site.links { main += "<li><a href=\"\(HTMLText.escaped(address))\">\(HTMLText.escaped(name))</a></li>\n" }
            for (name, text) in site.contacts { main += "<li>\(HTMLText.escaped(name)): \(HTMLText.escaped(text))</li>\n" }
            main += "</ul>\n</section>\n"
        }
        main += """

            <section aria-labelledby="state">
            <h2 id="state">For operators</h2>
            <ul>
            <li><a href="/health/live">Is the process alive?</a></li>
            <li><a href="/health/ready">Is it ready for mail?</a></li>
            <li><a href="/metrics">Metrics</a></li>
            </ul>
            </section>
            """
        return Layout.page(title: "Start", site: site, main: main)
    }

    static func missing(site: SiteFacts) -> String {
        Layout.page(title: "No such page", site: site, main: "<h1>There is no such page</h1>\n<p><a href=\"/\">To the start page</a></p>")
    }
}
