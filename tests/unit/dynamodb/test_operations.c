/* The operations through dynamodb_execute(), over both stores. */
#include "operation_rows.h"

#include <pthread.h>

#define HASH_A    "\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"HASH\"}]"
#define DEFINED_A "\"AttributeDefinitions\":[{\"AttributeName\":\"a\",\"AttributeType\":\"S\"}]"

static const struct row table_rows[] = {
    {"ListTables", "{}", 200, "{\"TableNames\":[]}"},
    {"CreateTable", "{\"TableName\":\"one\"," HASH_A "," DEFINED_A ON_DEMAND, 200,
     "{\"TableDescription\":{" DEFINED_A ",\"BillingModeSummary\":{\"BillingMode\":"
     "\"PAY_PER_REQUEST\"},\"CreationDateTime\":1769860800.123,"
     "\"DeletionProtectionEnabled\":false,\"ItemCount\":0," HASH_A
     ",\"ProvisionedThroughput\":{\"NumberOfDecreasesToday\":0,\"ReadCapacityUnits\":0,"
     "\"WriteCapacityUnits\":0},\"TableArn\":\"arn:aws:dynamodb:eu-west-1:000000000000:table/"
     "one\",\"TableId\":\"{uuid}\",\"TableName\":\"one\",\"TableSizeBytes\":0,"
     "\"TableStatus\":\"CREATING\"}}"},
    {"CreateTable", "{\"TableName\":\"one\"," HASH_A "," DEFINED_A ON_DEMAND, 400,
     IN_USE "Table already exists: one\"}"},
    {"DescribeTable", "{\"TableName\":\"arn:aws:dynamodb:eu-west-1:000000000000:table/one\"}", 200,
     "{\"Table\":{" DEFINED_A ",\"BillingModeSummary\":{\"BillingMode\":"
     "\"PAY_PER_REQUEST\",\"LastUpdateToPayPerRequestDateTime\":1769860800.123},"
     "\"CreationDateTime\":1769860800.123,"
     "\"DeletionProtectionEnabled\":false,\"ItemCount\":0," HASH_A
     ",\"ProvisionedThroughput\":{\"NumberOfDecreasesToday\":0,\"ReadCapacityUnits\":0,"
     "\"WriteCapacityUnits\":0},\"TableArn\":\"arn:aws:dynamodb:eu-west-1:000000000000:table/"
     "one\",\"TableId\":\"{uuid}\",\"TableName\":\"one\",\"TableSizeBytes\":0,"
     "\"TableStatus\":\"ACTIVE\",\"WarmThroughput\":{\"ReadUnitsPerSecond\":12000,"
     "\"Status\":\"ACTIVE\",\"WriteUnitsPerSecond\":4000}}}"},
    {"DescribeTable", "{\"TableName\":\"arn:aws:dynamodb:us-east-1:000000000000:table/one\"}", 400,
     VE "Invalid AWS region in 'arn:aws:dynamodb:us-east-1:000000000000:table/one'\"}"},
    {"CreateTable",
     "{\"TableName\":\"safe\"," HASH_A "," DEFINED_A
     ",\"DeletionProtectionEnabled\":true,\"ProvisionedThroughput\":{\"ReadCapacityUnits\":1,"
     "\"WriteCapacityUnits\":2}}",
     200,
     "{\"TableDescription\":{" DEFINED_A ",\"CreationDateTime\":1769860800.123,"
     "\"DeletionProtectionEnabled\":true,\"ItemCount\":0," HASH_A
     ",\"ProvisionedThroughput\":{\"NumberOfDecreasesToday\":0,\"ReadCapacityUnits\":1,"
     "\"WriteCapacityUnits\":2},\"TableArn\":\"arn:aws:dynamodb:eu-west-1:000000000000:table/"
     "safe\",\"TableId\":\"{uuid}\",\"TableName\":\"safe\",\"TableSizeBytes\":0,"
     "\"TableStatus\":\"CREATING\"}}"},
    {"DeleteTable", "{\"TableName\":\"safe\"}", 400,
     VE "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.\"}"},
    {"ListTables", "{\"Limit\":1}", 200,
     "{\"LastEvaluatedTableName\":\"one\",\"TableNames\":[\"one\"]}"},
    {"ListTables", "{\"ExclusiveStartTableName\":\"one\",\"Limit\":1}", 200,
     "{\"TableNames\":[\"safe\"]}"},
    {"ListTables", "{\"ExclusiveStartTableName\":\"nearly\"}", 200,
     "{\"TableNames\":[\"one\",\"safe\"]}"},
    {"DeleteTable", "{\"TableName\":\"one\"}", 200,
     "{\"TableDescription\":{\"BillingModeSummary\":{\"BillingMode\":\"PAY_PER_REQUEST\","
     "\"LastUpdateToPayPerRequestDateTime\":1769860800.123},"
     "\"DeletionProtectionEnabled\":false,\"ItemCount\":0,\"ProvisionedThroughput\":{"
     "\"NumberOfDecreasesToday\":0,\"ReadCapacityUnits\":0,\"WriteCapacityUnits\":0},"
     "\"TableArn\":\"arn:aws:dynamodb:eu-west-1:000000000000:table/one\",\"TableId\":\"{uuid}\","
     "\"TableName\":\"one\",\"TableSizeBytes\":0,\"TableStatus\":\"DELETING\"}}"},
    {"DeleteTable", "{\"TableName\":\"one\"}", 400,
     RNF "Requested resource not found: Table: one not found\"}"},
    {"DescribeTable", "{\"TableName\":\"one\"}", 400,
     RNF "Requested resource not found: Table: one not found\"}"},
};

static void tables_are_created_described_listed_and_deleted(void **state)
{
    (void)state;
    rows_run_on_both(table_rows, ARRAY_LEN(table_rows));
}

static const struct row refused_rows[] = {
    {"DropTable", "{}", 400, "{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"}"},
    {"ListTables", "{", 400, "{\"__type\":\"com.amazon.coral.service#SerializationException\"}"},
    {"ListTables", "", 400, "{\"__type\":\"com.amazon.coral.service#SerializationException\"}"},
    {"ListTables", "{\"Limit\":\"1\"}", 400,
     SERIAL "STRING_VALUE cannot be converted to Integer\"}"},
    {"ListTables", "{\"Limit\":[]}", 400,
     SERIAL "Unrecognized collection type class java.lang.Integer\"}"},
    {"ListTables", "{\"ExclusiveStartTableName\":1.5}", 400,
     SERIAL "DECIMAL_VALUE cannot be converted to String\"}"},
    {"ListTables", "{\"ExclusiveStartTableName\":{}}", 400,
     SERIAL "Start of structure or map found where not expected\"}"},
    {"ListTables", "{\"Limit\":null,\"Unknown\":[1]}", 200, "{\"TableNames\":[]}"},
    {"ListTables", "{\"Limit\":0,\"ExclusiveStartTableName\":\"a;\"}", 400,
     VE "3 validation errors detected: Value '0' at 'limit' failed to satisfy constraint: Member "
        "must have value greater than or equal to 1; Value 'a;' at 'exclusiveStartTableName' "
        "failed to satisfy constraint: Member must satisfy regular expression pattern: "
        "[a-zA-Z0-9_.-]+; Value 'a;' at 'exclusiveStartTableName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 3\"}"},
    {"ListTables", "{\"Limit\":101}", 400,
     VE "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: "
        "Member must have value less than or equal to 100\"}"},
    {"DescribeTable", "{}", 400,
     VE "The parameter 'TableName' is required but was not present in the request\"}"},
    {"DescribeTable", "{\"TableName\":\"ab\"}", 400,
     VE "TableName must be at least 3 characters long and at most 255 characters long\"}"},
    {"CreateTable", "{\"TableName\":\"abc\"}", 400,
     VE "2 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy "
        "constraint: Member must not be null; Value null at 'keySchema' failed to satisfy "
        "constraint: Member must not be null\"}"},
    {"CreateTable",
     "{\"TableName\":\"abc\"," DEFINED_A
     ",\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"HUSH\"}]}",
     400,
     VE "1 validation error detected: Value 'HUSH' at 'keySchema.1.member.keyType' failed to "
        "satisfy constraint: Member must satisfy enum value set: [HASH, RANGE]\"}"},
    {"CreateTable", "{\"TableName\":\"abc\"," DEFINED_A ",\"KeySchema\":[]}", 400,
     VE "1 validation error detected: Value '[]' at 'keySchema' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1\"}"},
    {"CreateTable",
     "{\"TableName\":\"abc\"," DEFINED_A
     ",\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"b\","
     "\"KeyType\":\"RANGE\"},{\"AttributeName\":\"c\",\"KeyType\":\"RANGE\"}]}",
     400,
     VE "1 validation error detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH), "
        "KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, "
        "keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length "
        "less than or equal to 2\"}"},
    {"CreateTable", "{\"TableName\":\"abc\"," HASH_A "," DEFINED_A "}", 400,
     VE "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must "
        "both be specified when BillingMode is PROVISIONED\"}"},
    {"CreateTable",
     "{\"TableName\":\"abc\"," HASH_A
     ",\"AttributeDefinitions\":[{\"AttributeName\":\"b\",\"AttributeType\":\"S\"}]" ON_DEMAND,
     400,
     VE "One or more parameter values were invalid: Some index key attributes are not defined in "
        "AttributeDefinitions. Keys: [a], AttributeDefinitions: [b]\"}"},
    {"CreateTable",
     "{\"TableName\":\"abc\"," HASH_A
     ",\"AttributeDefinitions\":[{\"AttributeName\":\"a\",\"AttributeType\":\"S\"},"
     "{\"AttributeName\":\"b\",\"AttributeType\":\"S\"}]" ON_DEMAND,
     400,
     VE "One or more parameter values were invalid: Number of attributes in KeySchema does not "
        "exactly match number of attributes defined in AttributeDefinitions\"}"},
    {"CreateTable",
     "{\"TableName\":\"abc\"," DEFINED_A
     ",\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"RANGE\"}]" ON_DEMAND,
     400, VE "Invalid KeySchema: The first KeySchemaElement is not a HASH key type\"}"},
};

static void bad_requests_get_the_services_words(void **state)
{
    (void)state;
    rows_run_on_both(refused_rows, ARRAY_LEN(refused_rows));
}

#define TABLE(name, keys, definitions)                                                             \
    "{\"TableName\":\"" name "\",\"KeySchema\":[" keys "],\"AttributeDefinitions\":[" definitions  \
    "]" ON_DEMAND
#define HASH(name)          "{\"AttributeName\":\"" name "\",\"KeyType\":\"HASH\"}"
#define RANGE(name)         ",{\"AttributeName\":\"" name "\",\"KeyType\":\"RANGE\"}"
#define DEFINED(name, type) "{\"AttributeName\":\"" name "\",\"AttributeType\":\"" type "\"}"
#define PUT(item)           "PutItem", "{\"TableName\":\"tab\",\"Item\":" item "}"
#define KEY_A1              "\"Key\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}}"
#define CHECK_FAILED                                                                               \
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\","

static void make_table(struct dynamodb *db)
{
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    struct str request =
        STR(TABLE("tab", HASH("p") RANGE("s"), DEFINED("p", "S") "," DEFINED("s", "N")));

    assert_int_equal(rows_execute(db, "CreateTable", request, arena).status, 200);
    arena_free(arena);
}

static const struct row item_rows[] = {
    {PUT("{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1.0\"},\"ss\":{\"SS\":[\"b\",\"a\"]}}"), 200, "{}"},
    {"GetItem", "{\"TableName\":\"tab\"," KEY_A1 "}", 200,
     "{\"Item\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"},\"ss\":{\"SS\":[\"a\",\"b\"]}}}"},
    {"GetItem", "{\"TableName\":\"tab\",\"Key\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"2\"}}}", 200,
     "{}"},
    {"GetItem", "{\"TableName\":\"tab\"," KEY_A1 ",\"ProjectionExpression\":\"absent\"}", 200,
     "{\"Item\":{}}"},
    {"GetItem",
     "{\"TableName\":\"tab\"," KEY_A1 ",\"ReturnConsumedCapacity\":\"TOTAL\","
     "\"ProjectionExpression\":\"s\",\"ConsistentRead\":true}",
     200,
     "{\"ConsumedCapacity\":{\"CapacityUnits\":1.0,\"TableName\":\"tab\"},"
     "\"Item\":{\"s\":{\"N\":\"1\"}}}"},
    {"GetItem", "{\"TableName\":\"tab\",\"Key\":{\"p\":{\"S\":\"a\"}}}", 400,
     VE "The provided key element does not match the schema\"}"},
    {"GetItem", "{\"TableName\":\"none\"," KEY_A1 "}", 400, RNF "Requested resource not found\"}"},
    {PUT("{\"p\":{\"S\":\"a\"}}"), 400,
     VE "One or more parameter values were invalid: Missing the key s in the item\"}"},
    {PUT("{\"p\":{\"N\":\"1\"},\"s\":{\"N\":\"1\"}}"), 400,
     VE "One or more parameter values were invalid: Type mismatch for key p expected: S actual: "
        "N\"}"},
    {PUT("{\"p\":{\"S\":1}}"), 400, SERIAL "NUMBER_VALUE cannot be converted to String\"}"},
    {PUT("{\"p\":{}}"), 400,
     VE "Supplied AttributeValue is empty, must contain exactly one of the supported "
        "datatypes\"}"},
    {PUT("{\"p\":{\"S\":\"a\",\"N\":\"1\"}}"), 400,
     VE "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes\"}"},
    {PUT("{\"p\":{\"SS\":[]}}"), 400,
     VE "One or more parameter values were invalid: An string set  may not be empty\"}"},
    {PUT("{\"p\":{\"SS\":[\"a\",\"a\"]}}"), 400,
     VE "One or more parameter values were invalid: Input collection [a, a] contains "
        "duplicates.\"}"},
    {PUT("{\"p\":{\"NS\":[\"1\",\"1.0\"]}}"), 400, VE "Input collection contains duplicates\"}"},
    {PUT("{\"p\":{\"N\":\"1x\"}}"), 400,
     VE "The parameter cannot be converted to a numeric value: 1x\"}"},
    {PUT("{\"p\":{\"B\":\"AAA\"}}"), 400,
     SERIAL "Base64 encoded length is expected a multiple of 4 bytes but found: 3\"}"},
    {PUT("{\"p\":{\"B\":\"AB==\"}}"), 400,
     SERIAL "Invalid last non-pad Base64 character dectected\"}"},
    {"PutItem",
     "{\"TableName\":\"tab\",\"Item\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}},"
     "\"ConditionExpression\":\"attribute_not_exists(p)\","
     "\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\"}",
     400,
     CHECK_FAILED
     "\"Item\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"},\"ss\":{\"SS\":[\"a\",\"b\"]}},"
     "\"message\":\"The conditional request failed\"}"},
    {"UpdateItem",
     "{\"TableName\":\"tab\"," KEY_A1
     ",\"UpdateExpression\":\"SET n = if_not_exists(n, :o) + :o DELETE ss :b\","
     "\"ExpressionAttributeValues\":{\":o\":{\"N\":\"1\"},\":b\":{\"SS\":[\"b\"]}},"
     "\"ReturnValues\":\"UPDATED_NEW\",\"ReturnConsumedCapacity\":\"INDEXES\"}",
     200,
     "{\"Attributes\":{\"ss\":{\"SS\":[\"a\"]},\"n\":{\"N\":\"2\"}},\"ConsumedCapacity\":{"
     "\"CapacityUnits\":1.0,\"Table\":{\"CapacityUnits\":1.0},\"TableName\":\"tab\"}}"},
    {"UpdateItem",
     "{\"TableName\":\"tab\",\"Key\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"9\"}},"
     "\"UpdateExpression\":\"REMOVE n\",\"ReturnValues\":\"ALL_NEW\"}",
     200, "{}"},
    {"UpdateItem",
     "{\"TableName\":\"tab\",\"Key\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"-3\"}},"
     "\"ReturnValues\":\"ALL_NEW\"}",
     200, "{\"Attributes\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"-3\"}}}"},
    {"Query",
     "{\"TableName\":\"tab\",\"KeyConditionExpression\":\"p = :p\",\"ProjectionExpression\":\"s\","
     "\"ExpressionAttributeValues\":{\":p\":{\"S\":\"a\"}},\"Limit\":1}",
     200,
     "{\"Count\":1,\"Items\":[{\"s\":{\"N\":\"-3\"}}],\"LastEvaluatedKey\":{\"p\":{\"S\":\"a\"},"
     "\"s\":{\"N\":\"-3\"}},\"ScannedCount\":1}"},
    {"Query",
     "{\"TableName\":\"tab\",\"KeyConditionExpression\":\"p = :p\",\"ProjectionExpression\":\"s\","
     "\"ExpressionAttributeValues\":{\":p\":{\"S\":\"a\"}},\"ExclusiveStartKey\":{\"p\":{\"S\":"
     "\"a\"},"
     "\"s\":{\"N\":\"-3\"}}}",
     200, "{\"Count\":1,\"Items\":[{\"s\":{\"N\":\"1\"}}],\"ScannedCount\":1}"},
    {"Query",
     "{\"TableName\":\"tab\",\"KeyConditionExpression\":\"p = :p\","
     "\"ExpressionAttributeValues\":{\":p\":{\"S\":\"a\"}},\"ExclusiveStartKey\":{\"p\":{\"S\":"
     "\"b\"},"
     "\"s\":{\"N\":\"-3\"}}}",
     400,
     VE "The provided starting key is outside query boundaries based on provided conditions\"}"},
    {"Query", "{\"TableName\":\"tab\"}", 400,
     VE "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.\"}"},
    {"Scan",
     "{\"TableName\":\"tab\",\"FilterExpression\":\"n = :n\",\"Select\":\"COUNT\","
     "\"ExpressionAttributeValues\":{\":n\":{\"N\":\"2.00\"}}}",
     200, "{\"Count\":1,\"ScannedCount\":2}"},
    {"Scan", "{\"TableName\":\"tab\",\"Segment\":1}", 400,
     VE "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present\"}"},
    {"Scan", "{\"TableName\":\"tab\",\"Segment\":2,\"TotalSegments\":2}", 400,
     VE "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: 2 is not less than TotalSegments: 2\"}"},
    {"DeleteItem", "{\"TableName\":\"tab\"," KEY_A1 ",\"ReturnValues\":\"ALL_OLD\"}", 200,
     "{\"Attributes\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"},\"ss\":{\"SS\":[\"a\"]},"
     "\"n\":{\"N\":\"2\"}}}"},
    {"DeleteItem", "{\"TableName\":\"tab\"," KEY_A1 ",\"ReturnValues\":\"ALL_OLD\"}", 200, "{}"},
    {"DeleteItem", "{\"TableName\":\"tab\"," KEY_A1 ",\"ReturnValues\":\"ALL_NEW\"}", 400,
     VE "Return values set to invalid value\"}"},
};

static void items_are_put_read_updated_queried_and_deleted(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        make_table(db);
        rows_run(db, item_rows, ARRAY_LEN(item_rows));
        dynamodb_close(db);
    }
}

static void tables_and_items_are_there_after_a_restart(void **state)
{
    static const struct row before[] = {
        {PUT("{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}}"), 200, "{}"},
    };
    static const struct row after[] = {
        {"ListTables", "{}", 200, "{\"TableNames\":[\"tab\"]}"},
        {"GetItem", "{\"TableName\":\"tab\"," KEY_A1 "}", 200,
         "{\"Item\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}}}"},
        {"Scan", "{\"TableName\":\"tab\",\"Select\":\"COUNT\"}", 200,
         "{\"Count\":1,\"ScannedCount\":1}"},
    };

    (void)state;
    struct dynamodb *db = rows_open_empty(true);
    make_table(db);
    rows_run(db, before, ARRAY_LEN(before));
    dynamodb_close(db);
    db = rows_open(true);
    rows_run(db, after, ARRAY_LEN(after));
    dynamodb_close(db);
}

/* Writers add to one counter, a reader and a scanner look on, somebody makes and drops tables. */
enum { THREADS = 6, ROUNDS = 120 };

static const struct {
    const char *operation, *request;
} thread_calls[THREADS] = {
    {"UpdateItem", "{\"TableName\":\"tab\"," KEY_A1 ",\"UpdateExpression\":\"ADD n :o\","
                   "\"ExpressionAttributeValues\":{\":o\":{\"N\":\"1\"}}}"},
    {"UpdateItem",
     "{\"TableName\":\"tab\"," KEY_A1 ",\"AttributeUpdates\":{\"n\":{\"Action\":\"ADD\","
     "\"Value\":{\"N\":\"1\"}}}}"},
    {"GetItem", "{\"TableName\":\"tab\"," KEY_A1 "}"},
    {"Scan", "{\"TableName\":\"tab\",\"FilterExpression\":\"attribute_exists(n)\"}"},
    {"CreateTable", TABLE("other", HASH("p"), DEFINED("p", "S"))},
    {"DeleteTable", "{\"TableName\":\"other\"}"},
};

struct thread_state {
    struct dynamodb *db;
    size_t number;
};

static void *call_often(void *state)
{
    const struct thread_state *own = state;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    for (int i = 0; i < ROUNDS; i++) {
        struct dynamodb_answer answer =
            rows_execute(own->db, thread_calls[own->number].operation,
                         str_from_c(thread_calls[own->number].request), arena);

        if (own->number < 4 && answer.status != 200)
            abort();
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void many_threads_may_call_at_once(void **state)
{
    static const struct row sum[] = {
        {"GetItem", "{\"TableName\":\"tab\"," KEY_A1 ",\"ProjectionExpression\":\"n\"}", 200,
         "{\"Item\":{\"n\":{\"N\":\"240\"}}}"},
    };

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct thread_state states[THREADS];
        pthread_t threads[THREADS];

        struct dynamodb *db = rows_open_empty(on_disk == 1);
        make_table(db);
        for (size_t i = 0; i < THREADS; i++) {
            states[i] = (struct thread_state){db, i};
            assert_int_equal(pthread_create(&threads[i], NULL, call_often, &states[i]), 0);
        }
        for (size_t i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        rows_run(db, sum, ARRAY_LEN(sum));
        dynamodb_close(db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_created_described_listed_and_deleted),
        cmocka_unit_test(bad_requests_get_the_services_words),
        cmocka_unit_test(items_are_put_read_updated_queried_and_deleted),
        cmocka_unit_test(tables_and_items_are_there_after_a_restart),
        cmocka_unit_test(many_threads_may_call_at_once),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
