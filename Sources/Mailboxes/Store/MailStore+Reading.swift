// The octets of messages and what was worked out of them at arrival.
import MailFormat
package import Storage

extension MailStore {
    /// A message as the recipient sees it.
    /// - Throws: `.lost` where it is gone or damaged, `.storage`. Reads the disk: never on an event loop.
    package func message(_ blob: BlobID, ordinal: UInt16) throws(MailStoreError) -> StoredMessage {
        let entry: JournalEntry
        do throws(StorageError) { entry = try self.log.entry(of: blob) } catch { throw Self.error(error) }
        guard entry.kind == MailJournalKind.delivery || entry.kind == MailJournalKind.appended, let head = JournalHead(entry.head),
            let envelope = head.envelope()
        else { throw MailStoreError(.lost, "record \(blob) is no message") }
        return StoredMessage(prefix: envelope.prefix(ordinal: ordinal), octets: entry.octets)
    }

    /// `MessageSummary.encoded()` of a message: kept since its arrival, or worked out now.
    /// - Throws: `.lost`, `.storage`.
    package func summary(_ blob: BlobID) throws(MailStoreError) -> [UInt8] {
        let octets: [UInt8]
        do throws(StorageError) { octets = try self.log.head(of: blob) } catch { throw Self.error(error) }
        guard let range = JournalHead.summary(in: octets.span) else { throw MailStoreError(.lost, "record \(blob) is no message") }
        if SummaryLayout(octets.span.extracting(range)) != nil { return Array(octets[range]) }
        // Of another version, or never made.
        let entry: JournalEntry
        do throws(StorageError) { entry = try self.log.entry(of: blob) } catch { throw Self.error(error) }
        let tree = MIMETree.parse(entry.octets.span)
        return MessageSummary.render(entry.octets.span, tree).encoded()
    }

    /// Lends the summaries of many messages, one after the other and without a copy where they are kept; nil for a message that is lost.
    package func withSummaries(_ blobs: [BlobID], _ body: (_ index: Int, _ summary: Span<UInt8>?) throws -> Void) throws {
        for (index, blob) in blobs.enumerated() {
            if let octets = try? self.log.head(of: blob), let range = JournalHead.summary(in: octets.span),
                SummaryLayout(octets.span.extracting(range)) != nil
            {
                try body(index, octets.span.extracting(range))
            } else if let made = try? self.summary(blob) {
                try body(index, made.span)
            } else {
                try body(index, nil)
            }
        }
    }

    private static func error(_ error: StorageError) -> MailStoreError {
        switch error.kind {
        case .missing, .damaged: MailStoreError(.lost, error.detail)
        default: MailStoreError(error)
        }
    }
}
