// Server responses among the swift-nio-imap rows that our encoder writes: each must come out octet for octet.
import IMAPProtocol
import MailFormat

/// A row of server output, and how our encoder is made to write it.
struct EncodedRow: Sendable {
    let rule: String
    let input: String
    let write: @Sendable (inout ResponseBuffer) -> Void

    init(_ rule: String, _ input: String, _ write: @escaping @Sendable (inout ResponseBuffer) -> Void) {
        self.rule = rule
        self.input = input
        self.write = write
    }
}

private func code(_ input: String, _ code: ResponseCode) -> EncodedRow { EncodedRow("responseTextCode", input) { $0.append(code: code) } }

/// Writes an untagged line and keeps what stands between `* ` and the line end.
private func line(_ rule: String, _ input: String, _ write: @escaping @Sendable (inout ResponseBuffer) -> Void) -> EncodedRow {
    EncodedRow(rule, input) { buffer in
        var whole = ResponseBuffer()
        write(&whole)
        buffer.append(whole.octets.dropFirst(2).dropLast(2))
    }
}

private func values(_ input: String, _ values: [StatusValue]) -> EncodedRow {
    EncodedRow("mailboxStatus", input) { buffer in
        var whole = ResponseBuffer()
        whole.append(statusOf: "INBOX", values, isUTF8: false)
        buffer.append(whole.octets.dropFirst("* STATUS INBOX (".utf8.count).dropLast(3))
    }
}

private func search(_ input: String, _ change: @escaping @Sendable (inout ExtendedSearchResult) -> Void, rule: String = "searchReturnData") -> EncodedRow {
    EncodedRow(rule, input) { buffer in
        var result = ExtendedSearchResult()
        change(&result)
        var whole = ResponseBuffer()
        whole.append(extendedSearch: result, tag: "t", isUID: false)
        buffer.append(whole.octets.dropFirst("* ESEARCH (TAG \"t\") ".utf8.count).dropLast(2))
    }
}

private func extended(_ input: String, _ change: @escaping @Sendable (inout ExtendedSearchResult) -> Void) -> EncodedRow {
    EncodedRow("extendedSearchResponse", input) { buffer in
        var result = ExtendedSearchResult()
        change(&result)
        var whole = ResponseBuffer()
        whole.append(extendedSearch: result, tag: "col", isUID: true)
        buffer.append(whole.octets.dropFirst("* ESEARCH".utf8.count).dropLast(2))
    }
}

/// Every response row that is run against the encoder.
let encodedRows: [EncodedRow] = [
    code("ALERT", .alert), code("ALREADYEXISTS", .alreadyExists), code("APPENDUID 1234 4:5", .appendUID(uidValidity: 1234, [4...5])),
    code("AUTHENTICATIONFAILED", .authenticationFailed), code("AUTHORIZATIONFAILED", .authorizationFailed),
    code("BADCHARSET (UTF8 UTF9 UTF10)", .badCharset(["UTF8", "UTF9", "UTF10"])), code("BADCHARSET (UTF8)", .badCharset(["UTF8"])),
    code("BADCHARSET", .badCharset([])), code("CANNOT", .cannot), code("CAPABILITY IMAP4 IMAP4rev1", .capability(["IMAP4", "IMAP4rev1"])),
    code("CLIENTBUG", .clientBug), code("CLOSED", .closed), code("COMPRESSIONACTIVE", .compressionActive), code("CONTACTADMIN", .contactAdmin),
    code("COPYUID 443 3:5 6:8", .copyUID(uidValidity: 443, from: [3...5], to: [6...8])), code("CORRUPTION", .corruption), code("EXPIRED", .expired),
    code("EXPUNGEISSUED", .expungeIssued), code("HIGHESTMODSEQ 1", .highestModSequence(1)), code("INUSE", .inUse), code("LIMIT", .limit),
    code("MAILBOXID (F2212ea87-6097-4256-9d51-71338625)", .mailboxID("F2212ea87-6097-4256-9d51-71338625")), code("MODIFIED 1", .modified([1...1])),
    code("NOMODSEQ", .noModSequence), code("NONEXISTENT", .nonexistent), code("NOPERM", .noPermission), code("NOTSAVED", .notSaved),
    code("OVERQUOTA", .overQuota), code("PARSE", .parse), code("PERMANENTFLAGS ()", .permanentFlags([])),
    code("PERMANENTFLAGS (\\Answered \\Seen \\*)", .permanentFlags([.answered, .seen, Flag("\\*")])),
    code("PERMANENTFLAGS (\\Answered)", .permanentFlags([.answered])), code("PRIVACYREQUIRED", .privacyRequired), code("READ-ONLY", .readOnly),
    code("READ-WRITE", .readWrite), code("SERVERBUG", .serverBug), code("TRYCREATE", .tryCreate), code("UIDNEXT 12", .uidNext(12)),
    code("UIDNOTSTICKY", .uidNotSticky), code("UIDREQUIRED", .uidRequired), code("UIDVALIDITY 34", .uidValidity(34)),
    code("UNAVAILABLE", .unavailable), code("UNSEEN 56", .unseen(56)), code("USEATTR", .useAttribute),

    line("capabilityData", "CAPABILITY IMAP4rev1") { $0.append(capabilities: ["IMAP4rev1"]) },
    line("capabilityData", "CAPABILITY IMAP4 IMAP4rev1") { $0.append(capabilities: ["IMAP4", "IMAP4rev1"]) },
    line("capabilityData", "CAPABILITY FILTERS IMAP4") { $0.append(capabilities: ["FILTERS", "IMAP4"]) },
    line("capabilityData", "CAPABILITY FILTERS IMAP4rev1 ENABLE") { $0.append(capabilities: ["FILTERS", "IMAP4rev1", "ENABLE"]) },
    line("capabilityData", "CAPABILITY FILTERS IMAP4rev1 ENABLE IMAP4") { $0.append(capabilities: ["FILTERS", "IMAP4rev1", "ENABLE", "IMAP4"]) },
    line("responsePayload", "CAPABILITY ENABLE") { $0.append(capabilities: ["ENABLE"]) },
    line("enableData", "ENABLED") { $0.append(enabled: []) },
    line("enableData", "ENABLED ENABLE") { $0.append(enabled: ["ENABLE"]) },
    line("enableData", "ENABLED UTF8=ACCEPT") { $0.append(enabled: ["UTF8=ACCEPT"]) },
    line("enableData", "ENABLED ENABLE CONDSTORE") { $0.append(enabled: ["ENABLE", "CONDSTORE"]) },
    line("responsePayload", "ENABLED ENABLE") { $0.append(enabled: ["ENABLE"]) },
    line("responsePayload", "1 EXISTS") { $0.append(exists: 1) },
    line("responsePayload", "2 EXPUNGE") { if let number = SequenceNumber(2) { $0.append(expunge: number) } },
    line("responsePayload", "ID (\"key\" NIL)") { $0.append(identification: [IdentificationParameter(field: "key", value: nil)]) },
    line("idResponsePayload", "ID NIL") { $0.append(identification: []) },
    line("idResponsePayload", "ID (\"key\" NIL)") { $0.append(identification: [IdentificationParameter(field: "key", value: nil)]) },
    line("idResponsePayload", "ID (\"name\" \"Imap\" \"version\" \"1.5\")") {
        $0.append(identification: [IdentificationParameter(field: "name", value: "Imap"), IdentificationParameter(field: "version", value: "1.5")])
    },
    line("mailboxData", "FLAGS (\\seen \\draft)") { $0.append(definedFlags: [Flag("\\seen"), Flag("\\draft")]) },
    line("mailboxData", "1234 EXISTS") { $0.append(exists: 1234) },
    line("mailboxData", "5678 RECENT") { $0.append(recent: 5678) },
    line("mailboxData", "STATUS INBOX ()") { $0.append(statusOf: "INBOX", [], isUTF8: false) },
    line("mailboxData", "STATUS INBOX (MESSAGES 2)") { $0.append(statusOf: "INBOX", [StatusValue(.messages, 2)], isUTF8: false) },
    line("mailboxData", "SEARCH") { $0.append(search: []) },
    line("mailboxData", "SEARCH 1") { $0.append(search: [1...1]) },
    line("mailboxData", "SEARCH 1 2 3 4 5") { $0.append(search: [1...5]) },
    line("messageData", "3 EXPUNGE") { if let number = SequenceNumber(3) { $0.append(expunge: number) } },
    values("MESSAGES 1", [StatusValue(.messages, 1)]),
    values(
        "MESSAGES 1 RECENT 2 UIDNEXT 3 UIDVALIDITY 4 UNSEEN 5 SIZE 6 HIGHESTMODSEQ 7",
        [
            StatusValue(.messages, 1), StatusValue(.recent, 2), StatusValue(.uidNext, 3), StatusValue(.uidValidity, 4), StatusValue(.unseen, 5),
            StatusValue(.size, 6), StatusValue(.highestModSequence, 7),
        ]),
    values("APPENDLIMIT 257890", [StatusValue(.appendLimit, 257_890)]), values("APPENDLIMIT NIL", [StatusValue(.appendLimit, nil)]),
    values("SIZE 81630", [StatusValue(.size, 81_630)]),
    search("MIN 1") { $0.minimum = 1 }, search("MAX 2") { $0.maximum = 2 }, search("ALL 3") { $0.all = [3...3] }, search("COUNT 4") { $0.count = 4 },
    search("MODSEQ 4") { $0.modSequence = 4 },
    search("PARTIAL (1:10 108595)") { $0.partial = (ResultWindow(first: 1, last: 10, fromEnd: false), [108_595...108_595]) },
    search("PARTIAL (-2:-20 20:24,108595)") { $0.partial = (ResultWindow(first: 2, last: 20, fromEnd: true), [20...24, 108_595...108_595]) },
    search("PARTIAL (1:10 NIL)") { $0.partial = (ResultWindow(first: 1, last: 10, fromEnd: false), []) },
    search("PARTIAL (23500:24000 67,100:102)", { $0.partial = (ResultWindow(first: 23_500, last: 24_000, fromEnd: false), [67...67, 100...102]) }, rule: "searchReturnDataPartial"),
    search("PARTIAL (-55:-700 NIL)", { $0.partial = (ResultWindow(first: 55, last: 700, fromEnd: true), []) }, rule: "searchReturnDataPartial"),
    extended(" (TAG \"col\") UID") { _ in }, extended(" (TAG \"col\") UID COUNT 2") { $0.count = 2 },
    extended(" (TAG \"col\") UID MIN 1 MAX 2") {
        $0.minimum = 1
        $0.maximum = 2
    },
    EncodedRow("continuationRequest", "+ OK\r\n") { $0.appendContinuation() },
    EncodedRow("continuationRequest", "+ \r\n") { $0.appendContinuation([]) },
    EncodedRow("continuationRequest", "+ YQ==\r\n") { $0.appendContinuation(Array("YQ==".utf8)) },
    EncodedRow("continuationRequest", "+ YDMGCSqGSIb3EgECAgIBAAD/////6jcyG4GE3KkTzBeBiVHeceP2CWY0SR0fAQAgAAQEBAQ=\r\n") {
        $0.appendContinuation(Array("YDMGCSqGSIb3EgECAgIBAAD/////6jcyG4GE3KkTzBeBiVHeceP2CWY0SR0fAQAgAAQEBAQ=".utf8))
    },
    EncodedRow("responseData", "* CAPABILITY ENABLE\r\n") { $0.append(capabilities: ["ENABLE"]) },
    EncodedRow("responseData", "* 3 EXPUNGE\r\n") { if let number = SequenceNumber(3) { $0.append(expunge: number) } },
    EncodedRow("fetchResponseStart", "* 1 FETCH (") { $0.beginFetch(1) },
    EncodedRow("fetchResponse", ")\r\n") { $0.endFetch() },
    EncodedRow("fetchResponse", "UID 54") { $0.appendUID(54) },
    EncodedRow("fetchResponse", "RFC822.SIZE 40639") { $0.appendSize(40_639) },
    EncodedRow("messageAttribute", "UID 1234") { $0.appendUID(1234) },
    EncodedRow("messageAttribute", "RFC822.SIZE 1234") { $0.appendSize(1234) },
    EncodedRow("messageAttribute", "BINARY.SIZE[3] 4") { $0.append(binarySize: 4, part: [3]) },
    EncodedRow("messageAttribute", "MODSEQ (3)") { $0.appendModSequence(3) },
    EncodedRow("messageAttribute", "INTERNALDATE \"08-Mar-2023 12:16:47 +0800\"") {
        $0.appendInternalDate(InternalDate(secondsSinceEpoch: 1_678_249_007, zoneMinutes: 480))
    },
    EncodedRow("fetchStreamingResponse", "BODY[TEXT]<5>") { $0.append(sectionName: Section(text: .text), origin: 5) },
    EncodedRow("fetchStreamingResponse", "BODY[HEADER]") { $0.append(sectionName: Section(text: .header), origin: nil) },
]
