/* UpdateTable through dynamodb_execute(), over both stores: rules, and what the table is after. */
#include "operation_rows.h"

#define OMPV         VE "One or more parameter values were invalid: "
#define LIMIT        "{'__type':'com.amazonaws.dynamodb.v20120810#LimitExceededException','message':'"
#define UPDATE(rest) "UpdateTable", "{'TableName':'tab'," rest "}"
#define REFUSED(rest, answer)                                                                      \
    {                                                                                              \
        UPDATE(rest), 400, answer "'}"                                                             \
    }
#define ACCEPTED(rest)                                                                             \
    {                                                                                              \
        UPDATE(rest), 200, "{any}"                                                                 \
    }
#define UNITS(reads, writes)                                                                       \
    "'ProvisionedThroughput':{'ReadCapacityUnits':" reads ",'WriteCapacityUnits':" writes "}"
#define CHANGES(list)      "'GlobalSecondaryIndexUpdates':[" list "]"
#define DROP(name)         "{'Delete':{'IndexName':'" name "'}}"
#define CHANGE(name, rest) "{'Update':{'IndexName':'" name "'," rest "}}"
#define CREATE(rest)       "{'Create':{" rest "}}"
#define STREAM(rest)       "'StreamSpecification':{" rest "}"
#define ON_STREAM          STREAM("'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'")
#define INFREQUENT         "'TableClass':'STANDARD_INFREQUENT_ACCESS'"
#define PROTECT            "'DeletionProtectionEnabled':true"
#define ENCRYPT            "'SSESpecification':{'Enabled':true}"
#define WARM(reads)        "'WarmThroughput':{'ReadUnitsPerSecond':" reads "}"
#define MAX_READS(units)   "'OnDemandThroughput':{'MaxReadRequestUnits':" units "}"
#define DEFINE(name, type)                                                                         \
    "'AttributeDefinitions':[{'AttributeName':'" name "','AttributeType':'" type "'}]"
#define HASH(name)      "'KeySchema':[{'AttributeName':'" name "','KeyType':'HASH'}]"
#define EVERYTHING      "'Projection':{'ProjectionType':'ALL'}"
#define BARE(name, key) "'IndexName':'" name "'," HASH(key) "," EVERYTHING
#define NEW_X           CREATE(BARE("new", "x") "," UNITS("1", "1"))

/* With units, a global index and a local one. */
static const struct row provisioned = {
    "CreateTable",
    "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
    "{'AttributeName':'s','AttributeType':'N'},{'AttributeName':'g','AttributeType':'S'},"
    "{'AttributeName':'l','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':"
    "'HASH'},{'AttributeName':'s','KeyType':'RANGE'}],"
    "'LocalSecondaryIndexes':[{'IndexName':'lsi','KeySchema':[{'AttributeName':'p','KeyType':"
    "'HASH'},{'AttributeName':'l','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}}],"
    "'GlobalSecondaryIndexes':[{'IndexName':'gsi','KeySchema':[{'AttributeName':'g','KeyType':"
    "'HASH'}],'Projection':{'ProjectionType':'ALL'},'ProvisionedThroughput':{"
    "'ReadCapacityUnits':2,'WriteCapacityUnits':2}}],'ProvisionedThroughput':{"
    "'ReadCapacityUnits':10,'WriteCapacityUnits':10}}",
    200, "{any}"};

static const struct row on_demand = {
    "CreateTable",
    "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
    "{'AttributeName':'g','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':'HASH'"
    "}],'BillingMode':'PAY_PER_REQUEST','GlobalSecondaryIndexes':[{'IndexName':'gsi','KeySchema':["
    "{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}]}",
    200, "{any}"};

static void run_after(const struct row *first, const struct row *rows, size_t count)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        if (first != NULL)
            rows_run_quoted(db, first, 1);
        rows_run_quoted(db, rows, count);
        dynamodb_close(db);
    }
}

#define REQUIRED                                                                                   \
    VE "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "                 \
       "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, " \
       "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, "                \
       "OnDemandThroughput, WarmThroughput or TableClass is required"
#define ONLY(what) OMPV what " modification must be the only operation in the request"

/* No table is needed to refuse these. */
static const struct row request_rows[] = {
    {"UpdateTable", "{'TableName':'tab'}", 400, REQUIRED "'}"},
    REFUSED(CHANGES(""), REQUIRED),
    REFUSED(DEFINE("p", "N"), REQUIRED),
    REFUSED(CHANGES("") "," PROTECT, OMPV "List of GlobalSecondaryIndexUpdates is empty"),
    REFUSED("'TableClass':'GLACIER'",
            VE "Invalid table-class parameter provided. Please try again with a valid table-class "
               "value: [STANDARD, STANDARD_INFREQUENT_ACCESS]."),
    REFUSED("'BillingMode':'PAY_PER_REQUEST'," UNITS("1", "1"),
            OMPV "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                 "BillingMode is PAY_PER_REQUEST"),
    REFUSED("'BillingMode':'PROVISIONED'",
            OMPV "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"),
    REFUSED(UNITS("1000000000001", "1"),
            VE "Given value 1000000000001 for ReadCapacityUnits is out of bounds"),
    REFUSED(CHANGES("{}"),
            OMPV "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                 "GlobalSecondaryIndexUpdate.Delete must not be null"),
    REFUSED(CHANGES("{'Delete':{'IndexName':'gsi'},'Update':{'IndexName':'gsi'}}"),
            OMPV "Only one global secondary index action is allowed per "
                 "GlobalSecondaryIndexUpdate object"),
    REFUSED(CHANGES(DROP("gsi") "," CHANGE("gsi", UNITS("1", "1"))),
            OMPV "Only one global secondary index update per index is allowed simultaneously. "
                 "Index: gsi"),
    REFUSED(ENCRYPT "," PROTECT, ONLY("Server-Side Encryption")),
    REFUSED(PROTECT "," INFREQUENT, ONLY("DeletionProtection")),
    REFUSED(INFREQUENT "," ON_STREAM, ONLY("TableClass")),
    REFUSED(MAX_READS("5") "," WARM("5"), OMPV "OnDemandThroughput can only be combined with "
                                               "BillingMode in an UpdateTable request"),
    REFUSED(WARM("5") "," CHANGES(NEW_X), OMPV "Create global secondary index cannot be specified "
                                               "when updating WarmThroughput"),
    REFUSED(WARM("5") "," ON_STREAM,
            OMPV "WarmThroughput must be the only operation in the request"),
    REFUSED(UNITS("5", "5") "," ON_STREAM,
            OMPV "You cannot modify stream status while updating table IOPS"),
    REFUSED(UNITS("5", "5") "," CHANGES(DROP("gsi")),
            OMPV "You cannot create or delete index while updating table IOPS"),
    REFUSED(ON_STREAM "," CHANGES(DROP("gsi")),
            OMPV "You cannot create or delete index while changing stream status"),
    REFUSED(STREAM("'StreamEnabled':true"),
            OMPV "If stream is being enabled then UpdateViewType is required"),
    REFUSED(STREAM("'StreamEnabled':false,'StreamViewType':'KEYS_ONLY'"),
            OMPV "If stream is being disabled, then UpdateViewType must not be specified"),
    REFUSED("'SSESpecification':{'SSEType':'KMS'}",
            OMPV "SSEType can not be specified if Enabled is false"),
    REFUSED("'SSESpecification':{'Enabled':true,'SSEType':'AES256'}",
            OMPV "SSEType AES256 is not supported"),
    /* Then the table. */
    REFUSED(PROTECT, "{'__type':'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',"
                     "'message':'Requested resource not found: Table: tab not found"),
    REFUSED(CHANGES(DROP("gsi") "," DROP("gsj")),
            "{'__type':'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',"
            "'message':'Requested resource not found: Table: tab not found"),
};

static void a_request_is_checked_in_the_service_s_order(void **state)
{
    (void)state;
    run_after(NULL, request_rows, ARRAY_LEN(request_rows));
}

#define ONE_INDEX                                                                                  \
    LIMIT "Subscriber limit exceeded: Only 1 online index can be created or deleted "              \
          "simultaneously per table"
#define NO_INDEX(name)                                                                             \
    "{'__type':'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException','message':"            \
    "'Requested resource not found: Index " name " for table tab"

static const struct row provisioned_rows[] = {
    REFUSED(UNITS("10", "10"),
            VE "The provisioned throughput for the table will not change. The requested value "
               "equals the current value. Current ReadCapacityUnits provisioned for the table: "
               "10. Requested ReadCapacityUnits: 10. Current WriteCapacityUnits provisioned for "
               "the table: 10. Requested WriteCapacityUnits: 10. Refer to the Amazon DynamoDB "
               "Developer Guide for current limits and how to request higher limits."),
    REFUSED(CHANGES(CHANGE("gsi", UNITS("2", "2"))),
            VE "The provisioned throughput for the index gsi will not change. The requested value "
               "equals the current value. Current ReadCapacityUnits provisioned for index gsi: 2. "
               "Requested ReadCapacityUnits: 2. Current WriteCapacityUnits provisioned for index "
               "gsi: 2. Requested WriteCapacityUnits: 2. Refer to the Amazon DynamoDB Developer "
               "Guide for current limits and how to request higher limits."),
    REFUSED(CHANGES(DROP("abc") "," DROP("abd")), ONE_INDEX),
    REFUSED(DEFINE("x", "S") "," CHANGES(DROP("gsi") "," NEW_X), ONE_INDEX),
    REFUSED(CHANGES(DROP("abc")), NO_INDEX("abc")),
    REFUSED(CHANGES(CHANGE("abc", UNITS("1", "1"))), NO_INDEX("abc")),
    REFUSED(CHANGES(DROP("lsi")), VE "Cannot delete an index that is not a GlobalSecondaryIndex: "
                                     "lsi"),
    REFUSED(CHANGES(CHANGE("lsi", UNITS("1", "1"))),
            VE "Cannot update an index that is not a GlobalSecondaryIndex: lsi"),
    REFUSED(DEFINE("l", "S") "," CHANGES(CREATE(BARE("lsi", "l"))),
            VE "Attempting to create an index which already exists"),
    REFUSED(CHANGES(NEW_X), OMPV "AttributeDefinitions is not specified for index: new"),
    REFUSED(DEFINE("y", "S") "," CHANGES(NEW_X),
            OMPV "Some index key attributes are not defined in AttributeDefinitions. Keys: [x], "
                 "AttributeDefinitions: [y]"),
    REFUSED(DEFINE("x", "S") "," CHANGES(CREATE(BARE("new", "x"))),
            OMPV "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: new"),
    REFUSED(DEFINE("s", "S") "," CHANGES(CREATE(BARE("new", "s") "," UNITS("1", "1"))),
            OMPV "Attributes cannot be redefined. Please check that your attribute has the same "
                 "type as previously defined. Existing schema: Schema:[SchemaElement: "
                 "key{p:S:HASH}, SchemaElement: key{s:N:RANGE}] New schema: Schema:[SchemaElement: "
                 "key{s:S:HASH}]"),
    REFUSED(DEFINE("g", "N") "," CHANGES(CREATE(BARE("new", "g") "," UNITS("1", "1"))),
            OMPV "Attributes cannot be redefined. Please check that your attribute has the same "
                 "type as previously defined. Existing schema: Schema:[SchemaElement: "
                 "key{g:S:HASH}] New schema: Schema:[SchemaElement: key{g:N:HASH}]"),
    REFUSED(MAX_READS("5"), OMPV "MaxReadRequestUnits for OnDemandThroughput cannot be specified "
                                 "when the table BillingMode is PROVISIONED"),
    REFUSED(WARM("9"), OMPV "Requested ReadUnitsPerSecond for WarmThroughput for table is lower "
                            "than current WarmThroughput, decreasing WarmThroughput is not "
                            "supported"),
    REFUSED(STREAM("'StreamEnabled':false"), VE "Table has no stream to disable: TableName: tab"),
    REFUSED("'SSESpecification':{}", OMPV "Table is already encrypted by default"),
    /* Nothing of all that was applied. */
    ACCEPTED(UNITS("11", "10")),
};

static void a_table_is_asked_whether_the_change_fits(void **state)
{
    (void)state;
    run_after(&provisioned, provisioned_rows, ARRAY_LEN(provisioned_rows));
}

static const struct row on_demand_rows[] = {
    REFUSED(UNITS("1", "1"), OMPV "Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                                  "specified when BillingMode is PAY_PER_REQUEST"),
    REFUSED(CHANGES(CHANGE("gsi", UNITS("1", "1"))),
            OMPV "The only Updates for index: gsi when TableThroughputMode is PAY_PER_REQUEST can "
                 "be to OnDemandThroughput, WarmThroughput"),
    REFUSED(DEFINE("x", "S") "," CHANGES(NEW_X),
            OMPV "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: new "
                 "when BillingMode is PAY_PER_REQUEST"),
    REFUSED("'BillingMode':'PROVISIONED'," UNITS("5", "5"),
            OMPV "ProvisionedThroughput must be specified for index: gsi"),
    REFUSED(MAX_READS("0"), OMPV "Requested MaxReadRequestUnits for OnDemandThroughput for table "
                                 "is outside of valid range"),
    REFUSED(CHANGES(CHANGE("gsi", MAX_READS("-2"))),
            OMPV "Requested MaxReadRequestUnits for OnDemandThroughput for index : gsi is outside "
                 "of valid range"),
    REFUSED(CHANGES(CHANGE("gsi", WARM("100"))),
            OMPV "Requested ReadUnitsPerSecond for WarmThroughput for index gsi is lower than "
                 "current WarmThroughput, decreasing WarmThroughput is not supported"),
    ACCEPTED("'BillingMode':'PAY_PER_REQUEST'"),
};

static void a_table_on_demand_has_no_units(void **state)
{
    (void)state;
    run_after(&on_demand, on_demand_rows, ARRAY_LEN(on_demand_rows));
}

/* `wanted` is a part of the answer, with ' for ". */
static void expect(struct dynamodb *db, const char *operation, const char *request,
                   const char *wanted)
{
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    const char *quoted = rows_quoted(arena, str_from_c(request));
    struct str answer = rows_execute(db, operation, str_from_c(quoted), arena).body;

    if (str_find(answer, str_from_c(rows_quoted(arena, str_from_c(wanted)))) == answer.len)
        fail_msg("%s\n  is not in\n%.*s", wanted, STR_ARG(answer));
    arena_free(arena);
}

static void expect_table(struct dynamodb *db, const char *wanted)
{
    expect(db, "DescribeTable", "{'TableName':'tab'}", wanted);
}

static void units_change_at_once_and_the_answer_shows_the_old_ones(void **state)
{
    static const struct row down[] = {ACCEPTED(UNITS("5", "5"))};

    (void)state;
    struct dynamodb *db = rows_open_empty(false);
    rows_run_quoted(db, &provisioned, 1);
    fake_clock_advance_ms(&rows_clock, 1000);
    expect(db, UPDATE(UNITS("20", "10")),
           "'ProvisionedThroughput':{'LastIncreaseDateTime':1769860801.123,"
           "'NumberOfDecreasesToday':0,'ReadCapacityUnits':10,'WriteCapacityUnits':10},"
           "'TableArn':'arn:aws:dynamodb:eu-west-1:000000000000:table/tab',");
    expect(db, UPDATE(CHANGES(CHANGE("gsi", UNITS("3", "2")))),
           "'IndexStatus':'UPDATING','ItemCount':0,'KeySchema':[{'AttributeName':'g','KeyType':"
           "'HASH'}],'Projection':{'ProjectionType':'ALL'},'ProvisionedThroughput':{"
           "'LastIncreaseDateTime':1769860801.123,'NumberOfDecreasesToday':0,"
           "'ReadCapacityUnits':2,");
    expect_table(db, "'ProvisionedThroughput':{'LastIncreaseDateTime':1769860801.123,"
                     "'NumberOfDecreasesToday':0,'ReadCapacityUnits':20,'WriteCapacityUnits':10}");
    fake_clock_advance_ms(&rows_clock, 1000);
    rows_run_quoted(db, down, 1);
    expect_table(db, "'ProvisionedThroughput':{'LastDecreaseDateTime':1769860802.123,"
                     "'LastIncreaseDateTime':1769860801.123,'NumberOfDecreasesToday':1,"
                     "'ReadCapacityUnits':5,'WriteCapacityUnits':5}");
    /* What was reached stays warm. */
    expect_table(db, "'WarmThroughput':{'ReadUnitsPerSecond':20,'Status':'ACTIVE',"
                     "'WriteUnitsPerSecond':10}");
    dynamodb_close(db);
}

#define TOO_OFTEN(number, last, next)                                                              \
    LIMIT                                                                                          \
    "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given "      \
    "UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can "      \
    "be performed at most once every 3600 seconds. Number of decreases today: " number             \
    ". Last decrease at Saturday, January 31, 2026 at " last                                       \
    " Coordinated Universal Time. Next decrease can be made at " next                              \
    " Coordinated Universal Time"

static void units_go_down_four_times_a_day_and_then_once_an_hour(void **state)
{
    static const struct row four[] = {
        ACCEPTED(UNITS("9", "9")),
        ACCEPTED(UNITS("9", "8")),
        ACCEPTED(UNITS("9", "7")),
        ACCEPTED(UNITS("9", "6")),
        REFUSED(UNITS("20", "5"),
                TOO_OFTEN("4", "12:00:00 PM", "Saturday, January 31, 2026 at 1:00:00 PM")),
        /* An index counts for itself, and up is no matter. */
        ACCEPTED(CHANGES(CHANGE("gsi", UNITS("1", "1")))),
        ACCEPTED(UNITS("10", "6")),
    };
    static const struct row fifth[] = {
        ACCEPTED(UNITS("9", "6")),
        REFUSED(UNITS("8", "6"),
                TOO_OFTEN("5", "1:00:00 PM", "Saturday, January 31, 2026 at 2:00:00 PM")),
    };
    static const struct row late[] = {
        ACCEPTED(UNITS("8", "6")),
        REFUSED(UNITS("7", "6"),
                TOO_OFTEN("6", "11:30:00 PM", "Sunday, February 1, 2026 at 12:00:00 AM")),
    };
    static const struct row tomorrow[] = {ACCEPTED(UNITS("7", "6"))};

    (void)state;
    struct dynamodb *db = rows_open_empty(false);
    rows_run_quoted(db, &provisioned, 1);
    rows_run_quoted(db, four, ARRAY_LEN(four));
    fake_clock_advance_ms(&rows_clock, INT64_C(3600000));
    rows_run_quoted(db, fifth, ARRAY_LEN(fifth));
    fake_clock_advance_ms(&rows_clock, INT64_C(37800000));
    rows_run_quoted(db, late, ARRAY_LEN(late));
    fake_clock_advance_ms(&rows_clock, INT64_C(1800000));
    expect_table(db, "'NumberOfDecreasesToday':0,'ReadCapacityUnits':8,");
    rows_run_quoted(db, tomorrow, ARRAY_LEN(tomorrow));
    expect_table(db, "'NumberOfDecreasesToday':1,'ReadCapacityUnits':7,");
    dynamodb_close(db);
}

static void the_billing_mode_changes_there_and_back(void **state)
{
    static const struct row to_demand[] = {ACCEPTED("'BillingMode':'PAY_PER_REQUEST'")};
    static const struct row limits[] = {
        ACCEPTED(MAX_READS("100")),
        ACCEPTED("'OnDemandThroughput':{'MaxWriteRequestUnits':50}"),
        ACCEPTED(CHANGES(CHANGE("gsi", MAX_READS("7")))),
    };
    static const struct row no_limit[] = {ACCEPTED(MAX_READS("-1"))};
    static const struct row back[] = {
        ACCEPTED("'BillingMode':'PROVISIONED'," UNITS("5", "5") "," CHANGES(
            CHANGE("gsi", UNITS("3", "3")))),
    };

    (void)state;
    struct dynamodb *db = rows_open_empty(true);
    rows_run_quoted(db, &provisioned, 1);
    rows_run_quoted(db, to_demand, 1);
    expect_table(db, "'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST',"
                     "'LastUpdateToPayPerRequestDateTime':1769860800.123}");
    expect_table(db, "'ReadCapacityUnits':0,'WriteCapacityUnits':0},'TableArn'");
    rows_run_quoted(db, limits, ARRAY_LEN(limits));
    expect_table(db, "'OnDemandThroughput':{'MaxReadRequestUnits':100,'MaxWriteRequestUnits':50}");
    expect_table(db, "'OnDemandThroughput':{'MaxReadRequestUnits':7}");
    rows_run_quoted(db, no_limit, 1);
    expect_table(db, "'OnDemandThroughput':{'MaxWriteRequestUnits':50}");
    dynamodb_close(db);
    db = rows_open(true);
    rows_run_quoted(db, back, 1);
    expect_table(db, "'BillingModeSummary':{'BillingMode':'PROVISIONED',"
                     "'LastUpdateToPayPerRequestDateTime':1769860800.123}");
    expect_table(db, "'ReadCapacityUnits':3,'WriteCapacityUnits':3}");
    expect_table(db, "'ReadCapacityUnits':5,'WriteCapacityUnits':5},'TableArn'");
    expect_table(db, "'WarmThroughput':{'ReadUnitsPerSecond':12000,");
    dynamodb_close(db);
}

#define STREAMED(label) "arn:aws:dynamodb:eu-west-1:000000000000:table/tab/stream/" label

static void streams_come_one_after_another(void **state)
{
    static const struct row on[] = {
        ACCEPTED(ON_STREAM),
        REFUSED(STREAM("'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'"),
                VE "Table already has an enabled stream: TableName: tab"),
    };
    static const struct row off[] = {ACCEPTED(STREAM("'StreamEnabled':false"))};
    static const struct row again[] = {
        ACCEPTED(STREAM("'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'")),
    };

    (void)state;
    struct dynamodb *db = rows_open_empty(true);
    rows_run_quoted(db, &on_demand, 1);
    rows_run_quoted(db, on, ARRAY_LEN(on));
    expect_table(db, "'LatestStreamArn':'" STREAMED(
                         "2026-01-31T12:00:00.123") "',"
                                                    "'LatestStreamLabel':'2026-01-31T12:00:00.123',"
                                                    "'StreamSpecification':{"
                                                    "'StreamEnabled':true,'StreamViewType':'KEYS_"
                                                    "ONLY'},'TableArn'");
    rows_run_quoted(db, off, 1);
    expect_table(db, "'LatestStreamLabel':'2026-01-31T12:00:00.123','TableArn'");
    /* Two in one millisecond have two names. */
    rows_run_quoted(db, again, 1);
    expect_table(db, "'LatestStreamLabel':'2026-01-31T12:00:00.124',");
    dynamodb_close(db);
}

static void protection_class_and_encryption_change_alone(void **state)
{
    static const struct row rows[] = {
        ACCEPTED(PROTECT),
        {"DeleteTable", "{'TableName':'tab'}", 400,
         VE "Resource cannot be deleted as it is currently protected against deletion. Disable "
            "deletion protection first.'}"},
        ACCEPTED(ENCRYPT),
        REFUSED(ENCRYPT, OMPV "Table is already encrypted with given KMSMasterKeyId. Use "
                              "KMSMasterKeyId parameter if you want to change Master Key"),
    };

    (void)state;
    struct dynamodb *db = rows_open_empty(false);
    rows_run_quoted(db, &on_demand, 1);
    rows_run_quoted(db, rows, ARRAY_LEN(rows));
    static const struct row classes[] = {ACCEPTED("'TableClass':'STANDARD'"), ACCEPTED(INFREQUENT)};
    rows_run_quoted(db, classes, 1);
    expect_table(db, "'TableArn':'arn:aws:dynamodb:eu-west-1:000000000000:table/tab','TableId'");
    rows_run_quoted(db, classes + 1, 1);
    expect_table(db, "'TableClassSummary':{'LastUpdateDateTime':1769860800.123,"
                     "'TableClass':'STANDARD_INFREQUENT_ACCESS'}");
    expect_table(db, "'DeletionProtectionEnabled':true");
    expect_table(db, "'SSEDescription':{'KMSMasterKeyArn':'arn:aws:kms:eu-west-1:000000000000:"
                     "alias/aws/dynamodb','SSEType':'KMS','Status':'ENABLED'}");
    dynamodb_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_checked_in_the_service_s_order),
        cmocka_unit_test(a_table_is_asked_whether_the_change_fits),
        cmocka_unit_test(a_table_on_demand_has_no_units),
        cmocka_unit_test(units_change_at_once_and_the_answer_shows_the_old_ones),
        cmocka_unit_test(units_go_down_four_times_a_day_and_then_once_an_hour),
        cmocka_unit_test(the_billing_mode_changes_there_and_back),
        cmocka_unit_test(streams_come_one_after_another),
        cmocka_unit_test(protection_class_and_encryption_change_alone),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
