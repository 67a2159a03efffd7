// STORE: which flags of which messages change how (RFC 9051 §6.4.6, RFC 7162 §3.1.3).

/// Modifiers of STORE (RFC 4466 §2.5, RFC 7162 §3.1.3).
package enum StoreModifier: Hashable, Sendable {
    case unchangedSince(UInt64)
    case other(ExtensionParameter)
}

/// STORE or UID STORE.
package struct StoreRequest: Hashable, Sendable {
    package enum Operation: Hashable, Sendable { case replace, add, remove }

    package let messages: MessageSet
    package let modifiers: [StoreModifier]
    package let operation: Operation
    package let isSilent: Bool
    package let flags: [Flag]
    package let isUID: Bool

    package init(messages: MessageSet, modifiers: [StoreModifier] = [], operation: Operation, isSilent: Bool = false, flags: [Flag], isUID: Bool = false) {
        self.messages = messages
        self.modifiers = modifiers
        self.operation = operation
        self.isSilent = isSilent
        self.flags = flags
        self.isUID = isUID
    }
}

extension WireScanner {
    /// `["+" / "-"]`.
    package mutating func storeOperation() throws(SyntaxError) -> StoreRequest.Operation {
        switch try self.peek() {
        case UInt8(ascii: "+"):
            self.skip()
            return .add
        case UInt8(ascii: "-"):
            self.skip()
            return .remove
        default: return .replace
        }
    }

    /// store-att-flags: `(["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))`.
    package mutating func storeFlags() throws(SyntaxError) -> (operation: StoreRequest.Operation, isSilent: Bool, flags: [Flag]) {
        let operation = try self.storeOperation()
        try self.word("FLAGS")
        let isSilent = try self.peek() == UInt8(ascii: ".")
        if isSilent { try self.word(".SILENT") }
        try self.space()
        if try self.peek() == UInt8(ascii: "(") { return (operation, isSilent, try self.flagList()) }
        return (operation, isSilent, try self.spaced { scanner throws(SyntaxError) in try scanner.flag() })
    }

    /// `UNCHANGEDSINCE SP mod-sequence-valzer` (RFC 7162 §3.1.3).
    package mutating func unchangedSince() throws(SyntaxError) -> UInt64 {
        try self.word("UNCHANGEDSINCE")
        try self.space()
        return try self.modSequenceValue()
    }

    /// One modifier of STORE.
    package mutating func storeModifier() throws(SyntaxError) -> StoreModifier {
        if try self.upcomingToken() == Array("UNCHANGEDSINCE".utf8) { return .unchangedSince(try self.unchangedSince()) }
        return .other(try self.extensionParameter())
    }

    /// `[SP "(" store-modifier *(SP store-modifier) ")"]`.
    package mutating func storeModifiers() throws(SyntaxError) -> [StoreModifier] {
        try self.optionalParameters { scanner throws(SyntaxError) in try scanner.storeModifier() }
    }

    /// store, after the command's name.
    package mutating func storeSuffix(isUID: Bool) throws(SyntaxError) -> StoreRequest {
        try self.space()
        let messages = try self.messageSet()
        let modifiers = try self.storeModifiers()
        try self.space()
        let (operation, isSilent, flags) = try self.storeFlags()
        return StoreRequest(messages: messages, modifiers: modifiers, operation: operation, isSilent: isSilent, flags: flags, isUID: isUID)
    }
}
