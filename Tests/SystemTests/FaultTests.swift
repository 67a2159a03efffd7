// Trouble around the program: full and read-only disks, two servers on one folder, broken connections, damage, signals.
import Foundation
import Glibc
import PostmasterTesting
import Testing

@Suite(.serialized) struct FaultTests {
    private let account = PostmasterProcess.accounts[0]

    private func message(_ size: Int, _ subject: String = "x", compresses: Bool = true) -> [UInt8] {
        var out = Array("From: a@example.org\r\nTo: b@example.org\r\nSubject: \(subject)\r\n\r\n".utf8)
        out.reserveCapacity(size + 100)
        var state = UInt64.random(in: 1 ... .max)
        while out.count < size {
            for _ in 0..<10 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                // Seven octets of six random bits each.
                for shift in stride(from: 0, to: 42, by: 6) {
                    out.append(compresses ? 97 : 48 + UInt8(truncatingIfNeeded: state >> UInt64(shift)) & 0x3f)
                }
            }
            out += [13, 10]
        }
        return out
    }

    private func send(_ message: [UInt8], to process: PostmasterProcess, recipient: String? = nil) throws -> SMTPTestClient.Reply {
        let client = try process.smtp()
        defer { client.quit() }
        return try client.send(from: "a@example.org", to: [recipient ?? account], message: message)
    }

    private func subjects(_ process: PostmasterProcess) throws -> [String] {
        let client = try process.imap(account)
        defer { client.logout() }
        guard try client.select("INBOX").exists > 0 else { return [] }
        // A damaged message makes it NO; the others are there all the same.
        return try client.command("UID FETCH 1:* (UID ENVELOPE)").all("FETCH").compactMap { $0[2].after("ENVELOPE")?.values[1].text }
    }

    @Test(
        "a full disk costs 452 and nothing else; when there is space again mail goes on",
        .enabled(if: SmallDisk.isExpected, "mounting a small disk needs root"))
    func fullDisk() throws {
        let disk = try SmallDisk(megabytes: 48)
        let process = try PostmasterProcess(folder: disk.path + "/data")
        try process.start()
        #expect(try send(message(2_000, "before"), to: process).code == 250)
        try disk.fill(leaving: 600_000)
        var expected = ["before"]
        for round in 0..<3 {
            let reply = try send(message(3_000_000, "large \(round)", compresses: false), to: process)
            #expect(reply.code == 452 && reply.enhanced == "4.3.1", "\(reply)")
            let small = try send(message(500, "small \(round)"), to: process)
            if small.code == 250 { expected.append("small \(round)") } else { #expect(small.code == 452, "\(small)") }
        }
        #expect(expected.contains("small 0"), "what fits is taken")
        try disk.fill(leaving: 0)
        for round in 0..<10 {
            let reply = try send(message(9_000, "none \(round)", compresses: false), to: process)
            if reply.code == 250 { expected.append("none \(round)") } else { #expect(reply.code == 452, "\(reply)") }
        }
        #expect(try subjects(process).count >= 1, "reading goes on")
        disk.clear()
        let deadline = Moment.now + 15
        var last: SMTPTestClient.Reply?
        while Moment.now < deadline {
            last = try send(message(3_000_000, "after", compresses: false), to: process)
            if last?.code == 250 { break }
            usleep(200_000)
        }
        #expect(last?.code == 250, "\(String(describing: last))")
        expected.append("after")
        var found: [String] = []
        while Moment.now < deadline {
            found = try subjects(process)
            if found.count >= expected.count { break }
            usleep(100_000)
        }
        #expect(found == expected)
        #expect(process.process?.isRunning == true)
        #expect(process.isReady)
        process.crash()
        try process.start()
        #expect(try subjects(process) == expected)
        #expect(try process.stop() == .code(0))
        #expect(process.soundness() == [])
    }

    @Test("a data folder that may not be written: the start is refused with the reason", .enabled(if: geteuid() == 0, "changing the user needs root"))
    func readOnlyFolder() throws {
        let setpriv = try TestPrograms.find("setpriv", package: "util-linux")
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o755)
        // The unprivileged user must reach the program, wherever it was built.
        let binary = folder.path(of: "postmaster")
        try FileManager.default.copyItem(atPath: try PostmasterProcess.binary(), toPath: binary)
        chmod(binary, 0o755)
        try FileManager.default.createDirectory(atPath: folder.path(of: "data"), withIntermediateDirectories: true)
        for name in ["data", "absent"] {
            let process = try PostmasterProcess(folder: folder.path(of: name))
            let program = try process.launch(wrapper: [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"], binary: binary)
            let exit = try program.wait(seconds: 20)
            #expect(exit != .code(0))
            if case .signal = exit { Issue.record("\(exit): \(program.output)") }
            #expect(program.output.contains(folder.path(of: name)) && program.output.contains("may not write"), "\(program.output)")
        }
        // And a folder that exists and was used before.
        let used = try PostmasterProcess(folder: folder.path(of: "used"))
        try used.start()
        try used.stop()
        chmod(folder.path(of: "used"), 0o755)
        let program = try used.launch(wrapper: [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"], binary: binary)
        let exit = try program.wait(seconds: 20)
        #expect(exit != .code(0))
        if case .signal = exit { Issue.record("\(exit): \(program.output)") }
        #expect(program.output.contains("may not write"), "\(program.output)")
    }

    @Test("a second server on one folder is refused and does not disturb the first")
    func secondServer() throws {
        let first = try PostmasterProcess()
        try first.start()
        #expect(try send(message(500, "one"), to: first).code == 250)
        let second = try PostmasterProcess(folder: first.folder)
        let program = try second.launch()
        #expect(try program.wait(seconds: 20) != .code(0))
        #expect(program.output.contains("in use"), "\(program.output)")
        #expect(try send(message(500, "two"), to: first).code == 250)
        #expect(try subjects(first) == ["one", "two"])
        try first.stop()
    }

    @Test("two demos run side by side and know nothing of each other")
    func sideBySide() throws {
        let demos = try [PostmasterProcess(), PostmasterProcess()]
        for demo in demos { try demo.start() }
        for (n, demo) in demos.enumerated() { #expect(try send(message(500, "for \(n)"), to: demo).code == 250) }
        for (n, demo) in demos.enumerated() { #expect(try subjects(demo) == ["for \(n)"]) }
        for demo in demos { #expect(try demo.stop() == .code(0)) }
    }

    @Test("a connection that is cut inside a message leaves nothing behind", arguments: [false, true])
    func cutInData(reset: Bool) throws {
        let process = try PostmasterProcess()
        try process.start()
        let whole = SMTPTestClient.stuffed(message(200_000, "cut", compresses: false))
        for cut in [0, 1, 100, 70_000, whole.count - 5, whole.count - 4, whole.count - 3, whole.count - 2, whole.count - 1] {
            let client = try process.smtp()
            for line in ["MAIL FROM:<a@example.org>", "RCPT TO:<\(account)>", "DATA"] { _ = try client.command(line) }
            try client.socket.send(Array(whole[..<cut]))
            client.socket.close(reset: reset)
        }
        // The same by chunks (RFC 3030): cut inside one, and after one that was not the last.
        for (announced, sent) in [(whole.count, 0), (whole.count, 1_000), (1_000, 1_000)] {
            let client = try process.smtp()
            for line in ["MAIL FROM:<a@example.org>", "RCPT TO:<\(account)>"] { _ = try client.command(line) }
            try client.socket.send("BDAT \(announced)\(announced == whole.count ? " LAST" : "")\r\n")
            try client.socket.send(Array(whole[..<sent]))
            client.socket.close(reset: reset)
        }
        #expect(try send(message(500, "whole"), to: process).code == 250)
        #expect(try subjects(process) == ["whole"])
        try process.stop()
        try process.start()
        #expect(try subjects(process) == ["whole"])
        try process.stop()
    }

    @Test("a damaged segment is named in the log, the rest is served, and mail goes on")
    func damagedSegment() throws {
        let process = try PostmasterProcess()
        try process.start()
        let client = try process.smtp()
        for n in 0..<10 {
            #expect(try client.send(from: "a@example.org", to: [account], message: message(3_000, "number \(n)", compresses: false)).code == 250)
        }
        client.quit()
        try process.stop()
        let path = process.folder + "/segments/0000000001.seg"
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let marks = whole.indices.filter { $0 % 8 == 0 && whole[$0...].starts(with: Array("PMRC".utf8)) }
        try #require(marks.count == 10)
        // The head of the fifth, the octets of the seventh.
        for place in [marks[4] + 40, marks[6] + (marks[7] - marks[6]) * 3 / 4] {
            var damaged = whole
            damaged[place] ^= 0xff
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            let victim = place < marks[5] ? 4 : 6
            try process.start()
            #expect(
                process.log.contains("segment 1: \(marks[victim + 1] - marks[victim]) octets damaged at \(marks[victim])"),
                "\(process.log.suffix(1_000))")
            #expect(try subjects(process).filter { $0.hasPrefix("number") }.count >= 9, "envelopes are served")
            let imap = try process.imap(account)
            _ = try imap.select("INBOX")
            for n in 0..<10 {
                let answer = try imap.command("FETCH \(n + 1) (BODY.PEEK[])")
                let body = answer.all("FETCH").first.flatMap { $0[2].after("BODY[]")?.octets } ?? []
                if n == victim {
                    #expect(
                        !TracePrefix.isTrace(body, before: []) || body.isEmpty || answer.status == "NO", "a damaged message is not served as sound")
                    #expect(answer.status == "NO" || body.isEmpty, "\(answer.status) \(answer.text)")
                } else {
                    #expect(
                        answer.status == "OK" && String(decoding: body, as: UTF8.self).contains("Subject: number \(n)\r\n"),
                        "number \(n): \(answer.status)")
                }
            }
            imap.logout()
            #expect(try send(message(500, "more"), to: process).code == 250)
            #expect(try process.stop() == .code(0))
            #expect(!process.soundness().isEmpty, "the check names it")
        }
    }

    @Test("SIGTERM: what is being sent is finished and answered, idle sessions hear 421 and BYE, and the program ends within its bound")
    func gracefulStop() throws {
        let process = try PostmasterProcess()
        try process.start()
        let idle = try process.smtp()
        let busy = try process.smtp()
        for line in ["MAIL FROM:<a@example.org>", "RCPT TO:<\(account)>", "DATA"] { _ = try busy.command(line) }
        let whole = SMTPTestClient.stuffed(message(300_000, "finished"))
        try busy.socket.send(Array(whole[..<100_000]))
        let imap = try process.imap(account)
        _ = try imap.select("INBOX")
        try imap.socket.send("i IDLE\r\n")
        #expect(try imap.socket.readLine().first == 43)
        let begin = Moment.now
        process.process?.send(SIGTERM)
        #expect(try idle.readReply().code == 421)
        let bye = try imap.socket.readLine()
        #expect(String(decoding: bye, as: UTF8.self).hasPrefix("* BYE"), "\(String(decoding: bye, as: UTF8.self))")
        usleep(300_000)
        #expect(throws: (any Error).self) { try process.smtp() }
        try busy.socket.send(Array(whole[100_000...]))
        #expect(try busy.readReply().code == 250)
        #expect(try process.process?.wait(seconds: 15) == .code(0))
        #expect(Moment.now - begin < 12)
        try process.start()
        #expect(try subjects(process) == ["finished"])
        // One that never finishes does not hold it up for ever.
        let stuck = try process.smtp()
        for line in ["MAIL FROM:<a@example.org>", "RCPT TO:<\(account)>", "DATA"] { _ = try stuck.command(line) }
        let again = Moment.now
        #expect(try process.stop(seconds: 20) == .code(0))
        #expect(Moment.now - again < 15)
        #expect(process.soundness() == [])
    }

    @Test("SIGHUP: sessions go on, and a new certificate is taken")
    func reload() throws {
        let openssl = try TestPrograms.find("openssl", package: "openssl")
        let process = try PostmasterProcess()
        try process.start()
        let session = try process.imap(account)
        func fingerprint() throws -> String {
            let (_, certificate) = try Program.run(openssl, ["s_client", "-connect", "127.0.0.1:\(process.imapsPort)", "-showcerts"], input: [])
            return certificate.components(separatedBy: "-----BEGIN CERTIFICATE-----").dropFirst().first?
                .components(separatedBy: "-----END").first ?? ""
        }
        let before = try fingerprint()
        let (exit, output) = try Program.run(
            openssl,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost", "-days", "30",
                "-keyout",
                process.folder + "/tls/key.pem", "-out", process.folder + "/tls/certificate.pem",
            ])
        try #require(exit == .code(0), "\(output)")
        process.process?.send(SIGHUP)
        let deadline = Moment.now + 10
        var after = before
        while Moment.now < deadline, after == before || after.isEmpty {
            usleep(100_000)
            after = try fingerprint()
        }
        #expect(after != before && !after.isEmpty)
        try session.must("NOOP")
        #expect(process.isReady)
        // A certificate that cannot be read leaves the old one in force.
        try "rubbish".write(toFile: process.folder + "/tls/certificate.pem", atomically: true, encoding: .utf8)
        process.process?.send(SIGHUP)
        usleep(500_000)
        #expect(try fingerprint() == after)
        #expect(try process.stop() == .code(0))
    }

    @Test("LMTP answers once for each recipient")
    func lmtp() throws {
        let process = try PostmasterProcess()
        try process.start()
        let client = try SMTPTestClient(port: process.lmtpPort, lmtp: true)
        #expect(try client.command("MAIL FROM:<a@example.org>").code == 250)
        #expect(try client.command("RCPT TO:<\(account)>").code == 250)
        #expect(try client.command("RCPT TO:<nobody@charter.net>").code == 550)
        #expect(try client.command("RCPT TO:<\(PostmasterProcess.accounts[1])>").code == 250)
        #expect(try client.command("DATA").code == 354)
        try client.socket.send(SMTPTestClient.stuffed(message(400, "lmtp")))
        #expect(try client.readReply().code == 250)
        #expect(try client.readReply().code == 250)
        #expect(try client.command("NOOP").code == 250)
        client.quit()
        #expect(try subjects(process) == ["lmtp"])
        try process.stop()
    }

    @Test("serve, with accounts made by commands: a balancer's PROXY header gives the client's address, and only from a balancer")
    func proxy() throws {
        let folder = try TemporaryFolder()
        let ports = try PostmasterProcess(folder: folder.path(of: "data"))
        let file = folder.path(of: "postmaster.toml")
        try """
        [operator]
        domain = "example.net"
        [data]
        folder = "\(folder.path(of: "data"))"
        [edge]
        listen = ["127.0.0.1:\(ports.smtpPort)", "127.0.0.2:\(ports.smtpPort)"]
        balancers = ["127.0.0.9"]
        [imap]
        listen = ["127.0.0.1:\(ports.imapPort)"]
        allow-cleartext-login = true
        [imaps]
        listen = []
        [web]
        listen = ["127.0.0.1:\(ports.webPort)"]
        [tls]
        self-signed = true

        """.write(toFile: file, atomically: true, encoding: .utf8)
        func run(_ arguments: [String], input: String? = nil) throws -> (Program.Exit, String) {
            let variables = ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix("POSTMASTER_") }
            return try Program.run(
                try PostmasterProcess.binary(), arguments + ["--config", file],
                environment: Dictionary(uniqueKeysWithValues: variables.map { ($0, nil as String?) }), input: input.map { Array($0.utf8) })
        }
        for (arguments, input) in [
            (["domain", "add", "example.net"], nil), (["account", "add", "kim@example.net", "--password-stdin"], "Loaf-of-rye-7\n"),
        ] as [([String], String?)] {
            let (exit, output) = try run(arguments, input: input)
            #expect(exit == .code(0), "\(arguments): \(output)")
        }
        let server = try Program(
            try PostmasterProcess.binary(), ["serve", "--config", file],
            environment: Dictionary(
                uniqueKeysWithValues: ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix("POSTMASTER_") }.map { ($0, nil as String?) }))
        let deadline = Moment.now + 30
        while !ports.isReady, Moment.now < deadline, server.isRunning { usleep(20_000) }
        try #require(ports.isReady, "\(server.output)")

        let v1 = Array("PROXY TCP4 192.0.2.77 192.0.2.1 40000 25\r\n".utf8)
        var v2: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0, 12]
        v2 += [192, 0, 2, 78, 192, 0, 2, 1, 0x9c, 0x40, 0, 25]
        for opening in [v1, v2] {
            let client = try SMTPTestClient(port: ports.smtpPort, source: "127.0.0.9", opening: opening)
            #expect(client.greeting.code == 220)
            #expect(try client.send(from: "a@example.org", to: ["kim@example.net"], message: message(400, "proxied")).code == 250)
            client.quit()
        }
        // From anyone else a PROXY header is a command that nobody knows; from the balancer its absence ends the connection.
        let stranger = try SMTPTestClient(port: ports.smtpPort, opening: v1)
        #expect(stranger.greeting.code == 220 || stranger.greeting.code == 554)
        let silent = try BlockingSocket(port: ports.smtpPort, source: "127.0.0.9", seconds: 20)
        try silent.send("EHLO x\r\n")
        #expect(!String(decoding: silent.readToEnd(), as: UTF8.self).contains("250"))

        let imap = try IMAPTestClient(port: ports.imapPort)
        try imap.must("LOGIN kim@example.net Loaf-of-rye-7")
        #expect(try imap.select("INBOX").exists == 2)
        let texts = try imap.messages(1, "*").map { String(decoding: $0.octets, as: UTF8.self) }
        #expect(texts.count == 2 && texts[0].contains("[192.0.2.77]") && texts[1].contains("[192.0.2.78]"), "\(texts)")
        imap.logout()
        server.send(SIGTERM)
        #expect(try server.wait(seconds: 20) == .code(0))
    }
}
