// Client-side rows of swift-nio-imap where we decide otherwise, each with the reason. Their number is asserted.

/// A row that is decided otherwise here.
struct GrammarDifference: Hashable {
    let rule: String
    let input: String
    let expect: String
    let reason: String
}

private let number = "a number names no FETCH item in RFC 9051 §9"
private let labels = "X-GM labels are one vendor's and not served"

/// Every difference.
let grammarDifferences: [GrammarDifference] = [
    GrammarDifference(rule: "fetchAttribute", input: "0", expect: "ok", reason: number),
    GrammarDifference(rule: "fetchAttribute", input: "42", expect: "ok", reason: number),
    GrammarDifference(rule: "storeData", input: "-X-GM-LABELS (bar)", expect: "ok", reason: labels),
    GrammarDifference(
        rule: "listSelectIndependentOption", input: "SPECIAL-USE", expect: "fail",
        reason: "one parser reads all selection options; SPECIAL-USE is one of them (RFC 6154 §6)"),
    GrammarDifference(rule: "newline", input: "\r", expect: "ok", reason: "a bare CR never ends a command here (RFC 9051 §2.2)"),
]
