// What Swift's Glibc module does not give: a fast CRC-32C and names for threads.
#ifndef CPLATFORM_H
#define CPLATFORM_H
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `count` octets, continuing from `crc` (0 to begin).
uint32_t cplatform_crc32c(uint32_t crc, const void *octets, size_t count);

/// Names a thread for `top` and debuggers (15 octets).
void cplatform_name_thread(pthread_t thread, const char *name);

#endif
