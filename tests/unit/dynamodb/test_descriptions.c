/* Limits, endpoints, and what is described as empty, through dynamodb_execute(). */
#include "operation_rows.h"

#define ANY    "{any}"
#define REGION "arn:aws:dynamodb:eu-west-1:000000000000:"
#define ARN    "'ResourceArn':'" REGION "table/tab'"
#define NONE_OF(operation, text)                                                                   \
    {                                                                                              \
        operation, "{'TableName':'none'}", 400, text "'}"                                          \
    }

static const struct row make = {
    "CreateTable",
    "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
    "{'AttributeName':'g','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':'HASH'"
    "}],'BillingMode':'PAY_PER_REQUEST','GlobalSecondaryIndexes':[{'IndexName':'gsi','KeySchema':["
    "{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}]}",
    200, ANY};

#define NO_TABLE RNF "Requested resource not found: Table: none not found"

static void what_is_not_here_is_described_as_empty(void **state)
{
    static const struct row rows[] = {
        {"DescribeLimits", "{}", 200,
         "{'AccountMaxReadCapacityUnits':80000,'AccountMaxWriteCapacityUnits':80000,"
         "'TableMaxReadCapacityUnits':40000,'TableMaxWriteCapacityUnits':40000}"},
        {"DescribeEndpoints", "{}", 200,
         "{'Endpoints':[{'Address':'dynamodb.eu-west-1.amazonaws.com','CachePeriodInMinutes':1440}]"
         "}"},
        {"DescribeContinuousBackups", "{'TableName':'tab'}", 200,
         "{'ContinuousBackupsDescription':{'ContinuousBackupsStatus':'ENABLED',"
         "'PointInTimeRecoveryDescription':{'PointInTimeRecoveryStatus':'DISABLED'}}}"},
        NONE_OF("DescribeContinuousBackups",
                "{'__type':'com.amazonaws.dynamodb.v20120810#TableNotFoundException','message':"
                "'Table not found: none"),
        {"UpdateContinuousBackups",
         "{'TableName':'tab','PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':false"
         "}}",
         200,
         "{'ContinuousBackupsDescription':{'ContinuousBackupsStatus':'ENABLED',"
         "'PointInTimeRecoveryDescription':{'PointInTimeRecoveryStatus':'DISABLED'}}}"},
        {"UpdateContinuousBackups",
         "{'TableName':'tab','PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':true"
         "}}",
         400, VE "Point-in-time recovery is not supported by this endpoint'}"},
        {"DescribeContributorInsights", "{'TableName':'tab'}", 200,
         "{'ContributorInsightsStatus':'DISABLED','TableName':'tab'}"},
        {"DescribeContributorInsights", "{'TableName':'tab','IndexName':'gsi'}", 200,
         "{'ContributorInsightsStatus':'DISABLED','IndexName':'gsi','TableName':'tab'}"},
        {"DescribeContributorInsights", "{'TableName':'tab','IndexName':'none'}", 400,
         RNF "Requested resource not found: Index: none not found for table: tab'}"},
        NONE_OF("DescribeContributorInsights", NO_TABLE),
        {"ListContributorInsights", "{}", 200, "{'ContributorInsightsSummaries':[]}"},
        NONE_OF("ListContributorInsights", NO_TABLE),
        {"DescribeKinesisStreamingDestination", "{'TableName':'tab'}", 200,
         "{'KinesisDataStreamDestinations':[],'TableName':'tab'}"},
        NONE_OF("DescribeKinesisStreamingDestination", NO_TABLE),
        {"DescribeTableReplicaAutoScaling", "{'TableName':'tab'}", 200,
         "{'TableAutoScalingDescription':{'Replicas':[],'TableName':'tab','TableStatus':'ACTIVE'}"
         "}"},
        {"GetResourcePolicy", "{" ARN "}", 400,
         "{'__type':'com.amazonaws.dynamodb.v20120810#PolicyNotFoundException','message':"
         "'Resource-based policy not found for the provided ResourceArn: " REGION "table/tab'}"},
        {"GetResourcePolicy", "{'ResourceArn':'" REGION "table/none'}", 400, NO_TABLE "'}"},
        {"DeleteResourcePolicy", "{" ARN "}", 200, "{}"},
        {"ListBackups", "{'TableName':'tab','Limit':5}", 200, "{'BackupSummaries':[]}"},
        {"ListBulkOperations", "{}", 200, "{'BulkOperationsSummaryList':[]}"},
        {"ListExports", "{}", 200, "{'ExportSummaries':[]}"},
        {"ListGlobalTables", "{}", 200, "{'GlobalTables':[]}"},
        {"ListImports", "{}", 200, "{'ImportSummaryList':[]}"},
    };

    (void)state;
    struct dynamodb *db = rows_open_empty(false);
    rows_run_quoted(db, &make, 1);
    rows_run_quoted(db, rows, ARRAY_LEN(rows));
    dynamodb_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_here_is_described_as_empty),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
