#include "loadgen/script_sendings.h"

#include "loadgen/collection_files.h"
#include "loadgen/collection_request.h"
#include "loadgen/node_error.h"
#include "loadgen/tls_choice.h"
#include "loadgen/virtual_user.h"

enum { SENDING_ARENA_BYTES = 64 << 20 };

struct script_sending {
    struct client_exchange exchange;
    struct script_sending *next;
    struct virtual_user *user;
    uint32_t id;
    bool busy;
    bool starting;       /* within client_exchange_begin() */
    struct arena *arena; /* the request */
    struct str request;  /* as the script gave it */
    struct script_sending *next_queued;
    struct request_plan plan;
    int64_t begun_ns;
    uv_timer_t soon;         /* failures before the first byte are told from the loop, too */
    struct node_error fault; /* in the arena */
};

/* `error`: NULL for an answer. */
static void finish(struct script_sending *sending, const struct script_answer *answer,
                   const struct node_error *error)
{
    const struct step_listener *steps = sending->user->run->steps;

    sending->busy = false;
    if (steps != NULL)
        steps->script_answered(steps->context, &sending->exchange, sending->begun_ns,
                               (int64_t)answer->time_ms, error);
    user_scripts_answered(sending->user, sending->id, answer);
}

static void finish_in_vain(struct script_sending *sending)
{
    struct script_answer answer = {.error = str_to_c(sending->arena, sending->fault.members)};

    if (answer.error == NULL)
        answer.error = "{}";
    finish(sending, &answer, &sending->fault);
}

static void tell_sending(const struct script_sending *sending)
{
    const struct step_listener *steps = sending->user->run->steps;
    struct str head = sending->plan.sent;

    if (steps != NULL)
        steps->script_sending(steps->context, str_split(&head, ' '), sending->plan.address);
}

static void on_soon(uv_timer_t *handle)
{
    struct script_sending *sending = handle->data;

    if (sending->busy)
        finish_in_vain(sending);
}

static void on_answered(struct client_exchange *exchange)
{
    struct script_sending *sending = exchange->owner;
    const struct http_response *response = &exchange->response;
    struct arena *arena = user_scripts_arena(sending->user);
    struct script_answer answer = {
        .status = response->status,
        .time_ms = (double)(((int64_t)uv_hrtime() - sending->begun_ns) / NS_PER_MS),
        .reason = {response->reason.ptr, response->reason.len},
        .head = {response->head.ptr, response->head.len},
        .body_bytes = response->body.len,
    };

    if (arena != NULL)
        answer.body = script_body_text(response, arena);
    finish(sending, &answer, NULL);
}

static void on_failed(struct client_exchange *exchange, enum error_class class, const char *detail)
{
    struct script_sending *sending = exchange->owner;

    if (!sending->busy)
        return;
    sending->fault = node_error_of(class, detail, exchange, sending->arena);
    if (!sending->starting) {
        finish_in_vain(sending);
        return;
    }
    /* The script that sends is still running. */
    (void)uv_timer_start(&sending->soon, on_soon, 0, 0);
}

static const struct client_exchange_events events = {on_answered, on_failed, NULL};

/* One whose connection is free: any, as it is opened anew where it leads elsewhere. */
static struct script_sending *free_sending(struct virtual_user *user)
{
    struct script_sending *sending = user->scripts.sendings;

    while (sending != NULL && (sending->busy || sending->exchange.in_flight))
        sending = sending->next;
    if (sending != NULL)
        return sending;
    sending = calloc(1, sizeof(*sending));
    if (sending == NULL)
        return NULL;
    sending->arena = arena_new(SENDING_ARENA_BYTES);
    if (sending->arena == NULL || uv_timer_init(&user->lane->loop, &sending->soon) != 0) {
        arena_free(sending->arena);
        free(sending);
        return NULL;
    }
    sending->soon.data = sending;
    sending->user = user;
    client_exchange_init(&sending->exchange, &user->lane->transport, &events, sending);
    sending->exchange.keep = HTTP_KEEP_ALL;
    sending->exchange.jar = &user->cookies;
    sending->exchange.rng = &user->rng;
    sending->next = user->scripts.sendings;
    user->scripts.sendings = sending;
    return sending;
}

static bool load_files(struct script_sending *sending, struct request_definition *definition,
                       const struct resolver *resolver, struct aws_error *err)
{
    struct virtual_user *user = sending->user;
    const struct step_listener *steps = user->run->steps;
    struct file_warnings warnings = {0};

    if (!collection_files_load(definition, resolver, user->run->options.files, sending->arena,
                               &warnings, err))
        return false;
    for (size_t i = 0; steps != NULL && i < warnings.count; i++)
        steps->warned(steps->context, user, warnings.rows[i]);
    return true;
}

/* `*ret_url`: the address as written, when it has been read. */
static bool prepare(struct script_sending *sending, struct target **ret_target,
                    struct str *ret_method, struct str *ret_url, struct aws_error *err)
{
    struct virtual_user *user = sending->user;
    struct resolver resolver = {
        .variables = user->run->variables,
        .at_send = true,
        .verbatim = true,
        .rng = &user->rng,
        .clock = clock_system(),
        .as_newman = user->run->options.as_newman,
    };
    struct request_definition nameless = {.name = STR("pm.sendRequest"),
                                          .inherited = inherited_nothing()};
    struct request_definition *definition = NULL;

    nameless.files_at_send = user->run->options.files != NULL;
    nameless.inherited.behavior.stay = user->run->options.ignore_redirects;
    definition = arena_alloc(sending->arena, sizeof(*definition));
    if (definition == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    if (!collection_request_reread(&nameless, sending->request, sending->arena, definition, err))
        return false;
    *ret_method = definition->method;
    *ret_url = definition->url;
    if (user->run->options.files != NULL && !load_files(sending, definition, &resolver, err))
        return false;
    return request_compile(definition, &resolver, sending->arena, &sending->plan, err) &&
           tls_choice_target(user->run->tls_choice, user->lane->transport.targets,
                             &sending->plan.url, &definition->behavior.tls, ret_target, err);
}

/* What was never a request is told at once; a host that nobody knows once the loop has been round.
 */
static void refuse(struct script_sending *sending, struct str method, struct str url,
                   const char *detail)
{
    const struct step_listener *steps = sending->user->run->steps;

    if (steps != NULL)
        steps->script_sending(steps->context, method, url);
    sending->fault = node_error_unmade(url, detail, sending->arena);
    if (str_find(sending->fault.members, STR("ENOTFOUND")) < sending->fault.members.len)
        (void)uv_timer_start(&sending->soon, on_soon, 0, 0);
    else
        finish_in_vain(sending);
}

static void begin(struct script_sending *sending)
{
    struct target *target = NULL;
    struct aws_error err = {0};
    struct str method = STR("GET"), url = STR("?");

    sending->begun_ns = (int64_t)uv_hrtime();
    if (!prepare(sending, &target, &method, &url, &err)) {
        refuse(sending, method, url, err.message);
        return;
    }
    tell_sending(sending);
    sending->starting = true;
    client_exchange_begin(&sending->exchange, target, &sending->plan,
                          (struct request_bytes){sending->plan.sent, {NULL, 0}});
    sending->starting = false;
}

void script_sendings_add(struct virtual_user *user, uint32_t id, struct str request)
{
    struct script_sending *sending = free_sending(user);
    struct script_sending **last = &user->scripts.queued;

    if (sending == NULL)
        return; /* the script's own time limit ends the wait */
    arena_reset(sending->arena);
    if (!str_copy(sending->arena, request, &sending->request))
        return;
    sending->id = id;
    sending->busy = true;
    sending->next_queued = NULL;
    while (*last != NULL)
        last = &(*last)->next_queued;
    *last = sending;
}

/* A callback within may send, too, and end the phase: this call goes on with what is there then. */
void script_sendings_begin(struct virtual_user *user)
{
    struct user_scripts *mine = &user->scripts;

    if (mine->begins_queued)
        return;
    mine->begins_queued = true;
    while (mine->queued != NULL && mine->waiting) {
        struct script_sending *first = mine->queued;
        mine->queued = first->next_queued;
        begin(first);
    }
    mine->begins_queued = false;
}

static void unqueue(struct virtual_user *user, const struct script_sending *sending)
{
    struct script_sending **link = &user->scripts.queued;

    while (*link != NULL && *link != sending)
        link = &(*link)->next_queued;
    if (*link != NULL)
        *link = sending->next_queued;
}

void script_sendings_forget(struct virtual_user *user, uint32_t id)
{
    for (struct script_sending *one = user->scripts.sendings; one != NULL; one = one->next) {
        if (one->busy && one->id == id) {
            one->busy = false;
            unqueue(user, one);
            (void)uv_timer_stop(&one->soon);
            client_exchange_drop(&one->exchange);
        }
    }
}

void script_sendings_sweep(struct virtual_user *user, int64_t now_ns)
{
    int64_t timeout_ns = user->run->options.timeout_ms * NS_PER_MS;
    char text[64];

    for (struct script_sending *one = user->scripts.sendings; one != NULL; one = one->next) {
        if (timeout_ns == 0 || !one->busy || !one->exchange.in_flight ||
            now_ns - one->begun_ns <= timeout_ns)
            continue;
        (void)snprintf(text, sizeof(text), "no answer within %lld ms",
                       (long long)(timeout_ns / NS_PER_MS));
        client_exchange_fail(&one->exchange, ERROR_TIMEOUT, text);
        return; /* the script has gone on: the list may have changed */
    }
}

void script_sendings_drop(struct virtual_user *user)
{
    user->scripts.queued = NULL;
    for (struct script_sending *one = user->scripts.sendings; one != NULL; one = one->next) {
        one->busy = false;
        client_exchange_drop(&one->exchange);
        if (!uv_is_closing((uv_handle_t *)&one->soon))
            uv_close((uv_handle_t *)&one->soon, NULL);
    }
}

void script_sendings_deinit(struct virtual_user *user)
{
    struct script_sending *next = NULL;

    for (struct script_sending *one = user->scripts.sendings; one != NULL; one = next) {
        next = one->next;
        client_exchange_deinit(&one->exchange);
        arena_free(one->arena);
        free(one);
    }
    user->scripts.sendings = NULL;
}
