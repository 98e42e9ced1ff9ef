/*
 * The hot path: an answer's last byte arrives, its figures are taken, the next request is written,
 * all in one callback. A request without variables costs no more than that.
 */
#include "loadgen/virtual_user.h"

#include "loadgen/segment.h"

enum { USER_ARENA_BYTES = 64 << 20 };

static void user_next(struct virtual_user *user, int64_t now_ns);
static void dispatch(struct virtual_user *user);

void user_init(struct virtual_user *user, struct run *run, size_t index, struct rng rng)
{
    user->run = run;
    user->index = index;
    user->data_row = index * run->options.segments + run->options.segment;
    user->rng = rng;
}

void user_deinit(struct virtual_user *user)
{
    http_response_deinit(&user->response);
    arena_free(user->arena);
}

/* --- the connection ------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct virtual_user *user = handle->data;

    user->connection = CONNECTION_NONE;
    user->connected = NULL;
    user->writing = false;
    if (user->in_flight)
        dispatch(user);
}

static void close_connection(struct virtual_user *user)
{
    if (user->connection != CONNECTION_OPENING && user->connection != CONNECTION_OPEN)
        return;
    user->connection = CONNECTION_CLOSING;
    uv_close((uv_handle_t *)&user->tcp, on_closed);
}

/* --- the end of a request ------------------------------------------------------------------- */

static void wait_until(struct virtual_user *user, int64_t resume_ns)
{
    user->resume_ns = resume_ns;
    pacer_add(&user->run->pacer, user);
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

static void end_request(struct virtual_user *user)
{
    user->in_flight = false;
    user->run->in_flight--;
    user->step++;
}

static bool is_instant(enum error_class class)
{
    return class == ERROR_CONNECT || class == ERROR_RESOLVE || class == ERROR_REQUEST;
}

static void fail_request(struct virtual_user *user, enum error_class class, const char *detail)
{
    struct run *run = user->run;
    const struct request_definition *definition = &run->definitions[user->step];
    uint64_t sent =
        user->connection == CONNECTION_OPEN ? user->bytes.head.len + user->bytes.body.len : 0;
    char text[ERROR_SAMPLE_BYTES];
    int64_t now_ns = (int64_t)uv_hrtime();

    (void)snprintf(text, sizeof(text), "%.*s: %s", STR_ARG(definition->name), detail);
    metrics_error(&run->metrics, user->step, class, text, user->response.bytes, sent);
    end_request(user);
    close_connection(user);
    /* Errors that cost no time would otherwise keep the loop from anything else. */
    go_on(user, is_instant(class) ? RUN_PAUSE_MS : 0, now_ns);
}

static int64_t whole_us(int64_t ns)
{
    int64_t us = (ns + 500) / 1000;

    return us < 1 ? 1 : us;
}

static void complete_request(struct virtual_user *user)
{
    int64_t now_ns = (int64_t)uv_hrtime();
    bool keep = user->response.keep_alive && !user->writing;

    metrics_answer(&user->run->metrics, user->step, user->response.status,
                   whole_us(now_ns - user->started_ns), user->response.bytes,
                   user->bytes.head.len + user->bytes.body.len);
    end_request(user);
    if (!keep)
        close_connection(user);
    go_on(user, 0, now_ns);
}

/* --- reading -------------------------------------------------------------------------------- */

/* One buffer for all users: what arrives is taken in at once. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct virtual_user *user = handle->data;

    (void)suggested;
    *ret = uv_buf_init(user->run->read_buffer, RUN_READ_BYTES);
}

static void on_end(struct virtual_user *user, ssize_t status)
{
    if (!user->in_flight)
        close_connection(user);
    else if (status == UV_EOF && http_response_end(&user->response))
        complete_request(user);
    else if (status == UV_EOF)
        fail_request(user, ERROR_CLOSED,
                     user->response.bytes == 0 ? "the connection was closed without an answer"
                                               : "the connection was closed within the answer");
    else
        fail_request(user, ERROR_RESET, uv_strerror((int)status));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct virtual_user *user = stream->data;
    size_t taken = 0;

    if (user->connection != CONNECTION_OPEN || count == 0)
        return;
    if (count < 0) {
        on_end(user, count);
        return;
    }
    if (!user->in_flight) {
        close_connection(user); /* bytes that nobody asked for */
        return;
    }
    taken = http_response_feed(&user->response, buffer->base, (size_t)count);
    if (user->response.state == RESPONSE_DONE) {
        /* More than the answer: nothing later on this connection could be trusted. */
        if (taken < (size_t)count)
            user->response.keep_alive = false;
        complete_request(user);
    } else if (user->response.state == RESPONSE_FAILED) {
        fail_request(user, ERROR_PARSE, user->response.fault);
    }
}

/* --- writing -------------------------------------------------------------------------------- */

static void on_written(uv_write_t *request, int status)
{
    struct virtual_user *user = request->data;

    user->writing = false;
    if (status < 0 && status != UV_ECANCELED && user->connection == CONNECTION_OPEN &&
        user->in_flight)
        fail_request(user, ERROR_RESET, uv_strerror(status));
}

/* What uv_try_write() left, behind the first `done` bytes. */
static void write_rest(struct virtual_user *user, size_t done)
{
    struct str head = str_slice(user->bytes.head, done, user->bytes.head.len);
    size_t of_body = done > user->bytes.head.len ? done - user->bytes.head.len : 0;
    struct str body = str_slice(user->bytes.body, of_body, user->bytes.body.len);
    uv_buf_t buffers[2] = {{(char *)(uintptr_t)head.ptr, head.len},
                           {(char *)(uintptr_t)body.ptr, body.len}};
    int status = 0;

    user->write.data = user;
    user->writing = true;
    status = uv_write(&user->write, (uv_stream_t *)&user->tcp, buffers, 2, on_written);
    if (status != 0) {
        user->writing = false;
        fail_request(user, ERROR_RESET, uv_strerror(status));
    }
}

static void send_request(struct virtual_user *user)
{
    struct request_bytes bytes = user->bytes;
    uv_buf_t buffers[2] = {{(char *)(uintptr_t)bytes.head.ptr, bytes.head.len},
                           {(char *)(uintptr_t)bytes.body.ptr, bytes.body.len}};
    int sent = 0;

    http_response_begin(&user->response, user->plan->is_head, HTTP_KEEP_NOTED);
    sent = uv_try_write((uv_stream_t *)&user->tcp, buffers, bytes.body.len > 0 ? 2 : 1);
    if (sent == (int)(bytes.head.len + bytes.body.len)) {
        user->reused = true;
        return;
    }
    if (sent < 0 && sent != UV_EAGAIN) {
        /* The server closed an idle connection: not a byte went out, so a new one takes it. */
        if (user->reused)
            close_connection(user);
        else
            fail_request(user, ERROR_RESET, uv_strerror(sent));
        return;
    }
    user->reused = true;
    write_rest(user, sent < 0 ? 0 : (size_t)sent);
}

/* --- connecting ----------------------------------------------------------------------------- */

static void on_connected(uv_connect_t *request, int status)
{
    struct virtual_user *user = request->data;

    if (user->connection != CONNECTION_OPENING)
        return;
    if (status == 0) {
        user->connection = CONNECTION_OPEN;
        (void)uv_tcp_nodelay(&user->tcp, 1);
        status = uv_read_start((uv_stream_t *)&user->tcp, on_alloc, on_read);
    }
    if (!user->in_flight)
        return;
    if (status != 0)
        fail_request(user, ERROR_CONNECT, uv_strerror(status));
    else
        send_request(user);
}

static void open_connection(struct virtual_user *user)
{
    int status = uv_tcp_init(&user->run->loop, &user->tcp);

    if (status == 0) {
        user->tcp.data = user;
        user->connect.data = user;
        user->connected = user->target;
        user->connection = CONNECTION_OPENING;
        user->reused = false;
        status = uv_tcp_connect(&user->connect, &user->tcp,
                                (const struct sockaddr *)&user->target->address, on_connected);
    }
    if (status != 0)
        fail_request(user, ERROR_CONNECT, uv_strerror(status));
}

/* The request goes out, or towards it: open, or first close what leads elsewhere. */
static void dispatch(struct virtual_user *user)
{
    switch (user->connection) {
    case CONNECTION_NONE:
        open_connection(user);
        return;
    case CONNECTION_OPEN:
        if (user->connected == user->target)
            send_request(user);
        else
            close_connection(user);
        return;
    case CONNECTION_OPENING:
        if (user->connected != user->target)
            close_connection(user);
        return;
    case CONNECTION_CLOSING:
        return; /* on_closed() comes back here */
    }
}

/* --- the beginning of a request ------------------------------------------------------------- */

/* Compiles and addresses a request whose variables only the send can tell. */
static bool prepare_whole(struct virtual_user *user, const struct resolver *resolver,
                          struct aws_error *err)
{
    struct run *run = user->run;

    if (!request_compile(&run->definitions[user->step], resolver, user->arena, &user->whole, err))
        return false;
    user->plan = &user->whole;
    user->bytes = (struct request_bytes){user->whole.sent, {NULL, 0}};
    return target_find(run->targets, &user->whole.url, false, &user->target, err);
}

static bool prepare(struct virtual_user *user, struct aws_error *err)
{
    struct run *run = user->run;
    struct resolver resolver = {run->variables, true, user->data_row, &user->rng, clock_system()};

    user->plan = &run->plans[user->step];
    user->target = run->plan_targets[user->step];
    if (user->plan->sent.len > 0) {
        user->bytes = (struct request_bytes){user->plan->sent, {NULL, 0}};
        return true;
    }
    if (user->arena == NULL)
        user->arena = arena_new(USER_ARENA_BYTES);
    if (user->arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    arena_reset(user->arena);
    if (user->plan->whole)
        return prepare_whole(user, &resolver, err);
    return request_build(user->plan, &resolver, user->arena, &user->bytes) ||
           aws_fail(err, &error_out_of_memory, "the request is larger than %d MB",
                    USER_ARENA_BYTES >> 20);
}

/* `started_ns`: when its time begins, or 0: when it is ready to go. */
static void begin_request(struct virtual_user *user, int64_t started_ns)
{
    struct aws_error err = {0};

    user->in_flight = true;
    user->run->in_flight++;
    user->response.bytes = 0;
    user->begun_ns = user->run->last_tick_ns;
    user->bytes = (struct request_bytes){{NULL, 0}, {NULL, 0}};
    if (user->writing) {
        /* The loop still holds the last request's bytes: let the connection go first. */
        close_connection(user);
    }
    if (!prepare(user, &err)) {
        fail_request(user, err.kind == &error_environment ? ERROR_RESOLVE : ERROR_REQUEST,
                     err.message);
        return;
    }
    user->started_ns = started_ns != 0 ? started_ns : (int64_t)uv_hrtime();
    dispatch(user);
}

/* --- iterations ----------------------------------------------------------------------------- */

static void stop(struct virtual_user *user)
{
    if (user->step > 0)
        user->run->iterations_dropped++;
    user->step = 0;
    user->running = false;
    user->run->running--;
    user->run->last_stop_ns = (int64_t)uv_hrtime();
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

static bool begin_iteration(struct virtual_user *user)
{
    struct run *run = user->run;

    if (run_is_exhausted(run))
        return false;
    run->iterations_begun++;
    if (run->options.random_rows)
        user->data_row = random_row(user);
    return true;
}

static bool should_stop(const struct virtual_user *user)
{
    return user->run->stopping || user->index >= user->run->active_users;
}

/* In the open loop: takes the schedule's next moment; a late one begins at once. */
static void take_slot(struct virtual_user *user, int64_t now_ns)
{
    struct run *run = user->run;
    int64_t due_ns = 0;

    if (!schedule_due(run->options.schedule, run->slots, &due_ns)) {
        stop(user);
        return;
    }
    due_ns += run->start_ns;
    run->slots++;
    if (due_ns <= now_ns) {
        begin_request(user, due_ns);
        return;
    }
    user->due = true;
    wait_until(user, due_ns);
}

static void user_next(struct virtual_user *user, int64_t now_ns)
{
    struct run *run = user->run;

    if (user->step == run->plan_count) {
        run->iterations_done++;
        user->step = 0;
    }
    if (should_stop(user) || (user->step == 0 && !begin_iteration(user))) {
        stop(user);
        return;
    }
    if (run->options.schedule != NULL)
        take_slot(user, now_ns);
    else
        begin_request(user, run->plans[user->step].sent.len > 0 ? now_ns : 0);
}

void user_start(struct virtual_user *user, int64_t now_ns)
{
    user->running = true;
    user->run->running++;
    user_next(user, now_ns);
}

void user_resume(struct virtual_user *user, int64_t now_ns)
{
    bool due = user->due;

    user->due = false;
    if (!due)
        user_next(user, now_ns);
    else if (should_stop(user))
        stop(user);
    else
        begin_request(user, user->resume_ns);
}

void user_time_out(struct virtual_user *user, int64_t now_ns)
{
    char text[64];

    (void)snprintf(text, sizeof(text), "no answer within %lld ms",
                   (long long)((now_ns - user->begun_ns) / NS_PER_MS));
    fail_request(user, ERROR_TIMEOUT, text);
}

void user_drop(struct virtual_user *user)
{
    if (user->in_flight) {
        user->in_flight = false;
        user->run->in_flight--;
    }
    pacer_remove(&user->run->pacer, user);
    if (user->running)
        stop(user);
    close_connection(user);
}
