// Answers from a table: for the demo, which has no network, and for tests.

/// A resolver that knows one table of names and nothing else: what is not in it does not exist.
package struct ZoneResolver: Resolver {
    private let zone: ZoneText

    /// Aliases that lead to aliases are followed this far, then the answer is a failure, as of a loop.
    private static let aliasLimit = 8

    package init(_ zone: ZoneText) { self.zone = zone }

    package func answer(_ question: Question, deadline: ContinuousClock.Instant) async throws(ResolverError) -> Answer {
        var name = question.name
        for _ in 0...Self.aliasLimit {
            switch zone.troubles[name] {
            case .failure: throw .serverFailure
            case .timeout:
                do { try await Task.sleep(until: deadline, clock: .continuous) } catch { throw .cancelled }
                throw .timeout
            case nil: break
            }
            guard zone.names.contains(name) else { return .nameError }
            let records = zone.records[name] ?? []
            let wanted = records.filter { $0.type == question.type }
            if !wanted.isEmpty { return .records(wanted, canonicalName: name) }
            let alias = records.lazy.compactMap { record -> DomainName? in
                if case .cname(let target) = record { target } else { nil }
            }.first
            guard let alias else { return .noData }
            name = alias
        }
        throw .serverFailure
    }
}
