// Parameters of a type or disposition as IMAP lists them.

/// Writes body-fld-param of RFC 9051 §7.5.2.
enum ParameterWriter {
    /// Appends the parameters: continuations joined (RFC 2231 §3), a value with a charset in the form `name*` of RFC 2231 §4, which clients
    /// undo themselves. With `needsCharset` a text without charset says `us-ascii`, its default (RFC 2045 §5.2).
    static func append(_ list: ParameterList, needsCharset: Bool, to output: inout [UInt8]) {
        var isFirst = true
        func open(_ output: inout [UInt8]) {
            output.append(isFirst ? 0x28 : 0x20)
            isFirst = false
        }
        var hasCharset = false
        for parameter in list.parameters {
            open(&output)
            if let charset = parameter.charset {
                var name = parameter.name.octets
                name.append(0x2A)
                IMAPString.append(name.span, to: &output)
                output.append(0x20)
                IMAPString.append(self.extended(parameter, charset).span, to: &output)
            } else {
                IMAPString.append(parameter.name.octets.span, to: &output)
                output.append(0x20)
                IMAPString.append(parameter.value.octets.span, to: &output)
            }
            hasCharset = hasCharset || (needsCharset && parameter.name == self.charset)
        }
        if needsCharset, !hasCharset {
            open(&output)
            IMAPString.append(raw: "\"charset\" \"us-ascii\"", to: &output)
        }
        if isFirst { IMAPString.appendNIL(to: &output) } else { output.append(0x29) }
    }

    private static let charset: OctetString = "charset"

    /// `charset'language'value` with everything but attribute characters as percent signs (RFC 2231 §7).
    private static func extended(_ parameter: Parameter, _ charset: OctetString) -> [UInt8] {
        let digits: StaticString = "0123456789ABCDEF"
        var value = charset.octets
        value.append(0x27)
        if let language = parameter.language { value.append(contentsOf: language.octets) }
        value.append(0x27)
        digits.withUTF8Buffer { digits in
            for octet in parameter.value.octets {
                if ByteSet.attributeCharacter.contains(octet) {
                    value.append(octet)
                } else {
                    value.append(0x25)
                    value.append(digits[Int(octet >> 4)])
                    value.append(digits[Int(octet & 15)])
                }
            }
        }
        return value
    }
}
