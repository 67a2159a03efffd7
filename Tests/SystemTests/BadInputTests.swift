// Input that means harm or comes from broken programs: a clear refusal, nothing lost, and the server goes on.
import Foundation
import PostmasterTesting
import Testing

@Suite(.serialized) struct BadInputTests {
    private let account = PostmasterProcess.accounts[0]

    private func data(_ process: PostmasterProcess, _ octets: [UInt8], ended: Bool = true) throws -> SMTPTestClient.Reply {
        let client = try process.smtp()
        defer { client.socket.close() }
        for line in ["MAIL FROM:<a@example.org>", "RCPT TO:<\(account)>", "DATA"] { _ = try client.command(line) }
        try client.socket.send(octets + (ended ? Array("\r\n.\r\n".utf8) : []))
        return try client.readReply()
    }

    private func expectAlive(_ process: PostmasterProcess, _ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(process.process?.isRunning == true && process.isReady, "\(what): \(process.log.suffix(1_500))", sourceLocation: sourceLocation)
    }

    @Test("SMTP: over-long lines, NUL, rubbish and floods are refused and the server goes on")
    func smtp() throws {
        let process = try PostmasterProcess()
        try process.start()
        let client = try process.smtp()
        #expect(try client.command("NOOP " + String(repeating: "x", count: 4_000)).code == 500)
        #expect(try client.command("FROBNICATE").code == 500)
        #expect(try client.command("MAIL FROM:<a@b\u{0}c>").code / 100 == 5)
        #expect(try client.command("NOOP").code == 250)
        client.quit()
        let head = Array("From: a@example.org\r\nSubject: x\r\n\r\n".utf8)
        let nul = try data(process, head + [97, 0, 98, 13, 10])
        #expect(nul.code == 550 && nul.enhanced == "5.6.0", "\(nul)")
        // A megabyte without a line end, in a command and in a message.
        do {
            let flood = try process.smtp()
            try? flood.socket.send([UInt8](repeating: 120, count: 1 << 20))
            let reply = try? flood.command("")
            #expect(reply == nil || reply?.code == 500 || reply?.code == 421 || reply?.code == 554)
        }
        expectAlive(process, "flood")
        let long = try data(process, head + [UInt8](repeating: 120, count: 1 << 20))
        #expect([250, 500, 550, 552, 554].contains(long.code), "\(long)")
        // Random octets at the greeting.
        for seed in 0..<50 {
            let socket = try BlockingSocket(port: process.smtpPort, seconds: 5)
            try? socket.send((0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* (seed * 2 + 1) &* 2_654_435_761 >> 7) })
            socket.close(reset: seed % 2 == 0)
        }
        expectAlive(process, "rubbish")
        let good = try data(process, head + Array("well\r\n".utf8))
        #expect(good.code == 250)
        try process.stop()
    }

    @Test("one transaction only, whatever look-alikes of the end of data a message holds")
    func smuggling() throws {
        let process = try PostmasterProcess()
        try process.start()
        let inner = "MAIL FROM:<x@evil.test>\r\nRCPT TO:<\(account)>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"
        var sent = 0
        for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\n.\r", "\r\r\n.\r\r\n", "\r\n\0.\r\n", "\r\n.\0\r\n"] {
            let reply = try data(process, Array("From: a@example.org\r\nSubject: outer\r\n\r\nx\(end)\(inner)".utf8))
            if reply.code == 250 { sent += 1 } else { #expect(reply.code == 550) }
        }
        let imap = try process.imap(account)
        #expect(try imap.select("INBOX").exists == sent)
        #expect(try imap.must("SEARCH SUBJECT smuggled").all("SEARCH").first?.count == 1, "none has it as its subject")
        imap.logout()
        try process.stop()
    }

    @Test("monstrous messages are stored and served in bounded time: a million parts, 5,000 levels, a header of 50,000 lines, an endless address")
    func monsters() throws {
        let process = try PostmasterProcess()
        try process.start()
        let head = "From: a@example.org\r\nTo: b@example.org\r\nSubject: monster\r\nMIME-Version: 1.0\r\n"
        let monsters: [(String, [UInt8])] = [
            (
                "parts",
                Array((head + "Content-Type: multipart/mixed; boundary=a\r\n\r\n").utf8)
                    + Array(repeatElement(Array("--a\r\n\r\n".utf8), count: 1_000_000).joined())
            ),
            (
                "levels",
                Array(
                    (0..<5_000).map { "Content-Type: multipart/mixed; boundary=b\($0)\r\n\r\n--b\($0)\r\n" }.reduce(into: head) { $0 += $1 }.utf8)
            ),
            ("header", Array((head + String(repeating: "X-Line: value\r\n", count: 50_000) + "\r\nbody\r\n").utf8)),
            (
                "address",
                Array(
                    ("From: " + String(repeating: "(", count: 100_000) + "\r\n" + "To: " + String(repeating: "a@b.example,", count: 60_000)
                        + "\r\n\r\nbody\r\n").utf8)
            ),
            ("blank", Array((String(repeating: "\r\n", count: 50_000) + head + "\r\nbody\r\n").utf8)),
        ]
        var taken: [String] = []
        for (name, octets) in monsters {
            let begin = Moment.now
            let reply = try data(process, octets)
            if reply.code == 250 { taken.append(name) } else { #expect((500..<600).contains(reply.code), "\(name): \(reply)") }
            #expect(Moment.now - begin < 10, "\(name)")
            expectAlive(process, name)
        }
        print("monsters taken: \(taken)")
        let imap = try process.imap(account)
        #expect(try imap.select("INBOX").exists == taken.count)
        let begin = Moment.now
        if !taken.isEmpty { try imap.must("UID FETCH 1:* (ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER] RFC822.SIZE)") }
        #expect(Moment.now - begin < 10)
        imap.logout()
        expectAlive(process, "fetch")
        try process.stop()
    }

    @Test("IMAP: half a literal, a literal of 4 GB, endless lines and nesting are refused and the server goes on")
    func imap() throws {
        let process = try PostmasterProcess()
        try process.start()
        // Before signing in.
        for opening in [
            "a LOGIN {4294967296}\r\n", "a LOGIN {4294967295+}\r\nxxx", "a LOGIN {18446744073709551616}\r\n",
            "a LOGIN {99999999999999999999999999}\r\n",
            "a LOGIN {-1}\r\n", "a LOGIN {5}\r\nab", "{10}\r\n", "\r\n\r\n\r\n", "a", "a ",
            "a SEARCH " + String(repeating: "(", count: 100_000) + "\r\n",
            String(repeating: "x", count: 1 << 20), "a AUTHENTICATE PLAIN " + String(repeating: "A", count: 200_000) + "\r\n", "\0\0\0\r\n",
        ] {
            for tls in [false, true] {
                let socket = tls ? try BlockingSocket(tlsPort: process.imapsPort, seconds: 5) : try BlockingSocket(port: process.imapPort, seconds: 5)
                _ = try socket.readLine()
                try? socket.send(opening)
                socket.finishSending()
                usleep(20_000)
                socket.close(reset: true)
            }
            expectAlive(process, String(opening.prefix(40)))
        }
        // After it.
        let client = try process.imap(account)
        _ = try client.select("INBOX")
        for command in [
            "APPEND INBOX {4294967296}", "APPEND INBOX {999999999999}", "FETCH 1:99999999999999999999 FLAGS",
            "SEARCH " + String(repeating: "NOT ", count: 20_000) + "ALL",
            "SEARCH " + String(repeating: "(", count: 5_000) + "ALL" + String(repeating: ")", count: 5_000), "FETCH 0 FLAGS", "FETCH * FLAGS",
            "STORE 1 FLAGS (\\Bogus",
            "FETCH 1 BODY[99999999999999999999]", "FETCH 1 BODY[]<0.99999999999999999999>", "UID FETCH 4294967296 FLAGS",
            "SELECT \"" + String(repeating: "a", count: 5_000) + "\"",
        ] {
            let answer = try client.command(command)
            #expect(["BAD", "NO", "OK"].contains(answer.status), "\(command.prefix(60))")
            if command.hasPrefix("APPEND") || command.contains("4294967296") { #expect(answer.status != "OK", "\(command)") }
        }
        try client.must("NOOP")
        // Half a literal, then silence of the connection: nothing is stored.
        let half = try process.imap(account)
        try half.socket.send("x APPEND INBOX {1000+}\r\nSubject: half\r\n")
        half.socket.close(reset: true)
        let nul = try client.command("APPEND INBOX", literal: Array("Subject: x\r\n\r\na".utf8) + [0] + Array("b\r\n".utf8))
        #expect(nul.status == "NO" || nul.status == "BAD", "\(nul)")
        #expect(try client.select("INBOX").exists == 0)
        client.logout()
        expectAlive(process, "commands")
        #expect(try process.stop() == .code(0))
    }
}
