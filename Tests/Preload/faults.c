// Faults between a program and its disk, for tests: preloaded, steered by environment variables, unknown to the program.
//
//   FAULT_CALL    write, flush or cut: which calls are counted and struck (write: write, pwrite, writev, pwritev; flush: fsync, fdatasync; cut: ftruncate)
//   FAULT_PATH    a text that the path of the file must hold, or must end with where the text ends with $
//   FAULT_AT      number of the call that is struck, from 1
//   FAULT_ACTION  kill-before, kill-after, kill-within (FAULT_OCTETS written, or so many missing where negative), kill-holes (every other 512 octets written),
//                 fail (FAULT_ERRNO, FAULT_TIMES times or for ever with 0), slow (FAULT_MILLISECONDS, every call from FAULT_AT on),
//                 space (ENOSPC after FAULT_OCTETS more octets), count
//   FAULT_SWITCH  a file: nothing is counted or struck while it does not exist
//   FAULT_REPORT  a file to which the counts are appended when the process ends by exit
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum call { WRITE, FLUSH, CUT, CALLS };
static const char *const call_names[CALLS] = {"write", "flush", "cut"};
enum action { NOTHING, KILL_BEFORE, KILL_AFTER, KILL_WITHIN, KILL_HOLES, FAIL, SLOW, SPACE };

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);

static const char *path_part, *switch_file, *report_file;
static enum call struck = CALLS;
static enum action action;
static long at = 1, octets, times, error_code = EIO, milliseconds;
static atomic_long counts[CALLS], failed, spent;

static long number(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text && *text ? atol(text) : otherwise;
}

__attribute__((constructor)) static void begin(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    path_part = getenv("FAULT_PATH");
    switch_file = getenv("FAULT_SWITCH");
    report_file = getenv("FAULT_REPORT");
    const char *call = getenv("FAULT_CALL");
    for (int i = 0; call && i < CALLS; i++)
        if (!strcmp(call, call_names[i])) struck = i;
    static const char *const names[] = {"count", "kill-before", "kill-after", "kill-within", "kill-holes", "fail", "slow", "space"};
    const char *named = getenv("FAULT_ACTION");
    for (int i = 0; named && i < 8; i++)
        if (!strcmp(named, names[i])) action = i;
    at = number("FAULT_AT", 1);
    octets = number("FAULT_OCTETS", 0);
    times = number("FAULT_TIMES", 1);
    error_code = number("FAULT_ERRNO", EIO);
    milliseconds = number("FAULT_MILLISECONDS", 0);
}

__attribute__((destructor)) static void end(void) {
    if (!report_file || !path_part) return;
    char line[200];
    int n = snprintf(line, sizeof line, "write=%ld flush=%ld cut=%ld\n", counts[WRITE], counts[FLUSH], counts[CUT]);
    int fd = open(report_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd >= 0) {
        if (real_write(fd, line, n) < 0) {}
        close(fd);
    }
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int is_path(const char *path, size_t n) {
    size_t part = strlen(path_part);
    if (part && path_part[part - 1] == '$') return n >= part - 1 && !memcmp(path + n - (part - 1), path_part, part - 1);
    return strstr(path, path_part) != 0;
}

/// True when this call on this file is to be struck now.
static int strikes(enum call call, int fd) {
    if (!path_part) return 0;
    int kept = errno;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    int strike = 0;
    if (n > 0) {
        path[n] = 0;
        if (is_path(path, (size_t)n) && (!switch_file || access(switch_file, F_OK) == 0)) {
            long this = atomic_fetch_add(&counts[call], 1) + 1;
            if (call == struck && action != NOTHING) strike = action == FAIL || action == SLOW || action == SPACE ? this >= at : this == at;
            if (strike && action == FAIL && times > 0 && atomic_fetch_add(&failed, 1) >= times) strike = 0;
        }
    }
    errno = kept;
    return strike;
}

/// Before a call does its work. True when it fails instead, with errno set.
static int before(void) {
    if (action == KILL_BEFORE) die();
    if (action == SLOW) {
        struct timespec t = {milliseconds / 1000, milliseconds % 1000 * 1000000};
        while (nanosleep(&t, &t) != 0 && errno == EINTR) {}
    }
    if (action == FAIL) errno = (int)error_code;
    return action == FAIL;
}

static ssize_t put(int fd, const void *p, size_t n, off_t offset, int placed) {
    return placed ? real_pwrite(fd, p, n, offset) : real_write(fd, p, n);
}

static ssize_t any_write(int fd, const void *p, size_t n, off_t offset, int placed) {
    if (!strikes(WRITE, fd)) return put(fd, p, n, offset, placed);
    if (before()) return -1;
    if (action == KILL_WITHIN) {
        long part = octets >= 0 ? octets : (long)n + octets;
        if (part < 0) part = 0;
        if (part > (long)n) part = (long)n;
        if (put(fd, p, (size_t)part, offset, placed) < 0) {}
        die();
    }
    if (action == KILL_HOLES && placed) {
        for (size_t i = 0; i < n; i += 1024)
            if (real_pwrite(fd, (const char *)p + i, n - i < 512 ? n - i : 512, offset + (off_t)i) < 0) {}
        die();
    }
    if (action == SPACE) {
        long left = octets - atomic_load(&spent);
        if (left <= 0) {
            errno = ENOSPC;
            return -1;
        }
        if ((long)n > left) n = (size_t)left;
        atomic_fetch_add(&spent, (long)n);
    }
    ssize_t result = put(fd, p, n, offset, placed);
    if (action == KILL_AFTER) die();
    return result;
}

ssize_t write(int fd, const void *p, size_t n) {
    if (!real_write) real_write = dlsym(RTLD_NEXT, "write");
    return path_part ? any_write(fd, p, n, 0, 0) : real_write(fd, p, n);
}
ssize_t pwrite(int fd, const void *p, size_t n, off_t offset) { return any_write(fd, p, n, offset, 1); }
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t offset) { return any_write(fd, p, n, offset, 1); }

static ssize_t gathered(int fd, const struct iovec *v, int count, off_t offset, int placed) {
    size_t n = 0;
    for (int i = 0; i < count; i++) n += v[i].iov_len;
    char *all = malloc(n ? n : 1);
    if (!all) {
        errno = ENOMEM;
        return -1;
    }
    size_t filled = 0;
    for (int i = 0; i < count; i++) {
        memcpy(all + filled, v[i].iov_base, v[i].iov_len);
        filled += v[i].iov_len;
    }
    ssize_t result = any_write(fd, all, n, offset, placed);
    int kept = errno;
    free(all);
    errno = kept;
    return result;
}

/// Sockets and pipes keep their gathering write; files of the watched path are written in one piece.
static int is_watched(int fd) {
    if (!path_part) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return is_path(path, (size_t)n);
}

ssize_t writev(int fd, const struct iovec *v, int count) {
    static ssize_t (*real)(int, const struct iovec *, int);
    if (!real) real = dlsym(RTLD_NEXT, "writev");
    return is_watched(fd) ? gathered(fd, v, count, 0, 0) : real(fd, v, count);
}
ssize_t pwritev(int fd, const struct iovec *v, int count, off_t offset) {
    static ssize_t (*real)(int, const struct iovec *, int, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwritev");
    return is_watched(fd) ? gathered(fd, v, count, offset, 1) : real(fd, v, count, offset);
}

static int any_flush(int fd, int (*real)(int)) {
    if (!strikes(FLUSH, fd)) return real(fd);
    if (before()) return -1;
    int result = real(fd);
    if (action == KILL_AFTER) die();
    return result;
}

int fsync(int fd) { return any_flush(fd, real_fsync); }
int fdatasync(int fd) { return any_flush(fd, real_fdatasync); }

static int any_cut(int fd, off_t size) {
    if (!strikes(CUT, fd)) return real_ftruncate(fd, size);
    if (before()) return -1;
    int result = real_ftruncate(fd, size);
    if (action == KILL_AFTER) die();
    return result;
}

int ftruncate(int fd, off_t size) { return any_cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return any_cut(fd, size); }
