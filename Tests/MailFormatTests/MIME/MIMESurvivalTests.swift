// Every message of the suites, whole, cut short anywhere and with other line ends: no trap, and a consistent tree and summary each time.
import Foundation
import MailFormat
import PostmasterTesting
import Testing

@Suite("MIME survival", .enabled(if: SuiteFolder.isExpected))
struct MIMESurvivalTests {
    /// Files below each folder when these tests were written; a changed number means a changed suite.
    static let folders: [(path: String, count: Int)] = [
        ("mime", 662), ("rspamd/messages", 212), ("bounce", 843), ("html", 36), ("webmail-xss", 169), ("eai", 7),
    ]

    static func problem(_ octets: [UInt8]) -> String? {
        let tree = MIMETree.parse(octets.span)
        return TreeCheck.problem(octets, tree) ?? SummaryCheck.problem(MessageSummary.render(octets.span, tree), tree, octets)
    }

    @Test("Every file is some message, also with all line ends CRLF or LF", arguments: folders.map(\.path))
    func whole(_ folder: String) throws {
        var broken: [String] = []
        let files = try SuiteFolder.files(below: folder)
        for file in files {
            let octets = Array(try Data(contentsOf: file))
            for form in [octets, lines(octets, with: [0x0A]), lines(octets, with: [0x0D, 0x0A])] {
                if let problem = Self.problem(form) { broken.append("\(file.lastPathComponent): \(problem)") }
            }
        }
        #expect(broken == [])
        #expect(files.count == Self.folders.first { $0.path == folder }?.count)
    }

    @Test("Every file cut at every 64th octet is some message", arguments: folders.map(\.path))
    func cut(_ folder: String) throws {
        var broken: [String] = []
        var cuts = 0
        for file in try SuiteFolder.files(below: folder) {
            let octets = Array(try Data(contentsOf: file))
            // Long files are cut in fewer places, so that all together stay within a minute.
            let step = octets.count <= 64 * 1024 ? 64 : octets.count / 64
            for end in stride(from: 0, to: min(octets.count, 64 * 1024), by: step) {
                cuts += 1
                let piece = Array(octets[..<end])
                let tree = MIMETree.parse(piece.span)
                // The structure of every piece is checked, the text of the summary of every eighth: the checker is slow, the summary is not.
                let summary = MessageSummary.render(piece.span, tree)
                let problem = cuts % 8 == 0 ? SummaryCheck.problem(summary, tree, piece) : nil
                if let problem = TreeCheck.problem(piece, tree) ?? problem { broken.append("\(file.lastPathComponent) to \(end): \(problem)") }
            }
        }
        #expect(broken == [])
        print("MIME survival: \(folder) cut in \(cuts) places")
    }

    @Test("Octets without sense are some message too")
    func noise() {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        let words = [
            "--b", "--b--", "\r\n", "\n", "Content-Type: ", "multipart/mixed; boundary=b", "message/rfc822",
            ":", " ", "--", "\0", "\r", "é", "\"", "(", "From: a@b",
        ]
        for _ in 0..<3_000 {
            var octets: [UInt8] = []
            for _ in 0..<Int(state >> 58) + 8 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                octets += Array(words[Int(state >> 33) % words.count].utf8)
            }
            #expect(Self.problem(octets) == nil, "\(String(decoding: octets, as: UTF8.self).debugDescription)")
        }
    }
}
