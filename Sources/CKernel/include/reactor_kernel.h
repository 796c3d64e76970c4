// epoll(7) and eventfd(2) for the reactor: neither is in Swift's Glibc module.
#ifndef REACTOR_KERNEL_H
#define REACTOR_KERNEL_H

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    reactor_event_in = EPOLLIN,
    reactor_event_out = EPOLLOUT,
    reactor_event_read_hangup = EPOLLRDHUP,
    reactor_event_hangup = EPOLLHUP,
    reactor_event_error = EPOLLERR
};

enum { reactor_batch = 64 };

/// One ready descriptor; `struct epoll_event` is packed, this one is not.
struct reactor_event {
    uint64_t token;
    uint32_t events;
};

static inline int reactor_epoll_create(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}

/// `operation`: 0 add, 1 modify, 2 delete. Returns 0 or -1 with errno set.
static inline int reactor_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
    static const int operations[] = {EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL};
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operations[operation], fd, &event);
}

/// Fills `out` with at most `reactor_batch` events; an interrupted wait counts as none.
static inline int reactor_epoll_wait(int epoll, struct reactor_event *out, int timeout_milliseconds) {
    struct epoll_event ready[reactor_batch];
    int count = epoll_wait(epoll, ready, reactor_batch, timeout_milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -1;
    for (int i = 0; i < count; i++) {
        out[i].token = ready[i].data.u64;
        out[i].events = ready[i].events;
    }
    return count;
}

static inline int reactor_eventfd_create(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static inline void reactor_eventfd_signal(int fd) {
    uint64_t one = 1;
    while (write(fd, &one, sizeof one) < 0 && errno == EINTR) {}
}

static inline void reactor_eventfd_drain(int fd) {
    uint64_t count;
    while (read(fd, &count, sizeof count) < 0 && errno == EINTR) {}
}

/// Names the calling thread, cut to 15 bytes by the kernel: prctl(2) PR_SET_NAME.
static inline void reactor_name_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

#endif
