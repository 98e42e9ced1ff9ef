/*
 * The wire: HTTP to a call and back, in the service's order of checks: method and content type,
 * JSON, target, signature, and only then the operation.
 *
 * Sources: Developer Guide, "DynamoDB low-level API"; API Reference, "Common Errors".
 */
#include "dynamodb/dynamodb.h"

#include <zlib.h>

#include "authentication.h"
#include "compression.h"
#include "errors.h"
#include "service.h"

enum {
    BODY_BYTES_MAX = 16 * 1024 * 1024,
    PAGE_BYTES_IN_PLACE = 64 * 1024,
    WRITE_BYTES_IN_PLACE = 512 * 1024, /* one item, or several that are as much together */
};

static const struct str no_operation = STR_INIT("<UnknownOperationException/>\n");

/* One call on its way through. On the event thread's stack, or, once it is suspended, in the
 * exchange's arena. */
struct wire_call {
    struct work work; /* first */
    struct timer timer;
    int64_t due_ns; /* with a latency profile: not answered before */
    struct http_exchange *exchange;
    struct service_call service;
};

static struct str number_text(struct arena *arena, uint32_t number)
{
    return str_printf(arena, "%u", number);
}

/* What every answer has. */
static void add_headers(struct http_exchange *exchange, const char *request_id, uint32_t crc32)
{
    struct http_response *response = &exchange->response;
    struct str id = {0}, origin;

    (void)!str_copy(exchange->arena, str_from_c(request_id), &id);
    http_response_header(response, STR("Server"), STR("Server"));
    http_response_header(response, STR("x-amzn-RequestId"), id);
    http_response_header(response, STR("x-amz-crc32"), number_text(exchange->arena, crc32));
    if (http_request_header(&exchange->request, STR("Origin"), &origin))
        http_response_header(response, STR("Access-Control-Allow-Origin"), STR("*"));
}

/* An answer that is no operation's. */
static void answer_plain(struct dynamodb *db, struct http_exchange *exchange, int status,
                         struct str body)
{
    struct dynamodb_answer answer = {.status = status, .body = body};

    service_finish_answer(db, &answer);
    exchange->response.status = status;
    exchange->response.body = body;
    add_headers(exchange, answer.request_id, answer.crc32);
    http_exchange_finish(exchange);
}

/* The request's content type without its parameters; a request without one gets JSON. */
static struct str content_type(const struct http_request *request)
{
    struct str type = {0};

    (void)http_request_header(request, STR("Content-Type"), &type);
    return str_trim(str_split(&type, ';'));
}

static bool is_json_type(struct str type)
{
    return str_eq_nocase(type, STR("application/x-amz-json-1.0")) ||
           str_eq_nocase(type, STR("application/json"));
}

/* The checksum is of the bytes as sent: of the compressed ones, where they are. */
static void answer_call(struct http_exchange *exchange, const struct dynamodb_answer *answer)
{
    struct str type = content_type(&exchange->request), accepted = {0}, encoding = {0};
    struct str body = answer->body;
    uint32_t sum = answer->crc32;

    (void)http_request_header(&exchange->request, STR("Accept-Encoding"), &accepted);
    if (compression_answer(accepted, exchange->arena, &body, &encoding)) {
        sum = (uint32_t)crc32_z(0, (const unsigned char *)body.ptr, body.len);
        http_response_header(&exchange->response, STR("Content-Encoding"), encoding);
    }
    exchange->response.status = answer->status;
    exchange->response.body = body;
    http_response_header(&exchange->response, STR("Content-Type"),
                         is_json_type(type) ? type : STR("application/json"));
    add_headers(exchange, answer->request_id, sum);
    http_exchange_finish(exchange);
}

static void answer_error(struct dynamodb *db, struct http_exchange *exchange,
                         const struct error_kind *kind, const char *text)
{
    struct aws_error err = {0};
    struct dynamodb_answer answer;

    (void)aws_fail(&err, kind, "%s", text);
    service_answer_error(db, &err, exchange->arena, &answer);
    answer_call(exchange, &answer);
}

/* A browser asks first. */
static void answer_options(struct dynamodb *db, struct http_exchange *exchange)
{
    static const struct {
        struct str asked, answered;
    } echoes[] = {
        {STR_INIT("Access-Control-Request-Headers"), STR_INIT("Access-Control-Allow-Headers")},
        {STR_INIT("Access-Control-Request-Method"), STR_INIT("Access-Control-Allow-Methods")},
    };
    struct str value;

    http_response_header(&exchange->response, STR("Access-Control-Max-Age"), STR("172800"));
    for (size_t i = 0; i < ARRAY_LEN(echoes); i++) {
        if (http_request_header(&exchange->request, echoes[i].asked, &value))
            http_response_header(&exchange->response, echoes[i].answered, value);
    }
    answer_plain(db, exchange, 200, (struct str){0});
}

/* The service names its own host; one that is not the service's says nothing of a region. */
static void answer_health(struct dynamodb *db, struct http_exchange *exchange)
{
    struct str host = {0};

    (void)http_request_header(&exchange->request, STR("Host"), &host);
    if (!str_starts_with(host, STR("dynamodb.")))
        host = STR("dynamodb.us-east-1.amazonaws.com");
    answer_plain(db, exchange, 200, str_printf(exchange->arena, "healthy: %.*s ", STR_ARG(host)));
}

/* What is no call. */
static bool answer_other(struct dynamodb *db, struct http_exchange *exchange)
{
    const struct http_request *request = &exchange->request;
    struct str origin;

    if (str_eq(request->method, STR("OPTIONS")) &&
        http_request_header(request, STR("Origin"), &origin)) {
        answer_options(db, exchange);
        return true;
    }
    if (str_eq(request->method, STR("GET")) && str_eq(request->path, STR("/"))) {
        answer_health(db, exchange);
        return true;
    }
    if (!str_eq(request->method, STR("POST")) || !str_eq(request->path, STR("/")) ||
        (request->body.len > 0 && !is_json_type(content_type(request)))) {
        answer_plain(db, exchange, 404, no_operation);
        return true;
    }
    if (request->body.len > BODY_BYTES_MAX) {
        answer_plain(db, exchange, 413, (struct str){0});
        return true;
    }
    return false;
}

static const struct ddb_operation *find_operation(const struct http_request *request)
{
    struct str target = {0};

    (void)http_request_header(request, STR("X-Amz-Target"), &target);
    return operation_of_target(target);
}

/* How an event thread deals with a call, which must not make it wait for a disk. */
enum route {
    ROUTE_IN_PLACE,
    ROUTE_WORKER,
    ROUTE_LATER, /* begun here, answered where the group is committed */
};

static enum route route_of(const struct wire_call *call)
{
    struct dynamodb *db = call->service.db;

    switch (call->service.operation->kind) {
    case DDB_READ:
    case DDB_PAGE:
        return ROUTE_IN_PLACE;
    case DDB_WRITE:
        if (call->exchange->request.body.len > WRITE_BYTES_IN_PLACE)
            return ROUTE_WORKER;
        return dynamodb_may_wait(db) || store_is_writing(db->store) ? ROUTE_LATER : ROUTE_IN_PLACE;
    case DDB_CONTROL:
        break;
    }
    return db->on_disk ? ROUTE_WORKER : ROUTE_IN_PLACE;
}

static void answer_when_due(struct timer *timer)
{
    struct wire_call *call =
        (struct wire_call *)((char *)timer - offsetof(struct wire_call, timer));

    answer_call(call->exchange, &call->service.answer);
}

static void answer_now_or_when_due(struct wire_call *call)
{
    struct dynamodb *db = call->service.db;

    if (call->due_ns > clock_monotonic_ns(db->clock)) {
        call->timer = (struct timer){.fire = answer_when_due};
        if (timers_arm(db->timers, &call->timer, call->due_ns))
            return;
    }
    answer_call(call->exchange, &call->service.answer);
}

static void service_done(struct service_call *service)
{
    answer_now_or_when_due(
        (struct wire_call *)((char *)service - offsetof(struct wire_call, service)));
}

/* False: a page is longer than that. */
static bool run_call(struct wire_call *call, int64_t page_bytes_max)
{
    call->service.page_bytes_max = page_bytes_max;
    switch (service_execute(&call->service)) {
    case SERVICE_ANSWERED:
        answer_now_or_when_due(call);
        return true;
    case SERVICE_LATER:
        return true;
    case SERVICE_TOO_LONG:
        break;
    }
    return false;
}

static void run_work(struct work *work)
{
    (void)!run_call((struct wire_call *)work, 0);
}

/* When the service that the profile is of would answer; 0: at once. */
static int64_t due_ns(struct dynamodb *db, const struct ddb_operation *operation)
{
    if (db->latency.sample_ms == NULL || atomic_load(&db->draining))
        return 0;
    pthread_mutex_lock(&db->latency_lock);
    double ms = db->latency.sample_ms(db->latency.state, operation->name, &db->latency_rng);
    pthread_mutex_unlock(&db->latency_lock);
    return ms <= 0 ? 0 : clock_monotonic_ns(db->clock) + (int64_t)(ms * (double)NS_PER_MS);
}

/* What the answer looks at, copied: a suspended exchange may be answered in our place, and then its
 * headers end before the call does. */
static bool keep_headers(struct http_exchange *exchange)
{
    static const struct str looked_at[] = {STR_INIT("Content-Type"), STR_INIT("Accept-Encoding"),
                                           STR_INIT("Origin")};
    struct http_request *request = &exchange->request;
    struct http_header *kept =
        arena_alloc_array(exchange->arena, ARRAY_LEN(looked_at), sizeof(*kept));
    size_t count = 0;
    struct str value;

    if (kept == NULL)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(looked_at); i++) {
        if (!http_request_header(request, looked_at[i], &value))
            continue;
        kept[count].name = looked_at[i];
        if (!str_copy(exchange->arena, value, &kept[count++].value))
            return false;
    }
    request->headers = kept;
    request->header_count = count;
    return true;
}

/* To the exchange's arena, so that it outlives the event thread's call. NULL: no room. */
static struct wire_call *suspend(const struct wire_call *call)
{
    struct http_exchange *exchange = call->exchange;
    struct wire_call *kept = arena_alloc(exchange->arena, sizeof(*kept));

    if (kept == NULL)
        return NULL;
    *kept = *call; /* what the service has put in, it puts in anew */
    kept->work.run = run_work;
    if (!str_copy(exchange->arena, call->service.region, &kept->service.region) ||
        !str_copy(exchange->arena, call->service.host, &kept->service.host) ||
        !keep_headers(exchange))
        return NULL;
    http_exchange_suspend(exchange);
    return kept;
}

/* A page is tried in place, to a length. */
static void dispatch(struct wire_call *call)
{
    if (atomic_load(&call->service.db->draining)) {
        (void)!run_call(call, 0);
        return;
    }
    enum route route = route_of(call);
    struct wire_call *kept = route != ROUTE_IN_PLACE || call->due_ns > 0 ? suspend(call) : NULL;

    if (kept == NULL) {
        call->due_ns = 0;
        route = ROUTE_IN_PLACE;
    }
    if (route == ROUTE_LATER)
        kept->service.done = service_done;
    if (route != ROUTE_WORKER && run_call(kept != NULL ? kept : call, PAGE_BYTES_IN_PLACE))
        return;
    if (kept == NULL)
        kept = suspend(call);
    if (kept != NULL)
        workers_add(kept->service.db->workers, &kept->work);
    else
        (void)!run_call(call, 0);
}

void dynamodb_handle_http(void *state, struct http_exchange *exchange)
{
    struct dynamodb *db = state;
    struct wire_call call = {.exchange = exchange, .service = {.db = db, .arena = exchange->arena}};
    struct service_call *service = &call.service;
    struct str body = exchange->request.body;
    struct aws_error err = {0};
    struct json_value *request = NULL;

    if (answer_other(db, exchange))
        return;
    if (!compression_request(&exchange->request, BODY_BYTES_MAX, exchange->arena, &body, &err)) {
        answer_plain(db, exchange, err.kind->http_status, (struct str){0});
        return;
    }
    if (body.len > 0 && !json_parse(body, exchange->arena, &request, NULL)) {
        answer_error(db, exchange, &ddb_serialization_exception, "");
        return;
    }
    service->request = request;
    (void)http_request_header(&exchange->request, STR("Host"), &service->host);
    service->operation = find_operation(&exchange->request);
    if (service->operation == NULL) {
        answer_error(db, exchange, &ddb_unknown_operation_exception, "");
        return;
    }
    if (!authentication_check(&exchange->request, exchange->arena, &service->region, &err)) {
        service_answer_error(db, &err, exchange->arena, &service->answer);
        answer_call(exchange, &service->answer);
        return;
    }
    call.due_ns = due_ns(db, service->operation);
    dispatch(&call);
}
