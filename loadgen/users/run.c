/* The whole of a run: its lanes, its windows, its end. */
#include "loadgen/run.h"

#include <signal.h>

#include "base/cores.h"
#include "loadgen/lane.h"
#include "loadgen/virtual_user.h"

/* A window whose last part came later than this share of its width is gathered once more. */
enum { LATE_SHARE = 8 };

/* --- how it goes ---------------------------------------------------------------------------- */

int64_t run_elapsed_ms(const struct run *run)
{
    return ((int64_t)uv_hrtime() - run->start_ns) / NS_PER_MS;
}

int64_t run_known_ms(const struct run *run)
{
    return run->lane_count == 1 ? run_elapsed_ms(run) : run->metrics.now_begin_ms;
}

struct counters run_so_far(const struct run *run)
{
    return run->lane_count == 1 ? metrics_so_far(&run->metrics) : run->metrics.totals;
}

size_t run_users(const struct run *run)
{
    size_t users = 0;

    for (size_t i = 0; i < run->lane_count; i++)
        users += atomic_load_explicit(&run->lanes[i]->users_now, memory_order_relaxed);
    return users;
}

uint64_t run_iterations_begun(const struct run *run)
{
    uint64_t begun = atomic_load_explicit(&run->iterations.next, memory_order_relaxed);

    return begun < run->options.iterations ? begun : run->options.iterations;
}

uv_loop_t *run_loop(const struct run *run)
{
    return &run->lanes[0]->loop;
}

bool run_is_exhausted(const struct run *run)
{
    int64_t due_ns = 0;

    if (run->options.iterations > 0 && run_iterations_begun(run) == run->options.iterations)
        return true;
    return run->options.schedule != NULL &&
           !schedule_due(run->options.schedule,
                         atomic_load_explicit(&run->slots.next, memory_order_relaxed), &due_ns);
}

/* FNV-1a; never 0. */
static uint64_t hash_of(struct str text)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(1099511628211);
    return hash == 0 ? 1 : hash;
}

bool run_notice_is_new(struct run *run, struct str text)
{
    uint64_t hash = hash_of(text), told = 0;

    for (size_t i = 0; i < RUN_NOTICES_MAX; i++) {
        told = 0;
        if (atomic_compare_exchange_strong(&run->notices[i], &told, hash))
            return true;
        if (told == hash)
            return false;
    }
    return false;
}

/* --- the end -------------------------------------------------------------------------------- */

/* Moments that came before the end and found no free user. */
static void count_unsent(struct run *run, int64_t now_ns)
{
    uint64_t taken = atomic_load_explicit(&run->slots.next, memory_order_relaxed);
    int64_t until_ns = now_ns - run->start_ns, duration_ns = run->options.duration_ms * NS_PER_MS;
    uint64_t due = 0;

    if (duration_ns > 0 && until_ns > duration_ns)
        until_ns = duration_ns;
    if (run->options.schedule != NULL)
        due = schedule_count(run->options.schedule, until_ns);

    run->slots_unsent = due > taken ? due - taken : 0;
}

/* One lane's moment is the whole run's. */
void run_begin_end(struct run *run, int64_t now_ns)
{
    int_fast64_t none = 0;

    if (!atomic_compare_exchange_strong(&run->end_ns, &none, now_ns))
        return;
    count_unsent(run, now_ns);
    atomic_store_explicit(&run->stopping, true, memory_order_release);
}

void run_fail(struct run *run, int64_t now_ns)
{
    atomic_store(&run->failed, true);
    run_begin_end(run, now_ns);
}

void run_abort(struct run *run)
{
    run->aborted = true;
    run_begin_end(run, (int64_t)uv_hrtime());
}

/* Other lanes hear of it at their next tick. */
static void on_signal(uv_signal_t *handle, int number)
{
    struct run *run = handle->data;

    (void)number;
    if (run->interrupted) {
        atomic_store(&run->dropping, true);
        lane_drop_users(run->lanes[0]);
        return;
    }
    run->interrupted = true;
    run_begin_end(run, (int64_t)uv_hrtime());
}

void run_close_handles(struct run *run)
{
    if (run->observer.end != NULL)
        run->observer.end(run, run->observer.context);
    for (size_t i = 0; i < ARRAY_LEN(run->signals); i++)
        uv_close((uv_handle_t *)&run->signals[i], NULL);
}

/* --- windows -------------------------------------------------------------------------------- */

static void close_window(struct run *run, int64_t now_ns)
{
    if (!metrics_close_window(&run->metrics, (now_ns - run->start_ns) / NS_PER_MS)) {
        run_fail(run, now_ns);
        return;
    }
    run->elapsed_ms = (now_ns - run->start_ns) / NS_PER_MS;
    if (run->observer.window != NULL)
        run->observer.window(run, run->observer.context);
}

/*
 * Whether the parts lie too far apart for one window. Those who handed over first have gone on
 * since, so they are asked again; the window that grows meanwhile is the bound.
 */
static bool is_late(const struct run *run, int64_t now_ns)
{
    int64_t begin_ns = run->start_ns + run->metrics.now_begin_ms * NS_PER_MS;

    return (now_ns - run->gathering.asked_ns) * LATE_SHARE > now_ns - begin_ns;
}

void run_end_windows(struct run *run, int64_t now_ns)
{
    struct gathering *gathering = &run->gathering;
    bool due = metrics_window_due(&run->metrics, (now_ns - run->start_ns) / NS_PER_MS);

    if (run->lane_count == 1) {
        if (due)
            close_window(run, now_ns);
        return;
    }
    if (!gathering->asking) {
        if (due)
            gathering_ask(gathering, now_ns);
        return;
    }
    if (!gathering_collect(gathering, &run->metrics))
        return;
    metrics_take(&run->metrics, run->lanes[0]->metrics);
    gathering->asking = false;
    if (is_late(run, now_ns))
        gathering_ask(gathering, now_ns);
    else
        close_window(run, now_ns);
}

/* --- threads -------------------------------------------------------------------------------- */

static void on_thread(void *argument)
{
    struct lane *lane = argument;
    struct run *run = lane->run;

    if (!lane_prepare(lane, &lane->err))
        atomic_store(&run->failed, true);
    uv_sem_post(&run->ready);
    uv_sem_wait(&run->go);
    if (!run->cancelled)
        lane_run(lane);
    lane_release(lane);
}

/* All are prepared before the first one begins; a lane that could not be is everybody's error. */
static bool start_threads(struct run *run, struct aws_error *err)
{
    bool ok = true;

    for (size_t i = 1; ok && i < run->lane_count; i++) {
        struct lane *lane = run->lanes[i];
        lane->has_thread = uv_thread_create(&lane->thread, on_thread, lane) == 0;
        ok = lane->has_thread ||
             aws_fail(err, &error_environment, "thread %zu of %zu cannot be started", i + 1,
                      run->lane_count);
    }
    ok = ok && lane_prepare(run->lanes[0], err);
    for (size_t i = 1; i < run->lane_count; i++) {
        if (run->lanes[i]->has_thread)
            uv_sem_wait(&run->ready);
    }
    for (size_t i = 1; ok && i < run->lane_count; i++) {
        ok = run->lanes[i]->err.kind == NULL;
        if (!ok)
            *err = run->lanes[i]->err;
    }
    return ok;
}

static void let_go(struct run *run)
{
    for (size_t i = 1; i < run->lane_count; i++) {
        if (run->lanes[i]->has_thread)
            uv_sem_post(&run->go);
    }
}

static void join_threads(struct run *run)
{
    for (size_t i = 1; i < run->lane_count; i++) {
        if (run->lanes[i]->has_thread)
            (void)uv_thread_join(&run->lanes[i]->thread);
    }
}

/* --- set-up --------------------------------------------------------------------------------- */

static bool no_memory(const struct run *run, struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "out of memory for %zu users", run->options.users);
}

static bool make_lanes(struct run *run, struct aws_error *err)
{
    size_t wanted = run->options.threads > 1 ? run->options.threads : 1;

    run->lane_count = wanted < run->options.users ? wanted : run->options.users;
    run->lanes = calloc(run->lane_count, sizeof(struct lane *));
    if (run->lanes == NULL || !metrics_init(&run->metrics, run->plan_count))
        return no_memory(run, err);
    for (size_t i = 0; i < run->lane_count; i++) {
        run->lanes[i] = lane_new();
        if (run->lanes[i] == NULL)
            return no_memory(run, err);
        if (!lane_init(run->lanes[i], run, i, err))
            return false;
    }
    if (run->lane_count == 1)
        return true;
    if (!gathering_init(&run->gathering, run->lane_count - 1, run->plan_count))
        return no_memory(run, err);
    if (uv_sem_init(&run->ready, 0) != 0 || uv_sem_init(&run->go, 0) != 0)
        return aws_fail(err, &error_environment, "the threads cannot be started");
    run->has_sems = true;
    return true;
}

/* Each user of the whole run has its own chance, on whichever machine and lane it is. */
static void init_users(struct run *run)
{
    const struct run_options *options = &run->options;
    struct rng rng;

    if (options->seeded)
        rng_init(&rng, options->seed);
    else
        rng_init_random(&rng);
    for (size_t i = 0; i < options->all_users; i++) {
        struct rng own = rng_fork(&rng);
        size_t at = i / options->segments;
        struct lane *lane = run->lanes[at % run->lane_count];
        if (i % options->segments == options->segment)
            user_init(&lane->users[at / run->lane_count], lane, at / run->lane_count, own);
    }
}

/* Where there are enough, each user who begins the run has an iteration: one lane's would else take
 * them all while another's thread comes to life. */
static void keep_iterations(struct run *run)
{
    uint64_t left = run->options.iterations;

    if (run->lane_count == 1 || run->options.schedule != NULL)
        return;
    for (size_t i = 0; i < run->lane_count; i++) {
        uint64_t wanted = lane_users_wanted(run->lanes[i], 0);
        run->lanes[i]->iterations_kept = wanted < left ? wanted : left;
        left -= run->lanes[i]->iterations_kept;
    }
    atomic_store_explicit(&run->iterations.next, run->options.iterations - left,
                          memory_order_relaxed);
}

static bool open_signals(struct run *run, struct aws_error *err)
{
    static const int numbers[2] = {SIGINT, SIGTERM};
    bool ok = true;

    for (size_t i = 0; i < ARRAY_LEN(run->signals); i++) {
        ok = ok && uv_signal_init(run_loop(run), &run->signals[i]) == 0 &&
             uv_signal_start(&run->signals[i], on_signal, numbers[i]) == 0;
        run->signals[i].data = run;
    }
    return ok || aws_fail(err, &error_environment, "the event loop cannot be started");
}

static void release(struct run *run)
{
    for (size_t i = 0; run->lanes != NULL && i < run->lane_count; i++)
        lane_free(run->lanes[i]);
    free(run->lanes);
    run->lanes = NULL;
    gathering_deinit(&run->gathering);
    if (run->has_sems) {
        uv_sem_destroy(&run->ready);
        uv_sem_destroy(&run->go);
    }
    run->has_sems = false;
}

/* --- the whole ------------------------------------------------------------------------------ */

static void run_lanes(struct run *run)
{
    run->start_ns = (int64_t)uv_hrtime();
    let_go(run);
    lane_run(run->lanes[0]);
    join_threads(run);
}

/* What lanes have that no window has; nobody else runs any more. */
static void take_figures(struct run *run)
{
    int64_t last_stop_ns = run->start_ns;
    struct generator generator;

    if (run->lane_count > 1) {
        (void)gathering_collect(&run->gathering, &run->metrics);
        metrics_take(&run->metrics, run->lanes[0]->metrics);
    }
    for (size_t i = 0; i < run->lane_count; i++) {
        const struct lane *lane = run->lanes[i];
        run->iterations_done += lane->iterations_done;
        run->iterations_dropped += lane->iterations_dropped;
        run->slots_unsent += lane->slots_dropped;
        if (lane->last_stop_ns > last_stop_ns)
            last_stop_ns = lane->last_stop_ns;
    }
    run->elapsed_ms = (last_stop_ns - run->start_ns + NS_PER_MS - 1) / NS_PER_MS;
    run->metrics.end_ms = (double)(last_stop_ns - run->start_ns) / (double)NS_PER_MS;
    run->generator = (struct generator){0};
    for (size_t i = 0; i < run->lane_count; i++) {
        watch_end(&run->lanes[i]->watch, (double)run->elapsed_ms / 1000, &generator);
        generator.socket_failures = run->lanes[i]->transport.refused;
        memcpy(generator.connections, run->lanes[i]->transport.opened,
               sizeof(generator.connections));
        generator_merge(&run->generator, &generator);
    }
    run->generator.machines = 1;
    run->generator.cores = cores_available();
    run->generator.unsent = run->slots_unsent;
}

bool run_load(struct run *run, struct aws_error *err)
{
    bool ok = false;

    /* A server may be gone when we write: an error of that request, not our end. */
    (void)signal(SIGPIPE, SIG_IGN);
    ok = make_lanes(run, err);
    if (!ok)
        goto done;
    init_users(run);
    keep_iterations(run);
    ok = open_signals(run, err) &&
         (run->observer.begin == NULL || run->observer.begin(run, run->observer.context, err));
    ok = ok && start_threads(run, err);
    if (ok) {
        run_lanes(run);
        take_figures(run);
        ok = (metrics_finish(&run->metrics, run->elapsed_ms) && !atomic_load(&run->failed)) ||
             aws_fail(err, &error_out_of_memory, "out of memory for the figures");
    } else {
        run->cancelled = true;
        let_go(run);
        join_threads(run);
        if (run->observer.end != NULL)
            run->observer.end(run, run->observer.context);
    }
done:
    release(run);
    return ok;
}

void run_deinit(struct run *run)
{
    metrics_deinit(&run->metrics);
}
