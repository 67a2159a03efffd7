// What an operator may tune of the ledger.

/// Settings of the ledger.
package struct LedgerConfiguration: Sendable {
    /// Days that decisions are kept.
    package var retentionDays = 30
    /// Records that may wait for the disk; beyond it records are dropped and counted, never mail.
    package var waitingLimit = 50_000
    /// How long records gather before a batch is written, in milliseconds.
    package var gathering = 200

    package init() {}
}
