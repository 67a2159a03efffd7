// UID sets: their algebra, and their stored form over every cut.
import Testing

@testable import Mailboxes

struct UIDSetTests {
    @Test(
        "ranges are joined where they touch",
        arguments: [
            ([1, 2, 3, 7], "1:3,7"), ([7, 3, 1, 2, 2], "1:3,7"), ([0], ""), ([], ""), ([4_294_967_295, 4_294_967_294], "4294967294:4294967295"),
            ([5, 1, 3], "1,3,5"),
        ] as [([UInt32], String)])
    func joined(uids: [UInt32], text: String) {
        #expect(UIDSet(uids).description == text)
        #expect(UIDSet(uids).uids == Set(uids).subtracting([0]).sorted())
    }

    @Test("a set of ranges in any order is normal")
    func ranges() {
        #expect(UIDSet(ranges: [5...9, 1...3, 4...4, 8...20]).description == "1:20")
        #expect(UIDSet(ranges: [0...0]).isEmpty)
        #expect(UIDSet(ranges: [0...2, 10...UInt32.max, 12...14]).description == "1:2,10:4294967295")
        #expect(UIDSet(1...UInt32.max).count == 4_294_967_295)
    }

    @Test("union, intersection, difference and membership agree with plain sets", arguments: 0..<200)
    func algebra(seed: Int) {
        var random = SeededNumbers(seed: UInt64(seed))
        func some() -> Set<UInt32> { Set((0..<Int.random(in: 0...20, using: &random)).map { _ in UInt32.random(in: 1...40, using: &random) }) }
        let (a, b) = (some(), some())
        let (x, y) = (UIDSet(Array(a)), UIDSet(Array(b)))
        #expect(x.union(y).uids == a.union(b).sorted())
        #expect(x.intersection(y).uids == a.intersection(b).sorted())
        #expect(x.subtracting(y).uids == a.subtracting(b).sorted())
        #expect(x.count == a.count)
        for uid in UInt32(0)...42 { #expect(x.contains(uid) == a.contains(uid)) }
        var built = UIDSet()
        for raw in a { if let uid = UID(raw) { built.insert(uid) } }
        #expect(built == x)
    }

    @Test(
        "the stored form reads back, and no cut of it is taken for a set",
        arguments: [
            [], [1], [1, 2, 3], [1, 3, 5, 1000, 100_000], [4_294_967_295], [1, 4_294_967_295],
        ] as [[UInt32]])
    func encoding(uids: [UInt32]) {
        let set = UIDSet(uids)
        let octets = set.encoded()
        #expect(UIDSet(decoding: octets) == set)
        for end in 0..<octets.count { #expect(UIDSet(decoding: Array(octets[..<end])) == nil) }
        #expect(UIDSet(decoding: octets + [0]) == nil)
    }

    @Test(
        "octets that are no set are refused",
        arguments: [
            [0xff, 0xff, 0xff, 0xff, 0x0f], [1, 0, 0], [1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1], [2, 1, 0, 0, 0],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        ] as [[UInt8]])
    func damaged(octets: [UInt8]) { #expect(UIDSet(decoding: octets) == nil) }
}

/// Numbers that depend on the seed alone.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { self.state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
    mutating func next() -> UInt64 {
        self.state ^= self.state << 13
        self.state ^= self.state >> 7
        self.state ^= self.state << 17
        return self.state
    }
}
