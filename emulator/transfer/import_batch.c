#include "import_batch.h"

#include "client/aws_http.h"

enum {
    TEXT_BYTES_MAX = 64 * 1024 * 1024,
    IDLE_ATTEMPTS_MAX = 12, /* without one item more written: half a minute of back-off */
};

bool import_batch_init(struct import_batch *batch)
{
    *batch = (struct import_batch){.arena = arena_new(TEXT_BYTES_MAX),
                                   .call = arena_new(ENGINE_CALL_BYTES_MAX)};
    return batch->arena != NULL && batch->call != NULL;
}

void import_batch_deinit(struct import_batch *batch)
{
    arena_free(batch->arena);
    arena_free(batch->call);
    *batch = (struct import_batch){0};
}

void import_batch_clear(struct import_batch *batch)
{
    arena_reset(batch->arena);
    batch->count = batch->bytes = 0;
}

bool import_batch_has_room(const struct import_batch *batch, size_t bytes)
{
    return batch->count == 0 ||
           (batch->count < IMPORT_BATCH_ITEMS_MAX && bytes <= IMPORT_BATCH_BYTES &&
            batch->bytes <= IMPORT_BATCH_BYTES - bytes);
}

bool import_batch_add(struct import_batch *batch, const struct import_item *item,
                      struct aws_error *err)
{
    struct import_item *to = &batch->items[batch->count];

    *to = *item;
    if (!str_copy(batch->arena, item->json, &to->json))
        return aws_fail(err, &error_environment, "no memory for an item of %zu bytes",
                        item->json.len);
    batch->count++;
    batch->bytes += item->json.len;
    return true;
}

/* --- one by one ----------------------------------------------------------------------------- */

static bool is_throttled(const struct dynamodb_response *response)
{
    return engine_error_is(response, "ProvisionedThroughputExceededException") ||
           engine_error_is(response, "ThrottlingException") ||
           engine_error_is(response, "RequestLimitExceeded");
}

/* The item's own fault: no other attempt, and no other item, would make it better or worse. */
static bool is_refusal(const struct dynamodb_response *response)
{
    return engine_error_is(response, "ValidationException") ||
           engine_error_is(response, "SerializationException") ||
           engine_error_is(response, "ItemCollectionSizeLimitExceededException");
}

static struct str put_request(struct str table, struct str item, struct arena *arena)
{
    struct json_writer out;
    struct buffer text;

    buffer_init(&text, arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_object_begin(&out);
    json_field_string(&out, STR("TableName"), table);
    json_field_raw(&out, STR("Item"), item);
    json_object_end(&out);
    return buffer_str(&text);
}

static bool put(struct import_batch *batch, const struct import_item *item,
                struct import_sender *sender, struct aws_error *err)
{
    const struct import_writer_options *options = sender->options;
    struct dynamodb_response response;

    for (int attempt = 0;; attempt++) {
        arena_reset(batch->call);
        engine_call(options->engine, STR("PutItem"),
                    put_request(options->table, item->json, batch->call), batch->call, &response);
        if (response.http_status == 200) {
            atomic_fetch_add(&sender->count, 1);
            return true;
        }
        if (is_refusal(&response))
            return options->refused(options->state, item->file, item->line, response.error_message,
                                    err);
        if (!is_throttled(&response) || attempt == IDLE_ATTEMPTS_MAX)
            return engine_fail(options->engine, "PutItem", &response, err);
        aws_http_back_off(attempt);
    }
}

static bool put_all(struct import_batch *batch, struct import_sender *sender, struct aws_error *err)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (!put(batch, &batch->items[i], sender, err))
            return false;
    }
    return true;
}

/* --- as a batch ----------------------------------------------------------------------------- */

static struct str batch_request(const struct import_batch *batch, struct str table)
{
    struct json_writer out;
    struct buffer text;

    buffer_init(&text, batch->call);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_object_begin(&out);
    json_write_name(&out, STR("RequestItems"));
    json_object_begin(&out);
    json_write_name(&out, table);
    json_array_begin(&out);
    for (size_t i = 0; i < batch->count; i++) {
        json_object_begin(&out);
        json_write_name(&out, STR("PutRequest"));
        json_object_begin(&out);
        json_field_raw(&out, STR("Item"), batch->items[i].json);
        json_object_end(&out);
        json_object_end(&out);
    }
    json_array_end(&out);
    json_object_end(&out);
    json_object_end(&out);
    return buffer_str(&text);
}

/* The engine's UnprocessedItems, as the next request; `ret_left` 0: there are none. */
static bool read_unprocessed(const struct dynamodb_response *response, struct arena *arena,
                             struct str *ret_request, size_t *ret_left)
{
    struct json_value *answer = NULL;

    if (!json_parse((struct str){response->body, response->body_length}, arena, &answer, NULL))
        return false;
    const struct json_value *tables = json_member(answer, "UnprocessedItems");
    *ret_left = 0;
    if (!json_is(tables, JSON_OBJECT) || tables->child == NULL)
        return true;
    *ret_left = tables->child->count;
    *ret_request = str_printf(arena, "{\"RequestItems\":%.*s}", STR_ARG(tables->raw));
    return ret_request->len > 0;
}

enum batch_end { BATCH_DONE, BATCH_ONE_BY_ONE, BATCH_FAILED };

/* One call for what is left: sets the next request, and how much that is. */
static enum batch_end send_once(struct import_batch *batch, struct import_sender *sender,
                                struct str *request, size_t *left, struct aws_error *err)
{
    const struct engine *engine = sender->options->engine;
    struct dynamodb_response response;
    size_t before = *left;

    engine_call(engine, STR("BatchWriteItem"), *request, batch->call, &response);
    if (is_throttled(&response))
        return BATCH_DONE; /* of nothing */
    if (engine_error_is(&response, "UnknownOperationException"))
        atomic_store(&sender->one_by_one, true);
    if (response.http_status == 400)
        return BATCH_ONE_BY_ONE;
    if (response.http_status != 200) {
        (void)engine_fail(engine, "BatchWriteItem", &response, err);
        return BATCH_FAILED;
    }
    if (!read_unprocessed(&response, batch->call, request, left)) {
        (void)aws_fail(err, &error_environment, "BatchWriteItem on %s: the answer is no JSON",
                       engine->where);
        return BATCH_FAILED;
    }
    atomic_fetch_add(&sender->count, before - *left);
    return BATCH_DONE;
}

static enum batch_end send_all(struct import_batch *batch, struct import_sender *sender,
                               struct aws_error *err)
{
    struct str request = batch_request(batch, sender->options->table);
    size_t left = batch->count;

    for (int attempt = 0; attempt <= IDLE_ATTEMPTS_MAX; attempt++) {
        size_t before = left;
        enum batch_end end = send_once(batch, sender, &request, &left, err);
        if (end == BATCH_ONE_BY_ONE)
            atomic_fetch_sub(&sender->count, batch->count - left); /* they will be counted again */
        if (end != BATCH_DONE || left == 0)
            return end;
        if (left < before)
            attempt = 0;
        aws_http_back_off(attempt);
    }
    (void)aws_fail(err, &error_environment,
                   "%s is throttled and takes no more items: import again with more capacity",
                   sender->options->engine->where);
    return BATCH_FAILED;
}

bool import_batch_send(struct import_batch *batch, struct import_sender *sender,
                       struct aws_error *err)
{
    enum batch_end end = BATCH_ONE_BY_ONE;

    arena_reset(batch->call);
    if (!atomic_load(&sender->one_by_one))
        end = send_all(batch, sender, err);
    return end == BATCH_ONE_BY_ONE ? put_all(batch, sender, err) : end == BATCH_DONE;
}
