// FETCH (RFC 9051 §6.4.5, RFC 3501 §6.4.5, RFC 7162 §3.1.4): which messages, `\Seen`, and the loop over them.
import IMAPProtocol
import Mailboxes
import Storage

extension IMAPSession {
    func fetch(_ request: FetchRequest, _ out: inout ResponseWriter) async throws -> StatusResponse {
        var plan = FetchPlan(request)
        guard plan.isKnown else { throw CommandRefusal(.bad(.conditionUnknown)) }
        if plan.usesModSequences { self.useModSequences(&out.buffer) }
        let indexes = try self.indexes(request.messages, isUID: request.isUID, try self.current().view)
        try await self.markSeen(indexes, &plan, &out)
        let selected = try self.current()
        let view = selected.live.view
        var run = FetchRun(plan: plan, uids: selected.view.uids, view: view, recent: selected.recent)
        if plan.needsOctets {
            try await self.fetchOctets(indexes, &run, &out)
        } else if plan.needsSummary {
            try await self.fetchSummaries(indexes, &run, &out)
        } else {
            for range in indexes {
                for index in range {
                    guard let place = run.wanted(index) else { continue }
                    run.begin(index, &out.buffer)
                    for item in plan.items { run.append(item, at: place, &out.buffer) }
                    run.end(at: place, &out.buffer)
                    if out.buffer.count >= ResponseWriter.pieceOctets { try await out.flush() }
                }
            }
        }
        self.noteTold(plan, indexes, view)
        if run.isUnknownEncoding { return .no(.unknownTransferEncoding, .unknownCTE) }
        if run.lostCount > 0 { return .no(.unavailableParts, .corruption) }
        // Messages that are gone and not told to be: the client learns it at the next moment that allows EXPUNGE (RFC 9051 §7.1).
        return run.goneCount > 0 ? .no(.expungedMeanwhile, .expungeIssued) : .ok(.completed)
    }

    /// Sets `\Seen` where the items ask for it (RFC 9051 §6.4.5), before they are written, so that the flags stand beside them.
    private func markSeen(_ indexes: [Range<Int>], _ plan: inout FetchPlan, _ out: inout ResponseWriter) async throws {
        guard plan.setsSeen, let selected = self.selected, !selected.isReadOnly else { return }
        let columns = selected.live.view.columns
        let places = PlaceFinder(selected.view.uids, columns.uids)
        var unseen: [UInt32] = []
        for range in indexes {
            for index in range {
                if let place = places.place(at: index), columns.flags[place] & Flags.seen.rawValue == 0 { unseen.append(columns.uids[place]) }
            }
        }
        guard !unseen.isEmpty else { return }
        let stored = try await self.store.store(.add, FlagList(.seen), of: UIDSet(unseen), in: selected.live)
        plan.seenNow = stored.changed
        if let gathered = self.selected?.news.take() { self.putBack(gathered, &out) }
    }

    /// The flags of these messages have just been told as they are in `view`.
    private func noteTold(_ plan: FetchPlan, _ indexes: [Range<Int>], _ view: MailboxView) {
        guard let news = self.selected?.view, news.hasNews else { return }
        // A change since then stays to be told.
        guard self.selected?.live.highestModSeq == view.highestModSeq else { return }
        for range in plan.seenNow.ranges {
            for uid in range { self.selected?.view.told(uid) }
        }
        guard plan.tellsFlags else { return }
        for range in indexes {
            for index in range { self.selected?.view.told(news.uids[index]) }
        }
    }

    /// ENVELOPE and BODYSTRUCTURE come from the journal as they were written at arrival.
    private func fetchSummaries(_ indexes: [Range<Int>], _ run: inout FetchRun, _ out: inout ResponseWriter) async throws {
        let items = run.plan.items
        var batch: [(index: Int, place: Int)] = []
        var blobs: [BlobID] = []
        for range in indexes {
            for index in range {
                if let place = run.wanted(index) {
                    batch.append((index, place))
                    blobs.append(BlobID(rawValue: run.view.columns.blobs[place]))
                }
                guard batch.count >= 64 || (index + 1 == range.upperBound && !batch.isEmpty) else { continue }
                try self.store.withSummaries(blobs) { position, summary in
                    let (index, place) = batch[position]
                    guard let summary else {
                        run.lostCount += 1
                        return
                    }
                    run.begin(index, &out.buffer)
                    for item in items { run.append(item, at: place, summary: summary, &out.buffer) }
                    run.end(at: place, &out.buffer)
                }
                batch.removeAll(keepingCapacity: true)
                blobs.removeAll(keepingCapacity: true)
                if out.buffer.count >= ResponseWriter.pieceOctets { try await out.flush() }
            }
        }
    }

    /// Everything that needs the message itself.
    private func fetchOctets(_ indexes: [Range<Int>], _ run: inout FetchRun, _ out: inout ResponseWriter) async throws {
        for range in indexes {
            for index in range {
                guard let place = run.wanted(index) else { continue }
                let blob = BlobID(rawValue: run.view.columns.blobs[place])
                let stored: StoredMessage
                do {
                    stored = try self.store.message(blob, ordinal: run.view.columns.ordinals[place])
                } catch {
                    run.lostCount += 1
                    continue
                }
                var source = MessageSource(stored.whole)
                var pieces: [MessagePiece] = []
                pieces.reserveCapacity(run.plan.items.count)
                for item in run.plan.items { pieces.append(source.piece(item)) }
                if pieces.contains(where: \.isUnknownEncoding) {
                    run.isUnknownEncoding = true
                    continue
                }
                let summary = run.plan.needsSummary ? try? self.store.summary(blob) : nil
                run.begin(index, &out.buffer)
                for (item, piece) in zip(run.plan.items, pieces) {
                    switch piece {
                    case .none:
                        if let summary {
                            run.append(item, at: place, summary: summary.span, &out.buffer)
                        } else {
                            run.append(item, at: place, &out.buffer)
                        }
                    case .unknownEncoding: continue
                    case .absent:
                        run.separate(&out.buffer)
                        run.appendName(item, &out.buffer)
                        out.buffer.append(" NIL")
                    case .size(let count):
                        run.separate(&out.buffer)
                        run.appendSize(item, count, &out.buffer)
                    case .octets(let octets, let isBinary):
                        run.separate(&out.buffer)
                        run.appendName(item, &out.buffer)
                        out.buffer.space()
                        out.buffer.appendMark(count: octets.count, isBinary: isBinary)
                        try await out.write(octets)
                    case .structure(let octets):
                        run.separate(&out.buffer)
                        run.appendName(item, &out.buffer)
                        out.buffer.space()
                        out.buffer.append(octets)
                    }
                }
                run.end(at: place, &out.buffer)
                try await out.flushIfFull()
            }
        }
    }
}
