/* The schedule: who runs when, what has taken too long, when a window ends, when all is over. */
#include "loadgen/run.h"

#include <signal.h>

#include "loadgen/segment.h"
#include "loadgen/virtual_user.h"

int64_t run_elapsed_ms(const struct run *run)
{
    return ((int64_t)uv_hrtime() - run->start_ns) / NS_PER_MS;
}

/* --- the end -------------------------------------------------------------------------------- */

static void close_handles(struct run *run)
{
    run->finished = true;
    for (size_t i = 0; i < run->options.users; i++)
        user_drop(&run->users[i]);
    uv_close((uv_handle_t *)&run->tick, NULL);
    pacer_close(&run->pacer);
    if (run->observer.end != NULL)
        run->observer.end(run, run->observer.context);
    for (size_t i = 0; i < ARRAY_LEN(run->signals); i++)
        uv_close((uv_handle_t *)&run->signals[i], NULL);
}

/* Moments that came before the end and found no free user. */
static void count_unsent(struct run *run, int64_t now_ns)
{
    uint64_t due = run->options.schedule == NULL
                       ? 0
                       : schedule_count(run->options.schedule, now_ns - run->start_ns);

    run->slots_unsent = due > run->slots ? due - run->slots : 0;
}

static void begin_end(struct run *run, int64_t now_ns)
{
    if (run->stopping)
        return;
    run->stopping = true;
    count_unsent(run, now_ns);
}

void run_abort(struct run *run)
{
    run->aborted = true;
    begin_end(run, (int64_t)uv_hrtime());
}

bool run_is_exhausted(const struct run *run)
{
    int64_t due_ns = 0;

    if (run->options.iterations > 0 && run->iterations_begun == run->options.iterations)
        return true;
    return run->options.schedule != NULL &&
           !schedule_due(run->options.schedule, run->slots, &due_ns);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct run *run = handle->data;

    (void)number;
    if (run->interrupted) {
        for (size_t i = 0; i < run->options.users; i++)
            user_drop(&run->users[i]);
        return;
    }
    run->interrupted = true;
    begin_end(run, (int64_t)uv_hrtime());
}

/* --- the tick ------------------------------------------------------------------------------- */

static void start_users(struct run *run, int64_t now_ns)
{
    for (size_t i = 0; i < run->active_users && !run_is_exhausted(run); i++) {
        if (!run->users[i].running)
            user_start(&run->users[i], now_ns);
    }
}

/* Once for all requests, so that none needs a timer of its own. */
static void sweep(struct run *run, int64_t now_ns)
{
    int64_t timeout_ns = run->options.timeout_ms * NS_PER_MS;

    for (size_t i = 0; i < run->options.users; i++) {
        struct virtual_user *user = &run->users[i];
        if (run->scripts != NULL)
            user_scripts_sweep(user, now_ns);
        if (timeout_ns > 0 && user->in_flight && now_ns - user->begun_ns > timeout_ns)
            user_time_out(user, now_ns);
    }
    run->last_sweep_ns = now_ns;
}

static void close_window(struct run *run, int64_t now_ns)
{
    if (!metrics_close_window(&run->metrics, (now_ns - run->start_ns) / NS_PER_MS)) {
        run->failed = true;
        begin_end(run, now_ns);
        return;
    }
    run->elapsed_ms = (now_ns - run->start_ns) / NS_PER_MS;
    if (run->observer.window != NULL)
        run->observer.window(run, run->observer.context);
}

static void follow_profile(struct run *run, int64_t now_ns)
{
    double duration_ns = (double)(run->options.duration_ms * NS_PER_MS);
    double elapsed = duration_ns > 0 ? (double)(now_ns - run->start_ns) / duration_ns : 0;

    if (run->options.duration_ms > 0 && elapsed >= 1)
        begin_end(run, now_ns);
    if (run->stopping)
        return;
    run->active_users =
        segment_share(profile_users(&run->options.profile, elapsed, run->options.all_users),
                      run->options.segment, run->options.segments);
    if (run->running < run->active_users)
        start_users(run, now_ns);
}

static void on_tick(uv_timer_t *timer)
{
    struct run *run = timer->data;
    int64_t now_ns = (int64_t)uv_hrtime();

    metrics_users(&run->metrics,
                  (double)(run->options.schedule != NULL ? run->in_flight : run->running),
                  (double)(now_ns - run->last_tick_ns) / (double)NS_PER_MS);
    watch_tick(&run->watch, now_ns - run->last_tick_ns - RUN_TICK_MS * NS_PER_MS);
    run->last_tick_ns = now_ns;
    if (metrics_window_due(&run->metrics, (now_ns - run->start_ns) / NS_PER_MS))
        close_window(run, now_ns);
    follow_profile(run, now_ns);
    if (run->stopping)
        pacer_wake_all(&run->pacer);
    if (now_ns - run->last_sweep_ns >= RUN_SWEEP_MS * NS_PER_MS)
        sweep(run, now_ns);
    if (run->observer.tick != NULL)
        run->observer.tick(run, run->observer.context);
    if (run->running == 0 && !run->finished && (run->stopping || run_is_exhausted(run)))
        close_handles(run);
}

/* --- set-up --------------------------------------------------------------------------------- */

static bool start_timers(struct run *run)
{
    static const int numbers[2] = {SIGINT, SIGTERM};
    bool ok = pacer_init(&run->pacer, &run->loop, run->options.users, user_resume) &&
              uv_timer_init(&run->loop, &run->tick) == 0;

    run->tick.data = run;
    for (size_t i = 0; i < ARRAY_LEN(run->signals); i++) {
        ok = ok && uv_signal_init(&run->loop, &run->signals[i]) == 0 &&
             uv_signal_start(&run->signals[i], on_signal, numbers[i]) == 0;
        run->signals[i].data = run;
    }
    return ok && uv_timer_start(&run->tick, on_tick, 0, RUN_TICK_MS) == 0;
}

static bool allocate(struct run *run)
{
    struct rng rng;

    if (run->options.seeded)
        rng_init(&rng, run->options.seed);
    else
        rng_init_random(&rng);
    run->users = calloc(run->options.users, sizeof(*run->users));
    if (run->users == NULL ||
        !transport_init(&run->transport, &run->loop, run->targets, run->tls, run->proxies))
        return false;
    run->transport.looks_first = run->options.as_newman;
    run->transport.version = run->options.version;
    /* Each user of the whole run has its own chance, on whichever machine it is. */
    for (size_t i = 0; i < run->options.all_users; i++) {
        struct rng own = rng_fork(&rng);
        if (i % run->options.segments == run->options.segment)
            user_init(&run->users[i / run->options.segments], run, i / run->options.segments, own);
    }
    return true;
}

static void release(struct run *run)
{
    for (size_t i = 0; run->users != NULL && i < run->options.users; i++)
        user_deinit(&run->users[i]);
    free(run->users);
    pacer_deinit(&run->pacer);
    histogram_free(run->watch.lag);
    run->watch.lag = NULL;
    transport_deinit(&run->transport);
    run->users = NULL;
}

bool run_load(struct run *run, struct aws_error *err)
{
    bool ok = false;

    /* A server may be gone when we write: an error of that request, not our end. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (!metrics_init(&run->metrics, run->plan_count) || !watch_begin(&run->watch) ||
        !allocate(run)) {
        (void)aws_fail(err, &error_out_of_memory, "out of memory for %zu users",
                       run->options.users);
        goto done;
    }
    if (uv_loop_init(&run->loop) != 0 || !start_timers(run)) {
        (void)aws_fail(err, &error_environment, "the event loop cannot be started");
        goto done;
    }
    if (run->observer.begin != NULL && !run->observer.begin(run, run->observer.context, err)) {
        close_handles(run);
        (void)uv_run(&run->loop, UV_RUN_DEFAULT);
        (void)uv_loop_close(&run->loop);
        goto done;
    }
    run->start_ns = run->last_tick_ns = run->last_sweep_ns = (int64_t)uv_hrtime();
    (void)uv_run(&run->loop, UV_RUN_DEFAULT);
    run->elapsed_ms = (run->last_stop_ns - run->start_ns + NS_PER_MS - 1) / NS_PER_MS;
    watch_end(&run->watch, (double)run->elapsed_ms / 1000, &run->generator);
    run->generator.unsent = run->slots_unsent;
    run->generator.socket_failures = run->transport.refused;
    memcpy(run->generator.connections, run->transport.opened, sizeof(run->transport.opened));
    (void)uv_loop_close(&run->loop);
    ok = metrics_finish(&run->metrics, run->elapsed_ms) && !run->failed;
    if (!ok)
        (void)aws_fail(err, &error_out_of_memory, "out of memory for the figures");
done:
    release(run);
    return ok;
}

void run_deinit(struct run *run)
{
    metrics_deinit(&run->metrics);
}
