// What an operator may tune of the embedded database.

/// Settings of the embedded database.
package struct DatabaseConfiguration: Sendable {
    /// Reader connections.
    package var readers = 4
    /// How long a writer waits for another process, in milliseconds.
    package var busyTimeout: Int = 10_000
    /// How long the group commit gathers company for a change that nobody waits for, in microseconds (at most 10 ms: architecture, State).
    package var gathering: Int = 8_000
    /// Changes waiting beyond this number are refused with `.busy`, so that memory stays bounded.
    package var waitingLimit = 100_000

    package init() {}
}
