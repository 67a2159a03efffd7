// What an operator may set about accounts.
package import MailFormat

/// Settings of the room Accounts.
package struct AccountsConfiguration: Sendable {
    /// The octet between a local part and its detail (RFC 5233); nil switches details off.
    package var subaddressSeparator: UInt8? = UInt8(ascii: "+")
    /// The account that gets mail to postmaster and abuse of hosted domains without such an address (RFC 5321 §4.5.1, RFC 2142).
    package var postmaster: EmailAddress?
    /// Octets a new account may keep; 0 for no limit.
    package var quota: Int64 = 1 << 30
    package var passwordCost = PasswordCost()
    /// Threads that check passwords.
    package var passwordThreads = 2
    /// Checks that may wait for one of them; beyond this number the answer is `.busy`.
    package var passwordsWaiting = 1000
    /// Addresses whose resolution is remembered.
    package var resolutionCacheSize = 100_000
    /// Successful sign-ins that are remembered.
    package var signInCacheSize = 10_000
    /// For how long.
    package var signInCacheTime: Duration = .seconds(600)

    package init() {}
}
