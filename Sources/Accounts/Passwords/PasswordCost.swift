// What one check of a password costs.

/// The parameters of argon2id with one lane (RFC 9106 §4).
package struct PasswordCost: Sendable, Hashable {
    /// Octets of memory.
    package var memory: Int
    /// Passes over it.
    package var passes: Int

    /// 19 MiB and two passes.
    package init(memory: Int = 19 << 20, passes: Int = 2) {
        self.memory = max(8192, memory)
        self.passes = max(1, passes)
    }
}
