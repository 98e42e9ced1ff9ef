#include "dynamodb/forward.h"

#include <stdatomic.h>

#include "authentication.h"
#include "client/aws_http.h"
#include "client/dynamodb_client.h"
#include "errors.h"
#include "http/router.h"
#include "workers.h"

enum {
    THREADS = 64, /* calls under way; the others wait in line */
    CALL_TIMEOUT_MS = 30 * 1000,
    CONNECT_ATTEMPTS_MAX = 4,
};

struct dynamodb_forward {
    struct aws_http *http;
    struct workers *workers;
    struct str host;
    char *url;         /* without a slash at its end */
    char *streams_url; /* of DynamoDB Streams: AWS has it under a name of its own */
    struct str region; /* that `url` names, or empty */
    bool signs;        /* with credentials of ours */
    _Atomic bool stop;
    _Atomic uint64_t call_count;
    _Atomic uint64_t error_count;
};

/* A call that a worker makes; in the exchange's arena, and so is all that `request` says, for the
 * exchange's own headers end when it is answered in the worker's place. */
struct forward_call {
    struct work work; /* first */
    struct dynamodb_forward *forward;
    struct http_exchange *exchange;
    struct aws_http_request request;
};

/* --- headers -------------------------------------------------------------------------------- */

/* Of one connection, not of the message. */
static const struct str hop_headers[] = {
    STR_INIT("Connection"),
    STR_INIT("Keep-Alive"),
    STR_INIT("Proxy-Connection"),
    STR_INIT("Proxy-Authenticate"),
    STR_INIT("Proxy-Authorization"),
    STR_INIT("TE"),
    STR_INIT("Trailer"),
    STR_INIT("Transfer-Encoding"),
    STR_INIT("Upgrade"),
    STR_INIT("Content-Length"), /* both libraries count for themselves */
    STR_INIT("Expect"),         /* was answered here */
};

/* The caller's signature and what it is over. */
static const struct str signature_headers[] = {
    STR_INIT("Authorization"),        STR_INIT("Date"),       STR_INIT("Host"),
    STR_INIT("X-Amz-Content-Sha256"), STR_INIT("X-Amz-Date"), STR_INIT("X-Amz-Security-Token"),
};

/* The beginnings of what a call is made of besides: what our own signature may be over. */
static const struct str call_headers[] = {
    STR_INIT("X-Amz-"),     STR_INIT("amz-sdk-"),         STR_INIT("Content-Type"),
    STR_INIT("User-Agent"), STR_INIT("Content-Encoding"), STR_INIT("Accept-Encoding"),
};

static bool is_listed(const struct str *list, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq_nocase(list[i], name))
            return true;
    }
    return false;
}

/* Also what the Connection header lists. */
static bool is_hop_header(struct str name, struct str connection)
{
    while (connection.len > 0) {
        if (str_eq_nocase(str_trim(str_split(&connection, ',')), name))
            return true;
    }
    return is_listed(hop_headers, ARRAY_LEN(hop_headers), name);
}

static bool is_signature_header(struct str name)
{
    return is_listed(signature_headers, ARRAY_LEN(signature_headers), name);
}

static bool is_call_header(const struct http_header *header)
{
    bool found = false;

    for (size_t i = 0; i < ARRAY_LEN(call_headers) && !found; i++)
        found = str_eq_nocase(str_slice(header->name, 0, call_headers[i].len), call_headers[i]);
    return found && header->value.len > 0 && !is_signature_header(header->name);
}

static bool is_signed(const struct http_request *request)
{
    struct str ignored;

    return http_request_header(request, STR("Authorization"), &ignored) ||
           str_find(request->query, STR("X-Amz-Signature=")) < request->query.len;
}

/* An unsigned call has no Host that anything depends on: the endpoint's own serves best. */
static bool is_passed(const struct dynamodb_forward *forward, const struct http_request *request,
                      const struct http_header *header, struct str connection)
{
    if (is_hop_header(header->name, connection))
        return false;
    if (forward->signs)
        return is_call_header(header);
    return is_signed(request) || !is_signature_header(header->name);
}

static bool copy_headers(const struct dynamodb_forward *forward, const struct http_request *from,
                         struct arena *arena, struct aws_http_request *to)
{
    struct str connection = {0};
    struct aws_http_header *headers =
        arena_alloc_array(arena, from->header_count, sizeof(*headers));

    if (headers == NULL)
        return false;
    (void)http_request_header(from, STR("Connection"), &connection);
    for (size_t i = 0; i < from->header_count; i++) {
        struct aws_http_header *header = &headers[to->header_count];
        if (!is_passed(forward, from, &from->headers[i], connection))
            continue;
        if (!str_copy(arena, from->headers[i].name, &header->name) ||
            !str_copy(arena, from->headers[i].value, &header->value))
            return false;
        to->header_count++;
    }
    to->headers = headers;
    return true;
}

/* --- the answer ----------------------------------------------------------------------------- */

static void answer_error(struct dynamodb_forward *forward, struct http_exchange *exchange,
                         const struct error_kind *kind, const char *text)
{
    struct aws_error err = {0};

    (void)aws_fail(&err, kind, "%s", text);
    atomic_fetch_add(&forward->error_count, 1);
    exchange->response.status = kind->http_status;
    exchange->response.body = ddb_error_body(&err, exchange->arena);
    http_response_header(&exchange->response, STR("Content-Type"),
                         STR("application/x-amz-json-1.0"));
    http_exchange_finish(exchange);
}

static void pass_answer(struct dynamodb_forward *forward, struct http_exchange *exchange,
                        const struct aws_http_response *answer)
{
    struct str connection = aws_http_header(answer, STR("Connection"));

    exchange->response.status = answer->status;
    exchange->response.body = answer->body;
    for (size_t i = 0; i < answer->header_count; i++) {
        const struct aws_http_header *header = &answer->headers[i];
        if (!is_hop_header(header->name, connection))
            http_response_header(&exchange->response, header->name, header->value);
    }
    if (answer->status >= 400)
        atomic_fetch_add(&forward->error_count, 1);
    http_exchange_finish(exchange);
}

static void run_call(struct work *work)
{
    struct forward_call *call = (struct forward_call *)work;
    struct dynamodb_forward *forward = call->forward;
    struct aws_http_response *answer = arena_alloc(call->exchange->arena, sizeof(*answer));
    struct aws_error err = {0};

    if (answer == NULL) {
        answer_error(forward, call->exchange, &ddb_service_unavailable, "no memory");
        return;
    }
    for (int attempt = 0;; attempt++) {
        if (aws_http_call(forward->http, &call->request, call->exchange->arena, answer, &err)) {
            pass_answer(forward, call->exchange, answer);
            return;
        }
        if (answer->outcome != AWS_HTTP_UNREACHABLE || attempt + 1 == CONNECT_ATTEMPTS_MAX ||
            atomic_load(&forward->stop))
            break;
        aws_http_back_off(attempt);
    }
    answer_error(forward, call->exchange, &ddb_service_unavailable, err.message);
}

/* --- the request ---------------------------------------------------------------------------- */

/* A call that is signed here acts with our rights. */
static bool may_act(struct dynamodb_forward *forward, struct http_exchange *exchange,
                    struct str *ret_region)
{
    const struct http_request *request = &exchange->request;
    struct aws_error err = {0};
    struct str host = {0};

    if (origin_is_foreign(request) ||
        (http_request_header(request, STR("Host"), &host) && !host_is_ours(host, forward->host))) {
        answer_error(forward, exchange, &ddb_access_denied_exception,
                     "a page of another origin may not call this: squall signs with its own "
                     "credentials for --dynamodb-endpoint");
        return false;
    }
    /* GET / asks for health alone. */
    if (!authentication_check(request, exchange->arena, ret_region, &err) &&
        !str_eq(request->method, STR("GET"))) {
        answer_error(forward, exchange, err.kind, err.message);
        return false;
    }
    return true;
}

/* Path and query behind the endpoint's own; a query can only hold a signature, and ours is none. */
static struct str url_of(const struct dynamodb_forward *forward, const struct http_request *request,
                         struct arena *arena)
{
    struct str target = {0};
    struct str path = forward->signs ? request->path : request->target;

    (void)http_request_header(request, STR("X-Amz-Target"), &target);
    if (path.len == 0 || path.ptr[0] != '/')
        path = request->path; /* the absolute form */
    return str_printf(arena, "%s%.*s",
                      str_starts_with(target, STR("DynamoDBStreams_")) ? forward->streams_url
                                                                       : forward->url,
                      STR_ARG(path));
}

static struct forward_call *call_new(struct dynamodb_forward *forward,
                                     struct http_exchange *exchange, struct str region)
{
    const struct http_request *from = &exchange->request;
    struct forward_call *call = arena_alloc(exchange->arena, sizeof(*call));

    if (call == NULL)
        return NULL;
    call->work.run = run_call;
    call->forward = forward;
    call->exchange = exchange;
    call->request = (struct aws_http_request){
        .method = str_to_c(exchange->arena, from->method),
        .url = url_of(forward, from, exchange->arena),
        .service = forward->signs ? STR("dynamodb") : (struct str){NULL, 0},
        .body = from->body,
        .timeout_ms = CALL_TIMEOUT_MS,
        .stop = &forward->stop,
    };
    if (call->request.method == NULL || call->request.url.len == 0 ||
        !copy_headers(forward, from, exchange->arena, &call->request) ||
        !str_copy(exchange->arena, forward->region.len > 0 ? forward->region : region,
                  &call->request.region))
        return NULL;
    return call;
}

void dynamodb_forward_http(void *state, struct http_exchange *exchange)
{
    struct dynamodb_forward *forward = state;
    struct str region = {0};

    atomic_fetch_add(&forward->call_count, 1);
    if (forward->signs && !may_act(forward, exchange, &region))
        return;
    struct forward_call *call = call_new(forward, exchange, region);
    if (call == NULL) {
        answer_error(forward, exchange, &ddb_internal_server_error, "past the memory limit");
        return;
    }
    http_exchange_suspend(exchange);
    if (!workers_try_add(forward->workers, &call->work))
        answer_error(forward, exchange, &ddb_service_unavailable, "squall is about to stop");
}

/* --- the forward ---------------------------------------------------------------------------- */

/* https://dynamodb.eu-west-1.amazonaws.com has its streams at streams.dynamodb.eu-west-1... */
static char *streams_url_of(const char *url)
{
    size_t bytes = strlen(url) + sizeof("streams.");
    char *made = malloc(bytes);
    struct str text = str_from_c(url);
    size_t host = str_find(text, STR("://")) + 3;

    if (made == NULL)
        return NULL;
    if (dynamodb_url_region(text).len == 0)
        (void)snprintf(made, bytes, "%s", url);
    else
        (void)snprintf(made, bytes, "%.*sstreams.%s", (int)host, url, url + host);
    return made;
}

bool dynamodb_forward_new(struct str url, struct str host, struct dynamodb_forward **ret,
                          struct aws_error *err)
{
    struct dynamodb_forward *forward = calloc(1, sizeof(*forward));

    while (url.len > 0 && url.ptr[url.len - 1] == '/')
        url.len--;
    if (forward != NULL) {
        forward->host = host;
        forward->http = aws_http_new();
        forward->url = strndup(url.ptr, url.len);
        forward->streams_url = forward->url == NULL ? NULL : streams_url_of(forward->url);
        forward->signs = aws_http_has_credentials();
    }
    if (forward == NULL || forward->http == NULL || forward->streams_url == NULL) {
        (void)aws_fail(err, &error_environment, "no memory for the DynamoDB endpoint");
        goto failed;
    }
    forward->region = dynamodb_url_region(str_from_c(forward->url));
    if (!workers_start(THREADS, &forward->workers, err))
        goto failed;
    *ret = forward;
    return true;
failed:
    dynamodb_forward_free(forward);
    return false;
}

void dynamodb_forward_stop(struct dynamodb_forward *forward)
{
    if (forward == NULL)
        return;
    atomic_store(&forward->stop, true);
    workers_end(forward->workers);
}

void dynamodb_forward_free(struct dynamodb_forward *forward)
{
    if (forward == NULL)
        return;
    workers_stop(forward->workers);
    aws_http_free(forward->http);
    free(forward->streams_url);
    free(forward->url);
    free(forward);
}

void dynamodb_forward_count(struct dynamodb_forward *forward, struct dynamodb_counters *ret)
{
    *ret = (struct dynamodb_counters){.operations = atomic_load(&forward->call_count),
                                      .errors = atomic_load(&forward->error_count)};
}
