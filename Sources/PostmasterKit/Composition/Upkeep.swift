// What has to be done now and then while the complex runs: foreign changes, compaction.
import Accounts
import Logging
import Mailboxes
import ServiceLifecycle
import Storage

/// Looks every second whether another process has changed accounts or mailboxes, and every ten minutes whether a segment is worth compacting.
struct Upkeep: Service {
    let stores: Stores
    let logger: Logger
    /// A sealed segment is written again when this share of it may be dead.
    private static let deadShare = 0.5
    private static let compactionInterval = 600

    func run() async throws {
        var seconds = 0
        for await _ in AsyncTimer(interval: .seconds(1)).cancelOnGracefulShutdown() {
            stores.accounts.refresh()
            do { try await stores.mail.absorbForeignChanges() } catch {
                logger.warning("mailboxes could not be compared with the store", metadata: ["reason": "\(error)"])
            }
            await clearRemovedAccounts()
            seconds += 1
            if seconds % Self.compactionInterval == 0 { await compact() }
        }
    }

    /// Mail of accounts that a command has removed goes when nobody can be reading it any more.
    private func clearRemovedAccounts() async {
        do {
            for id in try await stores.accounts.removedAccounts() {
                try await stores.mail.removeAccountMailboxes(MailboxOwner(rawValue: id.rawValue))
                try await stores.accounts.forgetRemoved(id)
            }
        } catch { logger.warning("mail of removed accounts could not be cleared away yet", metadata: ["reason": "\(error)"]) }
    }

    private func compact() async {
        do {
            for (segment, dead) in try await stores.mail.deadOctets().prefix(16) {
                guard segment < stores.log.end.segment, Double(dead) >= Self.deadShare * Double(SegmentLogConfiguration().segmentSize) else { continue }
                guard let live = try await stores.mail.liveBlobs(inSegments: [segment]) else { continue }
                let won = try stores.log.compact(segment: segment, live: live)
                try await stores.mail.compacted(segment)
                logger.info("segment compacted", metadata: ["segment": "\(segment)", "octets": "\(won)"])
            }
        } catch { logger.error("compaction failed; nothing is lost, it is tried again", metadata: ["reason": "\(error)"]) }
    }
}

/// Ticks until it is cancelled.
struct AsyncTimer: AsyncSequence, Sendable {
    let interval: Duration

    struct AsyncIterator: AsyncIteratorProtocol {
        let interval: Duration
        mutating func next() async -> Void? {
            do { try await Task.sleep(for: interval) } catch { return nil }
            return ()
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(interval: interval) }
}
