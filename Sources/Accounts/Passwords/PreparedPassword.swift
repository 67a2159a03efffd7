// A password as it is compared: RFC 8265's OpaqueString.
import CSodium
import Foundation

/// A password after preparation (RFC 8265 §4.2.2): no control characters, other spaces become U+0020, NFC. Its memory is wiped when it is done with.
struct PreparedPassword {
    /// Longer ones are refused before any work is done for them.
    static let maximumOctets = 1024

    /// The octets as the library wants them, never empty.
    private(set) var characters: [CChar]

    init?(_ password: [UInt8]) {
        guard !password.isEmpty, password.count <= Self.maximumOctets else { return nil }
        if password.allSatisfy({ (0x20...0x7e).contains($0) }) {
            self.characters = password.map { CChar(bitPattern: $0) }
            return
        }
        guard let text = String(validating: password, as: UTF8.self) else { return nil }
        var spaced = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .surrogate, .unassigned: return nil
            case .spaceSeparator: spaced.append(" ")
            default: spaced.append(scalar)
            }
        }
        self.characters = String(spaced).precomposedStringWithCanonicalMapping.utf8.map { CChar(bitPattern: $0) }
    }

    /// Overwrites the octets.
    mutating func wipe() { sodium_memzero(&self.characters, self.characters.count) }
}
