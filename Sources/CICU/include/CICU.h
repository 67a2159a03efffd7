// Legacy charsets through ICU, behind two functions: ICU's own names carry a version suffix that Swift cannot see through.
#ifndef CICU_H
#define CICU_H
#include <stddef.h>
#include <stdint.h>

/// Converts `count` octets in the named charset to UTF-8. Writes at most `capacity` octets to `out`; malformed input becomes U+FFFD.
/// Returns the number of octets the whole result needs (write again with that capacity when it is larger), or -1 for an unknown charset.
long cicu_decode(const char *charset, const char *octets, size_t count, char *out, size_t capacity);

/// 1 when ICU knows the charset.
int cicu_knows(const char *charset);

#endif
