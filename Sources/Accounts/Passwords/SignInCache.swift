// Sign-ins that succeeded a short while ago, so that a client that connects often does not cost a hash each time.
import CSodium
import Synchronization

/// Remembers successful sign-ins by a keyed hash of name and password. The key is made for this process and never leaves it,
/// so that a copy of the memory's values alone lets nobody test passwords cheaply elsewhere; only successes are kept.
package final class SignInCache: Sendable {
    /// A keyed BLAKE2b value.
    package struct Key: Hashable, Sendable { fileprivate let octets: [UInt8] }

    private struct Entry: Sendable {
        let who: SignedIn
        let until: ContinuousClock.Instant
    }

    private let secret: [UInt8]
    private let time: Duration
    private let entries: GenerationCache<Key, Entry>

    package init(size: Int, time: Duration) {
        Sodium.start
        var secret = [UInt8](repeating: 0, count: Int(crypto_generichash_keybytes()))
        randombytes_buf(&secret, secret.count)
        self.secret = secret
        self.time = time
        self.entries = GenerationCache(size: size)
    }

    /// The key of a name and a password. The name's length goes in first, so that no other pair gives the same octets.
    package func key(user: [UInt8], password: [UInt8]) -> Key {
        var input = withUnsafeBytes(of: UInt64(user.count).littleEndian) { Array($0) }
        input.append(contentsOf: user)
        input.append(contentsOf: password)
        var output = [UInt8](repeating: 0, count: 32)
        _ = crypto_generichash(&output, output.count, input, UInt64(input.count), secret, secret.count)
        sodium_memzero(&input, input.count)
        return Key(octets: output)
    }

    /// Who signed in with this pair, if that was not long ago.
    package func find(_ key: Key, now: ContinuousClock.Instant) -> SignedIn? {
        guard let entry = entries.find(key), entry.until > now else { return nil }
        return entry.who
    }

    /// A mark of the cache's state, to be taken before the password is looked up.
    package var epoch: UInt64 { entries.epoch }

    /// Remembers a success, unless everything was dropped since the epoch was taken.
    package func insert(_ who: SignedIn, for key: Key, now: ContinuousClock.Instant, epoch: UInt64) {
        entries.insert(Entry(who: who, until: now + time), for: key, epoch: epoch)
    }

    /// Forgets everything: some account has changed.
    package func drop() { entries.drop() }

    /// For tests and metrics.
    package var count: Int { entries.count }
}
