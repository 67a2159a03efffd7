// The comparison of what was acknowledged with what can be read.
import PostmasterTesting

/// Reads every message of the accounts over IMAP and compares.
struct Reckoning: CustomStringConvertible {
    var acknowledged = 0
    var found = 0
    var lost = 0
    var duplicated = 0
    var corrupted = 0
    /// Messages that nobody has sent, or that somebody else should have got.
    var strange = 0
    /// Messages that were neither acknowledged nor refused and are there, once.
    var unacknowledged = 0
    /// Of those that were refused, there nevertheless.
    var refused = 0
    var examples: [String] = []

    init(_ deliveries: Deliveries, _ process: PostmasterProcess) throws {
        let acknowledged = deliveries.acknowledged
        let unknown = deliveries.unknown
        let refused = deliveries.refused
        self.acknowledged = acknowledged.count
        for account in PostmasterProcess.accounts {
            var seen: Set<Int> = []
            let client = try process.imap(account)
            let box = try client.select("INBOX")
            var last = 0
            var first = 1
            while first < box.next {
                for message in try client.messages(first, String(first + 499)) {
                    if message.uid <= last { note(\.corrupted, "\(account): UID \(message.uid) after \(last)") }
                    last = message.uid
                    guard let number = NumberedMessage.number(in: message.octets) else {
                        note(\.strange, "\(account): UID \(message.uid) has no number")
                        continue
                    }
                    let expected = NumberedMessage(number: number)
                    guard expected.recipients.contains(account) else {
                        note(\.strange, "\(account): \(number) is not for it")
                        continue
                    }
                    if !TracePrefix.isTrace(message.octets, before: expected.octets) { note(\.corrupted, "\(account): \(number) differs") }
                    if !seen.insert(number).inserted { note(\.duplicated, "\(account): \(number) twice") }
                    if acknowledged.contains(number) {
                        found += 1
                    } else if unknown.contains(number) {
                        unacknowledged += 1
                    } else if refused[number] != nil {
                        note(\.refused, "\(account): \(number) was refused with \(refused[number] ?? 0)")
                    } else {
                        note(\.strange, "\(account): \(number) was never sent")
                    }
                }
                first += 500
            }
            if box.exists != seen.count + duplicated { note(\.strange, "\(account): \(box.exists) messages exist, \(seen.count) are there") }
            for number in acknowledged where NumberedMessage(number: number).recipients.contains(account) && !seen.contains(number) {
                note(\.lost, "\(account): \(number) lost")
            }
            client.logout()
        }
    }

    private mutating func note(_ counter: WritableKeyPath<Reckoning, Int>, _ example: String) {
        self[keyPath: counter] += 1
        if examples.count < 20 { examples.append(example) }
    }

    var isClean: Bool { lost == 0 && duplicated == 0 && corrupted == 0 && strange == 0 }

    var description: String {
        "acknowledged \(acknowledged), lost \(lost), duplicated \(duplicated), corrupted \(corrupted), strange \(strange), "
            + "there without acknowledgement \(unacknowledged)" + (examples.isEmpty ? "" : "; \(examples.joined(separator: "; "))")
    }
}
