/* Shard iterators and what they read, over both stores. */
#include "stream_rig.h"

#include "../../../emulator/dynamodb/streams/stream_iterator.h"

static struct str put_and_number(struct rig *rig, int n)
{
    ASK(rig, "PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'},'s':{'N':'%d'}}}", n);
    return rig_text(rig, rig_all_records(rig), "SequenceNumber", n - 1);
}

static void check_first_number(struct rig *rig, const char *rest, struct str expected)
{
    struct str answer = rig_records(rig, rig_iterator(rig, rig_shard(rig, 0), rest));

    if (!str_eq(rig_text(rig, answer, "SequenceNumber", 0), expected))
        fail_msg("%s: %.*s", rest, STR_ARG(answer));
}

static void an_iterator_begins_where_its_type_says(struct rig *rig)
{
    struct str numbers[3];

    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    struct str latest = rig_iterator(rig, rig_shard(rig, 0), LATEST);
    for (int i = 0; i < 3; i++) {
        numbers[i] = put_and_number(rig, i + 1);
        fake_clock_advance_ms(&rows_clock, 1000);
    }
    check_first_number(rig, OLDEST, numbers[0]);
    check_first_number(rig, LATEST, (struct str){0});
    check_first_number(rig, rig_by_number(rig, "AT_SEQUENCE_NUMBER", numbers[1]), numbers[1]);
    check_first_number(rig, rig_by_number(rig, "AFTER_SEQUENCE_NUMBER", numbers[1]), numbers[2]);
    check_first_number(
        rig, rig_by_number(rig, "AT_SEQUENCE_NUMBER", STR("176986080012300000000000")), numbers[0]);
    check_first_number(rig, "'ShardIteratorType':'AT_TIMESTAMP','Timestamp':1", numbers[0]);
    check_first_number(rig, "'ShardIteratorType':'AT_TIMESTAMP','Timestamp':1769860800.500",
                       numbers[1]);
    check_first_number(rig, "'ShardIteratorType':'AT_TIMESTAMP','Timestamp':2e9", (struct str){0});
    assert_int_equal(rig_times(rig_records(rig, latest), "eventID"), 3);
}

static const struct {
    const char *rest;
    const char *answer;
} iterator_refusals[] = {
    {LATEST ",'SequenceNumber':'176986080012300000000000'",
     "One or more parameter values were invalid: SequenceNumber should not be passed for this "
     "iterator type"},
    {LATEST ",'Timestamp':1", "One or more parameter values were invalid: Timestamp should not be "
                              "passed for this iterator type"},
    {"'ShardIteratorType':'AT_SEQUENCE_NUMBER'",
     "One or more parameter values were invalid: Invalid SequenceNumber"},
    {"'ShardIteratorType':'AT_SEQUENCE_NUMBER','SequenceNumber':'17698608001230000000000x'",
     "One or more parameter values were invalid: Invalid SequenceNumber"},
    {"'ShardIteratorType':'AT_SEQUENCE_NUMBER','SequenceNumber':'000000000000000000000'",
     "Invalid SequenceNumber for the shard"},
    {"'ShardIteratorType':'AFTER_SEQUENCE_NUMBER','SequenceNumber':"
     "'9999999999999999999999999999999999999999'",
     "Invalid SequenceNumber for the shard"},
    {"'ShardIteratorType':'AT_TIMESTAMP'",
     "One or more parameter values were invalid: Invalid Timestamp"},
};

static void what_fits_no_type_is_refused(struct rig *rig)
{
    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    for (size_t i = 0; i < ARRAY_LEN(iterator_refusals); i++) {
        struct str answer =
            REFUSED(rig, "GetShardIterator", "{'StreamArn':'%.*s','ShardId':'%.*s',%s}",
                    STR_ARG(rig->arn), STR_ARG(rig_shard(rig, 0)), iterator_refusals[i].rest);

        assert_text(rig_text(rig, answer, "message", 0), iterator_refusals[i].answer);
    }
}

static void records_come_in_pages(struct rig *rig)
{
    struct str answer, next;

    rig_make_table(rig, TABLE("tab", "NEW_IMAGE"));
    for (int i = 0; i < 5; i++)
        ASK(rig, "PutItem",
            "{'TableName':'tab','Item':{'p':{'S':'a'},'s':{'N':'%d'},'x':{'S':"
            "'%0300000d'}}}",
            i, 0);
    next = rig_iterator(rig, rig_shard(rig, 0), OLDEST);
    answer = ASK(rig, "GetRecords", "{'ShardIterator':'%.*s','Limit':2}", STR_ARG(next));
    assert_int_equal(rig_times(answer, "eventID"), 2);
    /* Three are 900 KB, a fourth would be past 1 MB. */
    answer = rig_records(rig, rig_text(rig, answer, "NextShardIterator", 0));
    assert_int_equal(rig_times(answer, "eventID"), 3);
    answer = rig_records(rig, rig_iterator(rig, rig_shard(rig, 0), OLDEST));
    assert_int_equal(rig_times(answer, "eventID"), 3);
    answer = rig_records(rig, rig_text(rig, answer, "NextShardIterator", 0));
    assert_int_equal(rig_times(answer, "eventID"), 2);
    answer = rig_records(rig, rig_text(rig, answer, "NextShardIterator", 0));
    assert_contains(rig, answer, "{'Records':[],'NextShardIterator':'arn:aws:dynamodb:eu-west-1:");
}

static void a_closed_shard_is_read_to_its_end(struct rig *rig)
{
    struct str answer, first, next;

    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    first = rig_shard(rig, 0);
    ASK(rig, "PutItem", PUT("1", ""));
    next = rig_text(rig, rig_all_records(rig), "NextShardIterator", 0);
    fake_clock_advance_ms(&rows_clock, 4 * HOUR_MS);
    ASK(rig, "PutItem", PUT("2", ""));
    assert_contains(rig, REFUSED(rig, "GetRecords", "{'ShardIterator':'%.*s'}", STR_ARG(next)),
                    "v20120810#ExpiredIteratorException','message':'Shard iterator has expired'}");
    answer = rig_records(rig, rig_iterator(rig, first, OLDEST));
    assert_int_equal(rig_times(answer, "eventID"), 1);
    assert_int_equal(rig_times(answer, "NextShardIterator"), 0);
    answer = rig_records(rig, rig_iterator(rig, first, LATEST));
    assert_text(answer, "{\"Records\":[]}");
    answer = rig_records(rig, rig_iterator(rig, rig_shard(rig, 1), OLDEST));
    assert_contains(rig, answer, "'Keys':{'p':{'S':'a'},'s':{'N':'2'}}");
    assert_int_equal(rig_times(answer, "eventID"), 1);
}

static void an_iterator_lives_for_15_minutes(struct rig *rig)
{
    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    struct str iterator = rig_iterator(rig, rig_shard(rig, 0), OLDEST);
    fake_clock_advance_ms(&rows_clock, 15 * MINUTE_MS);
    struct str next = rig_text(rig, rig_records(rig, iterator), "NextShardIterator", 0);
    fake_clock_advance_ms(&rows_clock, 1);
    (void)REFUSED(rig, "GetRecords", "{'ShardIterator':'%.*s'}", STR_ARG(iterator));
    (void)rig_records(rig, next);
}

static void other_texts_are_no_iterators(struct rig *rig)
{
    struct stream_iterator forged = {.issued_ms = ROWS_BEGIN_MS};
    struct str text;

    rig_make_table(rig, TABLE("tab", "KEYS_ONLY"));
    assert_contains(rig, REFUSED(rig, "GetRecords", "{'ShardIterator':'abc'}"),
                    "#ValidationException','message':'Invalid ShardIterator'}");
    struct str good = rig_iterator(rig, rig_shard(rig, 0), OLDEST);
    for (size_t i = 0; i < good.len; i++) {
        char *bad = str_to_c(rig->arena, good);

        bad[i] = bad[i] == '1' ? '2' : '1';
        (void)REFUSED(rig, "GetRecords", "{'ShardIterator':'%s'}", bad);
    }
    forged.arn = rig->arn;
    forged.shard = 1;
    assert_true(stream_iterator_text(&forged, rig->arena, &text));
    (void)REFUSED(rig, "GetRecords", "{'ShardIterator':'%.*s'}", STR_ARG(text));
    forged.shard = 0;
    assert_true(stream_iterator_text(&forged, rig->arena, &text));
    (void)REFUSED(rig, "GetRecords", "{'ShardIterator':'%.*s'}", STR_ARG(text));
}

ON_BOTH(each_iterator_type_has_its_place, an_iterator_begins_where_its_type_says)
ON_BOTH(iterator_types_take_only_what_they_need, what_fits_no_type_is_refused)
ON_BOTH(get_records_ends_at_limit_and_1_mb, records_come_in_pages)
ON_BOTH(a_closed_shard_has_an_end, a_closed_shard_is_read_to_its_end)
ON_BOTH(an_iterator_expires, an_iterator_lives_for_15_minutes)
ON_BOTH(a_changed_iterator_is_refused, other_texts_are_no_iterators)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_iterator_type_has_its_place),
        cmocka_unit_test(iterator_types_take_only_what_they_need),
        cmocka_unit_test(get_records_ends_at_limit_and_1_mb),
        cmocka_unit_test(a_closed_shard_has_an_end),
        cmocka_unit_test(an_iterator_expires),
        cmocka_unit_test(a_changed_iterator_is_refused),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
