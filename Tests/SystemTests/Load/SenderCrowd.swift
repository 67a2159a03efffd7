// Several sending systems at once, each with its own connection and its own numbers.
import Foundation
import PostmasterTesting
import Synchronization

/// Threads that send numbered messages until they are told to stop, and connect again whenever the server is gone.
final class SenderCrowd: Sendable {
    private let deliveries: Deliveries
    private let port: Int
    private let isStopping = Atomic<Bool>(false)
    private let isPausing = Atomic<Bool>(false)
    private let done = DispatchGroup()

    /// Starts the threads. Odd ones send the next transaction's commands together with the end of a message (RFC 2920), even ones wait for each reply.
    init(_ threads: Int, port: Int, deliveries: Deliveries) {
        self.port = port
        self.deliveries = deliveries
        for thread in 0..<threads {
            done.enter()
            Thread.detachNewThread { [self] in
                var next = thread * 10_000_000 + 1
                while !isStopping.load(ordering: .relaxed) {
                    if isPausing.load(ordering: .relaxed) {
                        usleep(2_000)
                        continue
                    }
                    do {
                        try thread % 2 == 1 ? sendPipelined(&next) : sendInTurn(&next)
                    } catch { usleep(5_000) }
                }
                done.leave()
            }
        }
    }

    /// Holds the load back, or lets it go on.
    func pause(_ value: Bool) { isPausing.store(value, ordering: .relaxed) }

    /// Ends the load and waits for the threads.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        done.wait()
    }

    private var goesOn: Bool { !isStopping.load(ordering: .relaxed) && !isPausing.load(ordering: .relaxed) }

    private func sendInTurn(_ next: inout Int) throws {
        let client = try SMTPTestClient(port: port, seconds: 20)
        guard client.greeting.code == 220 else { return }
        for _ in 0..<50 where goesOn {
            let message = NumberedMessage(number: next)
            next += 1
            let stuffed = SMTPTestClient.stuffed(message.octets)
            deliveries.begin(message.number)
            do {
                let reply = try client.send(from: "proof@sender.example.org", to: message.recipients, stuffed: stuffed)
                deliveries.reply(message.number, code: reply.code)
            } catch {
                deliveries.broke(message.number)
                throw error
            }
        }
        client.quit()
    }

    private func sendPipelined(_ next: inout Int) throws {
        let client = try SMTPTestClient(port: port, seconds: 20)
        guard client.greeting.code == 220 else { return }
        func group(_ message: NumberedMessage) -> [UInt8] {
            Array(
                ("MAIL FROM:<proof@sender.example.org>\r\n" + message.recipients.map { "RCPT TO:<\($0)>\r\n" }.joined() + "DATA\r\n").utf8)
        }
        var message = NumberedMessage(number: next)
        next += 1
        try client.socket.send(group(message))
        for step in 0..<50 {
            for _ in 0...message.recipients.count { _ = try client.readReply() }
            guard try client.readReply().code == 354 else {
                client.quit()
                return
            }
            let isLast = step == 49 || !goesOn
            let following = NumberedMessage(number: next)
            deliveries.begin(message.number)
            do {
                try client.socket.send(SMTPTestClient.stuffed(message.octets) + (isLast ? Array("QUIT\r\n".utf8) : group(following)))
                deliveries.reply(message.number, code: try client.readReply().code)
            } catch {
                deliveries.broke(message.number)
                throw error
            }
            if isLast { return }
            message = following
            next += 1
        }
    }
}
