/*
 * A server whose times are known: answers each GET a fixed time after it has read it, and stops
 * entirely for a while now and then if wanted.
 *
 * usage: timed_server DELAY_US [EVERY_MS STALL_MS]
 *
 * One thread, epoll; answers are due in the order of arrival, so that a ring is the queue. Prints
 * its port on stdout, and when it is terminated the P99 of what it did itself, from reading a
 * request to having answered it, in microseconds, and how many connections were open at most.
 */
#define _GNU_SOURCE /* accept4() */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE = 1 << 16, TIMES_US = 5000000, EVENTS = 256 };

struct waiting {
    int fd;
    int64_t read_us, due_us;
};

static struct waiting queue[QUEUE];
static unsigned queue_at, queue_end;
static uint32_t times[TIMES_US]; /* how many took that many microseconds */
static unsigned connections, connections_max;
static volatile sig_atomic_t ended;

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void on_term(int number)
{
    (void)number;
    ended = 1;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(fd, 4096) != 0 || getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        fail("listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        fail("epoll_ctl");
}

static void accept_all(int epoll, int listener)
{
    int fd = 0, one = 1;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        watch(epoll, fd);
        connections_max = ++connections > connections_max ? connections : connections_max;
    }
}

static void hang_up(int fd)
{
    close(fd);
    connections--;
}

/* Requests are small and clients wait for the answer: one read is one request. */
static void read_request(int fd, int64_t delay_us)
{
    char bytes[8192];
    ssize_t count = read(fd, bytes, sizeof(bytes));
    int64_t at_us = now_us();

    if (count > 0)
        queue[queue_end++ % QUEUE] = (struct waiting){fd, at_us, at_us + delay_us};
    else if (count == 0 || errno != EAGAIN)
        hang_up(fd);
}

static void answer_due(void)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    for (; queue_at != queue_end && queue[queue_at % QUEUE].due_us <= now_us(); queue_at++) {
        const struct waiting *one = &queue[queue_at % QUEUE];
        ssize_t ignored = write(one->fd, answer, sizeof(answer) - 1);
        int64_t took_us = now_us() - one->read_us;
        (void)ignored;
        times[took_us < TIMES_US ? took_us : TIMES_US - 1]++;
    }
}

static void arm(int timer)
{
    int64_t due_us = queue_at == queue_end ? 0 : queue[queue_at % QUEUE].due_us;
    struct itimerspec spec = {
        .it_value = {.tv_sec = due_us / 1000000, .tv_nsec = due_us % 1000000 * 1000}};

    timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL);
}

/* Nothing is read or answered in the last STALL_MS of every EVERY_MS. */
static void stall(int64_t start_us, int64_t every_us, int64_t stall_us)
{
    int64_t within_us = every_us > 0 ? (now_us() - start_us) % every_us : 0;

    if (every_us > 0 && within_us >= every_us - stall_us)
        usleep((useconds_t)(every_us - within_us));
}

static void print_figures(void)
{
    uint64_t total = 0, seen = 0;
    int at = 0;

    for (int i = 0; i < TIMES_US; i++)
        total += times[i];
    while (at < TIMES_US - 1 && (seen += times[at]) * 100 < total * 99)
        at++;
    printf("p99_us=%d requests=%llu connections=%u\n", at, (unsigned long long)total,
           connections_max);
}

int main(int argc, char **argv)
{
    int64_t delay_us = argc > 1 ? atoll(argv[1]) : 0;
    int64_t every_us = argc > 3 ? atoll(argv[2]) * 1000 : 0;
    int64_t stall_us = argc > 3 ? atoll(argv[3]) * 1000 : 0;
    int epoll = epoll_create1(0), listener = listen_anywhere();
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    int64_t start_us = now_us();

    signal(SIGTERM, on_term);
    signal(SIGPIPE, SIG_IGN);
    watch(epoll, listener);
    watch(epoll, timer);
    while (!ended) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, every_us > 0 ? 1 : -1);
        stall(start_us, every_us, stall_us);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener)
                accept_all(epoll, listener);
            else if (events[i].data.fd != timer)
                read_request(events[i].data.fd, delay_us);
        }
        answer_due();
        arm(timer);
    }
    print_figures();
    return 0;
}
