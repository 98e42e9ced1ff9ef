#include "service.h"

#include <zlib.h>

#include "base/log.h"
#include "errors.h"

enum {
    WORKERS = 4,
    ERROR_BYTES = 64 * 1024, /* of an error's answer and its headers, beyond a request's limit */
};

/* splitmix64 (Steele, Lea, Flood 2014): every count gives another number, and no lock is needed. */
static uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

static void make_request_id(struct dynamodb *db, char ret[DYNAMODB_REQUEST_ID_LENGTH + 1])
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    uint64_t count = atomic_fetch_add(&db->request_count, 1);
    uint64_t bits = 0;

    for (size_t i = 0; i < DYNAMODB_REQUEST_ID_LENGTH; i++) {
        if (i % 12 == 0)
            bits = mix(db->request_id_seed + count * 5 + i / 12);
        ret[i] = digits[bits & 31];
        bits >>= 5;
    }
    ret[DYNAMODB_REQUEST_ID_LENGTH] = '\0';
}

void service_finish_answer(struct dynamodb *db, struct dynamodb_answer *answer)
{
    make_request_id(db, answer->request_id);
    answer->crc32 = (uint32_t)crc32_z(0, (const unsigned char *)answer->body.ptr, answer->body.len);
}

/* Once a second at the most: a full disk fails every write, and one line says it. */
static void tell_internal_error(struct dynamodb *db, const char *why)
{
    int64_t now_s = clock_monotonic_ns(db->clock) / NS_PER_S + 1;

    if (atomic_exchange(&db->told_s, now_s) != now_s)
        log_error("DynamoDB answers InternalServerError: %s", why);
}

/* Of a request that has used all of its memory, too. */
static struct str error_body(const struct aws_error *err, struct arena *arena)
{
    struct str body = ddb_error_body(err, arena);

    if (body.len > 0)
        return body;
    arena_extend(arena, ERROR_BYTES);
    return ddb_error_body(err, arena);
}

void service_answer_error(struct dynamodb *db, const struct aws_error *err, struct arena *arena,
                          struct dynamodb_answer *ret)
{
    const struct error_kind *kind = ddb_error_form_of(err->kind)->kind;
    struct aws_error shown = *err;

    if (kind == &ddb_internal_server_error) {
        tell_internal_error(db, err->message);
        (void)aws_fail(&shown, kind, "Internal server error");
    }
    atomic_fetch_add(&db->error_count, 1);
    *ret = (struct dynamodb_answer){
        .status = kind->http_status, .body = error_body(&shown, arena), .error_type = kind->name};
    if (!str_copy(arena, aws_error_text(&shown), &ret->error_message))
        ret->error_message = (struct str){0};
    service_finish_answer(db, ret);
}

static void finish(struct service_call *call, const struct aws_error *err)
{
    struct aws_error why = *err;

    call->answer = (struct dynamodb_answer){.status = 200};
    if (why.kind == NULL && !buffer_done(&call->body, &call->answer.body))
        (void)aws_fail(&why, &error_out_of_memory, "the answer is past the memory of one request");
    if (why.kind != NULL)
        service_answer_error(call->db, &why, call->arena, &call->answer);
    else
        service_finish_answer(call->db, &call->answer);
}

static void finish_later(struct ddb_call *ddb, const struct aws_error *err)
{
    struct service_call *call =
        (struct service_call *)((char *)ddb - offsetof(struct service_call, ddb));

    finish(call, err);
    call->done(call);
}

enum service_result service_execute(struct service_call *call)
{
    struct dynamodb *db = call->db;
    struct aws_error err = {0};

    buffer_init(&call->body, call->arena);
    json_writer_init(&call->writer, &call->body, JSON_COMPACT);
    call->ddb = (struct ddb_call){.store = db->store,
                                  .catalogue = db->catalogue,
                                  .throttles = db->throttles,
                                  .housekeeper = db->housekeeper,
                                  .clock = db->clock,
                                  .tokens = &db->tokens,
                                  .finish_later = call->done == NULL ? NULL : finish_later,
                                  .page_bytes_max = call->page_bytes_max,
                                  .region = call->region,
                                  .host = call->host,
                                  .arena = call->arena,
                                  .request = call->request,
                                  .out = &call->writer};
    if (call->request == NULL)
        (void)aws_fail(&err, &ddb_serialization_exception, "%s", "");
    else
        (void)!operation_run(call->operation, &call->ddb, &err);
    if (err.kind == &error_later)
        return SERVICE_LATER;
    if (err.kind == &error_page_too_long)
        return SERVICE_TOO_LONG;
    finish(call, &err);
    return SERVICE_ANSWERED;
}

bool dynamodb_may_wait(struct dynamodb *db)
{
    return db->on_disk && (db->durability == DURABILITY_FULL || store_is_busy(db->store));
}

void dynamodb_execute(struct dynamodb *db, struct str operation, struct str request,
                      struct str region, struct arena *arena, struct dynamodb_answer *ret)
{
    const struct ddb_operation *row = operation_find(operation);
    struct json_value *root = NULL;
    struct aws_error err = {0};

    if (request.len > 0 && !json_parse(request, arena, &root, NULL))
        (void)aws_fail(&err, &ddb_serialization_exception, "%s", "");
    else if (row == NULL)
        (void)aws_fail(&err, &ddb_unknown_operation_exception, "%s", "");
    if (err.kind != NULL) {
        service_answer_error(db, &err, arena, ret);
        return;
    }
    struct service_call call = {
        .db = db, .operation = row, .request = root, .region = region, .arena = arena};
    (void)service_execute(&call);
    *ret = call.answer;
}

static bool start_latency(struct dynamodb *db, const struct dynamodb_options *options,
                          struct aws_error *err)
{
    db->latency = options->latency;
    pthread_mutex_init(&db->latency_lock, NULL);
    rng_init(&db->latency_rng, options->seed);
    if (options->latency.sample_ms == NULL)
        return true;
    db->timers = timers_new(options->clock);
    return db->timers != NULL || aws_fail(err, &error_environment, "no memory for DynamoDB");
}

static bool start_throttles(struct dynamodb *db, const struct dynamodb_options *options,
                            struct aws_error *err)
{
    if (!options->enforce_throughput)
        return true;
    db->throttles = throttles_new(options->clock);
    return db->throttles != NULL || aws_fail(err, &error_environment, "no memory for DynamoDB");
}

bool dynamodb_open(const struct dynamodb_options *options, struct dynamodb **ret,
                   struct aws_error *err)
{
    struct dynamodb *db = calloc(1, sizeof(*db));

    if (db == NULL)
        return aws_fail(err, &error_environment, "no memory for DynamoDB");
    db->durability = options->durability;
    db->on_disk = options->data_folder != NULL;
    db->clock = options->clock;
    running_tokens_init(&db->tokens);
    /* Two runs with one seed on one folder must not give an id twice. */
    db->request_id_seed = mix(options->seed ^ (uint64_t)clock_wall_ns(options->clock));
    bool ok = db->on_disk
                  ? store_open_sqlite(options->data_folder, options->durability, &db->store, err)
                  : store_open_memory(&db->store, err);
    if (!ok ||
        !catalogue_open(db->store, options->clock, mix(db->request_id_seed), &db->catalogue, err) ||
        !workers_start(WORKERS, &db->workers, err) || !start_throttles(db, options, err) ||
        !start_latency(db, options, err) ||
        !housekeeper_start(db->store, db->catalogue, &db->housekeeper, err)) {
        dynamodb_close(db);
        return false;
    }
    *ret = db;
    return true;
}

void dynamodb_drain(struct dynamodb *db)
{
    if (db == NULL)
        return;
    atomic_store(&db->draining, true);
    if (db->timers != NULL)
        timers_hurry(db->timers);
}

/* A worker's last call may leave a write in the store, and a write's answer a timer. */
void dynamodb_stop(struct dynamodb *db)
{
    if (db == NULL)
        return;
    workers_end(db->workers);
    store_settle(db->store);
    timers_free(db->timers);
    db->timers = NULL;
}

void dynamodb_close(struct dynamodb *db)
{
    if (db == NULL)
        return;
    workers_stop(db->workers);
    housekeeper_stop(db->housekeeper);
    timers_free(db->timers);
    throttles_free(db->throttles);
    catalogue_close(db->catalogue);
    store_close(db->store);
    running_tokens_deinit(&db->tokens);
    free(db);
}

void dynamodb_settle(struct dynamodb *db)
{
    housekeeper_settle(db->housekeeper);
}

void dynamodb_count(struct dynamodb *db, struct dynamodb_counters *ret)
{
    *ret = (struct dynamodb_counters){.operations = atomic_load(&db->request_count),
                                      .errors = atomic_load(&db->error_count)};
    store_count(db->store, &ret->commits, &ret->writes);
}
