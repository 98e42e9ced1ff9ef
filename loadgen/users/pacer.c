#include "loadgen/pacer.h"

#include <unistd.h>
#ifdef __linux__
#include <sys/timerfd.h>
#endif

#include "base/clock.h"
#include "loadgen/virtual_user.h"

/* --- the alarm ------------------------------------------------------------------------------ */

static void wake_due(struct pacer *pacer);

#ifdef __linux__
static void on_alarm(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    wake_due(poll->data);
}

static bool alarm_init(struct pacer *pacer, uv_loop_t *loop)
{
    pacer->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    pacer->handle.poll.data = pacer;
    return pacer->fd >= 0 && uv_poll_init(loop, &pacer->handle.poll, pacer->fd) == 0 &&
           uv_poll_start(&pacer->handle.poll, UV_READABLE, on_alarm) == 0;
}

/* Setting it again also takes back that it has gone off: nothing needs to be read. */
static void alarm_set(struct pacer *pacer, int64_t at_ns)
{
    struct itimerspec spec = {.it_value = {.tv_sec = at_ns == INT64_MAX ? 0 : at_ns / NS_PER_S,
                                           .tv_nsec = at_ns == INT64_MAX ? 0 : at_ns % NS_PER_S}};

    (void)timerfd_settime(pacer->fd, TFD_TIMER_ABSTIME, &spec, NULL);
}
#else
static void on_alarm(uv_timer_t *timer)
{
    wake_due(timer->data);
}

static bool alarm_init(struct pacer *pacer, uv_loop_t *loop)
{
    pacer->fd = -1;
    pacer->handle.timer.data = pacer;
    return uv_timer_init(loop, &pacer->handle.timer) == 0;
}

static void alarm_set(struct pacer *pacer, int64_t at_ns)
{
    int64_t wait_ns = at_ns - (int64_t)uv_hrtime();

    if (at_ns == INT64_MAX)
        (void)uv_timer_stop(&pacer->handle.timer);
    else
        (void)uv_timer_start(&pacer->handle.timer, on_alarm,
                             wait_ns <= 0 ? 0 : (uint64_t)((wait_ns + NS_PER_MS - 1) / NS_PER_MS),
                             0);
}
#endif

static void arm(struct pacer *pacer)
{
    int64_t first_ns = pacer->count == 0 ? INT64_MAX : pacer->heap[0]->resume_ns;

    if (first_ns == pacer->armed_ns)
        return;
    pacer->armed_ns = first_ns;
    alarm_set(pacer, first_ns);
}

/* --- the heap ------------------------------------------------------------------------------- */

static void put(struct pacer *pacer, size_t at, struct virtual_user *user)
{
    pacer->heap[at] = user;
    user->heap_at = at;
}

static void sift_up(struct pacer *pacer, size_t at, struct virtual_user *user)
{
    while (at > 0 && user->resume_ns < pacer->heap[(at - 1) / 2]->resume_ns) {
        put(pacer, at, pacer->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(pacer, at, user);
}

static void sift_down(struct pacer *pacer, size_t at, struct virtual_user *user)
{
    size_t child = 0;

    while ((child = 2 * at + 1) < pacer->count) {
        if (child + 1 < pacer->count &&
            pacer->heap[child + 1]->resume_ns < pacer->heap[child]->resume_ns)
            child++;
        if (user->resume_ns <= pacer->heap[child]->resume_ns)
            break;
        put(pacer, at, pacer->heap[child]);
        at = child;
    }
    put(pacer, at, user);
}

static void take_out(struct pacer *pacer, struct virtual_user *user)
{
    size_t at = user->heap_at;
    struct virtual_user *last = pacer->heap[--pacer->count];

    user->waiting = false;
    if (last == user)
        return;
    if (at > 0 && last->resume_ns < pacer->heap[(at - 1) / 2]->resume_ns)
        sift_up(pacer, at, last);
    else
        sift_down(pacer, at, last);
}

static void wake_due(struct pacer *pacer)
{
    int64_t now_ns = (int64_t)uv_hrtime();

    pacer->armed_ns = -1; /* it has gone off: whatever comes next is set anew */
    while (pacer->count > 0 && pacer->heap[0]->resume_ns <= now_ns) {
        struct virtual_user *user = pacer->heap[0];
        take_out(pacer, user);
        pacer->wake(user, now_ns);
    }
    arm(pacer);
}

/* --- outside -------------------------------------------------------------------------------- */

bool pacer_init(struct pacer *pacer, uv_loop_t *loop, size_t users,
                void (*wake)(struct virtual_user *user, int64_t now_ns))
{
    *pacer = (struct pacer){.fd = -1, .armed_ns = INT64_MAX, .wake = wake};
    pacer->heap = calloc(users, sizeof(struct virtual_user *));
    return pacer->heap != NULL && alarm_init(pacer, loop);
}

void pacer_close(struct pacer *pacer)
{
    uv_close((uv_handle_t *)&pacer->handle, NULL);
}

void pacer_deinit(struct pacer *pacer)
{
    if (pacer->heap != NULL && pacer->fd >= 0)
        (void)close(pacer->fd);
    free(pacer->heap);
    pacer->heap = NULL;
}

void pacer_add(struct pacer *pacer, struct virtual_user *user)
{
    user->waiting = true;
    sift_up(pacer, pacer->count++, user);
    /* While wake_due() runs it arms once, at its end. */
    if (pacer->armed_ns >= 0)
        arm(pacer);
}

void pacer_remove(struct pacer *pacer, struct virtual_user *user)
{
    if (!user->waiting)
        return;
    take_out(pacer, user);
    if (pacer->armed_ns >= 0)
        arm(pacer);
}

void pacer_wake_all(struct pacer *pacer)
{
    int64_t now_ns = (int64_t)uv_hrtime();

    while (pacer->count > 0) {
        struct virtual_user *user = pacer->heap[pacer->count - 1];
        take_out(pacer, user);
        pacer->wake(user, now_ns);
    }
    arm(pacer);
}
