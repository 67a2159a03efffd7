// Legacy charsets through ICU (see CICU.h).
#include "CICU.h"
#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

int cicu_knows(const char *charset) {
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(charset, &error);
    if (U_FAILURE(error)) return 0;
    ucnv_close(converter);
    return 1;
}

long cicu_decode(const char *charset, const char *octets, size_t count, char *out, size_t capacity) {
    if (count > 0x3fffffff || capacity > 0x7fffffff) return -1;
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(charset, &error);
    if (U_FAILURE(error)) return -1;
    int32_t units = ucnv_toUChars(converter, NULL, 0, octets, (int32_t)count, &error);
    if (error != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(error)) { ucnv_close(converter); return -1; }
    UChar *wide = malloc(((size_t)units + 1) * sizeof(UChar));
    if (!wide) { ucnv_close(converter); return -1; }
    error = U_ZERO_ERROR;
    ucnv_reset(converter);
    ucnv_toUChars(converter, wide, units + 1, octets, (int32_t)count, &error);
    ucnv_close(converter);
    if (U_FAILURE(error)) { free(wide); return -1; }
    int32_t needed = 0;
    error = U_ZERO_ERROR;
    u_strToUTF8WithSub(out, (int32_t)capacity, &needed, wide, units, 0xFFFD, NULL, &error);
    free(wide);
    if (error != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(error)) return -1;
    return needed;
}
