#define _GNU_SOURCE
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <malloc.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const uint64_t second_ns = 1000000000;

static uint64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * second_ns + (uint64_t)now.tv_nsec;
}

uint64_t kernel_monotonic_ns(void) {
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t kernel_realtime_ns(void) {
    return clock_ns(CLOCK_REALTIME);
}

uint64_t kernel_realtime_coarse_ms(void) {
    return clock_ns(CLOCK_REALTIME_COARSE) / 1000000;
}

int kernel_signalfd(const int32_t *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    int failed = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (failed) {
        errno = failed;
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int kernel_signalfd_read(int fd, struct kernel_signal *out) {
    struct signalfd_siginfo info;
    ssize_t count = read(fd, &info, sizeof info);
    if (count != sizeof info) return count < 0 && errno != EAGAIN && errno != EINTR ? -1 : 0;
    out->number = info.ssi_signo;
    out->sender = info.ssi_pid;
    out->status = info.ssi_status;
    return 1;
}

int kernel_timerfd(void) {
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

int kernel_timerfd_arm(int fd, uint64_t deadline_ns) {
    struct itimerspec spec = {
        .it_value = {.tv_sec = (time_t)(deadline_ns / second_ns), .tv_nsec = (long)(deadline_ns % second_ns)}};
    return timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

void kernel_timerfd_drain(int fd) {
    uint64_t expirations;
    while (read(fd, &expirations, sizeof expirations) < 0 && errno == EINTR) {}
}

int kernel_memfd(const char *name, uint64_t size) {
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return -1;
    // A worker that shrank the board would kill every other process that touches it (SIGBUS).
    if (ftruncate(fd, (off_t)size) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
        int code = errno;
        close(fd);
        errno = code;
        return -1;
    }
    return fd;
}

int kernel_sealed_memfd(const char *name, const void *bytes, uint64_t size) {
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return -1;
    const char *next = bytes;
    uint64_t left = size;
    while (left > 0) {
        ssize_t count = write(fd, next, left);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        next += count;
        left -= (uint64_t)count;
    }
    int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (left > 0 || fcntl(fd, F_ADD_SEALS, seals) < 0) {
        int code = errno;
        close(fd);
        errno = code;
        return -1;
    }
    return fd;
}

int32_t kernel_ended_child(void) {
    siginfo_t info;
    info.si_pid = 0;
    int result;
    do {
        result = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? -1 : info.si_pid;
}

int kernel_pidfd(int32_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int kernel_die_with_parent(int signal) {
    return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

int kernel_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int kernel_accept_queue(int fd, uint32_t *length, uint32_t *limit) {
    struct tcp_info info;
    memset(&info, 0, sizeof info);
    socklen_t size = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return -1;
    // On a listening socket these two fields carry the accept queue: tcp_get_info() in the kernel.
    *length = info.tcpi_unacked;
    *limit = info.tcpi_sacked;
    return 0;
}

int kernel_lock_file(int fd) {
    int result;
    do {
        result = flock(fd, LOCK_EX | LOCK_NB);
    } while (result < 0 && errno == EINTR);
    return result;
}

int kernel_accept(int listener, struct kernel_peer *peer) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    int fd;
    do {
        fd = accept4(listener, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    peer->length = 0;
    if (fd < 0) return -1;
    if (size >= sizeof(struct sockaddr_in) && address.ss_family == AF_INET) {
        peer->length = 4;
        memcpy(peer->address, &((struct sockaddr_in *)&address)->sin_addr, 4);
    } else if (size >= sizeof(struct sockaddr_in6) && address.ss_family == AF_INET6) {
        peer->length = 16;
        memcpy(peer->address, &((struct sockaddr_in6 *)&address)->sin6_addr, 16);
    }
    return fd;
}

int64_t kernel_send(int fd, const void *bytes, uint64_t count) {
    ssize_t sent;
    do {
        sent = send(fd, bytes, count, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

int64_t kernel_send_both(int fd, const void *first, uint64_t first_count, const void *second, uint64_t second_count) {
    struct iovec pieces[2] = {
        {.iov_base = (void *)first, .iov_len = first_count},
        {.iov_base = (void *)second, .iov_len = second_count},
    };
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    ssize_t sent;
    do {
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

void kernel_no_delay(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void kernel_limit_unsent(int fd, int bytes) {
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}

int kernel_thread_nice(int niceness) {
    // Of a thread on Linux, although POSIX says of a process: NOTES of setpriority(2).
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), niceness);
}

void kernel_frugal_malloc(void) {
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    mallopt(M_ARENA_MAX, 8);
}
