/* TransactGetItems and TransactWriteItems through dynamodb_execute(), over both stores. */
#include "transaction_rows.h"

#include "base/buffer.h"

static const struct row write_rows[] = {
    {TABLE_ONE},
    {TABLE_TWO},
    {WRITE(PUT("one", A ",'n':{'N':'1'}", "") "," PUT("one", B ",'n':{'N':'2'}",
                                                      "") "," PUT("two", A1 ",'g':{'S':'x'}", ""),
           ""),
     200, "{}"},
    {WRITE(UPDATE("one", A, "SET n = n + :v", VALUE("{'N':'5'}")) "," DELETE(
               "one", B, IF("n = :v") VALUE("{'N':'2'}")) "," CHECK("two", A1,
                                                                    "attribute_exists(g)",
                                                                    "") "," PUT("one", C, ""),
           ""),
     200, "{}"},
    {READ(FETCH("one", C, "") "," FETCH("one", A, "") "," FETCH("one", B, "") "," FETCH(
              "two", A1, ",'ProjectionExpression':'g'"),
          ""),
     200,
     "{'Responses':[{'Item':{" C "}},{'Item':{" A ",'n':{'N':'6'}}},{},"
     "{'Item':{'g':{'S':'x'}}}]}"},
    /* Nothing of it is done, and every condition that failed is told. */
    {WRITE(PUT("one", B, "") "," PUT("one", A, IF("attribute_not_exists(p)") ALL_OLD) "," DELETE(
               "one", C, IF("n = :v") VALUE("{'N':'2'}")) "," UPDATE("two", A2, "SET g = :v",
                                                                     IF("attribute_exists(p)")
                                                                         VALUE("{'S':'y'}")
                                                                             ALL_OLD),
           ""),
     400,
     CANCELED(NONE "," FAILED(",'Item':{" A ",'n':{'N':'6'}}") "," FAILED("") "," FAILED(""),
              "None, ConditionalCheckFailed, ConditionalCheckFailed, ConditionalCheckFailed")},
    {READ(FETCH("one", B, "") "," FETCH("one", C, "") "," FETCH("two", A2, ""), ""), 200,
     "{'Responses':[{},{'Item':{" C "}},{}]}"},
    /* Units are doubled, a check costs what a write does, by table in order of first use. */
    {WRITE(PUT("two", A2 ",'g':{'S':'y'}", "") "," CHECK("one", A, "attribute_exists(n)",
                                                         "") "," DELETE("two", A1, ""),
           INDEXES ",'ReturnItemCollectionMetrics':'SIZE'"),
     200,
     "{'ConsumedCapacity':[" WRITTEN(
         "12.0",
         ",'GlobalSecondaryIndexes':{'gsi':{" UNITS(
             "4.0", "Write") "}},"
                             "'LocalSecondaryIndexes':{'lsi':{" UNITS(
                                 "4.0", "Write") "}},"
                                                 "'Table':{" UNITS("4.0", "Write") "}",
         "two") "," WRITTEN("2.0", ",'Table':{" UNITS("2.0", "Write") "}",
                            "one") "],"
                                   "'ItemCollectionMetrics':{'two':[{'ItemCollectionKey':{" A
                                   "},'SizeEstimateRangeGB':"
                                   "[0.0,1.0]}]}}"},
    {READ(FETCH("one", A, "") "," FETCH("one", B, "") "," FETCH("two", A1, ""), INDEXES), 200,
     "{'ConsumedCapacity':[" READ_UNITS("4.0", "one") "," READ_UNITS(
         "2.0", "two") "],"
                       "'Responses':[{'Item':{" A ",'n':{'N':'6'}}},{},{}]}"},
    /* A projection that leaves nothing leaves no Item. */
    {READ(FETCH("one", A, ",'ProjectionExpression':'#x','ExpressionAttributeNames':{'#x':'x'}"),
          ""),
     200, "{'Responses':[{}]}"},
};

static void a_transaction_is_done_whole_or_not_at_all(void **state)
{
    (void)state;
    rows_run_quoted_on_both(write_rows, ARRAY_LEN(write_rows));
}

#define EMPTY_KEY                                                                                  \
    VE "One or more parameter values are not valid. The AttributeValue for a key attribute "       \
       "cannot contain an empty string value. Key: p'}"
#define DUPLICATES VE "Transaction request cannot include multiple operations on one item'}"
#define ONE_ACTION VE "TransactItems can only contain one of Check, Put, Update or Delete'}"
#define NOT_FOUND  RNF "Requested resource not found'}"
#define SYNTAX     VE "Invalid ConditionExpression: Syntax error; token: \\'<EOF>\\', near: \\'(\\''}"

static const struct row refused_rows[] = {
    {TABLE_ONE},
    {TABLE_TWO},
    {"PutItem", "{'TableName':'one','Item':{" A ",'n':{'N':'1'},'t':{'S':'x'}}}", 200, "{}"},
    {WRITE("{}", ""), 400, ONE_ACTION},
    {WRITE("null", ""), 400, ONE_ACTION},
    {WRITE("{'Other':{}}", ""), 400, ONE_ACTION},
    {WRITE("{'Put':{'TableName':'one','Item':{" A "}},'Delete':{'TableName':'one','Key':{" A "}}}",
           ""),
     400, ONE_ACTION},
    /* Actions in their order, then tables, empty keys, duplicates, keys. */
    {WRITE(PUT("none", A, "") "," CHECK("one", A, "attribute_not_exists(", ""), ""), 400, SYNTAX},
    {WRITE(PUT("none", A, "") "," CHECK("one", A, "attribute_exists(p)", VALUE("{'S':'x'}")), ""),
     400, VE "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}'}"},
    {WRITE(CHECK("one", A, "attribute_not_exists(", "") "," PUT("one", "'n':{'N':'x'}", ""), ""),
     400, SYNTAX},
    {WRITE(PUT("one", "'n':{'N':'x'}", "") "," CHECK("one", A, "attribute_not_exists(", ""), ""),
     400, VE "The parameter cannot be converted to a numeric value: x'}"},
    {WRITE(PUT("one", "'p':{'S':''}", "") "," PUT("none", A, ""), ""), 400, NOT_FOUND},
    {WRITE(PUT("one", "'p':{'N':'1'}",
               "") "," PUT("one", B, "") "," PUT("one", B, "") "," PUT("one", "'p':{'S':''}", ""),
           ""),
     400, EMPTY_KEY},
    {WRITE(PUT("one", "'p':{'N':'1'}", "") "," PUT("one", B, "") "," DELETE("one", B, ""), ""), 400,
     DUPLICATES},
    {WRITE(PUT("two", A1, "") "," CHECK("two", A ",'s':{'N':'1e0'}", "attribute_exists(p)", ""),
           ""),
     400, DUPLICATES},
    {WRITE(DELETE("one", "'p':{'S':''}", ""), ""), 400, EMPTY_KEY},
    {WRITE(PUT("two", A1 ",'g':{'S':''}", ""), ""), 400,
     VE "One or more parameter values are not valid. A value specified for a secondary index key "
        "is not supported. The AttributeValue for a key attribute cannot contain an empty string "
        "value. IndexName: lsi, IndexKey: g'}"},
    {WRITE(UPDATE("two", A1, "SET g = :v", VALUE("{'S':''}")), ""), 400,
     VE "One or more parameter values are not valid. The update expression attempted to update a "
        "secondary index key to a value that is not supported. The AttributeValue for a key "
        "attribute cannot contain an empty string value.'}"},
    /* What befalls one action is a reason: the first of its kind, and no other. */
    {WRITE(PUT("one", A, IF("attribute_not_exists(p)")) "," PUT("one", "'p':{'N':'1'}", "") "," PUT(
               "one", "'q':{'N':'1'}", ""),
           ""),
     400,
     CANCELED(NONE "," INVALID(OMPV "Type mismatch for key p expected: S actual: N") "," NONE,
              "None, ValidationError, None")},
    {WRITE(PUT("one", "'q':{'N':'1'}", ""), ""), 400,
     CANCELED(INVALID(OMPV "Missing the key p in the item"), "ValidationError")},
    {WRITE(DELETE("one", "'p':{'N':'1'}", ""), ""), 400,
     CANCELED(INVALID(NO_SCHEMA), "ValidationError")},
    {WRITE(UPDATE("one", "'q':{'S':'a'}", "SET n = :v", VALUE("{'N':'1'}")), ""), 400,
     CANCELED(INVALID(NO_SCHEMA), "ValidationError")},
    {WRITE(CHECK("two", A, "attribute_exists(p)", ""), ""), 400,
     CANCELED(INVALID(NO_SCHEMA), "ValidationError")},
    {WRITE(PUT("two", A1 ",'g':{'N':'1'}", ""), ""), 400,
     CANCELED(INVALID(OMPV "Type mismatch for Index Key g Expected: S Actual: N IndexName: lsi"),
              "ValidationError")},
    {WRITE(UPDATE("two", A1, "SET g = :v", VALUE("{'N':'1'}")), ""), 400,
     CANCELED(INVALID(OMPV "Type mismatch for Index Key g Expected: S Actual: N IndexName: lsi"),
              "ValidationError")},
    {WRITE(UPDATE("one", A, "SET p = :v", VALUE("{'S':'b'}")), ""), 400,
     CANCELED(INVALID(OMPV "Cannot update attribute p. This attribute is part of the key"),
              "ValidationError")},
    {WRITE(PUT("one", B, IF("attribute_exists(p)")) "," UPDATE(
               "one", A, "SET n = z + :v", VALUE("{'N':'1'}")) "," UPDATE("one", C, "SET n.x = :v",
                                                                          VALUE("{'N':'1'}")),
           ""),
     400,
     CANCELED(NONE "," INVALID("The provided expression refers to an attribute that does not "
                               "exist in the item") "," NONE,
              "None, ValidationError, None")},
    {WRITE(PUT("one", B, "") "," UPDATE("one", A, "SET t = t + :v", VALUE("{'N':'1'}")), ""), 400,
     CANCELED(NONE "," INVALID("An operand in the update expression has an incorrect data type"),
              "None, ValidationError")},
    {WRITE(UPDATE("one", A, "SET t = t + :v", IF("n > :v") VALUE("{'N':'1'}")), ""), 400,
     CANCELED(FAILED(""), "ConditionalCheckFailed")},
    /* Members of PutItem and UpdateItem that transactions do not have. */
    {WRITE("{'Put':{'TableName':'one','Item':{" B "},'Expected':3,'ReturnValues':'ALL_NEW'}},"
           "{'Update':{'TableName':'one','Key':{" C "},'UpdateExpression':'SET n = :v'" VALUE(
               "{'N':'1'}") ",'AttributeUpdates':[],'ConditionalOperator':7}}",
           ""),
     200, "{}"},
    {READ(FETCH("one", A, "") "," FETCH("none", B, ""), ""), 400, NOT_FOUND},
    {READ(FETCH("one", A, "") "," FETCH("one", A, ""), ""), 400, DUPLICATES},
    {READ(FETCH("one", "", "") "," FETCH("one", "'p':{'S':''}", ""), ""), 400, EMPTY_KEY},
    {READ(FETCH("one", "", "") "," FETCH("one", B, "") "," FETCH("one", A1, ""), ""), 400,
     CANCELED(INVALID(NO_SCHEMA) "," NONE "," NONE, "ValidationError, None, None")},
    {READ(FETCH("one", A, ",'ProjectionExpression':'!!!'"), ""), 400,
     VE "Invalid ProjectionExpression: Syntax error; token: \\'!\\', near: \\'!!\\''}"},
    {READ(FETCH("one", A, ",'ExpressionAttributeNames':{'#a':'b'}"), ""), 400,
     VE "ExpressionAttributeNames can only be specified when using expressions'}"},
};

static void what_is_wrong_with_a_transaction_is_told_in_the_services_order(void **state)
{
    (void)state;
    rows_run_quoted_on_both(refused_rows, ARRAY_LEN(refused_rows));
}

/* The texts with apostrophes of their own. */
static const struct row shape_rows[] = {
    {"TransactWriteItems", "{\"TransactItems\":[],\"ClientRequestToken\":\"\"}", 400,
     VE "2 validation errors detected: Value '' at 'clientRequestToken' failed to satisfy "
        "constraint: Member must have length greater than or equal to 1; Value '[]' at "
        "'transactItems' failed to satisfy constraint: Member must have length greater than or "
        "equal to 1\"}"},
    {"TransactWriteItems",
     "{\"TransactItems\":[{\"Delete\":{\"TableName\":\"abc\",\"Key\":{}}}],\"ClientRequestToken\":"
     "\"0123456789012345678901234567890123456\",\"ReturnConsumedCapacity\":\"x\"}",
     400,
     VE "2 validation errors detected: Value '0123456789012345678901234567890123456' at "
        "'clientRequestToken' failed to satisfy constraint: Member must have length less than or "
        "equal to 36; Value 'x' at 'returnConsumedCapacity' failed to satisfy constraint: Member "
        "must satisfy enum value set: [INDEXES, TOTAL, NONE]\"}"},
    {"TransactGetItems",
     "{\"TransactItems\":[{\"Get\":{\"TableName\":\"bad!name\",\"Key\":{\"p\":{\"S\":\"a\"}}}}]}",
     400,
     VE "1 validation error detected: Value 'bad!name' at 'transactItems.1.member.get.tableName' "
        "failed to satisfy constraint: Member must satisfy regular expression pattern: "
        "[a-zA-Z0-9_.-]+\"}"},
    {"TransactGetItems", "{\"TransactItems\":[{}]}", 400,
     VE "1 validation error detected: Value null at 'transactItems.1.member.get' failed to "
        "satisfy constraint: Member must not be null\"}"},
};

static void a_transactions_shape_is_checked_first(void **state)
{
    (void)state;
    rows_run_on_both(shape_rows, ARRAY_LEN(shape_rows));
}

/* --- sizes ---------------------------------------------------------------------------------- */

/* Twelve puts, each of `bytes` besides its key of 2 bytes and two names of 1. */
static struct str twelve_puts(struct arena *arena, int first, size_t bytes)
{
    struct buffer text;

    buffer_init(&text, arena);
    buffer_add_literal(&text, "{\"TransactItems\":[");
    for (int i = 0; i < 12; i++) {
        buffer_printf(&text,
                      "%s{\"Put\":{\"TableName\":\"one\",\"Item\":{\"p\":{\"S\":\"%d\"},"
                      "\"d\":{\"S\":\"",
                      i > 0 ? "," : "", first + i);
        for (size_t k = 0; k < bytes; k++)
            buffer_add_char(&text, 'x');
        buffer_add_literal(&text, "\"}}}}");
    }
    buffer_add_literal(&text, "]}");
    return buffer_str(&text);
}

/* The twelve that were put, and one more when its key is given. */
static struct str thirteen_gets(struct arena *arena, int first, const char *more)
{
    static const char *const get =
        "%s{\"Get\":{\"TableName\":\"one\",\"Key\":{\"p\":{\"S\":\"%s\"}}}}";
    struct buffer text;
    char key[16];

    buffer_init(&text, arena);
    for (int i = 0; i < 12; i++) {
        (void)snprintf(key, sizeof(key), "%d", first + i);
        buffer_printf(&text, get, i > 0 ? "," : "{\"TransactItems\":[", key);
    }
    if (more != NULL)
        buffer_printf(&text, get, ",", more);
    buffer_add_literal(&text, "]}");
    return buffer_str(&text);
}

static void a_transaction_has_at_most_4_mb(void **state)
{
    enum { FIT = 4 * 1024 * 1024 / 12 - 4 }; /* 4 bytes less than 4 MB in twelve */
    static const struct row table = {TABLE_ONE};
    static const struct row small = {"PutItem", "{'TableName':'one','Item':{'p':{'S':'small'}}}",
                                     200, "{}"};
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, &table, 1);
        rows_run_quoted(db, &small, 1);
        assert_str_equal(
            rows_execute(db, "TransactWriteItems", twelve_puts(arena, 10, FIT), arena).body,
            STR("{}"));
        assert_str_equal(
            rows_execute(db, "TransactWriteItems", twelve_puts(arena, 30, FIT + 1), arena).body,
            STR("{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":"
                "\"Transaction payload size cannot exceed 4MB. Payload Size: 4194312\"}"));
        arena_reset(arena);
        assert_int_equal(
            rows_execute(db, "TransactGetItems", thirteen_gets(arena, 10, NULL), arena).status,
            200);
        arena_reset(arena);
        assert_str_equal(
            rows_execute(db, "TransactGetItems", thirteen_gets(arena, 10, "small"), arena).body,
            STR("{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":"
                "\"Payload in response is too large.4194306\"}"));
        arena_reset(arena);
        dynamodb_close(db);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_is_done_whole_or_not_at_all),
        cmocka_unit_test(what_is_wrong_with_a_transaction_is_told_in_the_services_order),
        cmocka_unit_test(a_transactions_shape_is_checked_first),
        cmocka_unit_test(a_transaction_has_at_most_4_mb),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
