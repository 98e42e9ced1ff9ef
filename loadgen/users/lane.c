/* The schedule of one loop: who runs when, what has taken too long, when all is over. */
#include "loadgen/lane.h"

#include "loadgen/connect_ahead.h"
#include "loadgen/segment.h"
#include "loadgen/virtual_user.h"

enum { CACHE_LINE = 64 };

/* Zeroed memory of whole cache lines. */
static void *lines_new(size_t bytes)
{
    size_t whole = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    void *memory = aligned_alloc(CACHE_LINE, whole);

    if (memory != NULL)
        memset(memory, 0, whole);
    return memory;
}

struct lane *lane_new(void)
{
    return lines_new(sizeof(struct lane));
}

/* --- the tick ------------------------------------------------------------------------------- */

static bool is_exhausted(const struct lane *lane)
{
    return lane->iterations_kept == 0 && run_is_exhausted(lane->run);
}

/*
 * Their first requests are spread: users of a closed loop that begin as a herd stay one, and each
 * of its answers waits until the others are read. In the open loop the schedule spreads them.
 */
static void start_users(struct lane *lane, int64_t now_ns)
{
    int64_t space_ns = lane->run->options.schedule == NULL ? RUN_START_SPACE_US * INT64_C(1000) : 0;
    int64_t begin_ns = now_ns;

    for (size_t i = 0; i < lane->active_users && !is_exhausted(lane); i++) {
        if (lane->users[i].running)
            continue;
        user_start(&lane->users[i], begin_ns, now_ns);
        begin_ns += space_ns;
    }
}

/* Once for all requests, so that none needs a timer of its own. */
static void sweep(struct lane *lane, int64_t now_ns)
{
    int64_t timeout_ns = lane->run->options.timeout_ms * NS_PER_MS;

    for (size_t i = 0; i < lane->user_count; i++) {
        struct virtual_user *user = &lane->users[i];
        if (lane->scripts != NULL)
            user_scripts_sweep(user, now_ns);
        if (timeout_ns > 0 && user->in_flight && now_ns - user->begun_ns > timeout_ns)
            user_time_out(user, now_ns);
    }
    lane->last_sweep_ns = now_ns;
}

size_t lane_users_wanted(const struct lane *lane, double elapsed)
{
    const struct run_options *options = &lane->run->options;
    uint64_t users = segment_share(profile_users(&options->profile, elapsed, options->all_users),
                                   options->segment, options->segments);

    return segment_share(users, lane->index, lane->run->lane_count);
}

/* How many users of this lane the profile wants; at the duration's end the run's end begins. */
static void follow_profile(struct lane *lane, int64_t now_ns)
{
    struct run *run = lane->run;
    const struct run_options *options = &run->options;
    double duration_ns = (double)(options->duration_ms * NS_PER_MS);
    double elapsed = duration_ns > 0 ? (double)(now_ns - run->start_ns) / duration_ns : 0;

    if (options->duration_ms > 0 && elapsed >= 1)
        run_begin_end(run, now_ns);
    if (run_is_stopping(run))
        return;
    lane->active_users = lane_users_wanted(lane, elapsed);
    if (lane->running < lane->active_users)
        start_users(lane, now_ns);
}

static size_t users_of(const struct lane *lane)
{
    return lane->run->options.schedule != NULL ? lane->in_flight : lane->running;
}

void lane_note_users(struct lane *lane, int64_t now_ns)
{
    if (now_ns <= lane->users_noted_ns)
        return;
    metrics_users(lane->metrics, (double)users_of(lane),
                  (double)(now_ns - lane->users_noted_ns) / (double)NS_PER_MS);
    lane->users_noted_ns = now_ns;
}

/* The first lane stays until all others have left: it ends the windows of their last figures. */
static bool is_over(struct lane *lane)
{
    struct run *run = lane->run;

    return lane->running == 0 && (run_is_stopping(run) || is_exhausted(lane)) &&
           (lane->index > 0 || run->lane_count == 1 || gathering_is_alone(&run->gathering));
}

static void close_handles(struct lane *lane)
{
    lane->finished = true;
    lane_drop_users(lane);
    uv_close((uv_handle_t *)&lane->tick, NULL);
    pacer_close(&lane->pacer);
    if (lane->index == 0)
        run_close_handles(lane->run);
}

void lane_tick(struct lane *lane, int64_t now_ns)
{
    struct run *run = lane->run;

    lane_note_users(lane, now_ns);
    lane->last_tick_ns = now_ns;
    if (lane->index == 0)
        run_end_windows(run, now_ns);
    else
        gathering_hand_over(&run->gathering, lane->metrics, &lane->round);
    follow_profile(lane, now_ns);
    if (run_is_stopping(run))
        pacer_wake_all(&lane->pacer);
    if (atomic_load_explicit(&run->dropping, memory_order_relaxed))
        lane_drop_users(lane);
    if (now_ns - lane->last_sweep_ns >= RUN_SWEEP_MS * NS_PER_MS)
        sweep(lane, now_ns);
    atomic_store_explicit(&lane->users_now, users_of(lane), memory_order_relaxed);
    if (lane->index == 0 && run->observer.tick != NULL)
        run->observer.tick(run, run->observer.context);
    if (!lane->finished && is_over(lane))
        close_handles(lane);
}

static void on_round(uv_timer_t *timer)
{
    struct lane *lane = timer->data;
    int64_t now_ns = (int64_t)uv_hrtime();

    watch_tick(&lane->watch, now_ns - lane->last_round_ns - RUN_TICK_MS * NS_PER_MS);
    lane->last_round_ns = now_ns;
    lane_tick(lane, now_ns);
}

/* --- what users ask ------------------------------------------------------------------------- */

bool lane_take_iteration(struct lane *lane, uint64_t *ret_number)
{
    struct run *run = lane->run;
    const struct run_options *options = &run->options;
    uint64_t number = lane->iterations_begun;

    if (options->schedule != NULL && run_is_exhausted(run))
        return false;
    if (lane->iterations_kept > 0)
        lane->iterations_kept--;
    else if (options->iterations > 0)
        number = atomic_fetch_add_explicit(&run->iterations.next, 1, memory_order_relaxed);
    if (options->iterations > 0 && number >= options->iterations)
        return false;
    lane->iterations_begun++;
    *ret_number = number;
    return true;
}

bool lane_take_slot(struct lane *lane, int64_t *ret_due_ns)
{
    struct run *run = lane->run;
    uint64_t slot = atomic_fetch_add_explicit(&run->slots.next, 1, memory_order_relaxed);

    if (!schedule_due(run->options.schedule, slot, ret_due_ns))
        return false;
    *ret_due_ns += run->start_ns;
    return true;
}

void lane_drop_users(struct lane *lane)
{
    for (size_t i = 0; i < lane->user_count; i++)
        user_drop(&lane->users[i]);
}

/* --- set-up --------------------------------------------------------------------------------- */

static bool open_transport(struct lane *lane, struct target_list *targets,
                           const struct proxies *proxies)
{
    const struct run *run = lane->run;

    if (!transport_init(&lane->transport, &lane->loop, targets, run->tls, proxies))
        return false;
    lane->transport.looks_first = run->options.as_newman;
    lane->transport.notes_moments = run->options.as_newman;
    lane->transport.version = run->options.version;
    return true;
}

/* What requests change: a script's variables the plans, a lookup the targets. */
static bool copy_mutable(struct lane *lane)
{
    struct run *run = lane->run;
    size_t count = run->plan_count;

    lane->plans = calloc(count, sizeof(*lane->plans));
    lane->plan_targets = calloc(count, sizeof(struct target *));
    if (lane->plans == NULL || lane->plan_targets == NULL ||
        !target_list_copy(run->targets, &lane->own_targets))
        return false;
    memcpy(lane->plans, run->plans, count * sizeof(*lane->plans));
    for (size_t i = 0; i < count; i++)
        lane->plan_targets[i] =
            target_list_same(run->targets, &lane->own_targets, run->plan_targets[i]);
    if (run->proxies != NULL) {
        lane->own_proxies = *run->proxies;
        lane->own_proxies.http.target =
            target_list_same(run->targets, &lane->own_targets, run->proxies->http.target);
        lane->own_proxies.https.target =
            target_list_same(run->targets, &lane->own_targets, run->proxies->https.target);
    }
    return open_transport(lane, &lane->own_targets,
                          run->proxies != NULL ? &lane->own_proxies : NULL);
}

static bool allocate(struct lane *lane)
{
    struct run *run = lane->run;

    lane->user_count = segment_share(run->options.users, lane->index, run->lane_count);
    lane->users = lines_new(lane->user_count * sizeof(*lane->users));
    lane->metrics = run->lane_count == 1 ? &run->metrics : &lane->own_metrics;
    if (lane->users == NULL ||
        (run->lane_count > 1 && !metrics_init_open(&lane->own_metrics, run->plan_count)))
        return false;
    if (lane->index > 0)
        return copy_mutable(lane);
    lane->plans = run->plans;
    lane->plan_targets = run->plan_targets;
    lane->scripts = run->scripts;
    if (lane->scripts != NULL)
        lane->scripts->lane = lane;
    return open_transport(lane, run->targets, run->proxies);
}

bool lane_init(struct lane *lane, struct run *run, size_t index, struct aws_error *err)
{
    lane->run = run;
    lane->index = index;
    if (!allocate(lane))
        return aws_fail(err, &error_out_of_memory, "out of memory for %zu users",
                        run->options.users);
    lane->tick.data = lane;
    lane->has_loop = uv_loop_init(&lane->loop) == 0;
    if (!lane->has_loop || uv_timer_init(&lane->loop, &lane->tick) != 0 ||
        !pacer_init(&lane->pacer, &lane->loop, lane->user_count, user_resume))
        return aws_fail(err, &error_environment, "the event loop cannot be started");
    return true;
}

static void close_one(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* After lane_run() nothing is left to close. */
static void close_loop(struct lane *lane)
{
    if (!lane->has_loop)
        return;
    uv_walk(&lane->loop, close_one, NULL);
    (void)uv_run(&lane->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&lane->loop);
}

void lane_free(struct lane *lane)
{
    if (lane == NULL)
        return;
    close_loop(lane);
    for (size_t i = 0; lane->users != NULL && i < lane->user_count; i++)
        user_deinit(&lane->users[i]);
    free(lane->users);
    pacer_deinit(&lane->pacer);
    histogram_free(lane->watch.lag);
    transport_deinit(&lane->transport);
    if (lane->own_metrics.requests != NULL)
        metrics_deinit(&lane->own_metrics);
    if (lane->index > 0) {
        free(lane->plans);
        free(lane->plan_targets);
        target_list_deinit(&lane->own_targets);
    }
    free(lane);
}

/* --- on its thread -------------------------------------------------------------------------- */

static bool prepare_scripts(struct lane *lane, struct aws_error *err)
{
    const struct run_scripts *first = lane->run->scripts;
    struct script_setup setup = first->setup;

    setup.users = lane->user_count;
    if (!run_scripts_init(&lane->own_scripts, lane->run, &setup, err))
        return false;
    lane->own_scripts.lane = lane;
    lane->own_scripts.done = first->done;
    lane->scripts = &lane->own_scripts;
    return true;
}

bool lane_prepare(struct lane *lane, struct aws_error *err)
{
    if (lane->index > 0 && lane->run->scripts != NULL && !prepare_scripts(lane, err))
        return false;
    connect_ahead(lane);
    return watch_begin(&lane->watch) || aws_fail(err, &error_out_of_memory, "out of memory");
}

void lane_run(struct lane *lane)
{
    struct run *run = lane->run;

    lane->last_round_ns = lane->last_tick_ns = lane->last_sweep_ns = run->start_ns;
    lane->users_noted_ns = run->start_ns;
    uv_update_time(&lane->loop);
    if (uv_timer_start(&lane->tick, on_round, 0, RUN_TICK_MS) == 0)
        (void)uv_run(&lane->loop, UV_RUN_DEFAULT);
    watch_stop(&lane->watch);
    if (lane->index > 0)
        gathering_leave(&run->gathering, lane->metrics, lane->round);
}

void lane_release(struct lane *lane)
{
    if (lane->index > 0 && lane->scripts != NULL)
        run_scripts_deinit(lane->scripts);
    lane->scripts = NULL;
}
