// Durations as people write them: "5m", "1h30m", "250ms".

extension Duration {
    /// Reads one or more numbers with units `d`, `h`, `m`, `s`, `ms`, largest first, without spaces: `5m`, `1h30m`, `1.5s` is refused.
    package init?(configurationText text: some StringProtocol) {
        var rest = Substring(text)
        var milliseconds: Int64 = 0
        var place = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest[unit.endIndex...]
            guard let number = Int64(digits), let index = Self.units.firstIndex(where: { $0.name == unit }), index >= place else { return nil }
            place = index + 1
            let (part, partOverflow) = number.multipliedReportingOverflow(by: Self.units[index].milliseconds)
            let (sum, sumOverflow) = milliseconds.addingReportingOverflow(part)
            // 10,000 days: beyond what any setting means, and far from every later overflow.
            guard !partOverflow, !sumOverflow, sum <= 864_000_000_000 else { return nil }
            milliseconds = sum
        }
        self = .milliseconds(milliseconds)
    }

    /// The shortest exact text of a duration of whole milliseconds.
    package var configurationText: String {
        let (seconds, attoseconds) = self.components
        var rest = max(0, seconds) * 1000 + max(0, attoseconds) / 1_000_000_000_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in Self.units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }

    private static var units: [(name: String, milliseconds: Int64)] {
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
    }
}
