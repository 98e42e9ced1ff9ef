/*
 * Asynchronous invocations: accepted, then run; a function's error is tried again after one and
 * after two minutes, a throttle with growing pauses. Where AWS would send the record to a
 * destination or a dead-letter queue, it is told in a line here.
 *
 * Source: Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous
 * invocation".
 */
#include "base/log.h"
#include "errors.h"
#include "invoke.h"

static const int64_t retry_s[LAMBDA_RETRIES] = {60, 120};

enum { THROTTLE_S_MAX = 300, EVENT_AGE_S = 6 * 3600 };

struct async_event {
    struct invocation invocation; /* first: `caller` of itself */
    struct lambda_service *service;
    struct async_event *next, **link; /* service->lock */
    struct timer timer;
    struct arena *arena; /* this struct and its text */
    struct arena *answer;
    struct str function;
    struct str qualifier;
    int failures;
    int64_t throttle_s;
    int64_t accepted_ns;
};

static struct async_event *event_of(struct timer *timer)
{
    return (struct async_event *)(void *)((char *)timer - offsetof(struct async_event, timer));
}

static void event_free(struct async_event *event)
{
    struct lambda_service *service = event->service;

    (void)pthread_mutex_lock(&service->lock);
    *event->link = event->next;
    if (event->next != NULL)
        event->next->link = event->link;
    service->queued_events--;
    (void)pthread_cond_broadcast(&service->changed);
    (void)pthread_mutex_unlock(&service->lock);
    arena_free(event->answer);
    arena_free(event->arena);
}

static void attempt(struct timer *timer)
{
    struct async_event *event = event_of(timer);
    struct invocation *invocation = &event->invocation;

    arena_reset(event->answer);
    invocation->error = (struct aws_error){0};
    invocation->payload = invocation->executed_version = invocation->log_result =
        (struct str){NULL, 0};
    invocation->function_error = false;
    invocation->function = event->function;
    invocation->qualifier = event->qualifier;
    invoke_now(event->service, invocation);
}

static void give_up(struct async_event *event, const char *why)
{
    log_error("asynchronous event for function '%.*s' is dropped: %s", STR_ARG(event->function),
              why);
    event_free(event);
}

static void attempt_again(struct async_event *event, int64_t pause_s)
{
    struct lambda_service *service = event->service;
    int64_t now_ns = clock_monotonic_ns(service->clock);

    (void)pthread_mutex_lock(&service->lock);
    bool stopping = service->stopping;
    (void)pthread_mutex_unlock(&service->lock);
    if (stopping)
        give_up(event, "the emulator is stopping");
    else if (now_ns + pause_s * NS_PER_S - event->accepted_ns > EVENT_AGE_S * NS_PER_S)
        give_up(event, "it is older than six hours");
    else if (!timers_arm(service->timers, &event->timer, now_ns + pause_s * NS_PER_S))
        give_up(event, "no memory for a timer");
}

static void on_done(struct invocation *invocation)
{
    struct async_event *event = (struct async_event *)(void *)invocation;

    if (invocation->error.kind != NULL && invocation->error.kind->retryable) {
        event->throttle_s = event->throttle_s == 0 ? 1 : event->throttle_s * 2;
        if (event->throttle_s > THROTTLE_S_MAX)
            event->throttle_s = THROTTLE_S_MAX;
        attempt_again(event, event->throttle_s);
    } else if (invocation->error.kind != NULL) {
        give_up(event, invocation->error.message);
    } else if (!invocation->function_error) {
        event_free(event);
    } else if (event->failures == LAMBDA_RETRIES) {
        give_up(event, "all its attempts failed");
    } else {
        attempt_again(event, retry_s[event->failures++]);
    }
}

static struct async_event *event_new(const struct invocation *from)
{
    struct arena *arena = arena_new(LAMBDA_EVENT_ARENA_BYTES);
    struct async_event *event = arena == NULL ? NULL : arena_alloc(arena, sizeof(*event));
    struct invocation *invocation = event == NULL ? NULL : &event->invocation;

    if (event == NULL || (event->answer = arena_new(LAMBDA_EVENT_ARENA_BYTES)) == NULL ||
        !str_copy(arena, from->function, &event->function) ||
        !str_copy(arena, from->qualifier, &event->qualifier) ||
        !str_copy(arena, from->event, &invocation->event) ||
        !str_copy(arena, from->trace_id, &invocation->trace_id)) {
        arena_free(event == NULL ? NULL : event->answer);
        arena_free(arena);
        return NULL;
    }
    event->arena = arena;
    event->timer.fire = attempt;
    invocation->arena = event->answer;
    invocation->done = on_done;
    return event;
}

/* False when it is to be refused; `*drop` for a function whose reserved concurrency is 0. */
static bool queue_locked(struct lambda_service *service, struct async_event *event, bool *drop,
                         struct aws_error *err)
{
    const struct lambda_function *function = store_find(&service->store, event->function);

    *drop = function != NULL && function->reserved == 0;
    if (service->stopping || service->queued_events >= LAMBDA_QUEUED_EVENTS)
        return aws_fail(err, &lambda_service_exception,
                        "%d asynchronous events wait already, or the emulator is stopping.",
                        LAMBDA_QUEUED_EVENTS);
    event->next = service->events;
    event->link = &service->events;
    if (event->next != NULL)
        event->next->link = &event->next;
    service->events = event;
    service->queued_events++;
    return true;
}

bool async_accept(struct lambda_service *service, const struct invocation *invocation,
                  struct aws_error *err)
{
    struct async_event *event = event_new(invocation);
    bool drop = false;

    if (event == NULL)
        return aws_fail(err, &lambda_service_exception, "no memory for an asynchronous event");
    event->service = service;
    event->accepted_ns = clock_monotonic_ns(service->clock);
    (void)pthread_mutex_lock(&service->lock);
    bool ok = queue_locked(service, event, &drop, err);
    (void)pthread_mutex_unlock(&service->lock);
    if (!ok) {
        arena_free(event->answer);
        arena_free(event->arena);
        return false;
    }
    if (drop)
        give_up(event, "its reserved concurrency is 0");
    else if (!timers_arm(service->timers, &event->timer, event->accepted_ns))
        give_up(event, "no memory for a timer");
    return true;
}

void async_drop_all(struct lambda_service *service)
{
    (void)pthread_mutex_lock(&service->lock);
    struct async_event *event = service->events;
    (void)pthread_mutex_unlock(&service->lock);
    while (event != NULL) {
        (void)timers_cancel(service->timers, &event->timer);
        event_free(event);
        (void)pthread_mutex_lock(&service->lock);
        event = service->events;
        (void)pthread_mutex_unlock(&service->lock);
    }
}
