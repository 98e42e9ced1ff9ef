/* Lanes and batches against an engine of the test's own, which answers as it is told. */
#include "../test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "import_writer.h"

enum { ITEMS = 1000 };

struct fake {
    struct dynamodb_client client; /* first */
    pthread_mutex_t lock;          /* guards all below */
    bool knows_batches;
    size_t unprocessed_every; /* each so-manieth batch is left half undone; 0: none */
    size_t fails_after;       /* calls; 0: never */
    size_t calls, batches, puts, written;
};

static size_t count_of(struct str text, struct str wanted)
{
    size_t count = 0;

    for (size_t at = str_find(text, wanted); at < text.len; at = str_find(text, wanted)) {
        count++;
        text = str_slice(text, at + wanted.len, text.len);
    }
    return count;
}

static void answer_error(struct dynamodb_response *ret, int status, const char *type,
                         const char *message)
{
    ret->http_status = status;
    ret->error_type = type;
    ret->error_message = message;
}

/* Half of the items, all alike, come back. */
static const char *write_batch(struct fake *fake, struct str request, struct arena *arena)
{
    size_t count = count_of(request, STR("PutRequest"));
    size_t left = 0;

    fake->batches++;
    if (fake->unprocessed_every > 0 && fake->batches % fake->unprocessed_every == 0)
        left = count / 2;
    fake->written += count - left;
    if (left == 0)
        return "{\"UnprocessedItems\":{}}";
    struct buffer out;
    buffer_init(&out, arena);
    buffer_add_literal(&out, "{\"UnprocessedItems\":{\"tab\":[");
    for (size_t i = 0; i < left; i++)
        buffer_add(&out, i == 0 ? STR("{\"PutRequest\":{}}") : STR(",{\"PutRequest\":{}}"));
    buffer_add_literal(&out, "]}}");
    buffer_add_char(&out, '\0');
    return out.ptr;
}

static void answer(struct fake *fake, struct str operation, struct str request, struct arena *arena,
                   struct dynamodb_response *ret)
{
    bool bad = str_find(request, STR("\"bad\"")) < request.len;

    if (fake->fails_after > 0 && ++fake->calls > fake->fails_after) {
        answer_error(ret, 500, "InternalServerError", "gone");
    } else if (str_eq(operation, STR("BatchWriteItem")) && !fake->knows_batches) {
        answer_error(ret, 400, "UnknownOperationException", "");
    } else if (bad) {
        answer_error(ret, 400, "ValidationException", "bad item");
    } else if (str_eq(operation, STR("BatchWriteItem"))) {
        ret->body = write_batch(fake, request, arena);
        ret->body_length = strlen(ret->body);
    } else {
        fake->puts++;
        fake->written++;
    }
}

static void call(void *state, struct str operation, struct str request, struct str region,
                 struct arena *arena, struct dynamodb_response *ret)
{
    struct fake *fake = state;

    (void)region;
    *ret = (struct dynamodb_response){.http_status = 200, .body = "{}", .body_length = 2};
    pthread_mutex_lock(&fake->lock);
    answer(fake, operation, request, arena, ret);
    pthread_mutex_unlock(&fake->lock);
}

struct refusals {
    atomic_int count;
    _Atomic uint64_t line;
    bool end; /* the first one is the end */
};

static bool refuse(void *state, const char *file, uint64_t line, const char *why,
                   struct aws_error *err)
{
    struct refusals *refusals = state;

    assert_string_equal(file, "file");
    assert_string_equal(why, "bad item");
    refusals->count++;
    refusals->line = line;
    return !refusals->end || aws_fail(err, &error_usage, "refused");
}

/* ITEMS items, the one of `bad_line` bad; false with the writer's error. */
static bool import_all(struct fake *fake, struct refusals *refusals, uint64_t bad_line,
                       uint64_t *ret_count, struct aws_error *err)
{
    struct engine engine = {.http = &fake->client, .where = "there", .region = STR_INIT("r")};
    const struct import_writer_options options = {
        .engine = &engine, .table = STR_INIT("tab"), .state = refusals, .refused = refuse};
    struct import_writer *writer = NULL;
    bool ok = true;

    fake->client = (struct dynamodb_client){.state = fake, .call = call};
    pthread_mutex_init(&fake->lock, NULL);
    assert_true(import_writer_new(&options, &writer, err));
    for (uint64_t line = 1; ok && line <= ITEMS; line++) {
        struct import_item item = {.json = line == bad_line ? STR("{\"p\":{\"S\":\"bad\"}}")
                                                            : STR("{\"p\":{\"S\":\"good\"}}"),
                                   .lane = (uint32_t)(line * 2654435761u >> 8),
                                   .file = "file",
                                   .line = line};
        ok = import_writer_add(writer, &item, err);
    }
    ok = import_writer_finish(writer, err) && ok;
    *ret_count = import_writer_count(writer);
    import_writer_free(writer);
    pthread_mutex_destroy(&fake->lock);
    return ok;
}

static void items_go_in_batches(void **state)
{
    struct fake fake = {.knows_batches = true};
    struct refusals refusals = {0};
    struct aws_error err = {0};
    uint64_t count = 0;

    (void)state;
    assert_true(import_all(&fake, &refusals, 0, &count, &err));
    assert_int_equal(count, ITEMS);
    assert_int_equal(fake.written, ITEMS);
    assert_int_equal(fake.puts, 0);
    assert_in_range(fake.batches, ITEMS / 25, ITEMS / 25 + 8);
}

static void an_engine_without_batches_gets_them_one_by_one(void **state)
{
    struct fake fake = {0};
    struct refusals refusals = {0};
    struct aws_error err = {0};
    uint64_t count = 0;

    (void)state;
    assert_true(import_all(&fake, &refusals, 0, &count, &err));
    assert_int_equal(count, ITEMS);
    assert_int_equal(fake.puts, ITEMS);
}

static void what_is_left_unprocessed_goes_again_and_counts_once(void **state)
{
    struct fake fake = {.knows_batches = true, .unprocessed_every = 3};
    struct refusals refusals = {0};
    struct aws_error err = {0};
    uint64_t count = 0;

    (void)state;
    assert_true(import_all(&fake, &refusals, 0, &count, &err));
    assert_int_equal(count, ITEMS);
    assert_int_equal(fake.written, ITEMS);
}

static void a_bad_item_is_named_and_its_neighbours_are_written(void **state)
{
    struct fake fake = {.knows_batches = true};
    struct refusals refusals = {0};
    struct aws_error err = {0};
    uint64_t count = 0;

    (void)state;
    assert_true(import_all(&fake, &refusals, 500, &count, &err));
    assert_int_equal(count, ITEMS - 1);
    assert_int_equal(refusals.count, 1);
    assert_int_equal(refusals.line, 500);
    assert_in_range(fake.puts, 1, 24);
}

static void a_refusal_that_is_the_end_ends_it(void **state)
{
    struct fake fake = {.knows_batches = true};
    struct refusals refusals = {.end = true};
    struct aws_error err = {0};
    uint64_t count = 0;

    (void)state;
    assert_false(import_all(&fake, &refusals, 500, &count, &err));
    assert_string_equal(err.message, "refused");
    assert_int_equal(count, fake.written);
}

static void an_engine_that_fails_ends_it_with_its_error(void **state)
{
    struct fake fake = {.knows_batches = true, .fails_after = 10};
    struct refusals refusals = {0};
    struct aws_error err = {0};
    uint64_t count = 0;

    (void)state;
    assert_false(import_all(&fake, &refusals, 0, &count, &err));
    assert_ptr_equal(err.kind, &error_environment);
    assert_string_equal(err.message, "BatchWriteItem on there: InternalServerError: gone");
    assert_int_equal(count, fake.written);
    assert_int_equal(fake.batches, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_go_in_batches),
        cmocka_unit_test(an_engine_without_batches_gets_them_one_by_one),
        cmocka_unit_test(what_is_left_unprocessed_goes_again_and_counts_once),
        cmocka_unit_test(a_bad_item_is_named_and_its_neighbours_are_written),
        cmocka_unit_test(a_refusal_that_is_the_end_ends_it),
        cmocka_unit_test(an_engine_that_fails_ends_it_with_its_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
