// One change of a mailbox as it is stored: a row of `mailbox_change`.
import Storage

/// What happened to a mailbox at one mod-sequence. It changes columns and it is the feed.
struct StoredChange: Sendable, Equatable {
    enum Operation: Sendable, Equatable {
        /// Messages with UIDs from `first` on, without holes.
        case arrivals(first: UInt32, [Arrival])
        /// Flags of these messages: the bits of `remove` are cleared, then those of `add` set.
        case flags(UIDSet, remove: UInt64, add: UInt64)
        case expunge(UIDSet)
        /// The mailbox's table has this keyword in its next place.
        case keyword(Keyword)
    }

    let modSeq: ModSeq
    let operations: [Operation]

    /// Rows begin with this. Another version is not read.
    static let version: UInt8 = 1
    /// Octets of one arrival in a row.
    private static let arrivalCount = 30

    /// The stored form of the operations.
    static func encode(_ operations: [Operation]) -> [UInt8] {
        var octets: [UInt8] = [Self.version]
        for operation in operations {
            switch operation {
            case .arrivals(let first, let arrivals):
                octets.append(1)
                octets.appendNumber(first)
                octets.appendNumber(UInt32(truncatingIfNeeded: arrivals.count))
                octets.reserveCapacity(octets.count + arrivals.count * Self.arrivalCount)
                for arrival in arrivals {
                    octets.appendNumber(arrival.flags)
                    octets.appendNumber(arrival.date)
                    octets.appendNumber(arrival.size)
                    octets.appendNumber(arrival.blob)
                    octets.appendNumber(arrival.ordinal)
                }
            case .flags(let set, let remove, let add):
                octets.append(2)
                octets.appendNumber(remove)
                octets.appendNumber(add)
                set.encode(into: &octets)
            case .expunge(let set):
                octets.append(3)
                set.encode(into: &octets)
            case .keyword(let keyword):
                octets.append(4)
                let name = Array(keyword.name.utf8)
                octets.append(UInt8(truncatingIfNeeded: name.count))
                octets.append(contentsOf: name)
            }
        }
        return octets
    }

    /// Octets that `encode` will give for arrivals alone: known before their UIDs are.
    static func encodedCount(arrivals: Int) -> Int { 10 + arrivals * Self.arrivalCount }

    /// Puts the first UID into a row of arrivals alone that was encoded without it.
    static func put(first: UInt32, in octets: inout [UInt8]) {
        for index in 0..<4 { octets[2 + index] = UInt8(truncatingIfNeeded: first >> UInt32(8 * index)) }
    }

    init(modSeq: ModSeq, operations: [Operation]) {
        self.modSeq = modSeq
        self.operations = operations
    }

    /// Reads a row; nil where the octets are not one.
    init?(modSeq: ModSeq, decoding octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard reader.octet() == Self.version else { return nil }
        var operations: [Operation] = []
        while let tag = reader.octet() {
            switch tag {
            case 1:
                guard let first = reader.number(UInt32.self), first > 0, let count = reader.number(UInt32.self),
                    Int(count) <= reader.remaining / Self.arrivalCount, count <= UInt32.max - first
                else { return nil }
                var arrivals: [Arrival] = []
                arrivals.reserveCapacity(Int(count))
                for _ in 0..<count {
                    guard let flags = reader.number(UInt64.self), let date = reader.number(Int64.self), let size = reader.number(UInt32.self),
                        let blob = reader.number(Int64.self), let ordinal = reader.number(UInt16.self)
                    else { return nil }
                    arrivals.append(Arrival(flags: flags, date: date, size: size, blob: blob, ordinal: ordinal))
                }
                operations.append(.arrivals(first: first, arrivals))
            case 2:
                guard let remove = reader.number(UInt64.self), let add = reader.number(UInt64.self), let set = UIDSet(&reader) else { return nil }
                operations.append(.flags(set, remove: remove, add: add))
            case 3:
                guard let set = UIDSet(&reader) else { return nil }
                operations.append(.expunge(set))
            case 4:
                guard let count = reader.octet(), let name = reader.octets(Int(count)), let keyword = Keyword(String(decoding: name, as: UTF8.self))
                else { return nil }
                operations.append(.keyword(keyword))
            default: return nil
            }
        }
        self.init(modSeq: modSeq, operations: operations)
    }
}
