// SEARCH with result options (RFC 9051 §6.4.4, RFC 4731, RFC 5182, RFC 7162 §3.1.5).
import Measurement
import IMAPProtocol
import MailFormat
import Mailboxes

extension IMAPSession {
    func search(_ request: SearchRequest, tag: OctetString, _ out: inout ResponseWriter) async throws -> StatusResponse {
        let charset = request.charset ?? "UTF-8"
        guard SearchText.isKnown(charset) else { throw CommandRefusal(.no(.searchedCharsets, .badCharset(["US-ASCII", "UTF-8"]))) }
        for option in request.returning ?? [] {
            if case .other = option { throw CommandRefusal(.bad(.conditionUnknown)) }
            // todo(RFC 9394): PARTIAL has its own issue.
            if case .partial = option { throw CommandRefusal(.bad(.conditionUnknown)) }
        }
        let selected = try self.current()
        if request.key.namesModSequence { self.useModSequences(&out.buffer) }
        let view = selected.live.view
        let context = SearchContext(
            view: view, session: selected.view, recent: selected.recent, savedResult: self.savedResult, charset: charset, now: self.service.clock.seconds)
        guard let condition = SearchCondition(request.key, context) else { throw CommandRefusal(.bad(.wrongArguments)) }
        let found = SearchRun(condition, view, selected.view.uids, recent: selected.recent, store: self.store).indexes()

        let savesResult = request.returning?.contains(.save) ?? false
        if savesResult { self.savedResult = Self.saved(found, request.returning ?? [], selected.view) }
        let named = request.isUID ? selected.view.uids(at: found).ranges : found.map { UInt32(truncatingIfNeeded: $0.lowerBound + 1)...UInt32(truncatingIfNeeded: $0.upperBound) }
        var modSequence: UInt64?
        if request.key.namesModSequence {
            modSequence = Self.highestModSequence(Self.ends(found, request.returning), selected.view, view)
        }

        // IMAP4rev2 answers with ESEARCH always (RFC 9051 §6.4.4).
        guard request.returning != nil || self.machine.isRev2 else {
            out.buffer.append(search: named, modSequence: modSequence)
            return .ok(.completed)
        }
        let returning = request.returning ?? [.all]
        // SAVE alone asks for no response (RFC 9051 §6.4.4.1).
        if returning == [.save] { return .ok(.completed) }
        var result = ExtendedSearchResult()
        for option in returning {
            switch option {
            case .min: result.minimum = named.first?.lowerBound
            case .max: result.maximum = named.last?.upperBound
            case .all: result.all = named
            case .count: result.count = named.reduce(0) { $0 + $1.count }
            case .save, .partial, .other: break
            }
        }
        result.modSequence = named.isEmpty ? nil : modSequence
        out.buffer.append(extendedSearch: result, tag: tag, isUID: request.isUID)
        return .ok(.completed)
    }

    /// What `$` is after SAVE: with MIN or MAX alone only those (RFC 9051 §6.4.4.1 table).
    private static func saved(_ found: [Range<Int>], _ returning: [SearchReturnOption], _ view: SessionView) -> UIDSet {
        let uids = view.uids(at: found)
        guard !returning.contains(.all), !returning.contains(.count), returning.contains(.min) || returning.contains(.max) else { return uids }
        var ends: [UInt32] = []
        if returning.contains(.min), let first = uids.first { ends.append(first) }
        if returning.contains(.max), let last = uids.last { ends.append(last) }
        return UIDSet(ends)
    }

    /// The messages whose mod-sequence counts: all that were found, or with MIN and MAX alone only those (RFC 4731 §3.2).
    private static func ends(_ found: [Range<Int>], _ returning: [SearchReturnOption]?) -> [Range<Int>] {
        guard let returning, !returning.contains(.all), !returning.contains(.count), let first = found.first, let last = found.last else { return found }
        var ends: [Range<Int>] = []
        if returning.contains(.min) { ends.append(first.lowerBound..<(first.lowerBound + 1)) }
        if returning.contains(.max) { ends.append((last.upperBound - 1)..<last.upperBound) }
        return ends.isEmpty ? found : ends
    }

    private static func highestModSequence(_ found: [Range<Int>], _ session: SessionView, _ view: MailboxView) -> UInt64? {
        let places = PlaceFinder(session.uids, view.columns.uids)
        var highest: UInt64?
        for range in found {
            for index in range {
                if let place = places.place(at: index) { highest = max(highest ?? 0, view.columns.modSeqs[place]) }
            }
        }
        return highest
    }
}

extension SearchKey {
    /// Whether a MODSEQ condition is in it (RFC 7162 §3.1.5).
    var namesModSequence: Bool {
        switch self {
        case .modSequence: true
        case .not(let key), .fuzzy(let key): key.namesModSequence
        case .or(let left, let right): left.namesModSequence || right.namesModSequence
        case .and(let keys): keys.contains(where: \.namesModSequence)
        default: false
        }
    }
}
