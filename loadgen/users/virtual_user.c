/*
 * The hot path: an answer's last byte arrives, its figures are taken, the next request is written,
 * all in one callback. A request without variables costs no more than that.
 */
#include "loadgen/virtual_user.h"

#include "loadgen/segment.h"
#include "user_request.h"

enum { NAME_ARENA_BYTES = 1 << 20 };

static void user_next(struct virtual_user *user, int64_t now_ns);

/* --- the end of a request ------------------------------------------------------------------- */

static void wait_until(struct virtual_user *user, int64_t resume_ns)
{
    user->resume_ns = resume_ns;
    pacer_add(&user->lane->pacer, user);
}

/* The next request, after a pause where there is one. */
static void go_on(struct virtual_user *user, int64_t pause_ms, int64_t now_ns)
{
    const struct run_options *options = &user->run->options;
    int64_t spread_ms = options->think_to_ms - options->think_from_ms;
    int64_t think_ms =
        options->think_from_ms +
        (spread_ms > 0 ? (int64_t)rng_below(&user->rng, (uint64_t)spread_ms + 1) : 0);

    pause_ms = think_ms > pause_ms ? think_ms : pause_ms;
    if (pause_ms > 0)
        wait_until(user, now_ns + pause_ms * NS_PER_MS);
    else
        user_next(user, now_ns);
}

/* In the open loop it is requests in flight that count as users: see lane_note_users(). */
static void count_in_flight(struct virtual_user *user, bool begins)
{
    if (user->run->options.schedule != NULL)
        lane_note_users(user->lane, (int64_t)uv_hrtime());
    user->in_flight = begins;
    if (begins)
        user->lane->in_flight++;
    else
        user->lane->in_flight--;
}

static void end_request(struct virtual_user *user)
{
    count_in_flight(user, false);
}

/* The step is over: the next in order, or the one that a script wants. */
static void end_step(struct virtual_user *user, bool skipped)
{
    const struct step_listener *steps = user->run->steps;

    if (steps != NULL)
        steps->ended(steps->context, user, skipped);
    user->step = user->next_step == STEP_IN_ORDER ? user->step + 1 : user->next_step;
    user->next_step = STEP_IN_ORDER;
}

static bool is_instant(enum error_class class)
{
    return class == ERROR_CONNECT || class == ERROR_RESOLVE || class == ERROR_TLS ||
           class == ERROR_REQUEST;
}

/* What a sample's request was, unless it could not be made. */
static void keep_sent(const struct virtual_user *user, struct sample *sample)
{
    if (sample != NULL && user->bytes.head.len > 0)
        sample_text_message(user->bytes.head, user->bytes.body, sample->sent);
}

static void fail_request(struct virtual_user *user, enum error_class class, const char *detail)
{
    struct run *run = user->run;
    const struct request_definition *definition = &run->definitions[user->step];
    char text[SAMPLE_BYTES];
    int64_t now_ns = (int64_t)uv_hrtime();

    (void)snprintf(text, sizeof(text), "%.*s: %.*s", STR_ARG(definition->name), SAMPLE_BYTES - 3,
                   detail); /* the rest is left out */
    keep_sent(user, metrics_error(user->lane->metrics, user->step, class, text,
                                  user->exchange.bytes_in, user->exchange.bytes_out));
    end_request(user);
    if (run->steps != NULL)
        run->steps->failed(run->steps->context, user, class, detail);
    if (run->options.as_newman && run_scripts_has(user->lane->scripts, user->step, SCRIPT_TEST)) {
        user_scripts_begin(user, SCRIPT_TEST, 0);
        return;
    }
    end_step(user, false);
    /* Errors that cost no time would otherwise keep the loop from anything else. */
    go_on(user, !is_instant(class) ? 0 : run->options.as_newman ? 1 : RUN_PAUSE_MS, now_ns);
}

static int64_t whole_us(int64_t ns)
{
    int64_t us = (ns + 500) / 1000;

    return us < 1 ? 1 : us;
}

static int64_t whole_ms(int64_t ns)
{
    return (ns + NS_PER_MS / 2) / NS_PER_MS;
}

static void count_login(struct virtual_user *user);

static void take_answer(struct virtual_user *user, int64_t now_ns)
{
    const struct client_exchange *exchange = &user->exchange;

    if (exchange->response.status > 299)
        keep_sent(user, metrics_sample_answer(user->lane->metrics, user->step,
                                              exchange->response.status, exchange->last));
    metrics_answer(user->lane->metrics, user->step, exchange->response.status,
                   whole_us(now_ns - user->started_ns), exchange->bytes_in, exchange->bytes_out);
    end_request(user);
    count_login(user);
    user->answered = true;
    if (user->run->steps != NULL)
        user->run->steps->answered(user->run->steps->context, user,
                                   whole_ms(now_ns - user->started_ns));
    if (run_scripts_has(user->lane->scripts, user->step, SCRIPT_TEST)) {
        user_scripts_begin(user, SCRIPT_TEST, (double)whole_ms(now_ns - user->started_ns));
        return;
    }
    end_step(user, false);
    go_on(user, 0, now_ns);
}

static void on_answered(struct client_exchange *exchange)
{
    struct virtual_user *user = exchange->owner;
    int64_t now_ns = (int64_t)uv_hrtime();

    take_answer(user, now_ns);
    if (now_ns - user->lane->last_tick_ns > RUN_LATE_MS * NS_PER_MS)
        lane_tick(user->lane, now_ns);
}

static void on_failed(struct client_exchange *exchange, enum error_class class, const char *detail)
{
    fail_request(exchange->owner, class, detail);
}

/* newman shows each of the two requests, and keeps what the server said. */
static void on_challenged(struct client_exchange *exchange,
                          const struct digest_challenge *challenge, struct str header)
{
    struct virtual_user *user = exchange->owner;
    const struct step_listener *steps = user->run->steps;
    int64_t now_ns = (int64_t)uv_hrtime();

    if (!user->run->options.as_newman)
        return;
    digest_logins_note(&user->logins, user->run->definitions[user->step].auth.owner, challenge,
                       header);
    user->bytes = exchange->bytes;
    if (steps == NULL)
        return;
    steps->answered(steps->context, user, whole_ms(now_ns - user->started_ns));
    steps->sending(steps->context, user);
    user->started_ns = now_ns;
}

/* A challenge that is not answered any more leaves the count as it is. */
static void count_login(struct virtual_user *user)
{
    const struct request_definition *definition = &user->run->definitions[user->step];
    const struct http_response *response = &user->exchange.response;
    struct digest_challenge challenge;
    struct str header = {0};
    size_t at = 0;

    if (!user->run->options.as_newman || definition->auth.type != AUTH_DIGEST)
        return;
    if (response->status == 401 || response->status == 403) {
        while (http_response_kept(response, STR("WWW-Authenticate"), &at, &header)) {
            if (digest_challenge_read(header, &challenge))
                return;
        }
    }
    digest_logins_count(&user->logins, definition->auth.owner);
}

static const struct client_exchange_events user_events = {on_answered, on_failed, on_challenged};

void user_init(struct virtual_user *user, struct lane *lane, size_t index, struct rng rng)
{
    const struct run_options *options = &lane->run->options;

    user->lane = lane;
    user->run = lane->run;
    user->index = index;
    user->data_row =
        (index * lane->run->lane_count + lane->index) * options->segments + options->segment;
    user->rng = rng;
    user->next_step = STEP_IN_ORDER;
    client_exchange_init(&user->exchange, &lane->transport, &user_events, user);
    user->exchange.jar = &user->cookies;
    user->exchange.rng = &user->rng;
}

void user_deinit(struct virtual_user *user)
{
    user_scripts_deinit(user);
    client_exchange_deinit(&user->exchange);
    cookie_jar_deinit(&user->cookies);
    digest_logins_deinit(&user->logins);
    arena_free(user->arena);
}

/* --- the beginning of a request ------------------------------------------------------------- */

static bool prepare(struct virtual_user *user, struct aws_error *err)
{
    user->plan = &user->lane->plans[user->step];
    user->target = user->lane->plan_targets[user->step];
    user->bytes = (struct request_bytes){user->plan->sent, {NULL, 0}};
    if (user->plan->sent.len > 0 && !user->run->options.as_newman && !user->plan->whole &&
        !user->request_changed)
        return true;
    user->bytes = (struct request_bytes){{NULL, 0}, {NULL, 0}};
    return user_request_prepare(user, err);
}

/* `started_ns`: when its time begins, or 0: when it is ready to go. */
static void send_request(struct virtual_user *user, int64_t started_ns)
{
    struct aws_error err = {0};

    user->exchange.keep =
        user->run->steps != NULL || run_scripts_has(user->lane->scripts, user->step, SCRIPT_TEST)
            ? HTTP_KEEP_ALL
            : HTTP_KEEP_NOTED;

    user->unmade = (struct str){0};
    count_in_flight(user, true);
    user->exchange.bytes_in = user->exchange.bytes_out = 0;
    user->exchange.sent = (struct request_bytes){0};
    user->begun_ns = user->lane->last_tick_ns;
    user->taken_ns = transport_moment(&user->lane->transport);
    if (!prepare(user, &err)) {
        fail_request(user, err.kind == &error_environment ? ERROR_RESOLVE : ERROR_REQUEST,
                     err.message);
        return;
    }
    if (user->run->steps != NULL)
        user->run->steps->sending(user->run->steps->context, user);
    user->started_ns = started_ns != 0 ? started_ns : (int64_t)uv_hrtime();
    client_exchange_begin(&user->exchange, user->target, user->plan, user->bytes);
}

/* The step begins: first its pre-request scripts. */
static void begin_request(struct virtual_user *user, int64_t started_ns)
{
    user->answered = user->request_changed = false;
    /* In a closed loop its time begins when they are over. */
    user->due_ns = user->run->options.schedule != NULL ? started_ns : 0;
    if (user->run->steps != NULL)
        user->run->steps->item(user->run->steps->context, user);
    if (run_scripts_has(user->lane->scripts, user->step, SCRIPT_PREREQUEST))
        user_scripts_begin(user, SCRIPT_PREREQUEST, 0);
    else
        send_request(user, started_ns);
}

/* --- scripts -------------------------------------------------------------------------------- */

/* The request of that id or name, the last of its name; none: the iteration ends. */
static size_t step_named(const struct run *run, struct str name)
{
    size_t found = run->plan_count;

    for (size_t i = 0; i < run->plan_count; i++) {
        if (str_eq(run->definitions[i].id, name))
            return i;
        if (str_eq(run->definitions[i].name, name))
            found = i;
    }
    return found;
}

static void note_next(struct virtual_user *user, enum script_phase phase)
{
    const struct step_listener *steps = user->run->steps;
    struct arena *arena = arena_new(NAME_ARENA_BYTES);
    struct str name = {0};

    user->next_step = user->run->plan_count;
    if (arena != NULL && script_next(user->lane->scripts->engine, user->index, arena, &name)) {
        user->next_step = step_named(user->run, name);
        if (steps != NULL && phase == SCRIPT_TEST)
            steps->next(steps->context, user, name);
    }
    arena_free(arena);
}

void user_scripts_done(struct virtual_user *user, enum script_phase phase,
                       const struct script_outcome *outcome)
{
    uint64_t erred = outcome->erred ? 1 : 0;

    if (outcome->tests + erred > 0)
        metrics_tests(user->lane->metrics, user->step, outcome->tests + erred,
                      outcome->failed_tests + erred);
    if (outcome->next_request)
        note_next(user, phase);
    if (phase == SCRIPT_PREREQUEST && !outcome->skip) {
        user->request_changed = outcome->request_changed;
        send_request(user, user->due_ns);
        return;
    }
    end_step(user, outcome->skip);
    /* What is skipped, or fails before it is sent, has not been to the loop: a collection of
     * nothing else would never come back to it, one call within the other. */
    go_on(user, user->answered ? 0 : 1, (int64_t)uv_hrtime());
}

/* --- iterations ----------------------------------------------------------------------------- */

static void stop(struct virtual_user *user)
{
    if (user->step > 0)
        user->lane->iterations_dropped++;
    user->step = 0;
    user->iterating = false;
    user->lane->last_stop_ns = (int64_t)uv_hrtime();
    lane_note_users(user->lane, user->lane->last_stop_ns);
    user->running = false;
    user->lane->running--;
}

/* Any row of the segment's share: no two machines use one. */
static size_t random_row(struct virtual_user *user)
{
    const struct run_options *options = &user->run->options;
    size_t rows = user->run->variables->data.row_count;
    size_t share = segment_share(rows, options->segment, options->segments);

    if (share == 0)
        return rows;
    return (size_t)rng_below(&user->rng, share) * options->segments + options->segment;
}

/* A row an iteration; the last one serves all that follow. */
static size_t row_of_iteration(const struct run *run, uint64_t number)
{
    size_t rows = run->variables->data.row_count;

    return number < rows ? (size_t)number : rows - (rows > 0);
}

static bool begin_iteration(struct virtual_user *user)
{
    struct run *run = user->run;
    struct run_scripts *scripts = user->lane->scripts;
    uint64_t number = 0;

    if (!lane_take_iteration(user->lane, &number))
        return false;
    user->iterating = true;
    if (run->options.random_rows)
        user->data_row = random_row(user);
    if (run->options.as_newman)
        user->data_row = row_of_iteration(run, number);
    if (run->steps != NULL)
        run->steps->iteration(run->steps->context, number);
    if (scripts != NULL)
        script_iteration(scripts->engine, user->index, user->iteration++, user->data_row);
    return true;
}

static bool should_stop(const struct virtual_user *user)
{
    return run_is_stopping(user->run) || user->index >= user->lane->active_users;
}

/* The schedule's moments after the duration are none, also those before the loop sees its end. */
static bool is_past_duration(const struct virtual_user *user, int64_t due_ns)
{
    const struct run *run = user->run;

    return run->options.duration_ms > 0 &&
           due_ns - run->start_ns >= run->options.duration_ms * NS_PER_MS;
}

/* In the open loop: takes the schedule's next moment; a late one begins at once. */
static void take_slot(struct virtual_user *user, int64_t now_ns)
{
    int64_t due_ns = 0;

    if (!lane_take_slot(user->lane, &due_ns) ||
        (due_ns <= now_ns && is_past_duration(user, due_ns))) {
        stop(user);
        return;
    }
    if (due_ns <= now_ns) {
        begin_request(user, due_ns);
        return;
    }
    user->due = true;
    wait_until(user, due_ns);
}

/* A user that took a moment of the schedule stops before it: one that came before the run's end has
 * not been sent, whoever else was free. */
static void give_up_slot(struct virtual_user *user)
{
    if (!is_past_duration(user, user->resume_ns) &&
        user->resume_ns < atomic_load_explicit(&user->run->end_ns, memory_order_relaxed))
        user->lane->slots_dropped++;
    stop(user);
}

static void user_next(struct virtual_user *user, int64_t now_ns)
{
    struct run *run = user->run;

    if (user->step >= run->plan_count) {
        user->lane->iterations_done++;
        user->step = 0;
        user->iterating = false;
    }
    if (should_stop(user) || (!user->iterating && !begin_iteration(user))) {
        stop(user);
        return;
    }
    if (run->options.schedule != NULL)
        take_slot(user, now_ns);
    else
        begin_request(user, user->lane->plans[user->step].sent.len > 0 ? now_ns : 0);
}

void user_start(struct virtual_user *user, int64_t begin_ns, int64_t now_ns)
{
    lane_note_users(user->lane, now_ns);
    user->running = true;
    user->lane->running++;
    if (begin_ns <= now_ns)
        user_next(user, now_ns);
    else if (begin_iteration(user)) /* now: who begins sooner may not take them all */
        wait_until(user, begin_ns);
    else
        stop(user);
}

void user_resume(struct virtual_user *user, int64_t now_ns)
{
    bool due = user->due;

    user->due = false;
    if (!due)
        user_next(user, now_ns);
    else if (should_stop(user) || is_past_duration(user, user->resume_ns))
        give_up_slot(user);
    else
        begin_request(user, user->resume_ns);
}

void user_time_out(struct virtual_user *user, int64_t now_ns)
{
    char text[64];

    (void)snprintf(text, sizeof(text), "no answer within %lld ms",
                   (long long)((now_ns - user->begun_ns) / NS_PER_MS));
    client_exchange_fail(&user->exchange, ERROR_TIMEOUT, text);
}

void user_drop(struct virtual_user *user)
{
    if (user->in_flight)
        end_request(user);
    pacer_remove(&user->lane->pacer, user);
    user_scripts_drop(user);
    if (user->running)
        stop(user);
    client_exchange_drop(&user->exchange);
}
