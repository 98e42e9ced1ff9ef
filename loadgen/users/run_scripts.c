/* The loop's side of scripts; script_sendings.c has the requests that they send. */
#include "loadgen/run_scripts.h"

#include "base/log.h"
#include "loadgen/content_coding.h"
#include "loadgen/framing.h"
#include "loadgen/script_sendings.h"
#include "loadgen/virtual_user.h"

enum { ANSWER_ARENA_BYTES = 512 << 20 };

static struct virtual_user *user_at(void *context, size_t index)
{
    struct run_scripts *scripts = context;

    return &scripts->lane->users[index];
}

/* --- the answer ----------------------------------------------------------------------------- */

static struct str bytes_of(const struct http_bytes *bytes)
{
    return (struct str){bytes->ptr, bytes->len};
}

static struct str on_reason(void *context, size_t user)
{
    const struct virtual_user *one = user_at(context, user);

    return one->answered ? bytes_of(&one->exchange.response.reason) : (struct str){0};
}

static struct str on_head(void *context, size_t user)
{
    const struct virtual_user *one = user_at(context, user);

    return one->answered ? bytes_of(&one->exchange.response.head) : (struct str){0};
}

struct str script_body_text(const struct http_response *response, struct arena *arena)
{
    struct str body = bytes_of(&response->body), coding = {0};
    size_t at = 0;

    if ((response->noted & HTTP_NOTED_CODING) != 0 &&
        http_response_kept(response, STR("content-encoding"), &at, &coding) &&
        !content_decode(body, coding, arena, &body))
        log_notice("an answer's body is not readable for scripts: Content-Encoding %.*s",
                   STR_ARG(coding));
    return body;
}

static struct str on_body(void *context, size_t user, struct arena *arena)
{
    const struct virtual_user *one = user_at(context, user);

    return one->answered ? script_body_text(&one->exchange.response, arena) : (struct str){0};
}

static uint64_t on_body_bytes(void *context, size_t user)
{
    const struct virtual_user *one = user_at(context, user);

    return one->answered ? one->exchange.response.body.len : 0;
}

/* --- the request as it went out ------------------------------------------------------------- */

static void write_headers(struct json_writer *writer, struct str head)
{
    json_write_name(writer, STR("header"));
    json_array_begin(writer);
    while (head.len > 0) {
        struct str line = str_trim(str_split(&head, '\n'));
        struct str name = str_split(&line, ':');
        if (name.len == 0)
            continue;
        json_object_begin(writer);
        json_field_string(writer, STR("key"), name);
        json_field_string(writer, STR("value"), str_trim(line));
        json_object_end(writer);
    }
    json_array_end(writer);
}

/* What was sent, cut into head and body whichever way it is held. */
static void split_sent(const struct virtual_user *user, struct str *head, struct str *body)
{
    struct request_bytes sent =
        user->exchange.sent.head.len > 0 ? user->exchange.sent : user->bytes;
    size_t end = str_find(sent.head, STR("\r\n\r\n"));

    *head = str_slice(sent.head, 0, end);
    *body = sent.body.len > 0 ? sent.body : str_slice(sent.head, end + 4, sent.head.len);
    if (user->plan->chunked)
        *body = framing_body(*body);
}

bool script_sent_json(const struct virtual_user *user, struct arena *arena, struct str *ret)
{
    struct str head = {0}, body = {0}, line = {0}, method = {0}, path = {0};
    struct buffer out;
    struct json_writer writer;

    split_sent(user, &head, &body);
    line = str_split(&head, '\n');
    method = str_split(&line, ' ');
    path = str_split(&line, ' ');
    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_string(&writer, STR("method"), method);
    json_field_string(&writer, STR("url"),
                      str_printf(arena, "%s://%.*s%.*s", user->target->tls ? "https" : "http",
                                 STR_ARG(user->plan->url.authority), STR_ARG(path)));
    write_headers(&writer, head);
    if (body.len > 0) {
        json_write_name(&writer, STR("body"));
        json_object_begin(&writer);
        json_field_string(&writer, STR("mode"), STR("raw"));
        json_field_string(&writer, STR("raw"), body);
        json_object_end(&writer);
    }
    json_object_end(&writer);
    return buffer_done(&out, ret);
}

static struct str on_sent(void *context, size_t user, struct arena *arena)
{
    struct str json = {0};

    return script_sent_json(user_at(context, user), arena, &json) ? json : STR("{}");
}

/* --- cookies -------------------------------------------------------------------------------- */

static void write_extensions(struct json_writer *writer, struct str extensions)
{
    json_write_name(writer, STR("extensions"));
    json_array_begin(writer);
    while (extensions.len > 0)
        json_write_string(writer, str_trim(str_split(&extensions, ';')));
    json_array_end(writer);
}

static void write_cookie(struct json_writer *writer, const struct cookie *cookie)
{
    const struct cookie_given *given = &cookie->given;
    char expires[CLOCK_TEXT_BYTES];

    json_object_begin(writer);
    json_field_string(writer, STR("name"), cookie->name);
    json_field_string(writer, STR("value"), cookie->value);
    json_field_string(writer, STR("domain"), cookie->domain);
    json_field_string(writer, STR("path"), cookie->path);
    json_field_int(writer, STR("created"), given->created_s);
    if (given->has_expires) {
        clock_format_http(given->expires_s * 1000, expires);
        json_field_string(writer, STR("expires"), str_from_c(expires));
    }
    if (given->has_max_age)
        json_field_int(writer, STR("maxAge"), given->max_age_s);
    json_field_bool(writer, STR("hostOnly"), !given->says_domain);
    json_field_bool(writer, STR("secure"), cookie->secure);
    json_field_bool(writer, STR("httpOnly"), cookie->http_only);
    if (given->extensions.len > 0)
        write_extensions(writer, given->extensions);
    json_object_end(writer);
}

static struct str on_cookies(void *context, size_t user, struct str url, struct arena *arena)
{
    const struct cookie_jar *jar = &user_at(context, user)->cookies;
    const struct cookie *cookie = NULL;
    int64_t now_s = clock_wall_ms(clock_system()) / 1000;
    struct aws_error err = {0};
    struct buffer out;
    struct json_writer writer;
    struct url address;
    struct str text = {0};

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_array_begin(&writer);
    if (url_read(url, &address, &err)) {
        while ((cookie = cookie_jar_next(jar, cookie, &address, address.path, now_s)) != NULL)
            write_cookie(&writer, cookie);
    }
    json_array_end(&writer);
    return buffer_done(&out, &text) ? text : STR("[]");
}

static void on_set_cookie(void *context, size_t user, struct str url, struct str cookie)
{
    struct virtual_user *one = user_at(context, user);
    struct aws_error err = {0};
    struct url address;

    if (url_read(url, &address, &err))
        cookie_jar_set(&one->cookies, cookie, &address, address.path,
                       clock_wall_ms(clock_system()) / 1000);
}

/* --- going on ------------------------------------------------------------------------------- */

/* The phase waits, or is over. */
static void take_outcome(struct virtual_user *user, struct script_outcome outcome)
{
    struct user_scripts *mine = &user->scripts;

    if (outcome.waiting) {
        if (!mine->waiting)
            mine->since_ns = (int64_t)uv_hrtime();
        mine->waiting = true;
        script_sendings_begin(user);
        return;
    }
    mine->waiting = false;
    user->lane->scripts->done(user, mine->phase, &outcome);
}

void user_scripts_begin(struct virtual_user *user, enum script_phase phase, double time_ms)
{
    struct run_scripts *scripts = user->lane->scripts;

    user->scripts.phase = phase;
    user->scripts.waiting = false;
    take_outcome(user, script_begin(scripts->engine, user->index, user->step, phase,
                                    user->answered ? user->exchange.response.status : 0, time_ms));
}

void user_scripts_answered(struct virtual_user *user, uint32_t id,
                           const struct script_answer *answer)
{
    if (user->scripts.waiting)
        take_outcome(user, script_answered(user->lane->scripts->engine, user->index, id, answer));
}

void user_scripts_sweep(struct virtual_user *user, int64_t now_ns)
{
    const struct run_scripts *scripts = user->lane->scripts;
    int64_t timeout_ms =
        scripts->setup.timeout_ms > 0 ? scripts->setup.timeout_ms : 6 * SCRIPT_TIMEOUT_MS;

    if (!user->scripts.waiting)
        return;
    if (now_ns - user->scripts.since_ns > timeout_ms * NS_PER_MS)
        take_outcome(user, script_abandon(scripts->engine, user->index,
                                          "sandbox: asynchronous script execution timeout"));
    else
        script_sendings_sweep(user, now_ns);
}

/* --- timers --------------------------------------------------------------------------------- */

struct script_timer_row {
    uv_timer_t handle;
    struct script_timer_row *next;
    struct virtual_user *user;
    uint32_t id;
    bool busy;
};

static void on_timer_due(uv_timer_t *handle)
{
    struct script_timer_row *row = handle->data;
    struct virtual_user *user = row->user;

    row->busy = false;
    if (user->scripts.waiting)
        take_outcome(user, script_timer(user->lane->scripts->engine, user->index, row->id));
}

static struct script_timer_row *free_timer(struct virtual_user *user)
{
    struct script_timer_row *row = user->scripts.timers;

    while (row != NULL && row->busy)
        row = row->next;
    if (row != NULL)
        return row;
    row = calloc(1, sizeof(*row));
    if (row == NULL || uv_timer_init(&user->lane->loop, &row->handle) != 0) {
        free(row);
        return NULL;
    }
    row->handle.data = row;
    row->user = user;
    row->next = user->scripts.timers;
    user->scripts.timers = row;
    return row;
}

static void on_timer(void *context, size_t index, uint32_t id, double ms)
{
    struct virtual_user *user = user_at(context, index);
    struct script_timer_row *row = free_timer(user);

    if (row == NULL)
        return;
    row->id = id;
    row->busy = true;
    /* The loop's clock may be behind: the script has just run. */
    uv_update_time(&user->lane->loop);
    (void)uv_timer_start(&row->handle, on_timer_due, ms < 1e9 ? (uint64_t)ms : (uint64_t)1e9, 0);
}

static void on_forget(void *context, size_t index, uint32_t id)
{
    struct virtual_user *user = user_at(context, index);

    for (struct script_timer_row *row = user->scripts.timers; row != NULL; row = row->next) {
        if (row->busy && row->id == id) {
            (void)uv_timer_stop(&row->handle);
            row->busy = false;
        }
    }
    script_sendings_forget(user, id);
}

static void on_send(void *context, size_t index, uint32_t id, struct str request)
{
    script_sendings_add(user_at(context, index), id, request);
}

static struct rng *on_chance(void *context, size_t user)
{
    return &user_at(context, user)->rng;
}

/* --- what they did -------------------------------------------------------------------------- */

/* A request that was compiled with a value of that name is compiled at each send from now on. */
static void on_touched(void *context, struct str name)
{
    struct run_scripts *scripts = context;
    struct lane *lane = scripts->lane;

    for (size_t i = 0; i < lane->run->plan_count; i++) {
        struct request_plan *plan = &lane->plans[i];
        for (size_t at = 0; at < plan->names.count && !plan->whole; at++)
            plan->whole = str_eq(plan->names.rows[at], name);
    }
}

static void keep_failed_json(struct virtual_user *user, struct str test)
{
    struct arena *arena = user_scripts_arena(user);
    struct json_value *root = NULL;

    if (arena == NULL || !json_parse(test, arena, &root, NULL))
        return;
    failed_tests_add(&user->lane->metrics->failed_tests, user->step, json_text(root, "name"),
                     json_text(json_member(root, "error"), "message"));
}

static void on_test(void *context, size_t index, struct str test, bool failed)
{
    struct run_scripts *scripts = context;
    struct virtual_user *user = user_at(context, index);

    if (failed)
        keep_failed_json(user, test);
    if (scripts->listener != NULL)
        scripts->listener->test(scripts->listener->context, user, test, failed);
}

static void on_script(void *context, size_t index, size_t script, struct str error)
{
    struct run_scripts *scripts = context;
    struct virtual_user *user = user_at(context, index);
    struct json_value *root = NULL;
    struct arena *arena = error.len > 0 ? user_scripts_arena(user) : NULL;

    if (arena != NULL && json_parse(error, arena, &root, NULL))
        failed_tests_add(&user->lane->metrics->failed_tests, user->step,
                         script < scripts->setup.collection->script_count &&
                                 scripts->setup.collection->scripts[script].phase ==
                                     SCRIPT_PREREQUEST
                             ? STR("(pre-request script)")
                             : STR("(test script)"),
                         json_text(root, "message"));
    if (scripts->listener != NULL)
        scripts->listener->script(scripts->listener->context, user, script, error);
}

static void on_console(void *context, size_t index, struct str level, struct str text)
{
    struct run_scripts *scripts = context;

    if (scripts->listener != NULL)
        scripts->listener->console(scripts->listener->context, user_at(context, index), level,
                                   text);
}

/* A script that outlives its run by RUN_OVERTIME_MS is not waited for, nor after a second
 * interrupt. */
static bool on_is_over(void *context)
{
    const struct run_scripts *scripts = context;
    const struct run *run = scripts->run;

    return atomic_load_explicit(&run->dropping, memory_order_relaxed) ||
           (run->options.duration_ms > 0 &&
            run_elapsed_ms(run) > run->options.duration_ms + RUN_OVERTIME_MS);
}

static void on_notice(void *context, struct str text)
{
    struct run_scripts *scripts = context;

    if (run_notice_is_new(scripts->run, text))
        log_notice("%.*s", STR_ARG(text));
}

/* --- the user's and the run's part ---------------------------------------------------------- */

struct arena *user_scripts_arena(struct virtual_user *user)
{
    if (user->scripts.arena == NULL)
        user->scripts.arena = arena_new(ANSWER_ARENA_BYTES);
    if (user->scripts.arena != NULL)
        arena_reset(user->scripts.arena);
    return user->scripts.arena;
}

bool user_scripts_find(void *context, struct str name, struct arena *arena, struct str *ret)
{
    const struct virtual_user *user = context;

    return script_lookup(user->lane->scripts->engine, user->index, name, arena, ret);
}

void user_scripts_drop(struct virtual_user *user)
{
    user->scripts.waiting = false;
    for (struct script_timer_row *row = user->scripts.timers; row != NULL; row = row->next) {
        row->busy = true;
        if (!uv_is_closing((uv_handle_t *)&row->handle))
            uv_close((uv_handle_t *)&row->handle, NULL);
    }
    script_sendings_drop(user);
}

void user_scripts_deinit(struct virtual_user *user)
{
    struct script_timer_row *next = NULL;

    for (struct script_timer_row *row = user->scripts.timers; row != NULL; row = next) {
        next = row->next;
        free(row);
    }
    user->scripts.timers = NULL;
    script_sendings_deinit(user);
    arena_free(user->scripts.arena);
    user->scripts.arena = NULL;
}

bool run_scripts_has(const struct run_scripts *scripts, size_t request, enum script_phase phase)
{
    return scripts != NULL && scripts->run->definitions[request].scripts[phase].count > 0;
}

bool run_scripts_init(struct run_scripts *scripts, struct run *run,
                      const struct script_setup *setup, struct aws_error *err)
{
    scripts->run = run;
    scripts->setup = *setup;
    scripts->host = (struct script_host){
        .context = scripts,
        .reason = on_reason,
        .head = on_head,
        .body = on_body,
        .body_bytes = on_body_bytes,
        .sent = on_sent,
        .cookies = on_cookies,
        .set_cookie = on_set_cookie,
        .timer = on_timer,
        .send = on_send,
        .forget = on_forget,
        .touched = on_touched,
        .test = on_test,
        .script = on_script,
        .console = on_console,
        .notice = on_notice,
        .chance = on_chance,
        .is_over = on_is_over,
    };
    return script_engine_new(&scripts->setup, &scripts->host, &scripts->engine, err);
}

void run_scripts_deinit(struct run_scripts *scripts)
{
    script_engine_free(scripts->engine);
    scripts->engine = NULL;
}
