/* DynamoDB Streams through dynamodb_execute(), over both stores; trimming and numbering beside it.
 */
#include "stream_rig.h"

#include <pthread.h>

#include "../../../emulator/dynamodb/items/item_change.h"
#include "../../../emulator/dynamodb/service.h"
#include "../../../emulator/dynamodb/streams/stream.h"

static void disable(struct rig *rig)
{
    ASK(rig, "UpdateTable", "{'TableName':'tab','StreamSpecification':{'StreamEnabled':false}}");
}

static void enable(struct rig *rig)
{
    ASK(rig, "UpdateTable",
        "{'TableName':'tab','StreamSpecification':{'StreamEnabled':true,'StreamViewType':"
        "'KEYS_ONLY'}}");
}

/* --- records -------------------------------------------------------------------------------- */

static void write_some(struct rig *rig)
{
    ASK(rig, "PutItem", PUT("1", ",'n':{'N':'1.50'},'m':{'M':{'a':{'S':'x'},'b':{'S':'y'}}}"));
    /* The same by value, in other words and another order. */
    ASK(rig, "PutItem", PUT("1.0", ",'m':{'M':{'b':{'S':'y'},'a':{'S':'x'}}},'n':{'N':'15e-1'}"));
    ASK(rig, "UpdateItem",
        "{'TableName':'tab','Key':{'p':{'S':'a'},'s':{'N':'1'}},'UpdateExpression':"
        "'SET n = :n','ExpressionAttributeValues':{':n':{'N':'1.5'}}}");
    ASK(rig, "UpdateItem",
        "{'TableName':'tab','Key':{'p':{'S':'a'},'s':{'N':'1'}},'UpdateExpression':"
        "'SET n = :n REMOVE m','ExpressionAttributeValues':{':n':{'N':'2.5'}}}");
    REFUSED(rig, "PutItem",
            "{'TableName':'tab','Item':{'p':{'S':'a'},'s':{'N':'1'}},'ConditionExpression':"
            "'attribute_not_exists(p)'}");
    ASK(rig, "DeleteItem", "{'TableName':'tab','Key':{'p':{'S':'a'},'s':{'N':'1'}}}");
    ASK(rig, "DeleteItem", "{'TableName':'tab','Key':{'p':{'S':'a'},'s':{'N':'1'}}}");
}

#define RECORD(images, sequence, size, view)                                                       \
    "{'awsRegion':'eu-west-1','dynamodb':{'ApproximateCreationDateTime':1769860800,'Keys':{'p':"   \
    "{'S':'a'},'s':{'N':'1'}}," images "'SequenceNumber':'1769860800123000000000" sequence         \
    "','SizeBytes':" size ",'StreamViewType':'" view "'},'eventID':'"
#define BEHIND(event) "','eventName':'" event "','eventSource':'aws:dynamodb','eventVersion':'1.1'}"
#define FIRST                                                                                      \
    "{'p':{'S':'a'},'s':{'N':'1'},'n':{'N':'1.5'},'m':{'M':{'a':{'S':'x'},'b':{'S':'y'}}}}"
/* A write that changed nothing put its own order of attributes there. */
#define AGAIN                                                                                      \
    "{'p':{'S':'a'},'s':{'N':'1'},'m':{'M':{'b':{'S':'y'},'a':{'S':'x'}}},'n':{'N':'1.5'}}"
#define SECOND "{'p':{'S':'a'},'s':{'N':'1'},'n':{'N':'2.5'}}"

static const struct {
    const char *view;
    const char *table;
    const char *records[3];
} view_rows[] = {
    {"KEYS_ONLY",
     TABLE("tab", "KEYS_ONLY"),
     {RECORD("", "00", "5", "KEYS_ONLY"), RECORD("", "01", "5", "KEYS_ONLY"),
      RECORD("", "02", "5", "KEYS_ONLY")}},
    {"NEW_IMAGE",
     TABLE("tab", "NEW_IMAGE"),
     {RECORD("'NewImage':" FIRST ",", "00", "24", "NEW_IMAGE"),
      RECORD("'NewImage':" SECOND ",", "01", "14", "NEW_IMAGE"),
      RECORD("", "02", "5", "NEW_IMAGE")}},
    {"OLD_IMAGE",
     TABLE("tab", "OLD_IMAGE"),
     {RECORD("", "00", "5", "OLD_IMAGE"), RECORD("'OldImage':" AGAIN ",", "01", "24", "OLD_IMAGE"),
      RECORD("'OldImage':" SECOND ",", "02", "14", "OLD_IMAGE")}},
    {"NEW_AND_OLD_IMAGES",
     TABLE("tab", "NEW_AND_OLD_IMAGES"),
     {RECORD("'NewImage':" FIRST ",", "00", "24", "NEW_AND_OLD_IMAGES"),
      RECORD("'NewImage':" SECOND ",'OldImage':" AGAIN ",", "01", "33", "NEW_AND_OLD_IMAGES"),
      RECORD("'OldImage':" SECOND ",", "02", "14", "NEW_AND_OLD_IMAGES")}},
};

static void check_views(bool on_disk)
{
    static const char *const behind[] = {BEHIND("INSERT"), BEHIND("MODIFY"), BEHIND("REMOVE")};

    for (size_t i = 0; i < ARRAY_LEN(view_rows); i++) {
        struct rig rig = rig_open(on_disk);

        rig_make_table(&rig, view_rows[i].table);
        write_some(&rig);
        struct str answer = rig_all_records(&rig);
        assert_int_equal(rig_times(answer, "\"eventID\""), 3);
        for (size_t j = 0; j < 3; j++) {
            assert_contains(&rig, answer, view_rows[i].records[j]);
            assert_contains(&rig, answer, behind[j]);
            assert_int_equal(rig_text(&rig, answer, "eventID", (int)j).len, 32);
        }
        rig_free(&rig);
    }
}

static void a_change_leaves_a_record_with_what_the_view_type_shows(void **state)
{
    (void)state;
    check_views(false);
    check_views(true);
}

static void a_deletion_by_the_service_says_so(void **state)
{
    struct rig rig = rig_open(false);
    struct store_change *changes = NULL;
    struct attribute_value item;
    struct capacity used = {0};
    struct aws_error err = {0};

    (void)state;
    rig_make_table(&rig, TABLE("tab", "KEYS_ONLY"));
    struct table *table = catalogue_find(rig.db->catalogue, STR("tab"));
    struct str json = str_from_c(rig_quoted(&rig, STR("{'p':{'S':'a'},'s':{'N':'1'}}")));
    assert_true(item_decode(json, rig.arena, &item, &err));
    const struct item_change change = {.table = table,
                                       .key = {STR("a"), STR("1")},
                                       .old = {true, &item, json, 5},
                                       .by_service = true,
                                       .arena = rig.arena};
    assert_true(item_change_rows(&change, &changes, &used, &err));
    assert_contains(&rig, changes->json,
                    "'userIdentity':{'PrincipalId':'dynamodb.amazonaws.com','Type':'Service'}}");
    table_release(table);
    rig_free(&rig);
}

static void numbers_rise_though_the_clock_goes_back_and_a_process_ends(void **state)
{
    struct rig rig = rig_open(true);

    (void)state;
    rig_make_table(&rig, TABLE("tab", "KEYS_ONLY"));
    ASK(&rig, "PutItem", PUT("1", ""));
    fake_clock_advance_ms(&rows_clock, 5000);
    ASK(&rig, "PutItem", PUT("2", ""));
    fake_clock_advance_ms(&rows_clock, -4000);
    ASK(&rig, "PutItem", PUT("3", ""));
    dynamodb_close(rig.db);
    rig.db = rows_open(true);
    ASK(&rig, "PutItem", PUT("4", ""));
    struct str answer = rig_all_records(&rig);
    for (int i = 0; i < 3; i++)
        assert_true(str_compare(rig_text(&rig, answer, "SequenceNumber", i),
                                rig_text(&rig, answer, "SequenceNumber", i + 1)) < 0);
    assert_int_equal(rig_times(answer, "eventID"), 4);
    rig_free(&rig);
}

/* --- streams and shards --------------------------------------------------------------------- */

static void streams_are_listed_by_table_and_age(struct rig *rig)
{
    struct str answer;

    ASK(rig, "CreateTable", TABLE("other", "KEYS_ONLY"));
    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    disable(rig);
    enable(rig); /* within the same millisecond: another label all the same */
    answer = ASK(rig, "ListStreams", "{'Limit':2}");
    assert_text(
        answer,
        "{\"Streams\":[{\"StreamArn\":\"arn:aws:dynamodb:eu-west-1:000000000000:table/other/"
        "stream/2026-01-31T12:00:00.123\",\"StreamLabel\":\"2026-01-31T12:00:00.123\","
        "\"TableName\":\"other\"},{\"StreamArn\":\"arn:aws:dynamodb:eu-west-1:000000000000:"
        "table/tab/stream/2026-01-31T12:00:00.123\",\"StreamLabel\":\"2026-01-31T12:00:00."
        "123\",\"TableName\":\"tab\"}],\"LastEvaluatedStreamArn\":\"arn:aws:dynamodb:"
        "eu-west-1:000000000000:table/tab/stream/2026-01-31T12:00:00.123\"}");
    answer = ASK(rig, "ListStreams", "{'ExclusiveStartStreamArn':'%.*s'}",
                 STR_ARG(rig_text(rig, answer, "LastEvaluatedStreamArn", 0)));
    assert_int_equal(rig_times(answer, "StreamArn\""), 1);
    assert_text(rig_text(rig, answer, "StreamLabel", 0), "2026-01-31T12:00:00.124");
    answer = ASK(rig, "ListStreams", "{'TableName':'other'}");
    assert_int_equal(rig_times(answer, "StreamArn\""), 1);
    assert_text(ASK(rig, "ListStreams", "{'TableName':'none'}"), "{\"Streams\":[]}");
    assert_contains(rig, REFUSED(rig, "ListStreams", "{'ExclusiveStartStreamArn':'%040d'}", 0),
                    "#ValidationException','message':'Invalid StreamArn'}");
    answer = ASK(rig, "DescribeTable", "{'TableName':'tab'}");
    assert_text(rig_text(rig, answer, "LatestStreamLabel", 0), "2026-01-31T12:00:00.124");
    assert_contains(rig, answer,
                    "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}");
}

static void shards_follow_each_other_every_four_hours(struct rig *rig)
{
    struct str answer, first;

    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    answer = ASK(rig, "DescribeStream", "{'StreamArn':'%.*s'}", STR_ARG(rig->arn));
    first = rig_text(rig, answer, "ShardId", 0);
    assert_contains(rig, answer,
                    "{'StreamDescription':{'CreationRequestDateTime':1769860800.123,"
                    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},"
                    "{'AttributeName':'s','KeyType':'RANGE'}],'Shards':[{"
                    "'SequenceNumberRange':{'StartingSequenceNumber':"
                    "'176986080012300000000000'},'ShardId':'shardId-00000001769860800123-");
    assert_contains(rig, answer,
                    "'StreamLabel':'2026-01-31T12:00:00.123','StreamStatus':'ENABLED',"
                    "'StreamViewType':'KEYS_ONLY','TableName':'tab'}}");
    assert_int_equal(first.len, 37);
    fake_clock_advance_ms(&rows_clock, 4 * HOUR_MS - 1);
    assert_int_equal(rig_shard(rig, 1).len, 0);
    fake_clock_advance_ms(&rows_clock, 1);
    answer = ASK(rig, "DescribeStream", "{'StreamArn':'%.*s'}", STR_ARG(rig->arn));
    assert_text(rig_text(rig, answer, "EndingSequenceNumber", 0), "176987520012299999999999");
    assert_text(rig_text(rig, answer, "StartingSequenceNumber", 1), "176987520012300000000000");
    assert_int_equal(rig_times(answer, "EndingSequenceNumber"), 1);
    assert_true(str_eq(rig_text(rig, answer, "ParentShardId", 0), first));
    /* 24 hours after the first ended it is gone; its children stay in order. */
    fake_clock_advance_ms(&rows_clock, 24 * HOUR_MS - 1);
    assert_true(str_eq(rig_shard(rig, 0), first));
    fake_clock_advance_ms(&rows_clock, 1);
    answer = ASK(rig, "DescribeStream", "{'StreamArn':'%.*s'}", STR_ARG(rig->arn));
    assert_int_equal(rig_times(answer, "SequenceNumberRange"), 7);
    assert_true(str_eq(rig_text(rig, answer, "ParentShardId", 0), first));
    for (int i = 0; i < 6; i++) {
        assert_true(str_compare(rig_text(rig, answer, "ShardId", i),
                                rig_text(rig, answer, "ShardId", i + 1)) < 0);
        assert_true(str_eq(rig_text(rig, answer, "ShardId", i),
                           rig_text(rig, answer, "ParentShardId", i + 1)));
    }
    assert_contains(rig,
                    REFUSED(rig, "GetShardIterator",
                            "{'StreamArn':'%.*s','ShardId':'%.*s'," OLDEST "}", STR_ARG(rig->arn),
                            STR_ARG(first)),
                    "#ResourceNotFoundException','message':'Requested resource not found: Shard "
                    "does not exist'}");
}

static void shards_are_paged_and_chosen_by_parent(struct rig *rig)
{
    struct str answer, last;

    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    fake_clock_advance_ms(&rows_clock, 9 * HOUR_MS);
    answer = ASK(rig, "DescribeStream", "{'StreamArn':'%.*s','Limit':2}", STR_ARG(rig->arn));
    last = rig_text(rig, answer, "LastEvaluatedShardId", 0);
    assert_true(str_eq(last, rig_shard(rig, 1)));
    answer =
        ASK(rig, "DescribeStream", "{'StreamArn':'%.*s','Limit':2,'ExclusiveStartShardId':'%.*s'}",
            STR_ARG(rig->arn), STR_ARG(last));
    assert_true(str_eq(rig_text(rig, answer, "ShardId", 0), rig_shard(rig, 2)));
    assert_int_equal(rig_times(answer, "LastEvaluatedShardId"), 0);
    answer = ASK(rig, "DescribeStream",
                 "{'StreamArn':'%.*s','ExclusiveStartShardId':'shardId-99999999999999999999-0'}",
                 STR_ARG(rig->arn));
    assert_contains(rig, answer, "'Shards':[],");
    answer = ASK(rig, "DescribeStream",
                 "{'StreamArn':'%.*s','ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'%.*s'}}",
                 STR_ARG(rig->arn), STR_ARG(last));
    assert_true(str_eq(rig_text(rig, answer, "ShardId", 0), rig_shard(rig, 2)));
    assert_int_equal(rig_times(answer, "SequenceNumberRange"), 1);
}

static void a_stream_is_found_by_its_whole_name(struct rig *rig)
{
    static const char *const others[] = {
        "arn:aws:dynamodb:eu-west-1:000000000000:table/tab/stream/2026-01-31T12:00:00.124",
        "arn:aws:dynamodb:eu-west-1:000000000000:table/tap/stream/2026-01-31T12:00:00.123",
        "arn:aws:dynamodb:us-east-1:000000000000:table/tab/stream/2026-01-31T12:00:00.123",
    };
    static const char *const wrong[] = {
        "fake-stream", "arn:aws:dynamodb:eu-west-1:000000000000:table/tab",
        "arn:aws:dynamodb:eu-west-1:000000000000:table/tab/stream/",
        "arn:aws:kinesis:eu-west-1:000000000000:stream/tab/stream/2026-01-31T12:00:00.123"};

    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_contains(
            rig, REFUSED(rig, "DescribeStream", "{'StreamArn':'%s'}", others[i]),
            rig_quoted(rig, str_printf(rig->arena,
                                       "#ResourceNotFoundException','message':'Requested "
                                       "resource not found: Stream: %s not found'}",
                                       others[i])));
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_contains(rig, REFUSED(rig, "DescribeStream", "{'StreamArn':'%s'}", wrong[i]),
                        "#ValidationException','message':'Invalid StreamArn'}");
    assert_contains(rig, REFUSED(rig, "DescribeStream", "{}"),
                    "failed to satisfy constraint: Member must not be null");
}

/* --- the end of streams --------------------------------------------------------------------- */

static void a_disabled_stream_is_read_for_24_hours(struct rig *rig)
{
    struct str answer;

    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    ASK(rig, "PutItem", PUT("1", ""));
    disable(rig);
    ASK(rig, "PutItem", PUT("2", ""));
    fake_clock_advance_ms(&rows_clock, 24 * HOUR_MS - 1);
    answer = ASK(rig, "DescribeStream", "{'StreamArn':'%.*s'}", STR_ARG(rig->arn));
    assert_contains(rig, answer,
                    "'Shards':[{'SequenceNumberRange':{'EndingSequenceNumber':"
                    "'176986080012300000000000','StartingSequenceNumber':"
                    "'176986080012300000000000'},'ShardId':");
    assert_contains(rig, answer, "'StreamStatus':'DISABLED'");
    answer = rig_all_records(rig);
    assert_int_equal(rig_times(answer, "eventID"), 1);
    assert_int_equal(rig_times(answer, "NextShardIterator"), 0);
    fake_clock_advance_ms(&rows_clock, 1);
    (void)REFUSED(rig, "DescribeStream", "{'StreamArn':'%.*s'}", STR_ARG(rig->arn));
    assert_text(ASK(rig, "ListStreams", "{}"), "{\"Streams\":[]}");
}

static int64_t rows_of(struct rig *rig, size_t stream)
{
    struct table *table = catalogue_find(rig->db->catalogue, STR("tab"));
    int64_t items = store_size(rig->db->store, table->streams[stream].collection).items;

    table_release(table);
    return items;
}

static void records_are_forgotten_after_24_hours(struct rig *rig)
{
    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    for (int i = 0; i < 1200; i++)
        ASK(rig, "PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'},'s':{'N':'%d'}}}", i);
    struct str number = rig_text(rig, rig_all_records(rig), "SequenceNumber", 999);
    fake_clock_advance_ms(&rows_clock, 2 * HOUR_MS);
    ASK(rig, "PutItem", PUT("-1", ""));
    fake_clock_advance_ms(&rows_clock, 22 * HOUR_MS);
    struct str iterator = rig_iterator(rig, rig_shard(rig, 0), OLDEST);
    fake_clock_advance_ms(&rows_clock, 15 * MINUTE_MS);
    dynamodb_settle(rig->db);
    assert_int_equal(rows_of(rig, 0), 1201);
    assert_int_equal(rig_times(rig_records(rig, iterator), "eventID"), 1000);
    fake_clock_advance_ms(&rows_clock, MINUTE_MS);
    dynamodb_settle(rig->db);
    assert_int_equal(rows_of(rig, 0), 1);
    assert_int_equal(rig_times(rig_all_records(rig), "eventID"), 1);
    assert_contains(rig,
                    REFUSED(rig, "GetShardIterator", "{'StreamArn':'%.*s','ShardId':'%.*s',%s}",
                            STR_ARG(rig->arn), STR_ARG(rig_shard(rig, 0)),
                            rig_by_number(rig, "AFTER_SEQUENCE_NUMBER", number)),
                    "v20120810#TrimmedDataAccessException','message':'The data you are trying to "
                    "access has been trimmed'}");
}

static void a_disabled_stream_is_dropped_after_24_hours(struct rig *rig)
{
    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    ASK(rig, "PutItem", PUT("1", ""));
    disable(rig);
    enable(rig);
    ASK(rig, "PutItem", PUT("2", ""));
    fake_clock_advance_ms(&rows_clock, 24 * HOUR_MS);
    dynamodb_settle(rig->db);
    struct table *table = catalogue_find(rig->db->catalogue, STR("tab"));
    assert_int_equal(table->stream_count, 1);
    assert_int_equal(table->streams[0].created_ms, ROWS_BEGIN_MS + 1);
    assert_int_equal(store_size(rig->db->store, table->streams[0].collection - 1).items, 0);
    table_release(table);
    assert_int_equal(rows_of(rig, 0), 1);
}

/* --- both stores ---------------------------------------------------------------------------- */

ON_BOTH(list_streams_pages_by_table_and_age, streams_are_listed_by_table_and_age)
ON_BOTH(a_stream_has_a_new_shard_every_four_hours, shards_follow_each_other_every_four_hours)
ON_BOTH(describe_stream_pages_and_chooses_shards, shards_are_paged_and_chosen_by_parent)
ON_BOTH(another_name_is_another_stream, a_stream_is_found_by_its_whole_name)
ON_BOTH(a_disabled_stream_stays_for_a_day, a_disabled_stream_is_read_for_24_hours)
ON_BOTH(trimming_leaves_what_an_iterator_may_reach, records_are_forgotten_after_24_hours)
ON_BOTH(trimming_drops_disabled_streams, a_disabled_stream_is_dropped_after_24_hours)

/* --- threads -------------------------------------------------------------------------------- */

enum { WRITERS = 3, WRITES = 60 };

struct writer {
    struct rig *rig;
    int number;
};

static void *write_often(void *state)
{
    const struct writer *writer = state;
    struct rig own = {.db = writer->rig->db, .arena = arena_new(ROWS_ARENA_BYTES)};

    for (int i = 0; i < WRITES; i++) {
        ASK(&own, "PutItem", "{'TableName':'tab','Item':{'p':{'S':'%d'},'s':{'N':'%d'}}}",
            writer->number, i);
        if (i == WRITES / 2)
            fake_clock_advance_ms(&rows_clock, 3 * MINUTE_MS);
        arena_reset(own.arena);
    }
    arena_free(own.arena);
    return NULL;
}

/* Reads shard after shard as consumers do, until all records were there, in order. */
static void read_everything(struct rig *rig)
{
    struct str iterator = {0}, last = STR(""), id = {0};
    size_t count = 0;

    while (count < (size_t)WRITERS * WRITES) {
        struct arena *arena = arena_new(ROWS_ARENA_BYTES);
        struct rig own = {.db = rig->db, .arena = arena, .arn = rig->arn};
        int place = 0;

        /* The next shard behind the one that ended. */
        while (iterator.len == 0 && str_compare(rig_shard(&own, place), id) <= 0)
            place++;
        if (iterator.len == 0) {
            assert_true(str_copy(rig->arena, rig_shard(&own, place), &id));
            iterator = rig_iterator(&own, id, OLDEST);
        }
        struct str answer = rig_records(&own, iterator);
        size_t got = rig_times(answer, "eventID");
        for (size_t i = 0; i < got; i++) {
            struct str number = rig_text(&own, answer, "SequenceNumber", (int)i);

            assert_true(str_compare(last, number) < 0);
            assert_true(str_copy(rig->arena, number, &last));
        }
        count += got;
        assert_true(
            str_copy(rig->arena, rig_text(&own, answer, "NextShardIterator", 0), &iterator));
        arena_free(arena);
    }
    assert_int_equal(count, WRITERS * WRITES);
}

static void a_reader_beside_writers_misses_nothing(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct rig rig = rig_open(on_disk == 1);
        struct writer writers[WRITERS];
        pthread_t threads[WRITERS];

        rig_make_table(&rig, TABLE("tab", "NEW_IMAGE"));
        /* The shard closes under the reader when the second writer is half way. */
        fake_clock_advance_ms(&rows_clock, 4 * HOUR_MS - 5 * MINUTE_MS);
        for (int i = 0; i < WRITERS; i++) {
            writers[i] = (struct writer){&rig, i};
            assert_int_equal(pthread_create(&threads[i], NULL, write_often, &writers[i]), 0);
        }
        read_everything(&rig);
        for (int i = 0; i < WRITERS; i++)
            pthread_join(threads[i], NULL);
        rig_free(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_leaves_a_record_with_what_the_view_type_shows),
        cmocka_unit_test(a_deletion_by_the_service_says_so),
        cmocka_unit_test(numbers_rise_though_the_clock_goes_back_and_a_process_ends),
        cmocka_unit_test(list_streams_pages_by_table_and_age),
        cmocka_unit_test(a_stream_has_a_new_shard_every_four_hours),
        cmocka_unit_test(describe_stream_pages_and_chooses_shards),
        cmocka_unit_test(another_name_is_another_stream),
        cmocka_unit_test(a_disabled_stream_stays_for_a_day),
        cmocka_unit_test(trimming_leaves_what_an_iterator_may_reach),
        cmocka_unit_test(trimming_drops_disabled_streams),
        cmocka_unit_test(a_reader_beside_writers_misses_nothing),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
