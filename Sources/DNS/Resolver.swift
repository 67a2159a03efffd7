// Whoever answers questions about names.

/// Answers questions. Each has a deadline; nothing waits longer.
package protocol Resolver: Sendable {
    /// Answers one question, following aliases.
    func answer(_ question: Question, deadline: ContinuousClock.Instant) async throws(ResolverError) -> Answer
}
