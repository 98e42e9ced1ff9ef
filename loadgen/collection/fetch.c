#include "loadgen/fetch.h"

#include "loadgen/client_exchange.h"
#include "loadgen/collection.h"
#include "loadgen/node_error.h"
#include "loadgen/script_sendings.h"
#include "loadgen/text_file.h"

struct fetch {
    struct str address;
    uv_loop_t loop;
    uv_timer_t timer;
    struct target_list targets;
    struct tls_settings tls;
    struct transport transport;
    struct client_exchange exchange;
    struct request_plan plan;
    struct arena *arena;
    struct str text;
    struct aws_error *err;
    bool ok;
};

bool fetch_is_address(struct str source)
{
    return str_starts_with(source, STR("http://")) || str_starts_with(source, STR("https://"));
}

/* --- the answer ----------------------------------------------------------------------------- */

/* Nothing may hold the loop any longer. */
static void end(struct fetch *fetch)
{
    client_exchange_drop(&fetch->exchange);
    if (!uv_is_closing((uv_handle_t *)&fetch->timer))
        uv_close((uv_handle_t *)&fetch->timer, NULL);
}

static void on_answered(struct client_exchange *exchange)
{
    struct fetch *fetch = exchange->owner;

    if (exchange->response.status != 200)
        (void)aws_fail(fetch->err, &error_environment,
                       "%.*s: the provided URL returned status code: %d", STR_ARG(fetch->address),
                       exchange->response.status);
    else if (!text_decode(fetch->arena, script_body_text(&exchange->response, fetch->arena),
                          &fetch->text) ||
             !str_copy(fetch->arena, fetch->text, &fetch->text)) /* the answer goes */
        (void)aws_fail(fetch->err, &error_out_of_memory, "%.*s does not fit in memory",
                       STR_ARG(fetch->address));
    else
        fetch->ok = true;
    end(fetch);
}

static void on_failed(struct client_exchange *exchange, enum error_class class, const char *detail)
{
    struct fetch *fetch = exchange->owner;
    struct str why = node_error_of(class, detail, exchange, fetch->arena).message;

    (void)aws_fail(fetch->err, &error_environment, "unable to fetch data from url \"%.*s\": %.*s",
                   STR_ARG(fetch->address), STR_ARG(why));
    end(fetch);
}

static const struct client_exchange_events events = {.answered = on_answered, .failed = on_failed};

static void on_timer(uv_timer_t *timer)
{
    struct fetch *fetch = timer->data;

    client_exchange_fail(&fetch->exchange, ERROR_TIMEOUT, "no answer");
}

/* --- the request ---------------------------------------------------------------------------- */

static bool prepare(struct fetch *fetch, struct target **ret_target)
{
    struct pair *accept = arena_alloc(fetch->arena, sizeof(*accept));
    static const struct variables none = {0};
    struct resolver resolver = {.variables = &none, .at_send = true, .clock = clock_system()};
    struct collection collection;

    if (accept == NULL)
        return aws_fail(fetch->err, &error_out_of_memory, "out of memory");
    if (!collection_of_url(fetch->address, fetch->arena, &collection, fetch->err))
        return false;
    *accept = (struct pair){STR("Accept"), STR("application/json, */*"), true};
    collection.requests[0].headers = (struct pair_list){accept, 1};
    return request_compile(&collection.requests[0], &resolver, fetch->arena, &fetch->plan,
                           fetch->err) &&
           target_find(&fetch->targets, &fetch->plan.url, ret_target, fetch->err);
}

static void go(struct fetch *fetch, const struct fetcher *fetcher, struct target *target)
{
    fetch->timer.data = fetch;
    if (!transport_init(&fetch->transport, &fetch->loop, &fetch->targets, &fetch->tls,
                        fetcher->proxies) ||
        uv_timer_init(&fetch->loop, &fetch->timer) != 0 ||
        uv_timer_start(&fetch->timer, on_timer, FETCH_TIMEOUT_MS, 0) != 0) {
        (void)aws_fail(fetch->err, &error_out_of_memory, "out of memory");
        return;
    }
    client_exchange_init(&fetch->exchange, &fetch->transport, &events, fetch);
    fetch->exchange.keep = HTTP_KEEP_ALL;
    client_exchange_begin(&fetch->exchange, target, &fetch->plan,
                          (struct request_bytes){fetch->plan.sent, {NULL, 0}});
    (void)uv_run(&fetch->loop, UV_RUN_DEFAULT);
    client_exchange_deinit(&fetch->exchange);
}

bool fetch_text(const struct fetcher *fetcher, struct str address, struct arena *arena,
                struct str *ret, struct aws_error *err)
{
    struct fetch *fetch = calloc(1, sizeof(*fetch));
    struct target *target = NULL;
    bool ok = false;

    if (fetch == NULL || uv_loop_init(&fetch->loop) != 0) {
        free(fetch);
        return aws_fail(err, &error_out_of_memory, "out of memory");
    }
    fetch->address = address;
    fetch->arena = arena;
    fetch->err = err;
    if (prepare(fetch, &target))
        go(fetch, fetcher, target);
    ok = fetch->ok;
    *ret = fetch->text;
    transport_deinit(&fetch->transport);
    tls_settings_deinit(&fetch->tls);
    target_list_deinit(&fetch->targets);
    (void)uv_loop_close(&fetch->loop);
    free(fetch);
    return ok;
}
