// How the values of settings are written: one form for each type, with the words that say what is accepted.
package import MailFormat

/// A way to write values of one type in the file and in the environment.
package struct ValueForm<Value: Sendable>: Sendable {
    /// One or two words for the reference manual, for example `duration`.
    package let name: String
    /// What is accepted, completing "expected …".
    package let expected: String
    /// The value that a node of the file stands for, or nil.
    package let parse: @Sendable (ConfigurationNode) -> Value?
    /// The value that the text of an environment variable stands for, or nil.
    package let parseText: @Sendable (String) -> Value?
    /// The value written back.
    package let render: @Sendable (Value) -> ConfigurationNode

    package init(
        _ name: String, expected: String, parse: @escaping @Sendable (ConfigurationNode) -> Value?,
        parseText: @escaping @Sendable (String) -> Value?, render: @escaping @Sendable (Value) -> ConfigurationNode
    ) {
        self.name = name
        self.expected = expected
        self.parse = parse
        self.parseText = parseText
        self.render = render
    }

    /// A form that is a string in the file and the same string in the environment.
    package init(
        text name: String, expected: String, parse: @escaping @Sendable (String) -> Value?, render: @escaping @Sendable (Value) -> String
    ) {
        self.init(
            name, expected: expected,
            parse: { node in
                guard case .string(let text) = node else { return nil }
                return parse(text)
            },
            parseText: parse, render: { .string(render($0)) })
    }
}

extension ValueForm where Value == Bool {
    package static let truth = ValueForm(
        "truth value", expected: "true or false",
        parse: { node in
            guard case .boolean(let truth) = node else { return nil }
            return truth
        },
        parseText: { ["true": true, "false": false][$0] }, render: { .boolean($0) })
}

extension ValueForm where Value == Int {
    /// A whole number in a range.
    package static func number(_ range: ClosedRange<Int>) -> ValueForm {
        ValueForm(
            "number", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { node in
                guard case .integer(let number) = node, range.contains(number) else { return nil }
                return number
            },
            parseText: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }, render: { .integer($0) })
    }
}

extension ValueForm where Value == String {
    /// A text of one line without control characters.
    package static func line(maximum: Int = 200, mayBeEmpty: Bool = false) -> ValueForm {
        ValueForm(
            text: "text",
            expected: "\(mayBeEmpty ? "a text" : "a text of at least one character and") at most \(maximum) octets, without control characters",
            parse: { text in
                let fits =
                    (mayBeEmpty || !text.isEmpty) && text.utf8.count <= maximum
                    && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
                return fits ? text : nil
            },
            render: { $0 })
    }

    /// A name that goes into replies: 7-bit (policies: texts of replies are ASCII).
    package static let replyName = ValueForm(
        text: "text", expected: "a name of 1 to 60 printable ASCII characters",
        parse: { text in (1...60).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7e).contains($0) } ? text : nil }, render: { $0 })

    /// A path of the file system.
    package static let path = ValueForm(
        text: "path", expected: "a path of at most 4,000 octets", parse: { !$0.isEmpty && $0.utf8.count <= 4000 && !$0.utf8.contains(0) ? $0 : nil },
        render: { $0 })

    /// A path that may be left out.
    package static let optionalPath = ValueForm(
        text: "path", expected: "a path of at most 4,000 octets, or \"\" for none",
        parse: { $0.utf8.count <= 4000 && !$0.utf8.contains(0) ? $0 : nil }, render: { $0 })

    /// The address of a web page.
    package static func link(mayBeEmpty: Bool = false) -> ValueForm {
        ValueForm(
            text: "link",
            expected: "an address that begins with http:// or https://, printable ASCII, at most 200 characters"
                + (mayBeEmpty ? ", or \"\" for none" : ""),
            parse: { text in
                if text.isEmpty { return mayBeEmpty ? text : nil }
                let hasScheme = ["http://", "https://"].contains { text.hasPrefix($0) && text.utf8.count > $0.utf8.count }
                let isClean =
                    text.utf8.count <= 200
                    && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") }
                return hasScheme && isClean ? text : nil
            },
            render: { $0 })
    }

    /// A telephone number as people write it.
    package static let telephone = ValueForm(
        text: "telephone number", expected: "digits, spaces, + - ( ) only, at most 30, or \"\" for none",
        parse: { text in text.utf8.count <= 30 && text.utf8.allSatisfy { "0123456789+-() ".utf8.contains($0) } ? text : nil }, render: { $0 })

    /// A host or domain name as it is shown to people (its case is kept).
    package static let hostName = ValueForm(
        text: "host name", expected: "a host name such as \"mail.example.net\"",
        parse: { text in Domain(text).flatMap { $0.form == .name ? text : nil } }, render: { $0 })
}

extension ValueForm where Value == Duration {
    /// A duration in a range.
    package static func duration(_ range: ClosedRange<Duration>) -> ValueForm {
        ValueForm(
            text: "duration",
            expected:
                "a duration such as \"5m\" or \"1h30m\" (units d, h, m, s, ms), from \(range.lowerBound.configurationText) to \(range.upperBound.configurationText)",
            parse: { text in Duration(configurationText: text).flatMap { range.contains($0) ? $0 : nil } }, render: { $0.configurationText })
    }
}

extension ValueForm where Value == ByteCount {
    /// A number of octets in a range: a string with a unit, or a whole number.
    package static func size(_ range: ClosedRange<ByteCount>) -> ValueForm {
        let fitting: @Sendable (ByteCount?) -> ByteCount? = { count in count.flatMap { range.contains($0) ? $0 : nil } }
        return ValueForm(
            "size",
            expected:
                "octets as a whole number or with a unit such as \"10 MiB\" (B, kB, KiB, MB, MiB, GB, GiB), from \(range.lowerBound) to \(range.upperBound)",
            parse: { node in
                switch node {
                case .integer(let number) where number >= 0: fitting(ByteCount(number))
                case .string(let text): fitting(ByteCount(text))
                default: nil
                }
            },
            parseText: { fitting(ByteCount($0)) },
            render: { $0.description.hasSuffix(" B") ? .integer($0.octets) : .string($0.description) })
    }
}

extension ValueForm where Value == IPNetwork {
    package static let network = ValueForm(
        text: "network", expected: "a network such as \"192.0.2.0/24\" or \"2001:db8::/32\", without bits set below its prefix",
        parse: { IPNetwork($0) },
        render: { $0.description })
}

extension ValueForm where Value == ListenPoint {
    package static let listenPoint = ValueForm(
        text: "address and port", expected: "an address and port such as \"127.0.0.1:2525\" or \"[::1]:25\", or \"unix:PATH\"",
        parse: { ListenPoint($0) },
        render: { $0.description })
}

extension ValueForm {
    /// A list of values, in the environment separated by commas.
    package static func list<Element: Sendable>(of form: ValueForm<Element>, maximum: Int = 1000) -> ValueForm where Value == [Element] {
        ValueForm(
            "list of \(form.name)s", expected: "a list of at most \(maximum) items, each \(form.expected)",
            parse: { node in
                guard case .array(let nodes) = node, nodes.count <= maximum else { return nil }
                let values = nodes.compactMap { form.parse($0) }
                return values.count == nodes.count ? values : nil
            },
            parseText: { text in
                let items = text.split(separator: ",").map { $0.trimmingBlanks }.filter { !$0.isEmpty }
                guard items.count <= maximum else { return nil }
                let values = items.compactMap { form.parseText($0) }
                return values.count == items.count ? values : nil
            },
            render: { .array($0.map { form.render($0) }) })
    }

    /// One of a few words.
    package static func word() -> ValueForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
        let words = Value.allCases.map { "\"\($0.rawValue)\"" }
        return ValueForm(
            text: Value.allCases.map(\.rawValue).joined(separator: " | "), expected: "one of " + words.joined(separator: ", "),
            parse: { Value(rawValue: $0) }, render: { $0.rawValue })
    }

    /// A value that may be left out: `""` stands for none.
    package static func optional<Wrapped: Sendable>(_ form: ValueForm<Wrapped>) -> ValueForm where Value == Wrapped? {
        ValueForm(
            form.name, expected: form.expected + ", or \"\" for none",
            parse: { node in
                if node == .string("") { return .some(nil) }
                return form.parse(node).map { .some($0) }
            },
            parseText: { text in text.isEmpty ? .some(nil) : form.parseText(text).map { .some($0) } },
            render: { $0.map { form.render($0) } ?? .string("") })
    }
}

extension StringProtocol {
    /// The text without blanks at both ends.
    package var trimmingBlanks: String {
        var rest = self[...]
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" || rest.last == "\r" { rest.removeLast() }
        return String(rest)
    }
}
