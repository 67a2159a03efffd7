// CRC-32C: the processor's instruction where there is one, a table elsewhere.
#include "CPlatform.h"

static uint32_t table[256];
static int ready;

static void prepare(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0x82f63b78u ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
    __atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
}

static uint32_t by_table(uint32_t c, const unsigned char *p, size_t n) {
    if (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE)) prepare(); // every thread writes the same values
    while (n--) c = table[(c ^ *p++) & 0xff] ^ (c >> 8);
    return c;
}

#if defined(__x86_64__)
#include <nmmintrin.h>
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const unsigned char *p, size_t n) {
    uint64_t c = crc;
    while (n >= 8) {
        uint64_t word;
        __builtin_memcpy(&word, p, 8);
        c = _mm_crc32_u64(c, word);
        p += 8;
        n -= 8;
    }
    uint32_t r = (uint32_t)c;
    while (n--) r = _mm_crc32_u8(r, *p++);
    return r;
}
#endif

uint32_t cplatform_crc32c(uint32_t crc, const void *octets, size_t count) {
    uint32_t c = ~crc;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~by_instruction(c, octets, count);
#endif
    return ~by_table(c, octets, count);
}
