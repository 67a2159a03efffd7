// What all pages share: the frame around them and their one style sheet.

/// The frame of a page. It works without script, in light and dark, and with a screen reader.
enum Layout {
    /// A whole page around the content of its main part.
    static func page(title: String, site: SiteFacts, main: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(HTMLText.escaped(title)) – \(HTMLText.escaped(site.operatorName))</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header><p class="brand"><a href="/">\(HTMLText.escaped(site.operatorName)) mail</a></p></header>
        <main id="main">
        \(main)
        </main>
        <footer><p>\(HTMLText.escaped(site.domain)) · postmaster \(HTMLText.escaped(site.version))</p></footer>
        </body>
        </html>

        """
    }

    static let style = """
        :root { color-scheme: light dark; --ink: #1c2330; --paper: #ffffff; --soft: #eef2f7; --line: #c3ccd8; --link: #0b5394; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e4e9f0; --paper: #14181f; --soft: #1f2630; --line: #3b4656; --link: #8ab8ee; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; font: 1.05rem/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        header, main, footer { max-width: 62rem; margin: 0 auto; padding: 1rem 1.25rem; }
        header { border-bottom: 1px solid var(--line); }
        footer { border-top: 1px solid var(--line); font-size: .9rem; }
        .brand { margin: 0; font-weight: 700; font-size: 1.2rem; }
        .brand a { color: inherit; text-decoration: none; }
        a { color: var(--link); }
        a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { position: static; display: block; padding: .5rem 1.25rem; background: var(--soft); }
        h1 { line-height: 1.2; margin: 1rem 0; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; }
        .card { background: var(--soft); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; }
        .card h3 { margin: 0 0 .5rem; }
        dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: .15rem .9rem; }
        dt { font-weight: 600; }
        dd { margin: 0; overflow-wrap: anywhere; }

        """
}
