// The forms in which lists of accounts come.
import Accounts
import Foundation
import MailFormat

/// Parses lists of accounts.
enum AccountImport {
    /// What is wrong, by line.
    struct Failure: Error, CustomStringConvertible {
        var lines: [String] = []

        var description: String {
            let shown = lines.prefix(20).joined(separator: "\n")
            return lines.count > 20 ? "\(shown)\n… and \(lines.count - 20) more" : shown
        }
    }

    private typealias Fields = [String: String]

    /// Reads a list of any of the forms; which one, its first character says.
    static func parse(_ octets: [UInt8]) throws(Failure) -> [AccountStore.NewAccount] {
        guard let text = String(validating: octets, as: UTF8.self) else { throw Failure(lines: ["the list is not UTF-8"]) }
        let rows: [(line: Int, fields: Fields)]
        switch text.first(where: { !$0.isWhitespace }) {
        case nil: throw Failure(lines: ["the list is empty"])
        case "[", "{": rows = try json(text)
        default: rows = text.lowercased().hasPrefix("address,") ? try csv(text) : try lines(text)
        }
        var failure = Failure()
        var seen: [String: Int] = [:]
        var accounts: [AccountStore.NewAccount] = []
        for (line, fields) in rows {
            do throws(Wrong) {
                let account = try account(fields)
                if let earlier = seen.updateValue(line, forKey: account.address.description.lowercased()) {
                    throw Wrong("the address of line \(earlier) again")
                }
                accounts.append(account)
            } catch { failure.lines.append("line \(line): \(error.text)") }
        }
        guard failure.lines.isEmpty else { throw failure }
        return accounts
    }

    private struct Wrong: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private static func account(_ fields: Fields) throws(Wrong) -> AccountStore.NewAccount {
        guard let address = EmailAddress(fields["address"] ?? "") else { throw Wrong("\"\(fields["address"] ?? "")\" is not an e-mail address") }
        var text = (fields["password"] ?? fields["hash"] ?? "")[...]
        // The scheme that other programs write before a hash.
        for scheme in ["{ARGON2ID}", "{ARGON2I}", "{ARGON2}"] where text.uppercased().hasPrefix(scheme) { text = text.dropFirst(scheme.count) }
        guard let hash = PasswordHash(String(text)) else {
            throw Wrong("\(address): the password is not an argon2 hash ($argon2id$v=19$m=…,t=…,p=…$…$…, at most 256 MiB, 20 passes, 16 lanes)")
        }
        var account = AccountStore.NewAccount(address: address, password: hash)
        if let quota = fields["quota"], !quota.isEmpty {
            guard let octets = ByteCount(quota) else { throw Wrong("\(address): the quota \"\(quota)\" is not a size") }
            account.quota = Int64(octets.octets)
        }
        switch fields["disabled"]?.lowercased() {
        case nil, "", "false", "no", "0": break
        case "true", "yes", "1": account.isDisabled = true
        default: throw Wrong("\(address): disabled is neither true nor false")
        }
        return account
    }

    // MARK: Forms

    private static func lines(_ text: String) throws(Failure) -> [(Int, Fields)] {
        var rows: [(Int, Fields)] = []
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingBlanks
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            var parts = line.split { $0 == " " || $0 == "\t" }.map { String($0) }
            if parts.count == 1, let colon = line.firstIndex(of: ":") {
                // The form of passwd files: further fields after the hash are left out.
                let hash = line[line.index(after: colon)...].prefix { $0 != ":" }
                parts = [String(line[..<colon]), String(hash)]
            }
            let quota = parts.count > 2 ? parts[2...].joined(separator: " ") : ""
            rows.append((number + 1, ["address": parts[0], "password": parts.count > 1 ? parts[1] : "", "quota": quota]))
        }
        return rows
    }

    private static func json(_ text: String) throws(Failure) -> [(Int, Fields)] {
        if let whole = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any] {
            return whole.enumerated().map { ($0 + 1, fields($1)) }
        }
        var rows: [(Int, Fields)] = []
        var failure = Failure()
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        where !line.trimmingBlanks.isEmpty {
            if let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] {
                rows.append((number + 1, fields(object)))
            } else {
                failure.lines.append("line \(number + 1): not a JSON object")
            }
        }
        guard failure.lines.isEmpty else { throw failure }
        return rows
    }

    private static func fields(_ value: Any) -> Fields {
        guard let object = value as? [String: Any] else { return [:] }
        return object.compactMapValues { value in
            switch value {
            case let text as String: text
            case let truth as Bool: truth ? "true" : "false"
            case let number as Int: String(number)
            default: nil
            }
        }
    }

    /// Comma-separated values (RFC 4180); a hash has commas and so stands between quotes.
    private static func csv(_ text: String) throws(Failure) -> [(Int, Fields)] {
        var rows: [(line: Int, cells: [String])] = []
        var line = 1
        var start = 1
        var cell = ""
        var cells: [String] = []
        var isQuoted = false
        var wasQuote = false
        for character in text {
            let isNewline = character.isNewline
            if isNewline { line += 1 }
            if isQuoted {
                if character == "\"" {
                    isQuoted = false
                    wasQuote = true
                } else {
                    cell.append(character)
                }
            } else if character == "\"" {
                // Two quotes inside a quoted cell stand for one.
                if wasQuote { cell.append("\"") }
                isQuoted = true
                wasQuote = false
            } else if character == "," || isNewline {
                wasQuote = false
                cells.append(cell.trimmingBlanks)
                cell = ""
                if isNewline {
                    if cells != [""] { rows.append((start, cells)) }
                    cells = []
                    start = line
                }
            } else {
                wasQuote = false
                cell.append(character)
            }
        }
        if isQuoted { throw Failure(lines: ["line \(start): a quote is not closed"]) }
        if !cell.isEmpty || !cells.isEmpty { rows.append((start, cells + [cell.trimmingBlanks])) }
        guard let header = rows.first?.cells.map({ $0.lowercased() }) else { return [] }
        var failure = Failure()
        for row in rows.dropFirst() where row.cells.count != header.count {
            failure.lines.append("line \(row.line): \(row.cells.count) cells under \(header.count) names (a hash has commas: put it between quotes)")
        }
        guard failure.lines.isEmpty else { throw failure }
        return rows.dropFirst().map { ($0.line, Fields(zip(header, $0.cells)) { $1 }) }
    }
}
