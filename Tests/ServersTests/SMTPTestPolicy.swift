// A policy for tests: answers from a closure, remembers what it was told.
import Catalogue
import Dispatch
import Logging
import MailFormat
import NIOPosix
import SMTPProtocol
import Synchronization

@testable import Servers

/// When an answer is given.
enum TestAnswer: Sendable {
    case now(Answer)
    /// From another thread, after so many milliseconds.
    case later(Answer, milliseconds: Int)
    case never
}

/// Remembers everything, answers what it was made to answer.
final class TestPolicy: SMTPPolicy {
    struct Seen: Sendable {
        var facts: [ConnectionFacts] = []
        var questions: [Question] = []
        var messages: [MessageContext] = []
        var summaries: [SessionSummary] = []
        var tls: [TLSFacts] = []
    }

    let seen = Mutex(Seen())
    let answer: @Sendable (Question) -> TestAnswer

    init(_ answer: @escaping @Sendable (Question) -> TestAnswer = { _ in .now(.accept) }) { self.answer = answer }

    func session(_ facts: ConnectionFacts) -> any SMTPSession {
        seen.withLock { $0.facts.append(facts) }
        return TestSession(self)
    }

    var messages: [String] { seen.withLock { $0.messages.map { String(decoding: $0.octets, as: UTF8.self) } } }

    /// The summaries, once there are so many or time is up.
    func summaries(_ count: Int) -> [SessionSummary] {
        for _ in 0..<500 {
            let summaries = seen.withLock { $0.summaries }
            if summaries.count >= count { return summaries }
            usleep(10_000)
        }
        return seen.withLock { $0.summaries }
    }

    private final class TestSession: SMTPSession {
        let policy: TestPolicy

        init(_ policy: TestPolicy) { self.policy = policy }

        func secured(_ tls: TLSFacts) { policy.seen.withLock { $0.tls.append(tls) } }

        func consult(_ question: Question, message: MessageContext?, completion: @escaping @Sendable (Answer) -> Void) {
            policy.seen.withLock {
                $0.questions.append(question)
                if let message { $0.messages.append(message) }
            }
            switch policy.answer(question) {
            case .now(let answer): completion(answer)
            case .later(let answer, let milliseconds):
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { completion(answer) }
            case .never: break
            }
        }

        func ended(_ summary: SessionSummary) { policy.seen.withLock { $0.summaries.append(summary) } }
    }
}

/// Settings that tests change.
struct TestSetting {
    var configuration: SMTPListenerConfiguration
    var resources: ServerResources

    init() throws {
        let names = OperatorNames(service: "Example.net", operatorName: "Example", site: "https://postmaster.example.net", submission: "submit.example.net:587")
        configuration = SMTPListenerConfiguration(
            name: "test", address: .tcp(.v4(0x7f00_0001), port: 0), server: ServerConfiguration(hostName: "mx.example.net", names: names))
        configuration.timeouts.precision = .milliseconds(10)
        configuration.server.softErrorLimit = 1000
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        resources = ServerResources(group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }
}

/// Runs a server for the time of `body`.
func withServer(
    _ policy: TestPolicy, _ change: (inout TestSetting) throws -> Void = { _ in }, _ body: (SMTPServer) async throws -> Void
) async throws {
    var setting = try TestSetting()
    try change(&setting)
    let server = try await SMTPServer.start(setting.configuration, policy: policy, resources: setting.resources)
    do {
        try await body(server)
    } catch {
        await server.shutDown(within: .milliseconds(100))
        throw error
    }
    await server.shutDown(within: .milliseconds(100))
}
