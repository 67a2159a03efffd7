// Names of threads.
#define _GNU_SOURCE
#include "CPlatform.h"

void cplatform_name_thread(pthread_t thread, const char *name) { pthread_setname_np(thread, name); }
