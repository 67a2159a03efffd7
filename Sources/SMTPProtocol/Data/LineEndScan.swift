// Where the next CR and LF of a block are: each octet of the block is looked at once for each, whatever is in it.
import MailFormat

/// Remembers the next CR and LF of a block, so that a block of nothing but CRs costs no more than any other.
struct LineEndScan {
    private var carriageReturn = -1
    private var lineFeed = -1

    /// The index of the first CR at or after `from`; the block's count where there is none. `from` never goes back.
    mutating func nextCarriageReturn(in octets: Span<UInt8>, from: Int) -> Int {
        if carriageReturn < from { carriageReturn = LineScan.next(0x0d, in: octets, from: from, to: octets.count) ?? octets.count }
        return carriageReturn
    }

    /// The index of the first LF at or after `from`; the block's count where there is none. `from` never goes back.
    mutating func nextLineFeed(in octets: Span<UInt8>, from: Int) -> Int {
        if lineFeed < from { lineFeed = LineScan.nextLineFeed(in: octets, from: from) ?? octets.count }
        return lineFeed
    }
}
