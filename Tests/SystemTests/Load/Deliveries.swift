// What senders know: which messages were acknowledged, refused, or neither when the connection broke.
import PostmasterTesting
import Synchronization

/// The books of a load: written by sender threads, read at the end.
final class Deliveries: Sendable {
    private struct Books {
        var acknowledged: Set<Int> = []
        var refused: [Int: Int] = [:]
        var open: Set<Int> = []
        var unknown: Set<Int> = []
        var perMailbox: [String: Int] = [:]
    }
    private let books = Mutex(Books())

    /// The end of the message is about to be sent.
    func begin(_ number: Int) { books.withLock { _ = $0.open.insert(number) } }

    /// A reply has come.
    func reply(_ number: Int, code: Int) {
        books.withLock { books in
            books.open.remove(number)
            if code == 250 {
                books.acknowledged.insert(number)
                for recipient in NumberedMessage(number: number).recipients { books.perMailbox[recipient, default: 0] += 1 }
            } else {
                books.refused[number] = code
            }
        }
    }

    /// The connection broke before a reply: the message may have been taken or not.
    func broke(_ number: Int) {
        books.withLock { books in
            if books.open.remove(number) != nil { books.unknown.insert(number) }
        }
    }

    var acknowledged: Set<Int> { books.withLock { $0.acknowledged } }
    var count: Int { books.withLock { $0.acknowledged.count } }
    var refused: [Int: Int] { books.withLock { $0.refused } }
    var unknown: Set<Int> { books.withLock { $0.unknown.union($0.open) } }
    func count(for account: String) -> Int { books.withLock { $0.perMailbox[account] ?? 0 } }
}
