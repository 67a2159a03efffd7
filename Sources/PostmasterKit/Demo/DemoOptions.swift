// What the demo's command line can change.

/// Choices of `postmaster demo`.
package struct DemoOptions: Sendable {
    /// The folder of the demo's state.
    package var folder = ".demo"
    /// Added to every port, so that several demos run side by side.
    package var portOffset = 0
    /// One password for all demo accounts; nil: each has its own, made at the first start.
    package var password: String?
    /// True: no text about what to try, and warnings only in the log.
    package var isQuiet = false

    package init() {}
}
