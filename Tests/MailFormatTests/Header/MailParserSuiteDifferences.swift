// Where we read a header of the mail-parser suite in another way than that library, and why.

/// Places in the tables (counted from zero) and reasons.
enum MailParserSuiteDifferences {
    static let address: [Int: String] = [
        9: "RFC 5322 §3.2.1: a backslash quotes the octet behind it and no other, here a line end; the parenthesis after the fold closes the comment.",
        10: "A comment on the name of a group, and one after the last group, are no part of a name and no address.",
        11: "A comment is no member of a group.",
        13: "Blanks about the dots of an obsolete domain (RFC 5322 §4.4) are no part of the domain.",
        14: "Blanks and comments about the dots of an obsolete domain are no part of the domain.",
    ]
    static let date: [Int: String] = [
        12: "Six numbers without a colon are no time.",
        28: "A whole Received field is no date; TraceField finds the date in it.",
    ]
    static let id: [Int: String] = [
        6: "Blanks within an obsolete id are removed (RFC 5322 §4.5.4), so that it compares equal with its unfolded form.",
        10: "Without brackets and without @ a word is no message id.",
    ]
    static let list: [Int: String] = [:]
    private static let inserted = "RFC 2047 §6.2 shows what stands before an encoded word as it is; no blank is made up."
    static let unstructured: [Int: String] = [21: inserted, 22: inserted, 27: inserted, 28: inserted]

    private static let notAType = "RFC 2045 §5.1: types are tokens of ASCII without `=` and `/`; what follows the token is not part of it."
    static let contentType: [Int: String] = [
        31: "RFC 2231 §4.1: only the first segment names a charset; in later ones the quote is text.",
        34: "RFC 2047 §6.2: blanks between encoded words are dropped, in quotes too where the words are decoded at all.",
        47: notAType, 48: notAType, 54: notAType, 58: notAType,
        61: "Names with more stars than RFC 2231 §7 has are names of their own, not guesses at what was meant.",
        76: notAType, 77: notAType, 78: notAType,
    ]

    private static let microsoft = "The protocol is the word after `with`, `Microsoft`; the suite looks further for a name it knows."
    private static let bracketedProtocol = "The protocol is the word after `with`; the suite looks for a name it knows in a bracketed text."
    private static let vendorProtocol = "The protocol is kept as it is named; the suite cuts it down to the nearest registered name."
    private static let slash = "A word does not end at a slash."
    private static let asctime = "The suite cannot read a date that begins with the month (asctime); we can."
    private static let century = "RFC 5322 §4.3: two digits below 50 are years after 2000."
    private static let zone = "RFC 5322 §4.3 zone names count here too."
    private static let comment = "What stands in a comment is no clause (RFC 5321 §4.4)."
    private static let ident = "The address behind an ident answer (`user@address`) is the client's address."
    static let received: [Int: String] = [
        13: asctime,
        18: microsoft,
        19: microsoft,
        20: microsoft,
        21: microsoft,
        22: microsoft,
        23: microsoft,
        24: microsoft,
        26: bracketedProtocol,
        27: bracketedProtocol,
        28: slash,
        29: slash,
        30: slash,
        31: vendorProtocol,
        32: vendorProtocol,
        33: vendorProtocol,
        64: ident,
        67: zone,
        71: microsoft,
        86: ident,
        87: ident,
        89: century,
        90: century,
        95: vendorProtocol,
        97: ident,
        98: vendorProtocol,
        107: "The port behind the literal stays part of the name.",
        113: vendorProtocol,
        116: ident,
        117: asctime,
        118: asctime,
        119: ident,
        121: vendorProtocol,
        123: "Of a clause given twice the first counts: `by alpha by uid 7791`.",
        125: slash,
        128: century,
        144: "Fractions of a second do not make us lose the seconds.",
        147: vendorProtocol,
        149: vendorProtocol,
        151: asctime,
        153: "A recipient without domain is a recipient.",
        156: microsoft,
        161: comment,
        162: comment,
        163: zone,
        165: comment,
        171: comment,
    ]
}
