// Where the strict grammar of RFC 5321 and the address suite of flanker disagree, and why.

/// Lines of the suite, and why our answer is another.
enum AddressSuiteDifferences {
    static let mailboxValid: [String: String] = [
        "bob@under_scope": "RFC 5321 §4.1.2 sub-domain has letters, digits and hyphens; no host that receives mail has an underscore in its name.",
        "Bill Gates <\"billy\"@retired.Micr!osoft99.com>": "RFC 5321 §4.1.2 sub-domain has no exclamation mark; RFC 5322 §3.4.1 dot-atom, which the suite follows, allows it.",
    ]
    static let mailboxInvalid: [String: String] = [
        "test@xn--example.com": "The grammar of RFC 5321 §4.1.2 is met; whether an A-label can be decoded is for name resolution to find.",
    ]
    static let literalValid: [String: String] = [:]
    static let literalInvalid: [String: String] = [:]
    static let localPartValid: [String: String] = [:]
    static let localPartInvalid: [String: String] = [:]
}
