/* Time to live through dynamodb_execute(), over both stores, by a clock that a test moves. */
#include "operation_rows.h"

#define ANY           "{any}"
#define PUT(item)     "PutItem", "{'TableName':'tab','Item':{" item "}}", 200, "{}"
#define KEY(name)     "'p':{'S':'" name "'}"
#define SET(name, on) "{'TimeToLiveSpecification':{'AttributeName':'" name "','Enabled':" on "}}"
#define TTL(name, on)                                                                              \
    "UpdateTimeToLive", "{'TableName':'tab','TimeToLiveSpecification':{'AttributeName':'" name     \
                        "','Enabled':" on "}}"
#define COUNT(count)                                                                               \
    {                                                                                              \
        "Scan", "{'TableName':'tab','Select':'COUNT'}", 200,                                       \
            "{'Count':" count ",'ScannedCount':" count "}"                                         \
    }
#define INDEX_COUNT(count)                                                                         \
    {                                                                                              \
        "Scan", "{'TableName':'tab','IndexName':'gsi','Select':'COUNT'}", 200,                     \
            "{'Count':" count ",'ScannedCount':" count "}"                                         \
    }
#define IS_THERE(name)                                                                             \
    {                                                                                              \
        "GetItem", "{'TableName':'tab','Key':{" KEY(name) "},'ProjectionExpression':'p'}", 200,    \
            "{'Item':{" KEY(name) "}}"                                                             \
    }
#define IS_GONE(name)                                                                              \
    {                                                                                              \
        "GetItem", "{'TableName':'tab','Key':{" KEY(name) "}}", 200, "{}"                          \
    }

/* The tests' clock begins at second 1769860800. */
static const struct row make = {
    "CreateTable",
    "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':"
    "'p','AttributeType':'S'},{'AttributeName':'g','AttributeType':'S'}],'KeySchema':[{"
    "'AttributeName':'p','KeyType':'HASH'}],'GlobalSecondaryIndexes':[{'IndexName':'gsi',"
    "'KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}],"
    "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}}",
    200, ANY};

static void what_has_expired_goes_and_nothing_else(void **state)
{
    static const struct row before[] = {
        {PUT(KEY("past") ",'g':{'S':'g'},'t':{'N':'1769860799'}")},
        {PUT(KEY("long past") ",'g':{'S':'g'},'t':{'N':'1612180800.5'}")},
        {PUT(KEY("five years and more") ",'g':{'S':'g'},'t':{'N':'1612180799'}")},
        {PUT(KEY("this second") ",'t':{'N':'1769860800'}")},
        {PUT(KEY("soon") ",'g':{'S':'g'},'t':{'N':'1769860900'}")},
        {PUT(KEY("text") ",'t':{'S':'1769860799'}")},
        {PUT(KEY("list") ",'t':{'L':[{'N':'1769860799'}]}")},
        {PUT(KEY("none"))},
        {PUT(KEY("other") ",'u':{'N':'1769860799'}")},
        {PUT(KEY("milliseconds") ",'t':{'N':'1769860799000'}")},
        {TTL("t", "true"), 200, SET("t", "true")},
        {"DescribeTimeToLive", "{'TableName':'tab'}", 200,
         "{'TimeToLiveDescription':{'AttributeName':'t','TimeToLiveStatus':'ENABLED'}}"},
    };
    static const struct row after[] = {
        IS_GONE("past"),         IS_GONE("long past"), IS_THERE("five years and more"),
        IS_THERE("this second"), COUNT("8"),           INDEX_COUNT("2"),
    };
    static const struct row later[] = {
        IS_GONE("this second"),
        IS_GONE("soon"),
        COUNT("6"),
        INDEX_COUNT("1"),
    };

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, &make, 1);
        rows_run_quoted(db, before, ARRAY_LEN(before));
        dynamodb_settle(db);
        rows_run_quoted(db, after, ARRAY_LEN(after));
        fake_clock_advance_ms(&rows_clock, 101000);
        dynamodb_settle(db);
        rows_run_quoted(db, later, ARRAY_LEN(later));
        dynamodb_close(db);
    }
}

static void an_item_s_time_may_move(void **state)
{
    static const struct row before[] = {
        {TTL("t", "true"), 200, ANY},
        {PUT(KEY("moved on") ",'t':{'N':'1769860810'}")},
        {PUT(KEY("moved up") ",'t':{'N':'1769869999'}")},
        {PUT(KEY("taken off") ",'t':{'N':'1769860810'}")},
        {PUT(KEY("moved on") ",'t':{'N':'1769869999'}")},
        {PUT(KEY("moved up") ",'t':{'N':'1769860810'}")},
        {"UpdateItem",
         "{'TableName':'tab','Key':{" KEY("taken off") "},'UpdateExpression':"
                                                       "'REMOVE t'}",
         200, "{}"},
    };
    static const struct row after[] = {IS_THERE("moved on"), IS_GONE("moved up"),
                                       IS_THERE("taken off")};

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, &make, 1);
        rows_run_quoted(db, before, ARRAY_LEN(before));
        fake_clock_advance_ms(&rows_clock, 11000);
        dynamodb_settle(db);
        rows_run_quoted(db, after, ARRAY_LEN(after));
        dynamodb_close(db);
    }
}

/* More than one step of the sweep, and some put while it is not looked at. */
static void thousands_expire_at_once(void **state)
{
    static const struct row enable[] = {{TTL("t", "true"), 200, ANY}};
    static const struct row none[] = {COUNT("0"), INDEX_COUNT("0")};

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);
        struct arena *arena = arena_new(ROWS_ARENA_BYTES);

        rows_run_quoted(db, &make, 1);
        rows_run_quoted(db, enable, 1);
        for (int i = 0; i < 1000; i++) {
            struct str request = str_printf(arena,
                                            "{\"TableName\":\"tab\",\"Item\":{\"p\":{\"S\":\"%d\"},"
                                            "\"g\":{\"S\":\"g\"},\"t\":{\"N\":\"%d\"}}}",
                                            i, 1769860801 + i % 100);
            assert_int_equal(rows_execute(db, "PutItem", request, arena).status, 200);
            arena_reset(arena);
        }
        fake_clock_advance_ms(&rows_clock, 200000);
        dynamodb_settle(db);
        rows_run_quoted(db, none, ARRAY_LEN(none));
        arena_free(arena);
        dynamodb_close(db);
    }
}

static void time_to_live_is_on_or_off(void **state)
{
    static const struct row rules[] = {
        {TTL("t", "true"), 400, RNF "Requested resource not found: Table: tab not found'}"},
        {"DescribeTimeToLive", "{'TableName':'tab'}", 400,
         RNF "Requested resource not found: Table: tab not found'}"},
        {TTL("", "true"), 400, VE "TimeToLiveSpecification.AttributeName must be non empty'}"},
    };
    static const struct row plain[] = {
        {"UpdateTimeToLive", "{}", 400,
         VE "The parameter 'TableName' is required but was not present in the request\"}"},
        {"UpdateTimeToLive", "{\"TableName\":\"tab\",\"TimeToLiveSpecification\":{}}", 400,
         VE "2 validation errors detected: Value null at 'timeToLiveSpecification.enabled' failed "
            "to satisfy constraint: Member must not be null; Value null at "
            "'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must "
            "not be null\"}"},
    };
    static const struct row rows[] = {
        {"DescribeTimeToLive", "{'TableName':'tab'}", 200,
         "{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}"},
        {TTL("t", "false"), 400, VE "TimeToLive is already disabled'}"},
        {TTL("p", "true"), 200, SET("p", "true")}, /* a key, which is text: nothing expires */
        {TTL("p", "true"), 400, VE "TimeToLive is already enabled'}"},
        {TTL("t", "true"), 400,
         VE "TimeToLive is active on a different AttributeName: current AttributeName is p'}"},
        {TTL("t", "false"), 400,
         VE "TimeToLive is active on a different AttributeName: current AttributeName is p'}"},
        {TTL("p", "false"), 200, SET("p", "false")},
        {"DescribeTimeToLive", "{'TableName':'tab'}", 200,
         "{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}"},
        {PUT(KEY("past") ",'t':{'N':'1769860799'}")},
        {TTL("u", "true"), 200, ANY},
    };
    static const struct row still[] = {
        IS_THERE("past"),
        {TTL("u", "false"), 200, ANY},
        {TTL("t", "true"), 200, ANY},
    };
    static const struct row gone[] = {
        IS_GONE("past"),
        {TTL("t", "false"), 200, ANY},
        {PUT(KEY("past") ",'t':{'N':'1769860799'}")},
    };
    static const struct row off[] = {IS_THERE("past")};

    (void)state;
    struct dynamodb *db = rows_open_empty(true);
    rows_run_quoted(db, rules, ARRAY_LEN(rules));
    rows_run(db, plain, ARRAY_LEN(plain));
    rows_run_quoted(db, &make, 1);
    rows_run_quoted(db, rows, ARRAY_LEN(rows));
    dynamodb_settle(db);
    rows_run_quoted(db, still, ARRAY_LEN(still));
    dynamodb_settle(db);
    rows_run_quoted(db, gone, ARRAY_LEN(gone));
    dynamodb_settle(db);
    rows_run_quoted(db, off, ARRAY_LEN(off));
    dynamodb_close(db);
}

/* It has the same place in the table, and its own after a restart. */
static void indexes_come_and_go_beside_it(void **state)
{
    static const struct row before[] = {
        {PUT(KEY("past") ",'g':{'S':'g'},'t':{'N':'1769860799'},'n':{'N':'1'}")},
        {PUT(KEY("soon") ",'g':{'S':'g'},'t':{'N':'1769860900'},'n':{'N':'1'}")},
        {TTL("t", "true"), 200, ANY},
        {"UpdateTable",
         "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'n','AttributeType':'N'}],"
         "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'new','KeySchema':[{"
         "'AttributeName':'n','KeyType':'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}}]}",
         200, ANY},
    };
    static const struct row between[] = {
        {"Query",
         "{'TableName':'tab','IndexName':'new','KeyConditionExpression':'n = :n',"
         "'ExpressionAttributeValues':{':n':{'N':'1'}}}",
         200, "{'Count':1,'Items':[{" KEY("soon") ",'n':{'N':'1'}}],'ScannedCount':1}"},
        {"UpdateTable",
         "{'TableName':'tab','GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'gsi'}}]}", 200,
         ANY},
    };
    static const struct row after[] = {
        COUNT("0"),
        {"DescribeTable", "{'TableName':'tab'}", 200, ANY},
        {TTL("t", "false"), 200, ANY},
        {"DeleteTable", "{'TableName':'tab'}", 200, ANY},
    };

    (void)state;
    struct dynamodb *db = rows_open_empty(true);
    rows_run_quoted(db, &make, 1);
    rows_run_quoted(db, before, ARRAY_LEN(before));
    dynamodb_settle(db);
    rows_run_quoted(db, between, ARRAY_LEN(between));
    dynamodb_close(db);
    fake_clock_advance_ms(&rows_clock, 101000);
    db = rows_open(true);
    dynamodb_settle(db);
    rows_run_quoted(db, after, ARRAY_LEN(after));
    dynamodb_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_expired_goes_and_nothing_else),
        cmocka_unit_test(an_item_s_time_may_move),
        cmocka_unit_test(thousands_expire_at_once),
        cmocka_unit_test(time_to_live_is_on_or_off),
        cmocka_unit_test(indexes_come_and_go_beside_it),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
