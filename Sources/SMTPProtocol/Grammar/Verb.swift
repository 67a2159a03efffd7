// The verbs, compared as case-folded integers.

/// The first word of a command line.
enum Verb {
    case ehlo, helo, lhlo, mail, rcpt, data, bdat, rset, noop, quit, help, vrfy, expn, startTLS, auth, etrn, atrn, turn, unknown

    init(_ line: Span<UInt8>, _ range: Range<Int>) {
        guard (4...8).contains(range.count) else {
            self = .unknown
            return
        }
        var word: UInt64 = 0
        for index in range {
            let octet = line[index]
            word = word << 8 | UInt64(octet >= 0x61 && octet <= 0x7a ? octet - 32 : octet)
        }
        switch word {
        case 0x4548_4c4f: self = .ehlo
        case 0x4845_4c4f: self = .helo
        case 0x4c48_4c4f: self = .lhlo
        case 0x4d41_494c: self = .mail
        case 0x5243_5054: self = .rcpt
        case 0x4441_5441: self = .data
        case 0x4244_4154: self = .bdat
        case 0x5253_4554: self = .rset
        case 0x4e4f_4f50: self = .noop
        case 0x5155_4954: self = .quit
        case 0x4845_4c50: self = .help
        case 0x5652_4659: self = .vrfy
        case 0x4558_504e: self = .expn
        case 0x5354_4152_5454_4c53: self = .startTLS
        case 0x4155_5448: self = .auth
        case 0x4554_524e: self = .etrn
        case 0x4154_524e: self = .atrn
        case 0x5455_524e: self = .turn
        default: self = .unknown
        }
    }

    /// Octets of a line with this verb, CR LF included: 512 (RFC 5321 §4.5.3.1.4) and what the extensions add.
    var lineLimit: Int {
        switch self {
        // SIZE 26 (RFC 1870 §3), BODY 17 (RFC 6152 §2), SMTPUTF8 10 (RFC 6531 §3.1), AUTH 500 (RFC 4954 §3), RET 9 and ENVID 107 (RFC 3461 §4).
        case .mail: 512 + 26 + 17 + 10 + 500 + 9 + 107
        // NOTIFY 29 and ORCPT 507 (RFC 3461 §4.1, §4.2).
        case .rcpt: 512 + 29 + 507
        default: 512
        }
    }
}
