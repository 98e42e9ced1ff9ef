/* Throughput as a limit, by the clock of the test. */
#include "operation_rows.h"

#define TOO_MUCH                                                                                   \
    "{'__type':'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',"         \
    "'ThrottlingReasons':[{'reason':"
#define TEXT                                                                                       \
    "}],'message':'The level of configured provisioned throughput for the table was exceeded. "    \
    "Consider increasing your provisioning level with the UpdateTable API.'}"
#define TABLE_ARN "'arn:aws:dynamodb:eu-west-1:000000000000:table/tab'"
#define PUT(id)   "PutItem", "{'TableName':'tab','Item':{'p':{'S':'" id "'}}}"
#define GET       "GetItem", "{'TableName':'tab','Key':{'p':{'S':'a'}},'ConsistentRead':true}"

static const struct row make_table[] = {
    {"CreateTable",
     "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
     "{'AttributeName':'g','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':"
     "'HASH'}],'ProvisionedThroughput':{'ReadCapacityUnits':2,'WriteCapacityUnits':2},"
     "'GlobalSecondaryIndexes':[{'IndexName':'ind','KeySchema':[{'AttributeName':'g','KeyType':"
     "'HASH'}],'Projection':{'ProjectionType':'ALL'},'ProvisionedThroughput':{'ReadCapacityUnits':"
     "1,'WriteCapacityUnits':1}}]}",
     200, "{any}"},
};

static struct dynamodb *open_limited(void)
{
    struct dynamodb_options options = {.durability = DURABILITY_NORMAL,
                                       .clock = &rows_clock.clock,
                                       .seed = 7,
                                       .enforce_throughput = true};
    struct dynamodb *db = NULL;
    struct aws_error err = {0};

    fake_clock_init(&rows_clock, ROWS_BEGIN_MS);
    if (!dynamodb_open(&options, &db, &err))
        fail_msg("%s", err.message);
    rows_run_quoted(db, make_table, ARRAY_LEN(make_table));
    return db;
}

static void a_table_takes_its_units_and_then_throttles(void **state)
{
    static const struct row rows[] = {
        {PUT("a"), 200, "{}"},
        {PUT("b"), 200, "{}"},
        {PUT("c"), 400,
         TOO_MUCH "'TableWriteProvisionedThroughputExceeded','resource':" TABLE_ARN TEXT},
        {GET, 200, "{'Item':{'p':{'S':'a'}}}"},
        {GET, 200, "{'Item':{'p':{'S':'a'}}}"},
        {GET, 400, TOO_MUCH "'TableReadProvisionedThroughputExceeded','resource':" TABLE_ARN TEXT},
        {"Scan", "{'TableName':'tab'}", 400,
         TOO_MUCH "'TableReadProvisionedThroughputExceeded','resource':" TABLE_ARN TEXT},
    };
    static const struct row later[] = {
        {PUT("c"), 200, "{}"},
        {GET, 200, "{'Item':{'p':{'S':'a'}}}"},
        {"GetItem", "{'TableName':'tab','Key':{'p':{'S':'c'}}}", 200, "{'Item':{'p':{'S':'c'}}}"},
    };

    (void)state;
    struct dynamodb *db = open_limited();
    rows_run_quoted(db, rows, ARRAY_LEN(rows));
    fake_clock_advance_ms(&rows_clock, 1000);
    rows_run_quoted(db, later, ARRAY_LEN(later));
    dynamodb_close(db);
}

static void what_was_not_used_is_kept_for_300_seconds(void **state)
{
    static const struct row put[] = {{PUT("a"), 200, "{}"}};
    static const struct row refused[] = {{PUT("a"), 400, "{any}"}};

    (void)state;
    struct dynamodb *db = open_limited();
    rows_run_quoted(db, put, 1);
    fake_clock_advance_ms(&rows_clock, 3600 * 1000);
    for (int i = 0; i < 600; i++)
        rows_run_quoted(db, put, 1);
    rows_run_quoted(db, refused, 1);
    dynamodb_close(db);
}

static void a_global_index_at_its_limit_stops_the_write_to_its_table(void **state)
{
    static const struct row rows[] = {
        {"PutItem", "{'TableName':'tab','Item':{'p':{'S':'a'},'g':{'S':'x'}}}", 200, "{}"},
        {"PutItem", "{'TableName':'tab','Item':{'p':{'S':'b'},'g':{'S':'x'}}}", 400,
         TOO_MUCH
         "'IndexWriteProvisionedThroughputExceeded','resource':'arn:aws:dynamodb:"
         "eu-west-1:000000000000:table/tab/index/ind'}],'message':'The level of configured "
         "provisioned throughput for one or more global secondary indexes of the table was "
         "exceeded. Consider increasing your provisioning level for the under-provisioned "
         "global secondary indexes with the UpdateTable API'}"},
        {"Scan", "{'TableName':'tab','Select':'COUNT'}", 200, "{'Count':1,'ScannedCount':1}"},
    };

    (void)state;
    struct dynamodb *db = open_limited();
    rows_run_quoted(db, rows, ARRAY_LEN(rows));
    dynamodb_close(db);
}

#define K(id) "{'p':{'S':'" id "'}}"
#define P(id) "{'PutRequest':{'Item':" K(id) "}}"

/* Two units of each a second, and every item of a batch for itself. */
static void what_is_throttled_of_a_batch_is_left(void **state)
{
    static const struct row rows[] = {
        {"BatchWriteItem",
         "{'RequestItems':{'tab':[" P("a") "," P("b") "," P("c") "," P(
             "d") "]},"
                  "'ReturnConsumedCapacity':'TOTAL'}",
         200,
         "{'ConsumedCapacity':[{'CapacityUnits':2.0,'TableName':'tab'}],"
         "'UnprocessedItems':{'tab':[" P("c") "," P("d") "]}}"},
        {"BatchWriteItem", "{'RequestItems':{'tab':[" P("c") "]}}", 400, TOO_MUCH "{any}"},
        {"BatchGetItem",
         "{'RequestItems':{'tab':{'Keys':[" K("a") "," K("c") "," K(
             "b") "],"
                  "'ConsistentRead':true}},'ReturnConsumedCapacity':'TOTAL'}",
         200,
         "{'ConsumedCapacity':[{'CapacityUnits':2.0,'TableName':'tab'}],"
         "'Responses':{'tab':[" K("a") "]},"
                                       "'UnprocessedKeys':{'tab':{'ConsistentRead':true,'Keys':[" K(
                                           "b") "]}}}"},
        {"BatchGetItem", "{'RequestItems':{'tab':{'Keys':[" K("b") "]}}}", 400, TOO_MUCH "{any}"},
    };
    static const struct row later[] = {
        {"BatchWriteItem", "{'RequestItems':{'tab':[" P("c") "," P("d") "]}}", 200,
         "{'UnprocessedItems':{}}"},
    };

    (void)state;
    struct dynamodb *db = open_limited();
    rows_run_quoted(db, rows, ARRAY_LEN(rows));
    fake_clock_advance_ms(&rows_clock, 1000);
    rows_run_quoted(db, later, ARRAY_LEN(later));
    dynamodb_close(db);
}

/* Admitted as one, and everything costs twice. */
static void a_throttled_transaction_is_cancelled(void **state)
{
    static const struct row rows[] = {
        {"TransactWriteItems",
         "{'TransactItems':[{'Put':{'TableName':'tab','Item':" K(
             "a") "}},"
                  "{'Put':{'TableName':'tab','Item':" K("b") "}}]}",
         200, "{}"},
        {"TransactWriteItems", "{'TransactItems':[{'Put':{'TableName':'tab','Item':" K("c") "}}]}",
         400,
         "{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',"
         "'CancellationReasons':[{'Code':'ProvisionedThroughputExceeded','Message':'The level of "
         "configured provisioned throughput for the table was exceeded. Consider increasing your "
         "provisioning level with the UpdateTable API.'}],'Message':'Transaction cancelled, please "
         "refer cancellation reasons for specific reasons [ProvisionedThroughputExceeded]'}"},
        {"TransactGetItems",
         "{'TransactItems':[{'Get':{'TableName':'tab','Key':" K(
             "a") "}},"
                  "{'Get':{'TableName':'tab','Key':" K("c") "}}]}",
         200, "{'Responses':[{'Item':" K("a") "},{}]}"},
        {"TransactGetItems", "{'TransactItems':[{'Get':{'TableName':'tab','Key':" K("a") "}}]}",
         400, "{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',{any}"},
        {"ExecuteTransaction",
         "{'TransactStatements':[{'Statement':'SELECT * FROM tab WHERE p=?','Parameters':[{'S':"
         "'a'}]}]}",
         400, "{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',{any}"},
    };
    static const struct row in_debt[] = {{PUT("c"), 400, TOO_MUCH "{any}"}};

    (void)state;
    struct dynamodb *db = open_limited();
    rows_run_quoted(db, rows, ARRAY_LEN(rows));
    fake_clock_advance_ms(&rows_clock, 999);
    rows_run_quoted(db, in_debt, 1);
    dynamodb_close(db);
}

static void a_failed_condition_costs_its_units(void **state)
{
    static const struct row rows[] = {
        {PUT("a"), 200, "{}"},
        {"PutItem",
         "{'TableName':'tab','Item':{'p':{'S':'a'}},'ConditionExpression':"
         "'attribute_not_exists(p)'}",
         400, CCF},
        {PUT("b"), 400, "{any}"},
    };

    (void)state;
    struct dynamodb *db = open_limited();
    rows_run_quoted(db, rows, ARRAY_LEN(rows));
    dynamodb_close(db);
}

static void one_partition_key_has_a_limit_of_its_own_on_demand(void **state)
{
    static const struct row make[] = {
        {"CreateTable",
         "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':["
         "{'AttributeName':'p','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':"
         "'HASH'}]}",
         200, "{any}"},
    };
    static const struct row put[] = {{PUT("hot"), 200, "{}"}};
    static const struct row after[] = {
        {PUT("hot"), 400,
         "{'__type':'com.amazon.coral.availability#ThrottlingException','ThrottlingReasons':["
         "{'reason':'TableWriteKeyRangeThroughputExceeded','resource':" TABLE_ARN "}],'message':"
         "'Throughput exceeds the current capacity of your table or index. DynamoDB is "
         "automatically scaling your table or index so please try again shortly. If exceptions "
         "persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/"
         "developerguide/bp-partition-key-design.html.'}"},
        {PUT("cold"), 200, "{}"},
    };

    (void)state;
    struct dynamodb *db = open_limited();
    rows_run_quoted(db, (const struct row[]){{"DeleteTable", "{'TableName':'tab'}", 200, "{any}"}},
                    1);
    rows_run_quoted(db, make, 1);
    for (int i = 0; i < 1000; i++)
        rows_run_quoted(db, put, 1);
    rows_run_quoted(db, after, ARRAY_LEN(after));
    dynamodb_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_takes_its_units_and_then_throttles),
        cmocka_unit_test(what_was_not_used_is_kept_for_300_seconds),
        cmocka_unit_test(a_global_index_at_its_limit_stops_the_write_to_its_table),
        cmocka_unit_test(what_is_throttled_of_a_batch_is_left),
        cmocka_unit_test(a_throttled_transaction_is_cancelled),
        cmocka_unit_test(a_failed_condition_costs_its_units),
        cmocka_unit_test(one_partition_key_has_a_limit_of_its_own_on_demand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
