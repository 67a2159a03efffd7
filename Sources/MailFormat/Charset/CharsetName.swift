// What senders call their charsets, and what they mean by it.

/// A charset as it will be decoded, found from the name a message gives.
enum CharsetName: Hashable, Sendable {
    /// UTF-8.
    case utf8
    /// ISO 8859-1 and windows-1252, which nearly always hides behind that name; its printable part agrees with ISO 8859-1.
    case latin1
    /// No usable name, or ASCII (in which octets above 127 mean nothing): UTF-8 where the octets are UTF-8, else Latin-1.
    case unstated
    /// A charset for ICU, by a name that ICU knows.
    case other(String)

    /// The longest name that is looked at.
    private static let maximumOctets = 64

    /// Finds the meaning of a name as written in a message: case, quotes, blanks and an RFC 2231 §5 language suffix (`*en`) do not matter.
    init(_ written: OctetString) {
        var name = ""
        for octet in written.octets.prefix(Self.maximumOctets) {
            if octet == 0x2A { break }
            // Octets that no charset name has are left out: ICU takes options after a comma, which are not the sender's to give.
            if ByteSet.letterDigit.contains(octet) || octet == 0x2D || octet == 0x2E || octet == 0x3A {
                name.unicodeScalars.append(Unicode.Scalar(ASCII.lowercased(octet)))
            } else if octet == 0x5F {
                name.append("_")
            }
        }
        if let known = Self.aliases[name] {
            self = known
            return
        }
        for prefix in ["x-", "cs"] where name.hasPrefix(prefix) {
            if let known = Self.aliases[String(name.dropFirst(prefix.count))] {
                self = known
                return
            }
        }
        self = name.isEmpty ? .unstated : Self.respelt(name)
    }

    /// Families whose members differ by number only: `cp-850`, `cp_1251`, `win1250`, `iso8859-5`, `8859_2`.
    private static func respelt(_ name: String) -> CharsetName {
        let plain = name.filter { $0 != "-" && $0 != "_" && $0 != "." && $0 != ":" }
        for prefix in ["xcp", "cp", "ibm", "xwindows", "windows", "win", "ms", "codepage"] where plain.hasPrefix(prefix) {
            let digits = plain.dropFirst(prefix.count)
            guard !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit) else { continue }
            return self.codePage(String(digits))
        }
        for prefix in ["xiso8859", "iso8859", "8859"] where plain.hasPrefix(prefix) {
            let rest = plain.dropFirst(prefix.count)
            let digits = rest.prefix(while: \.isASCIIDigit)
            guard !digits.isEmpty, digits.count <= 2 else { continue }
            // The letters -i and -e (RFC 1556) say how the text runs, not what the octets mean.
            return digits == "1" ? .latin1 : digits == "11" ? .other("windows-874") : .other("iso-8859-\(digits)")
        }
        return .other(name)
    }

    private static func codePage(_ digits: String) -> CharsetName {
        switch digits {
        case "65001": .utf8
        case "65000": .other("utf-7")
        case "1252", "28591": .latin1
        case "20127": .unstated
        case "936": .other("gb18030")
        case "932": .other("windows-31j")
        case "949": .other("windows-949")
        case "950": .other("big5-hkscs")
        case "20866": .other("koi8-r")
        case "21866": .other("koi8-u")
        case "1250", "1251", "1253", "1254", "1255", "1256", "1257", "1258", "874": .other("windows-\(digits)")
        default: .other("cp\(digits)")
        }
    }

    /// Names that mean something else than they say, or that no table lists.
    private static let aliases: [String: CharsetName] = [
        "utf-8": .utf8, "utf8": .utf8, "utf_8": .utf8, "unicode-1-1-utf-8": .utf8, "unicode-2-0-utf-8": .utf8, "utf8mb4": .utf8, "utf-8n": .utf8,
        "us-ascii": .unstated, "ascii": .unstated, "us_ascii": .unstated, "usascii": .unstated, "ansi_x3.4-1968": .unstated, "iso646-us": .unstated,
        "iso-646": .unstated, "646": .unstated, "ansi": .unstated, "7bit": .unstated, "8bit": .unstated, "default": .unstated, "unknown": .unstated,
        "unknown-8bit": .unstated, "user-defined": .unstated, "none": .unstated, "default_charset": .unstated, "_autodetect": .unstated,
        "_autodetect_all": .unstated, "unicode": .unstated, "binary": .unstated,
        "iso-8859-1": .latin1, "iso_8859-1": .latin1, "latin1": .latin1, "latin-1": .latin1, "l1": .latin1, "iso-8859-1:1987": .latin1, "isolatin1": .latin1,
        "latin2": .other("iso-8859-2"), "latin-9": .other("iso-8859-15"), "latin9": .other("iso-8859-15"), "l9": .other("iso-8859-15"),
        "gb2312": .other("gb18030"), "gb_2312-80": .other("gb18030"), "gb2312-80": .other("gb18030"), "gbk": .other("gb18030"),
        "chinese": .other("gb18030"), "euc-cn": .other("gb18030"), "gb-2312": .other("gb18030"), "gb18030": .other("gb18030"),
        "hz": .other("hz-gb-2312"), "hz-gb2312": .other("hz-gb-2312"),
        "big5": .other("big5-hkscs"), "big-5": .other("big5-hkscs"), "cn-big5": .other("big5-hkscs"), "big5hkscs": .other("big5-hkscs"),
        "ks_c_5601-1987": .other("windows-949"), "ks_c_5601": .other("windows-949"), "ks_c_5601-1989": .other("windows-949"),
        "ksc5601": .other("windows-949"), "ksc_5601": .other("windows-949"), "euc-kr": .other("windows-949"), "euckr": .other("windows-949"),
        "korean": .other("windows-949"), "uhc": .other("windows-949"),
        "shift_jis": .other("windows-31j"), "shift-jis": .other("windows-31j"), "sjis": .other("windows-31j"), "ms_kanji": .other("windows-31j"),
        "eucjp": .other("euc-jp"), "euc_jp": .other("euc-jp"), "ujis": .other("euc-jp"), "iso2022jp": .other("iso-2022-jp"),
        "iso-2022-jp-ms": .other("iso-2022-jp"), "koi8r": .other("koi8-r"), "koi8": .other("koi8-r"), "koi8u": .other("koi8-u"), "koi8-ru": .other("koi8-u"),
        "utf7": .other("utf-7"), "unicode-1-1-utf-7": .other("utf-7"), "unicode-2-0-utf-7": .other("utf-7"), "utf16": .other("utf-16"),
        "mac": .other("macintosh"), "mac-roman": .other("macintosh"), "macroman": .other("macintosh"), "mac-cyrillic": .other("x-mac-cyrillic"),
        "tis-620": .other("windows-874"), "tis620": .other("windows-874"), "dos-874": .other("windows-874"), "viscii": .other("viscii"),
    ]
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
