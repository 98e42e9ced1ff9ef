/* BatchGetItem and BatchWriteItem through dynamodb_execute(), over both stores. */
#include "operation_rows.h"
#include "two_tables.h"

#include "base/buffer.h"

#define PUT(item)                   "{'PutRequest':{'Item':{" item "}}}"
#define DEL(key)                    "{'DeleteRequest':{'Key':{" key "}}}"
#define WRITE(tables, options)      "BatchWriteItem", "{'RequestItems':{" tables "}" options "}"
#define GET(tables, options)        "BatchGetItem", "{'RequestItems':{" tables "}" options "}"
#define DONE                        "'UnprocessedItems':{}}"
#define CAPACITY(units, more, name) "{'CapacityUnits':" units more ",'TableName':'" name "'}"
#define INDEX(kind, name, units)    ",'" kind "':{'" name "':{'CapacityUnits':" units "}}"
#define OF_TABLE(units)             ",'Table':{'CapacityUnits':" units "}"
#define METRICS(key)                "{'ItemCollectionKey':{" key "},'SizeEstimateRangeGB':[0.0,1.0]}"

static const struct row batch_rows[] = {
    {TABLE_ONE},
    {TABLE_TWO},
    {WRITE("'one':[" PUT(A ",'n':{'N':'1.0'}") "," PUT(B) "]", ""), 200, "{" DONE},
    {WRITE("'two':[" PUT(A1 ",'g':{'S':'x'}") "," PUT(A2) "," PUT(
               B ",'s':{'N':'1'}") "],"
                                   "'one':[" PUT(C) "," DEL(B) "]",
           ",'ReturnConsumedCapacity':'INDEXES',"
           "'ReturnItemCollectionMetrics':'SIZE'"),
     200,
     "{'ConsumedCapacity':[" CAPACITY(
         "5.0",
         INDEX("GlobalSecondaryIndexes", "gsi", "1.0") INDEX("LocalSecondaryIndexes", "lsi", "1.0")
             OF_TABLE("3.0"),
         "two") "," CAPACITY("2.0", OF_TABLE("2.0"),
                             "one") "],'ItemCollectionMetrics':{'two':"
                                    "[" METRICS(A) "," METRICS(B) "]}," DONE},
    {GET("'one':{'Keys':[{" A "},{" B "},{" C "}]},'two':{'Keys':[{" A2 "}],'ConsistentRead':true}",
         ",'ReturnConsumedCapacity':'TOTAL'"),
     200,
     "{'ConsumedCapacity':[" CAPACITY("1.5", "", "one") "," CAPACITY(
         "1.0", "", "two") "],"
                           "'Responses':{'one':[{" A ",'n':{'N':'1'}},{" C "}],'two':[{" A2
                           "}]},'UnprocessedKeys':{}}"},
    {GET("'one':{'Keys':[{" A "},{" C "}],'ProjectionExpression':'#n','ExpressionAttributeNames':"
         "{'#n':'n'}}",
         ",'ReturnConsumedCapacity':'INDEXES'"),
     200,
     "{'ConsumedCapacity':[" CAPACITY("1.0", OF_TABLE("1.0"),
                                      "one") "],'Responses':{'one':["
                                             "{'n':{'N':'1'}},{}]},'UnprocessedKeys':{}}"},
    {GET("'one':{'Keys':[{" A "}],'AttributesToGet':['p']},'two':{'Keys':[{" B ",'s':{'N':'9'}}]}",
         ""),
     200, "{'Responses':{'one':[{" A "}],'two':[]},'UnprocessedKeys':{}}"},
    /* 1 and 1.0 are one item, but not one spelling. */
    {GET("'two':{'Keys':[{" A1 "},{" A ",'s':{'N':'1.0'}}],'ProjectionExpression':'s'}", ""), 200,
     "{'Responses':{'two':[{'s':{'N':'1'}},{'s':{'N':'1'}}]},'UnprocessedKeys':{}}"},
    {GET("'two':{'Keys':[{" A1 "},{'s':{'N':'1'}," A "}]}", ""), 400,
     VE "Provided list of item keys contains duplicates'}"},
    {WRITE("'two':[" PUT(A1) "," DEL(A ",'s':{'N':'1.0'}") "]", ""), 400,
     VE "Provided list of item keys contains duplicates'}"},
    {WRITE("'arn:aws:dynamodb:eu-west-1:000000000000:table/one':[" DEL(A) "]",
           ",'ReturnConsumedCapacity':'TOTAL'"),
     200,
     "{'ConsumedCapacity':[" CAPACITY(
         "1.0", "", "arn:aws:dynamodb:eu-west-1:000000000000:table/one") "]," DONE},
    {WRITE("'one':[" PUT(A) "],'arn:aws:dynamodb:eu-west-1:000000000000:table/one':[" DEL(A) "]",
           ""),
     400, VE "Provided list of item keys contains duplicates'}"},
    {GET("'one':{'Keys':[{" A "}]}", ""), 200, "{'Responses':{'one':[]},'UnprocessedKeys':{}}"},
};

static void batches_write_and_read_across_tables(void **state)
{
    (void)state;
    rows_run_quoted_on_both(batch_rows, ARRAY_LEN(batch_rows));
}

#define NO_SCHEMA VE "The provided key element does not match the schema'}"
#define EMPTY(key)                                                                                 \
    VE "One or more parameter values are not valid. The AttributeValue for a key "                 \
       "attribute cannot contain an empty string value. Key: " key "'}"
#define MIXED                                                                                      \
    VE "Can not use both expression and non-expression parameters in the same request: "           \
       "Non-expression parameters: {AttributesToGet} Expression parameters: "                      \
       "{ProjectionExpression}'}"

static const struct row refused_rows[] = {
    {TABLE_ONE},
    {TABLE_TWO},
    {WRITE("'one':[{}]", ""), 400,
     VE "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes'}"},
    {WRITE("'one':[{'PutRequest':{'Item':{" A "}},'DeleteRequest':{'Key':{" B "}}}]", ""), 400,
     VE "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes'}"},
    {WRITE("'one':null", ""), 400,
     VE "The batch write request list for a table cannot be null or empty: one'}"},
    /* What is wrong with a request is told before anything of tables, these before keys. */
    {WRITE("'none':[" PUT(A) "],'one':[" PUT(A ",'n':{'N':'x'}") "]", ""), 400,
     VE "The parameter cannot be converted to a numeric value: x'}"},
    {WRITE("'one':[" PUT("'q':{'S':'a'}") "],'none':[" PUT(A) "]", ""), 400,
     RNF "Requested resource not found'}"},
    {WRITE("'one':[" PUT(A) "," PUT("'q':{'S':'a'}") "]", ""), 400, NO_SCHEMA},
    {WRITE("'one':[" PUT("'p':{'N':'1'}") "]", ""), 400, NO_SCHEMA},
    {WRITE("'two':[" DEL(A) "]", ""), 400, NO_SCHEMA},
    {WRITE("'one':[" PUT("'p':{'S':''}") "]", ""), 400, EMPTY("p")},
    {WRITE("'one':[" DEL("'p':{'S':''}") "]", ""), 400, EMPTY("p")},
    {WRITE("'two':[" PUT(A1 ",'g':{'N':'1'}") "]", ""), 400,
     VE "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
        "Actual: N IndexName: lsi'}"},
    {WRITE("'two':[" PUT(A1 ",'g':{'S':''}") "]", ""), 400,
     VE "One or more parameter values are not valid. A value specified for a secondary index key "
        "is not supported. The AttributeValue for a key attribute cannot contain an empty string "
        "value. IndexName: lsi, IndexKey: g'}"},
    /* Members that belong to PutItem are unknown here, whatever they hold. */
    {WRITE("'one':[{'PutRequest':{'Item':{" A "},'Expected':5,'ConditionExpression':'x'}}]", ""),
     200, "{" DONE},
    {GET("'one':{'Keys':[{" A "}],'ExpressionAttributeValues':7}", ""), 200,
     "{'Responses':{'one':[{" A "}]},'UnprocessedKeys':{}}"},
    {WRITE("'one':[" DEL(A) "]", ""), 200, "{" DONE},
    {GET("'none':{'Keys':[{}]}", ""), 400, RNF "Requested resource not found'}"},
    {GET("'one':{'Keys':[{}]}", ""), 400, NO_SCHEMA},
    {GET("'one':{'Keys':[{" A1 "}]}", ""), 400, NO_SCHEMA},
    {GET("'one':{'Keys':[{'p':{'S':''}}]}", ""), 400, EMPTY("p")},
    {GET("'one':null", ""), 400,
     VE "The list of keys in RequestItems for BatchGetItem is required'}"},
    {GET("'one':{'Keys':[{" A "}],'AttributesToGet':['a'],'ProjectionExpression':'a'}", ""), 400,
     MIXED},
    {GET("'one':{'Keys':[{" A "}],'ProjectionExpression':'a'},'two':{'Keys':[{" A1
         "}],'AttributesToGet':['a']}",
         ""),
     400, MIXED},
    {GET("'none':{'Keys':[{}],'AttributesToGet':['a','a']}", ""), 400,
     VE "One or more parameter values were invalid: Duplicate value in attribute name: a'}"},
    {GET("'none':{'Keys':[{}],'ProjectionExpression':'a','ExpressionAttributeNames':{'#a':'b'}}",
         ""),
     400, VE "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}'}"},
    {GET("'one':{'Keys':[{" A "}],'ProjectionExpression':'p.x'}", ""), 400,
     VE
     "Key attributes must be scalars; list random access {any}[]{any} and map lookup {any}.{any} "
     "are not allowed: Key: p'}"},
    {"BatchGetItem", "{}", 400,
     VE "1 validation error detected: Value null at {any}requestItems{any} failed to satisfy "
        "constraint: "
        "Member must not be null'}"},
};

static void what_is_wrong_with_a_batch_is_told_in_the_services_order(void **state)
{
    (void)state;
    rows_run_quoted_on_both(refused_rows, ARRAY_LEN(refused_rows));
}

/* Requests too long for a row. */
static struct str repeat(struct arena *arena, const char *before, const char *each, int from,
                         int to, const char *after)
{
    struct buffer text;

    buffer_init(&text, arena);
    buffer_add(&text, str_from_c(before));
    for (int i = from; i < to; i++) {
        struct str rest = str_from_c(each);

        if (i > from)
            buffer_add_char(&text, ',');
        buffer_add(&text, str_split(&rest, '#'));
        buffer_add_int(&text, i);
        buffer_add(&text, rest);
    }
    buffer_add(&text, str_from_c(after));
    return buffer_str(&text);
}

static struct str run(struct dynamodb *db, const char *operation, struct str request,
                      struct arena *arena)
{
    return rows_execute(db, operation, str_from_c(rows_quoted(arena, request)), arena).body;
}

static void a_batch_has_its_limits(void **state)
{
    struct dynamodb *db = rows_open_empty(false);
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    struct str text;

    (void)state;
    rows_run_quoted(db, refused_rows, 2);
    text =
        run(db, "BatchWriteItem",
            repeat(arena, "{'RequestItems':{'one':[", PUT("'p':{'S':'#'}"), 0, 26, "]}}"), arena);
    assert_true(str_starts_with(text, STR("{\"__type\":\"com.amazon.coral.validate#")));
    assert_true(str_ends_with(text, STR("Member must have length less than or equal to 25, Member "
                                        "must have length greater than or equal to 1]\"}")));
    text = run(db, "BatchWriteItem",
               repeat(arena, "{'RequestItems':{'two':[" PUT(A1) "],'one':[", PUT("'p':{'S':'#'}"),
                      0, 25, "]}}"),
               arena);
    assert_str_equal(text, STR("{\"__type\":\"com.amazon.coral.validate#ValidationException\","
                               "\"message\":\"Too many items requested for the BatchWriteItem "
                               "call\"}"));
    text = run(db, "BatchGetItem",
               repeat(arena, "{'RequestItems':{'two':{'Keys':[{" A1 "}]},'one':{'Keys':[",
                      "{'p':{'S':'#'}}", 0, 100, "]}}}"),
               arena);
    assert_str_equal(text, STR("{\"__type\":\"com.amazon.coral.validate#ValidationException\","
                               "\"message\":\"Too many items requested for the BatchGetItem "
                               "call\"}"));
    text = run(db, "BatchGetItem",
               repeat(arena, "{'RequestItems':{'one':{'Keys':[", "{'p':{'S':'#'}}", 0, 101, "]}}}"),
               arena);
    assert_true(str_ends_with(text, STR("at 'requestItems.one.member.keys' failed to satisfy "
                                        "constraint: Member must have length less than or equal "
                                        "to 100\"}")));
    arena_free(arena);
    dynamodb_close(db);
}

/* 60 items of 390,000 bytes: 16 MB hold 43 of them. */
static void an_answer_ends_before_16_mb_and_leaves_the_other_keys(void **state)
{
    enum { ITEMS = 60, BYTES = 390 * 1000, FIT = 43 };

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);
        struct arena *arena = arena_new(2 * ROWS_ARENA_BYTES);
        char *payload = malloc(BYTES + 1);
        struct str text;

        memset(payload, 'x', BYTES);
        payload[BYTES] = '\0';
        rows_run_quoted(db, refused_rows, 1);
        for (int i = 0; i < ITEMS; i++) {
            struct str request = str_printf(
                arena, "{'TableName':'one','Item':{'p':{'S':'%d'},'d':{'S':'%s'}}}", i, payload);

            assert_str_equal(run(db, "PutItem", request, arena), STR("{}"));
            arena_reset(arena);
        }
        text = run(db, "BatchGetItem",
                   repeat(arena, "{'RequestItems':{'one':{'Keys':[", "{'p':{'S':'#'}}", 0, ITEMS,
                          "],'ConsistentRead':true,'ProjectionExpression':'p'}}}"),
                   arena);
        struct str left = repeat(
            arena,
            "},'UnprocessedKeys':{'one':{'ConsistentRead':true,'ProjectionExpression':'p','Keys':[",
            "{'p':{'S':'#'}}", FIT, ITEMS, "]}}}");
        if (!str_ends_with(text, str_from_c(rows_quoted(arena, left))))
            fail_msg("%.*s", STR_ARG(text));
        free(payload);
        arena_free(arena);
        dynamodb_close(db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_write_and_read_across_tables),
        cmocka_unit_test(what_is_wrong_with_a_batch_is_told_in_the_services_order),
        cmocka_unit_test(a_batch_has_its_limits),
        cmocka_unit_test(an_answer_ends_before_16_mb_and_leaves_the_other_keys),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
