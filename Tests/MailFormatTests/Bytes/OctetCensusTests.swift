// Counting octets.
import Testing

@testable import MailFormat

@Suite struct OctetCensusTests {
    @Test("every part of a text is counted as a plain loop counts it")
    func counts() {
        let octets: [UInt8] = (0..<700).map { $0 % 97 == 0 ? 0 : [0x61, 0x0D, 0x0A, 0x01, 0x0C][$0 * $0 % 5] } + [0x80]
        for start in stride(from: 0, through: octets.count, by: 41) {
            for end in start...octets.count {
                let part = octets[start..<end]
                let census = OctetCensus(octets.span, in: start..<end)
                guard census.hasNul == part.contains(0), census.carriageReturns == part.count(where: { $0 == 0x0D }),
                    census.hasEightBit == part.contains(where: { $0 > 127 })
                else {
                    Issue.record("\(start)..<\(end): \(census)")
                    return
                }
            }
        }
        #expect(OctetCensus(octets.span, in: 900..<1_000).carriageReturns == 0)
        let returns = [UInt8](repeating: 0x0D, count: 5_000)
        #expect(OctetCensus(returns.span, in: 3..<4_900).carriageReturns == 4_897)
    }
}
