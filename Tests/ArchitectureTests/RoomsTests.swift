// The arrows between rooms: docs/architecture.md, the manifest and the imports must say the same.
import Foundation
import Testing

/// The repository this test belongs to.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

@Suite struct RoomsTests {
    /// Who may import whom, read from the table of docs/architecture.md.
    static func allowed() throws -> [String: Set<String>] {
        let text = try String(contentsOf: repository.appendingPathComponent("docs/architecture.md"), encoding: .utf8)
        var table: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count >= 2 else { continue }
            let names = { (cell: String) in
                cell.split(separator: ",").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }.filter { !$0.isEmpty && $0 != "–" }
            }
            for room in names(cells[0]) { table[room, default: []].formUnion(names(cells[1])) }
        }
        return table
    }

    /// Rooms that exist, by folder.
    static func rooms() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: repository.appendingPathComponent("Sources").path).sorted()
    }

    /// What a room's files import, of the project's own rooms.
    static func imports(of room: String) throws -> [String: Set<String>] {
        let known = Set(try rooms())
        var found: [String: Set<String>] = [:]
        let folder = repository.appendingPathComponent("Sources/\(room)")
        guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [:] }
        for case let file as URL in walk where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                guard let at = words.firstIndex(of: "import"), at <= 2, at + 1 < words.count, !line.hasPrefix("//"), !line.hasPrefix(" ") else { continue }
                let module = words.last { known.contains($0) } ?? words[at + 1]
                if known.contains(module) { found[module, default: []].insert(file.lastPathComponent) }
            }
        }
        return found
    }

    @Test("every room of Sources is in the table, and the table names no other")
    func tableIsComplete() throws {
        let table = try Self.allowed()
        #expect(Set(table.keys) == Set(try Self.rooms()))
    }

    @Test("no file imports a room that its own may not")
    func importsKeepTheArrows() throws {
        let table = try Self.allowed()
        for room in try Self.rooms() {
            for (module, files) in try Self.imports(of: room) {
                #expect(table[room, default: []].contains(module), "\(room) imports \(module) in \(files.sorted().joined(separator: ", "))")
            }
        }
    }

    @Test("the manifest gives every room what it imports, and nothing that it may not have")
    func manifestKeepsTheArrows() throws {
        let table = try Self.allowed()
        let manifest = try Self.manifest()
        for room in try Self.rooms() {
            let given = try #require(manifest[room], "\(room) is not in the manifest")
            #expect(given.subtracting(table[room, default: []]).isEmpty, "\(room) is given \(given.subtracting(table[room, default: []]).sorted())")
            let imported = Set(try Self.imports(of: room).keys)
            #expect(imported.subtracting(given).isEmpty, "\(room) imports \(imported.subtracting(given).sorted()) without the manifest's leave")
        }
    }

    /// The dependencies that the manifest gives each target, of the project's own rooms. Read as text: a test must not start another package build.
    static func manifest() throws -> [String: Set<String>] {
        let text = try String(contentsOf: repository.appendingPathComponent("Package.swift"), encoding: .utf8)
        let known = Set(try rooms())
        var found: [String: Set<String>] = [:]
        var room: String?
        for line in text.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) where !line.hasPrefix("//") || line == "// Tests" {
            if line == "// Tests" { break }
            let strings = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
            var names = strings.filter { known.contains($0) }
            if ["room(", ".target(", ".systemLibrary(", ".executableTarget("].contains(where: { line.hasPrefix($0) }) { room = nil }
            if room == nil, let first = names.first {
                room = first
                found[first] = []
                names.removeFirst()
            }
            if let room { found[room, default: []].formUnion(names) }
        }
        return found
    }
}
