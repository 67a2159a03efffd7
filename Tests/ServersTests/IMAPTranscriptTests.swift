// Golden IMAP dialogues (Tests/Transcripts/imap) against a live server on loopback over a real store.
import Servers
import Foundation
import PostmasterTesting
import Testing

/// A live server as the other side of a dialogue. Connections are made when they first speak or are listened to.
private final class LivePeer: TranscriptPeer {
    private let port: UInt16
    private var clients: [Int: IMAPTestClient] = [:]
    /// Lines of a response that holds literals, still to be given.
    private var pending: [Int: [String]] = [:]

    init(port: UInt16) { self.port = port }

    private func client(_ connection: Int) throws -> IMAPTestClient {
        if let client = self.clients[connection] { return client }
        let client = try IMAPTestClient(port: self.port, patience: 10)
        self.clients[connection] = client
        return client
    }

    func send(_ octets: [UInt8], connection: Int) throws { try self.client(connection).send(octets) }

    func nextLine(connection: Int) throws -> String? {
        if var lines = self.pending[connection], !lines.isEmpty {
            let line = lines.removeFirst()
            self.pending[connection] = lines
            return line
        }
        guard let whole = try self.client(connection).text() else { return nil }
        var lines = whole.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let first = lines.removeFirst()
        self.pending[connection] = lines
        return first
    }

    /// `@ signed-in`, `@ silence`.
    func fact(_ words: [String], connection: Int) throws {
        switch words.first {
        case "signed-in": try self.client(connection).signIn(words.count > 1 ? words[1] : IMAPTestServer.user)
        case "closed":
            if let line = try self.client(connection).text() { throw TranscriptFailure("still open, said \(line)") }
        case "silence":
            let client = try self.client(connection)
            client.wait(seconds: 0, milliseconds: 200)
            defer { client.wait(seconds: 60) }
            if let line = client.text() { throw TranscriptFailure("should be silent, said \(line)") }
        default: throw TranscriptFailure("unknown fact \(words)")
        }
    }
}

@Suite("IMAP dialogues")
struct IMAPTranscriptTests {
    static let transcripts: [Transcript] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Transcripts/imap")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }.compactMap { file in
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
            do {
                return try Transcript(name: file.deletingPathExtension().lastPathComponent, text: text)
            } catch {
                Issue.record("\(error)")
                return nil
            }
        }
    }()

    @Test("A dialogue goes as it is written", arguments: transcripts)
    func play(_ transcript: Transcript) async throws {
        try await withIMAPServer { server in
            let port = server.server.port
            try await onThread { try transcript.play(against: LivePeer(port: port)) }
        }
    }

    @Test("There are dialogues")
    func exist() { #expect(Self.transcripts.count >= 10) }
}
