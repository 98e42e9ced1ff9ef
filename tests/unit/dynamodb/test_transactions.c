/* TransactGetItems and TransactWriteItems through dynamodb_execute(), over both stores. */
#include "operation_rows.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/buffer.h"

#define TABLE(name, definitions, schema)                                                           \
    "CreateTable",                                                                                 \
        "{'TableName':'" name "','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':["         \
        "{'AttributeName':'p','AttributeType':'S'}" definitions "],'KeySchema':["                  \
        "{'AttributeName':'p','KeyType':'HASH'}" schema "}",                                       \
        200, "{any}"
#define INDEXED                                                                                    \
    ",{'AttributeName':'s','AttributeType':'N'},{'AttributeName':'g','AttributeType':'S'}"
#define INDEXED_SCHEMA                                                                             \
    ",{'AttributeName':'s','KeyType':'RANGE'}],'LocalSecondaryIndexes':[{'IndexName':'lsi',"       \
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'g','KeyType':"          \
    "'RANGE'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}],'GlobalSecondaryIndexes':[{"          \
    "'IndexName':'gsi','KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{"        \
    "'ProjectionType':'ALL'}}]"
#define A                        "'p':{'S':'a'}"
#define B                        "'p':{'S':'b'}"
#define C                        "'p':{'S':'c'}"
#define A1                       A ",'s':{'N':'1'}"
#define A2                       A ",'s':{'N':'2'}"

#define PUT(table, item, more)   "{'Put':{'TableName':'" table "','Item':{" item "}" more "}}"
#define DELETE(table, key, more) "{'Delete':{'TableName':'" table "','Key':{" key "}" more "}}"
#define UPDATE(table, key, expression, more)                                                       \
    "{'Update':{'TableName':'" table "','Key':{" key "},'UpdateExpression':'" expression "'" more  \
    "}}"
#define CHECK(table, key, condition, more)                                                         \
    "{'ConditionCheck':{'TableName':'" table "','Key':{" key "},'ConditionExpression':'" condition \
    "'" more "}}"
#define FETCH(table, key, more) "{'Get':{'TableName':'" table "','Key':{" key "}" more "}}"
#define IF(condition)           ",'ConditionExpression':'" condition "'"
#define VALUE(value)            ",'ExpressionAttributeValues':{':v':" value "}"
#define ALL_OLD                 ",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'"
#define WRITE(actions, options) "TransactWriteItems", "{'TransactItems':[" actions "]" options "}"
#define READ(items, options)    "TransactGetItems", "{'TransactItems':[" items "]" options "}"
#define GET(table, key)         "GetItem", "{'TableName':'" table "','Key':{" key "}}"
#define INDEXES                 ",'ReturnConsumedCapacity':'INDEXES'"
#define TOKEN(text)             ",'ClientRequestToken':'" text "'"

#define CANCELED(reasons, codes)                                                                   \
    "{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',"                   \
    "'CancellationReasons':[" reasons "],'Message':'Transaction cancelled, please refer "          \
    "cancellation reasons for specific reasons [" codes "]'}"
#define NONE "{'Code':'None'}"
#define FAILED(item)                                                                               \
    "{'Code':'ConditionalCheckFailed'" item ",'Message':'The conditional request failed'}"
#define INVALID(text)       "{'Code':'ValidationError','Message':'" text "'}"
#define NO_SCHEMA           "The provided key element does not match the schema"
#define OMPV                "One or more parameter values were invalid: "

#define UNITS(units, which) "'CapacityUnits':" units ",'" which "CapacityUnits':" units
#define WRITTEN(units, more, name)                                                                 \
    "{'CapacityUnits':" units more ",'TableName':'" name "','WriteCapacityUnits':" units "}"
#define READ_UNITS(units, name)                                                                    \
    "{'CapacityUnits':" units ",'ReadCapacityUnits':" units                                        \
    ",'Table':{" UNITS(units, "Read") "},'TableName':'" name "'}"

static const struct row write_rows[] = {
    {TABLE("one", "", "]")},
    {TABLE("two", INDEXED, INDEXED_SCHEMA)},
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
    {TABLE("one", "", "]")},
    {TABLE("two", INDEXED, INDEXED_SCHEMA)},
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

/* --- ClientRequestToken --------------------------------------------------------------------- */

#define ADD                                                                                        \
    UPDATE("one", A, "ADD n :v", ",'ExpressionAttributeValues':{':v':{'N':'1'}}")                  \
    "," PUT("one", B, "")
/* The same with every object's members in another order. */
#define ADD_TURNED                                                                                 \
    "{'Update':{'ExpressionAttributeValues':{':v':{'N':'1'}},'UpdateExpression':'ADD n :v',"       \
    "'Key':{" A "},'TableName':'one','ConditionExpression':null}}," PUT("one", B, "")
#define MISMATCH                                                                                   \
    "{'__type':'com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException','Message':" \
    "'Specified idempotent token was used with different request parameters within the "           \
    "idempotency window'}"
#define COUNT_IS(n) GET("one", A), 200, "{'Item':{" A ",'n':{'N':'" n "'}}}"

static const struct row first_rows[] = {
    {TABLE("one", "", "]")},
    {WRITE(ADD, TOKEN("t1") INDEXES), 200,
     "{'ConsumedCapacity':[" WRITTEN("4.0", ",'Table':{" UNITS("4.0", "Write") "}", "one") "]}"},
    {COUNT_IS("1")},
};
static const struct row again_rows[] = {
    {WRITE(ADD, TOKEN("t1")), 200, "{}"},
    {WRITE(ADD_TURNED, TOKEN("t1") INDEXES), 200,
     "{'ConsumedCapacity':[" READ_UNITS("4.0", "one") "]}"},
    {WRITE(ADD "," PUT("one", C, ""), TOKEN("t1")), 400, MISMATCH},
    {WRITE(PUT("one", B, ""), TOKEN("t1")), 400, MISMATCH},
    {COUNT_IS("1")},
};
static const struct row other_rows[] = {
    {WRITE(ADD, TOKEN("t2")), 200, "{}"},
    {COUNT_IS("2")},
    /* What was cancelled has not been done, and its token is free. */
    {WRITE(ADD "," CHECK("one", C, "attribute_exists(p)", ""), TOKEN("t3")), 400, "{any}"},
    {WRITE(ADD, TOKEN("t3")), 200, "{}"},
    {COUNT_IS("3")},
};
static const struct row late_rows[] = {
    {WRITE(PUT("one", C, ""), TOKEN("t1")), 200, "{}"},
    {WRITE(ADD, TOKEN("t2")), 200, "{}"},
    {COUNT_IS("4")},
};

static void a_token_has_its_effect_once_in_ten_minutes(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, first_rows, ARRAY_LEN(first_rows));
        rows_run_quoted(db, again_rows, ARRAY_LEN(again_rows));
        if (on_disk == 1) {
            dynamodb_close(db); /* the token is kept with the items */
            db = rows_open(true);
        }
        fake_clock_advance_ms(&rows_clock, 10 * 60 * 1000 - 1);
        rows_run_quoted(db, again_rows, ARRAY_LEN(again_rows));
        rows_run_quoted(db, other_rows, ARRAY_LEN(other_rows));
        fake_clock_advance_ms(&rows_clock, 10 * 60 * 1000);
        rows_run_quoted(db, late_rows, ARRAY_LEN(late_rows));
        dynamodb_close(db);
    }
}

/* A row of tokens holds 32 of them: the first 8,192 are in rows of which none is full. */
static void thousands_of_tokens_are_kept(void **state)
{
    enum { TOKENS = 8192 };
    static const char *const request =
        "{\"TransactItems\":[{\"Update\":{\"TableName\":\"one\",\"Key\":{\"p\":{\"S\":\"a\"}},"
        "\"UpdateExpression\":\"ADD n :v\",\"ExpressionAttributeValues\":{\":v\":{\"N\":\"1\"}}}}]"
        ",\"ClientRequestToken\":\"%d-%s\"}";
    struct dynamodb *db = rows_open_empty(false);
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    struct dynamodb_answer answer;

    (void)state;
    rows_run_quoted(db, first_rows, 1);
    for (int i = 0; i < 2 * TOKENS; i++) {
        dynamodb_execute(db, STR("TransactWriteItems"),
                         str_printf(arena, request, i % TOKENS, "0123456789abcdef"),
                         STR("eu-west-1"), arena, &answer);
        assert_str_equal(answer.body, STR("{}"));
        arena_reset(arena);
    }
    dynamodb_execute(db, STR("GetItem"),
                     STR("{\"TableName\":\"one\",\"Key\":{\"p\":{\"S\":\"a\"}}}"), STR("eu-west-1"),
                     arena, &answer);
    assert_str_equal(answer.body, STR("{\"Item\":{\"p\":{\"S\":\"a\"},\"n\":{\"N\":\"8192\"}}}"));
    arena_free(arena);
    dynamodb_close(db);
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

static struct dynamodb_answer execute(struct dynamodb *db, const char *operation,
                                      struct str request, struct arena *arena)
{
    struct dynamodb_answer answer;

    dynamodb_execute(db, str_from_c(operation), request, STR("eu-west-1"), arena, &answer);
    return answer;
}

static void a_transaction_has_at_most_4_mb(void **state)
{
    enum { FIT = 4 * 1024 * 1024 / 12 - 4 }; /* 4 bytes less than 4 MB in twelve */
    static const struct row small = {"PutItem", "{'TableName':'one','Item':{'p':{'S':'small'}}}",
                                     200, "{}"};
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, first_rows, 1);
        rows_run_quoted(db, &small, 1);
        assert_str_equal(execute(db, "TransactWriteItems", twelve_puts(arena, 10, FIT), arena).body,
                         STR("{}"));
        assert_str_equal(
            execute(db, "TransactWriteItems", twelve_puts(arena, 30, FIT + 1), arena).body,
            STR("{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":"
                "\"Transaction payload size cannot exceed 4MB. Payload Size: 4194312\"}"));
        arena_reset(arena);
        assert_int_equal(
            execute(db, "TransactGetItems", thirteen_gets(arena, 10, NULL), arena).status, 200);
        arena_reset(arena);
        assert_str_equal(
            execute(db, "TransactGetItems", thirteen_gets(arena, 10, "small"), arena).body,
            STR("{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":"
                "\"Payload in response is too large.4194306\"}"));
        arena_reset(arena);
        dynamodb_close(db);
    }
    arena_free(arena);
}

/* --- threads -------------------------------------------------------------------------------- */

enum { ACCOUNTS = 8, TRANSFERS = 200, MOVERS = 3, WATCHERS = 2 };

struct bank {
    struct dynamodb *db;
    unsigned seed;
    _Atomic bool *done;
    bool wrong;
};

/* From one account to another, when there is something left on it. */
static void *move_money(void *state)
{
    static const char *const request =
        "{\"TransactItems\":[{\"Update\":{\"TableName\":\"one\",\"Key\":{\"p\":{\"S\":\"%u\"}},"
        "\"UpdateExpression\":\"SET n = n - :v\",\"ConditionExpression\":\"n >= :v\","
        "\"ExpressionAttributeValues\":{\":v\":{\"N\":\"7\"}}}},{\"Update\":{\"TableName\":\"one\","
        "\"Key\":{\"p\":{\"S\":\"%u\"}},\"UpdateExpression\":\"SET n = n + :v\","
        "\"ExpressionAttributeValues\":{\":v\":{\"N\":\"7\"}}}}],\"ClientRequestToken\":\"%u-%d\"}";
    struct bank *bank = state;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    for (int i = 0; i < TRANSFERS; i++) {
        unsigned from = (bank->seed * 31 + (unsigned)i * 17) % ACCOUNTS;
        unsigned to = (from + 1 + (bank->seed + (unsigned)i) % (ACCOUNTS - 1)) % ACCOUNTS;
        struct str body = execute(bank->db, "TransactWriteItems",
                                  str_printf(arena, request, from, to, bank->seed, i), arena)
                              .body;

        bank->wrong =
            bank->wrong || !(str_eq(body, STR("{}")) ||
                             str_ends_with(body, STR("[ConditionalCheckFailed, None]\"}")));
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static int64_t sum_of(struct str body)
{
    int64_t sum = 0, n = 0;

    for (;;) {
        size_t at = str_find(body, STR("\"n\":{\"N\":\""));

        if (at >= body.len)
            return sum;
        body = str_slice(body, at + 10, body.len);
        struct str digits = str_slice(body, 0, str_find_char(body, '"'));
        if (!str_to_int64(digits, 0, INT64_MAX, &n))
            return -1;
        sum += n;
    }
}

static void *watch_the_sum(void *state)
{
    struct bank *bank = state;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    while (!atomic_load(bank->done)) {
        struct buffer text;

        buffer_init(&text, arena);
        for (int i = 0; i < ACCOUNTS; i++)
            buffer_printf(&text,
                          "%s{\"Get\":{\"TableName\":\"one\",\"Key\":{\"p\":{\"S\":\"%d\"}}}}",
                          i == 0 ? "{\"TransactItems\":[" : ",", i);
        buffer_add_literal(&text, "]}");
        struct str body = execute(bank->db, "TransactGetItems", buffer_str(&text), arena).body;
        bank->wrong = bank->wrong || sum_of(body) != ACCOUNTS * 100;
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void transfers_keep_the_sum_at_every_moment(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);
        struct arena *arena = arena_new(ROWS_ARENA_BYTES);
        struct bank banks[MOVERS + WATCHERS];
        pthread_t threads[MOVERS + WATCHERS];
        _Atomic bool done = false;

        rows_run_quoted(db, first_rows, 1);
        for (unsigned i = 0; i < MOVERS + WATCHERS; i++)
            banks[i] = (struct bank){.db = db, .seed = i, .done = &done};
        for (int i = 0; i < ACCOUNTS; i++)
            (void)execute(db, "PutItem",
                          str_printf(arena,
                                     "{\"TableName\":\"one\",\"Item\":{\"p\":{\"S\":\"%d\"},"
                                     "\"n\":{\"N\":\"100\"}}}",
                                     i),
                          arena);
        for (size_t i = 0; i < MOVERS + WATCHERS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL,
                                            i < MOVERS ? move_money : watch_the_sum, &banks[i]),
                             0);
        for (size_t i = 0; i < MOVERS + WATCHERS; i++) {
            if (i == MOVERS)
                atomic_store(&done, true);
            assert_int_equal(pthread_join(threads[i], NULL), 0);
            assert_false(banks[i].wrong);
        }
        struct str all = execute(db, "Scan", STR("{\"TableName\":\"one\"}"), arena).body;
        assert_int_equal(sum_of(all), ACCOUNTS * 100);
        arena_free(arena);
        dynamodb_close(db);
    }
}

/* One token from many threads at once: one effect, whatever each is told. */
static void *add_once(void *state)
{
    struct bank *bank = state;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    struct str body = execute(bank->db, "TransactWriteItems",
                              STR("{\"TransactItems\":[{\"Update\":{\"TableName\":\"one\",\"Key\":{"
                                  "\"p\":{\"S\":\"a\"}},"
                                  "\"UpdateExpression\":\"ADD n "
                                  ":v\",\"ExpressionAttributeValues\":{\":v\":{\"N\":\"1\"}"
                                  "}}}],\"ClientRequestToken\":\"same\"}"),
                              arena)
                          .body;

    bank->wrong =
        !str_eq(body, STR("{}")) &&
        !str_eq(body, STR("{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
                          "TransactionInProgressException\",\"Message\":\"The transaction with "
                          "the given request token is already in progress.\"}"));
    arena_free(arena);
    return NULL;
}

static void a_token_in_many_threads_has_one_effect(void **state)
{
    enum { THREADS = 12 };

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);
        static const struct row counted[] = {{COUNT_IS("1")}};
        struct bank banks[THREADS];
        pthread_t threads[THREADS];

        rows_run_quoted(db, first_rows, 1);
        for (size_t i = 0; i < THREADS; i++) {
            banks[i] = (struct bank){.db = db};
            assert_int_equal(pthread_create(&threads[i], NULL, add_once, &banks[i]), 0);
        }
        for (size_t i = 0; i < THREADS; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
            assert_false(banks[i].wrong);
        }
        rows_run_quoted(db, counted, 1);
        dynamodb_close(db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_is_done_whole_or_not_at_all),
        cmocka_unit_test(what_is_wrong_with_a_transaction_is_told_in_the_services_order),
        cmocka_unit_test(a_transactions_shape_is_checked_first),
        cmocka_unit_test(a_token_has_its_effect_once_in_ten_minutes),
        cmocka_unit_test(thousands_of_tokens_are_kept),
        cmocka_unit_test(a_transaction_has_at_most_4_mb),
        cmocka_unit_test(transfers_keep_the_sum_at_every_moment),
        cmocka_unit_test(a_token_in_many_threads_has_one_effect),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
