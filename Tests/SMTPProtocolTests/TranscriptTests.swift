// The golden dialogues of Tests/Transcripts/smtp against the machine, whole and cut in every way.
import Catalogue
import Foundation
import PostmasterTesting
import SMTPProtocol
import Testing

@Suite struct TranscriptTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Transcripts/smtp").standardizedFileURL

    /// The settings that the transcripts begin with.
    static let configuration: ServerConfiguration = {
        let names = OperatorNames(
            service: "Example.net", operatorName: "Example", site: "https://postmaster.example.net", submission: "mobile.example.net:587")
        return ServerConfiguration(hostName: "mx.example.net", names: names)
    }()

    static var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
    }

    static func transcript(_ name: String) throws -> Transcript {
        try Transcript(name: name, text: String(contentsOf: folder.appendingPathComponent(name + ".txt"), encoding: .utf8))
    }

    @Test("the dialogues are there")
    func thereAreDialogues() { #expect(Self.names.count >= 60) }

    @Test("a dialogue goes as it is written", arguments: names)
    func whole(_ name: String) throws {
        try Self.transcript(name).play(against: SMTPTranscriptPeer(Self.configuration))
    }

    @Test("a dialogue goes the same when its octets come one by one, in twos, in sevens, and cut at each place", arguments: names)
    func cut(_ name: String) throws {
        let transcript = try Self.transcript(name)
        guard !transcript.steps.contains(where: { $0.step == .fact(connection: 1, ["whole"]) }) else { return }
        for size in [1, 2, 7] { try transcript.play(against: SMTPTranscriptPeer(Self.configuration, cut: .octets(size))) }
        let sent = transcript.steps.reduce(0) { sum, step in
            if case .send(_, let octets) = step.step { sum + octets.count } else { sum }
        }
        for place in stride(from: 1, to: max(sent, 2), by: sent / 400 + 1) {
            try transcript.play(against: SMTPTranscriptPeer(Self.configuration, cut: .at(place)))
        }
    }
}
