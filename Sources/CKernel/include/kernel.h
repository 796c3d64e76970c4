// Kernel calls that Swift's Glibc module lacks, and C11-style atomics over shared memory.
#ifndef TIMETRACKER_KERNEL_H
#define TIMETRACKER_KERNEL_H

#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>

/// Nanoseconds of CLOCK_MONOTONIC: one scale for all processes of a host.
uint64_t kernel_monotonic_ns(void);

/// Nanoseconds since 1970-01-01 UTC (CLOCK_REALTIME).
uint64_t kernel_realtime_ns(void);

/// Milliseconds since 1970-01-01 UTC as of the kernel's last tick (CLOCK_REALTIME_COARSE), which is cheaper to read.
uint64_t kernel_realtime_coarse_ms(void);

/// One signal read from a signalfd(2).
struct kernel_signal {
    uint32_t number;
    uint32_t sender;
    int32_t status;
};

/// Blocks the signals in the calling thread and opens a non-blocking, close-on-exec signalfd(2) for them.
/// Returns the descriptor or -1 with errno set.
int kernel_signalfd(const int32_t *signals, int count);

/// Reads one pending signal: 1 read, 0 none pending, -1 with errno set.
int kernel_signalfd_read(int fd, struct kernel_signal *out);

/// A non-blocking, close-on-exec timerfd(2) on CLOCK_MONOTONIC, disarmed.
int kernel_timerfd(void);

/// Arms the timer for an absolute CLOCK_MONOTONIC time; 0 disarms it. Returns 0 or -1.
int kernel_timerfd_arm(int fd, uint64_t deadline_ns);

/// Forgets expirations that nobody read.
void kernel_timerfd_drain(int fd);

/// Shared memory of a fixed, sealed size: memfd_create(2), close-on-exec. Returns the descriptor or -1.
int kernel_memfd(const char *name, uint64_t size);

/// Shared memory that holds these bytes and can't be changed any more: memfd_create(2), sealed, close-on-exec. Returns
/// the descriptor or -1 with errno set.
int kernel_sealed_memfd(const char *name, const void *bytes, uint64_t size);

/// A child that has ended, without taking it away: waitid(2) with WNOWAIT. Until it is waited for, neither its process id
/// nor its group's can become another's. Returns its process id, 0 = none, -1 with errno set.
int32_t kernel_ended_child(void);

/// A descriptor that becomes readable when the process ends: pidfd_open(2), close-on-exec.
int kernel_pidfd(int32_t pid);

/// Asks for `signal` when the thread that spawned this process ends: prctl(2) PR_SET_PDEATHSIG.
int kernel_die_with_parent(int signal);

/// posix_spawn_file_actions_addclosefrom_np(3). Returns 0 or an errno value.
int kernel_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/// Length and limit of a listening TCP socket's accept queue: tcp(7) TCP_INFO. Returns 0 or -1 with errno set.
int kernel_accept_queue(int fd, uint32_t *length, uint32_t *limit);

/// The far end of an accepted connection: 4 or 16 bytes of an IP address in network order, none for a Unix socket.
struct kernel_peer {
    uint8_t length;
    uint8_t address[16];
};

/// accept4(2), non-blocking and close-on-exec. Returns the descriptor or -1 with errno set.
int kernel_accept(int listener, struct kernel_peer *peer);

/// Sends without SIGPIPE: send(2). Returns what it returns.
int64_t kernel_send(int fd, const void *bytes, uint64_t count);

/// Sends two pieces as one, without SIGPIPE: sendmsg(2). Returns what it returns.
int64_t kernel_send_both(int fd, const void *first, uint64_t first_count, const void *second, uint64_t second_count);

/// Has small writes leave at once: TCP_NODELAY (tcp(7)), which accepted sockets inherit. No error on a Unix socket.
void kernel_no_delay(int fd);

/// The kernel takes no more for this socket while `bytes` of it wait to be sent: TCP_NOTSENT_LOWAT of tcp(7). What listens
/// passes it on to what it accepts.
void kernel_limit_unsent(int fd, int bytes);

/// Lowers the calling thread's claim on the processor: setpriority(2), `niceness` 1...19. Returns 0 or -1.
int kernel_thread_nice(int niceness);

/// Keeps large blocks out of the heap, so that freeing them gives the memory back, and the number of heaps small: mallopt(3).
void kernel_frugal_malloc(void);

/// Takes an exclusive flock(2) without waiting: 0 taken, -1 with errno set (EWOULDBLOCK: held by another process).
int kernel_lock_file(int fd);

// MARK: wait(2) status macros

static inline bool kernel_exited(int status) { return (status & 0x7f) == 0; }
static inline int kernel_exit_code(int status) { return (status >> 8) & 0xff; }
static inline int kernel_exit_signal(int status) { return status & 0x7f; }

// MARK: atomics over shared memory; pointers are naturally aligned

static inline uint64_t kernel_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
static inline uint64_t kernel_load_acquire(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline void kernel_store(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }
static inline void kernel_store_release(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/// Adds (wrapping) and returns the value before.
static inline uint64_t kernel_add(uint64_t *word, uint64_t value) {
    return __atomic_fetch_add(word, value, __ATOMIC_RELAXED);
}

/// Acquire and release on success. On failure `expected` holds the value found.
static inline bool kernel_exchange(uint64_t *word, uint64_t *expected, uint64_t desired) {
    return __atomic_compare_exchange_n(word, expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static inline uint32_t kernel_load_32(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
static inline uint32_t kernel_load_acquire_32(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline void kernel_store_32(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }
static inline void kernel_store_release_32(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/// Adds (wrapping) and returns the value before.
static inline uint32_t kernel_add_32(uint32_t *word, uint32_t value) {
    return __atomic_fetch_add(word, value, __ATOMIC_RELAXED);
}

/// Acquire and release on success. On failure `expected` holds the value found.
static inline bool kernel_exchange_32(uint32_t *word, uint32_t *expected, uint32_t desired) {
    return __atomic_compare_exchange_n(word, expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

#endif
