// Mail programs that people use, from Debian's packages, against the running server.
import Foundation
import PostmasterTesting
import Testing

@Suite(.serialized) struct ClientTests {
    private let account = PostmasterProcess.accounts[0]
    private let other = PostmasterProcess.accounts[1]

    private func started() throws -> PostmasterProcess {
        let process = try PostmasterProcess()
        try process.start()
        return process
    }

    private func deliver(_ count: Int, to process: PostmasterProcess, recipient: String? = nil) throws {
        let client = try process.smtp()
        for n in 1...count {
            let message =
                "From: friend@example.org\r\nTo: \(account)\r\nSubject: loaf number \(n)\r\nDate: Mon, 24 Nov 2025 10:00:0\(n % 10) +0000\r\nMessage-ID: <loaf\(n)@example.org>\r\n\r\nCrumbs of loaf \(n).\r\n.\r\nEnd.\r\n"
            let reply = try client.send(from: "friend@example.org", to: [recipient ?? account], message: Array(message.utf8))
            try #require(reply.code == 250, "\(reply)")
        }
        client.quit()
    }

    @Test("mbsync pulls a mailbox, pushes flags and new mail, and a second run moves nothing")
    func mbsync() throws {
        let program = try TestPrograms.find("mbsync", package: "isync")
        let process = try started()
        try deliver(25, to: process)
        let folder = try TemporaryFolder()
        let mail = folder.path(of: "mail")
        try FileManager.default.createDirectory(atPath: mail, withIntermediateDirectories: true)
        let settings = """
            IMAPAccount complex
            Host localhost
            Port \(process.imapsPort)
            User \(account)
            Pass \(PostmasterProcess.password)
            SSLType IMAPS
            CertificateFile \(process.folder)/tls/certificate.pem

            IMAPStore far
            Account complex

            MaildirStore near
            Path \(mail)/
            Inbox \(mail)/INBOX
            SubFolders Verbatim

            Channel all
            Far :far:
            Near :near:
            Patterns *
            Create Both
            Expunge Both
            SyncState *

            """
        let settingsPath = folder.path(of: "mbsyncrc")
        try settings.write(toFile: settingsPath, atomically: true, encoding: .utf8)
        func sync() throws -> String {
            let (exit, output) = try Program.run(program, ["-c", settingsPath, "-V", "all"], environment: ["HOME": folder.path], seconds: 120)
            try #require(exit == .code(0), "\(output)\n\(process.log.suffix(2_000))")
            return output
        }
        func files(_ box: String = "INBOX") -> [String] {
            ["cur", "new"].flatMap { part in
                ((try? FileManager.default.contentsOfDirectory(atPath: "\(mail)/\(box)/\(part)")) ?? []).map { "\(part)/\($0)" }
            }.sorted()
        }
        _ = try sync()
        let pulled = files()
        #expect(pulled.count == 25)
        var subjects: Set<String> = []
        for file in pulled {
            let text = try String(contentsOfFile: "\(mail)/INBOX/\(file)", encoding: .utf8)
            #expect(text.hasSuffix(".\nEnd.\n"))
            if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Subject: ") }) { subjects.insert(String(line)) }
        }
        #expect(subjects.count == 25)
        #expect(FileManager.default.fileExists(atPath: "\(mail)/Sent") && FileManager.default.fileExists(atPath: "\(mail)/Trash"))

        // A flag set here goes there; one set there comes here; a message that appears here is appended there; one removed there goes here.
        let flagged = try #require(pulled.first)
        let base = flagged.split(separator: "/")[1].split(separator: ":")[0]
        try FileManager.default.moveItem(atPath: "\(mail)/INBOX/\(flagged)", toPath: "\(mail)/INBOX/cur/\(base):2,F")
        try FileManager.default.createDirectory(atPath: "\(mail)/Drafts/new", withIntermediateDirectories: true)
        for part in ["cur", "tmp"] { try FileManager.default.createDirectory(atPath: "\(mail)/Drafts/\(part)", withIntermediateDirectories: true) }
        try "From: me@example.org\nSubject: from here\n\nA draft.\n".write(
            toFile: "\(mail)/Drafts/new/1700000000.1.here", atomically: false, encoding: .utf8)
        do {
            let client = try process.imap(account)
            _ = try client.select("INBOX")
            try client.must("STORE 2 +FLAGS (\\Answered)")
            try client.must("STORE 25 +FLAGS (\\Deleted)")
            try client.must("EXPUNGE")
            client.logout()
        }
        _ = try sync()
        let client = try process.imap(account)
        #expect(try client.select("INBOX").exists == 24)
        #expect(try client.must("SEARCH FLAGGED").all("SEARCH").first?.count == 2)
        #expect(try client.select("Drafts").exists == 1)
        let draft = try #require(try client.messages(1, "*").first)
        #expect(String(decoding: draft.octets, as: UTF8.self).contains("Subject: from here\r\n"))
        #expect(files().count == 24)
        #expect(files().contains { $0.hasSuffix(":2,R") })

        let before = files() + files("Drafts")
        let status = try client.must("STATUS INBOX (MESSAGES UIDNEXT HIGHESTMODSEQ)").all("STATUS").first?.last
        let output = try sync()
        #expect(files() + files("Drafts") == before)
        let after = try client.must("STATUS INBOX (MESSAGES UIDNEXT HIGHESTMODSEQ)").all("STATUS").first?.last
        #expect(after == status, "\(after?.text ?? ""), before \(status?.text ?? "")")
        if let line = output.split(separator: "\n").last(where: { $0.contains("*") && $0.contains("#") }) {
            #expect(!line.contains { ("1"..."9").contains($0) } || line.contains("+0 *0 #0"), "\(line)")
        }
        client.logout()
        try process.stop()
    }

    @Test("neomutt opens, reads, flags and moves messages, and sends one")
    func neomutt() throws {
        let program = try TestPrograms.find("neomutt", package: "neomutt")
        let tmux = try TestPrograms.find("tmux", package: "tmux")
        let process = try started()
        try deliver(4, to: process)
        let folder = try TemporaryFolder()
        let settings = """
            set imap_user = "\(account)"
            set imap_pass = "\(PostmasterProcess.password)"
            set folder = "imaps://localhost:\(process.imapsPort)/"
            set spoolfile = "+INBOX"
            set record = "+Sent"
            set postponed = "+Drafts"
            set certificate_file = "\(process.folder)/tls/certificate.pem"
            set ssl_verify_host = no
            set ssl_verify_dates = no
            set ssl_starttls = no
            set ssl_force_tls = no
            set smtp_url = "smtp://127.0.0.1:\(process.smtpPort)"
            set from = "\(account)"
            set realname = "Alex"
            set use_from = yes
            set sort = date
            set confirmappend = no
            set delete = yes
            set move = no
            set wait_key = no
            set mail_check = 1
            set timeout = 1
            set beep = no
            set sleep_time = 0
            set header_cache = ""
            set tmpdir = "\(folder.path)"
            set quit = yes
            set editor = "\(folder.path)/editor"

            """
        let editor = folder.path(of: "editor")
        try "#!/bin/sh\nprintf 'Dear Sam,\\n.\\nthis is a loaf.\\n' >> \"$1\"\n".write(toFile: editor, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: editor)
        let rc = folder.path(of: "muttrc")
        try settings.write(toFile: rc, atomically: true, encoding: .utf8)
        let socket = folder.path(of: "tmux")
        func tmuxRun(_ arguments: [String]) throws -> String {
            try Program.run(tmux, ["-S", socket, "-f", "/dev/null"] + arguments, environment: ["HOME": folder.path, "TERM": "screen"], seconds: 20)
                .output
        }
        func screen() throws -> String { try tmuxRun(["capture-pane", "-p"]) }
        func waitFor(_ text: String, seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let deadline = Moment.now + seconds
            var last = ""
            while Moment.now < deadline {
                last = try screen()
                if last.contains(text) { return }
                usleep(100_000)
            }
            Issue.record("neomutt does not show \"\(text)\":\n\(last)\n\(process.log.suffix(1_500))", sourceLocation: sourceLocation)
            throw Program.Failure(description: "neomutt")
        }
        func keys(_ keys: String...) throws { _ = try tmuxRun(["send-keys"] + keys) }
        _ = try tmuxRun(["new-session", "-d", "-x", "120", "-y", "40", "\(program) -F \(rc)"])
        defer { _ = try? tmuxRun(["kill-server"]) }
        try waitFor("loaf number 4")
        try keys("1", "Enter")
        try keys("Enter")
        try waitFor("Crumbs of loaf 1")
        try keys("i")
        try waitFor("loaf number 4")
        try keys("2", "Enter")
        try keys("F")
        try keys("3", "Enter")
        try keys("s", "C-u")
        try keys("=Archive", "Enter")
        usleep(500_000)
        if try screen().contains("Create") { try keys("y") }
        usleep(500_000)
        try keys("$")
        usleep(500_000)
        if try screen().contains("([yes]/no)") { try keys("y") }
        // Sending: over SMTP to the other, a copy into Sent over IMAP.
        try keys("m")
        try waitFor("To:")
        try keys("\(other)", "Enter")
        try waitFor("Subject:")
        try keys("sent by neomutt", "Enter")
        try waitFor("Attachments")
        try keys("y")
        try waitFor("Mail sent")
        // New mail shows while it waits.
        try deliver(1, to: process)
        try waitFor("loaf number 1")
        try keys("q")
        usleep(500_000)
        if try screen().contains("([yes]/no)") { try keys("y") }
        let end = Moment.now + 10
        while Moment.now < end, try tmuxRun(["list-sessions"]).contains("windows") { usleep(100_000) }

        let client = try process.imap(account)
        #expect(try client.select("INBOX").exists == 4)
        #expect(try client.must("SEARCH FLAGGED SUBJECT \"loaf number 2\"").all("SEARCH").first?.count == 2)
        #expect(try client.must("SEARCH SEEN SUBJECT \"loaf number 1\"").all("SEARCH").first?.count == 2)
        #expect(try client.select("Archive").exists == 1)
        #expect(String(decoding: try #require(try client.messages(1, "*").first).octets, as: UTF8.self).contains("loaf number 3"))

        let sam = try process.imap(other)
        #expect(try sam.select("INBOX").exists == 1)
        let sent = String(decoding: try #require(try sam.messages(1, "*").first).octets, as: UTF8.self)
        #expect(sent.contains("Subject: sent by neomutt\r\n") && sent.contains("Dear Sam,\r\n.\r\nthis is a loaf.\r\n"))
        #expect(try client.select("Sent").exists == 1)
        #expect(String(decoding: try #require(try client.messages(1, "*").first).octets, as: UTF8.self).contains("this is a loaf.\r\n"))
        client.logout()
        sam.logout()
        try process.stop()
    }

    @Test("Python's imaplib does everything that its commands offer")
    func imaplib() throws {
        let program = try TestPrograms.find("python3", package: "python3")
        let process = try started()
        try deliver(3, to: process)
        let script = TestPrograms.repository.appendingPathComponent("Tests/Clients/imaplib_session.py").path
        let (exit, output) = try Program.run(
            program, [script, String(process.imapsPort), String(process.imapPort), account, PostmasterProcess.password], seconds: 120)
        #expect(exit == .code(0), "\(output)\n\(process.log.suffix(2_000))")
        #expect(output.contains("imaplib: done"))
        try process.stop()
    }

    @Test("curl sends over SMTP and lists, fetches and searches over IMAP")
    func curl() throws {
        let program = try TestPrograms.find("curl", package: "curl")
        let process = try started()
        func curl(_ arguments: [String], input: [UInt8]? = nil) throws -> (Program.Exit, String) {
            try Program.run(program, ["-sS", "--max-time", "30"] + arguments, input: input)
        }
        let message = "From: you@example.org\nTo: \(account)\nSubject: Hello\n\nHello from curl.\n.\n..dots\n"
        let send = ["--crlf", "--mail-from", "you@example.org", "-T", "-"]
        #expect(try curl(send + ["--mail-rcpt", account, "smtp://127.0.0.1:\(process.smtpPort)"], input: Array(message.utf8)).0 == .code(0))
        #expect(
            try curl(send + ["--mail-rcpt", account, "--ssl-reqd", "-k", "smtp://127.0.0.1:\(process.smtpPort)"], input: Array(message.utf8)).0
                == .code(0))
        // 55: the recipient was refused.
        #expect(
            try curl(send + ["--mail-rcpt", "nobody@charter.net", "smtp://127.0.0.1:\(process.smtpPort)"], input: Array(message.utf8)).0 == .code(55))
        let user = ["-k", "--user", "\(account):\(PostmasterProcess.password)"]
        let imaps = "imaps://127.0.0.1:\(process.imapsPort)"
        let (exit, listed) = try curl(user + [imaps + "/"])
        #expect(exit == .code(0))
        #expect(listed.contains("INBOX") && listed.contains("\\Sent"))
        let (_, fetched) = try curl(user + [imaps + "/INBOX;MAILINDEX=1"])
        #expect(fetched.hasSuffix("Subject: Hello\r\n\r\nHello from curl.\r\n.\r\n..dots\r\n"))
        #expect(try curl(user + [imaps + "/INBOX?SUBJECT%20hello"]).1.contains("* SEARCH 1 2"))
        // STARTTLS on the other port, a wrong password, a message put into a mailbox.
        #expect(try curl(user + ["--ssl-reqd", "imap://127.0.0.1:\(process.imapPort)/INBOX;MAILINDEX=2"]).1.contains("Hello from curl."))
        #expect(try curl(["-k", "--user", "\(account):wrong", imaps + "/"]).0 == .code(67))
        let folder = try TemporaryFolder()
        let draft = folder.path(of: "draft")
        try message.replacingOccurrences(of: "\n", with: "\r\n").write(toFile: draft, atomically: true, encoding: .utf8)
        #expect(try curl(user + ["-T", draft, imaps + "/Drafts"]).0 == .code(0))
        #expect(try curl(user + [imaps + "/Drafts;MAILINDEX=1"]).1.contains("Hello from curl."))
        try process.stop()
    }

    @Test("swaks: plain, pipelined, in TLS, to two recipients, and refused as it should be")
    func swaks() throws {
        let program = try TestPrograms.find("swaks", package: "swaks libnet-ssleay-perl")
        let process = try started()
        func swaks(_ arguments: [String]) throws -> (Program.Exit, String) {
            try Program.run(
                program,
                ["--server", "127.0.0.1", "--port", String(process.smtpPort), "--from", "you@example.org", "--helo", "client.example.org"] + arguments
            )
        }
        for (arguments, code) in [
            (["--to", account], 0), (["--to", "\(account),\(other)"], 0), (["--to", account, "--pipeline"], 0), (["--to", account, "--tls"], 0),
            (["--to", account, "--tls", "--pipeline"], 0), (["--to", "nobody@charter.net"], 24), (["--to", "someone@elsewhere.example"], 24),
            (["--to", account, "--protocol", "SMTP"], 0),
        ] as [([String], Int32)] {
            let (exit, output) = try swaks(arguments)
            #expect(exit == .code(code), "swaks \(arguments): \(output)")
        }
        let (exit, output) = try Program.run(
            program,
            [
                "--server", "127.0.0.1", "--port", String(process.lmtpPort), "--protocol", "LMTP", "--from", "you@example.org", "--to",
                "\(account),\(other)",
            ])
        #expect(exit == .code(0), "\(output)")
        let client = try process.imap(account)
        #expect(try client.select("INBOX").exists == 7)
        client.logout()
        try process.stop()
    }

    @Test("smtp-source sends five hundred messages over twenty sessions, none refused, all there")
    func smtpSource() throws {
        let program = try TestPrograms.find("smtp-source", package: "postfix")
        let process = try started()
        for arguments in [["-s", "20", "-m", "500"], ["-s", "5", "-m", "50", "-d"]] {
            let (exit, output) = try Program.run(
                program, arguments + ["-l", "4096", "-f", "you@example.org", "-t", account, "inet:127.0.0.1:\(process.smtpPort)"], seconds: 120)
            #expect(exit == .code(0) && !output.contains("fatal") && !output.contains("bad"), "\(output)")
        }
        let client = try process.imap(account)
        #expect(try client.select("INBOX").exists == 550)
        client.logout()
        try process.stop()
    }
}
