/* Secondary indexes through dynamodb_execute(), over both stores. */
#include "operation_rows.h"

#define KEY(name, kind) "{'AttributeName':'" name "','KeyType':'" kind "'}"
#define PUT(item)       "PutItem", "{'TableName':'tab','Item':{" item "}}", 200, "{}"
#define ANY             "{any}"

/* One LSI that projects its keys; GSIs with every projection, one with two and two attributes. */
static const struct row make_table[] = {
    {"CreateTable",
     "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':["
     "{'AttributeName':'p','AttributeType':'S'},{'AttributeName':'s','AttributeType':'N'},"
     "{'AttributeName':'l','AttributeType':'S'},{'AttributeName':'g','AttributeType':'S'},"
     "{'AttributeName':'n','AttributeType':'N'}],'KeySchema':[" KEY("p", "HASH") "," KEY(
         "s",
         "RANGE") "],"
                  "'LocalSecondaryIndexes':[{'IndexName':'lsi','KeySchema':[" KEY("p", "HASH") "," KEY(
                      "l",
                      "RANGE") "],'Projection':{'ProjectionType':'KEYS_ONLY'}}],"
                               "'GlobalSecondaryIndexes':["
                               "{'IndexName':'all','KeySchema':[" KEY("g", "HASH") "," KEY(
                                   "n",
                                   "RANGE") "],"
                                            "'Projection':{'ProjectionType':'ALL'}},"
                                            "{'IndexName':'keys','KeySchema':[" KEY(
                                                "g",
                                                "HASH") "],"
                                                        "'Projection':{'ProjectionType':'KEYS_ONLY'"
                                                        "}},"
                                                        "{'IndexName':'some','KeySchema':[" KEY(
                                                            "n",
                                                            "HASH") "],"
                                                                    "'Projection':{'ProjectionType'"
                                                                    ":'INCLUDE','NonKeyAttributes':"
                                                                    "['x']}},"
                                                                    "{'IndexName':'many','"
                                                                    "KeySchema':[" KEY("g", "HASH") "," KEY(
                                                                        "l",
                                                                        "HASH") "," KEY("n",
                                                                                        "RANGE") "," KEY("s",
                                                                                                         "RANGE") "],'Projection':{'ProjectionType':'KEYS_ONLY'}}]}",
     200, ANY},
};

#define A1    "'p':{'S':'a'},'s':{'N':'1'}"
#define A2    "'p':{'S':'a'},'s':{'N':'2'}"
#define B1    "'p':{'S':'b'},'s':{'N':'1'}"
#define GN(n) "'g':{'S':'g'},'n':{'N':'" n "'}"
#define QUERY(index, rest)                                                                         \
    "Query", "{'TableName':'tab','IndexName':'" index "','KeyConditionExpression':" rest "}"
#define BY_G "'g = :g','ExpressionAttributeValues':{':g':{'S':'g'}}"
#define BY_G_AND(condition, value)                                                                 \
    "'g = :g AND " condition "','ExpressionAttributeValues':{':g':{'S':'g'},':v':" value "}"

static const struct row index_rows[] = {
    {PUT(A1 "," GN("10") ",'l':{'S':'x'},'x':{'S':'one'},'y':{'S':'hidden'}")},
    {PUT(A2 "," GN("9") ",'l':{'S':'w'}")},
    {PUT(B1 "," GN("10"))},
    {PUT("'p':{'S':'c'},'s':{'N':'1'},'x':{'S':'in no index'}")},
    /* The sort key orders by value; equal keys may repeat, and go by the hash of the item's key. */
    {QUERY("all", BY_G ",'ProjectionExpression':'p, s'"), 200,
     "{'Count':3,'Items':[{" A2 "},{" B1 "},{" A1 "}],'ScannedCount':3}"},
    {QUERY("all", BY_G ",'ScanIndexForward':false,'ProjectionExpression':'p, s'"), 200,
     "{'Count':3,'Items':[{" A1 "},{" B1 "},{" A2 "}],'ScannedCount':3}"},
    {QUERY("all", BY_G_AND("n = :v", "{'N':'10.0'}") ",'Select':'COUNT'"), 200,
     "{'Count':2,'ScannedCount':2}"},
    {QUERY("all", BY_G_AND("n < :v", "{'N':'10'}") ",'ProjectionExpression':'s'"), 200,
     "{'Count':1,'Items':[{'s':{'N':'2'}}],'ScannedCount':1}"},
    {QUERY("all", BY_G_AND("n <= :v", "{'N':'10'}") ",'Select':'COUNT'"), 200,
     "{'Count':3,'ScannedCount':3}"},
    {QUERY("all", BY_G_AND("n > :v", "{'N':'9'}") ",'Select':'COUNT'"), 200,
     "{'Count':2,'ScannedCount':2}"},
    {QUERY("all", BY_G_AND("n >= :v", "{'N':'9'}") ",'Select':'COUNT'"), 200,
     "{'Count':3,'ScannedCount':3}"},
    {QUERY("all", BY_G_AND("n BETWEEN :v AND :v", "{'N':'9'}") ",'Select':'COUNT'"), 200,
     "{'Count':1,'ScannedCount':1}"},
    {QUERY("lsi", "'p = :p AND begins_with(l, :l)','ExpressionAttributeValues':{':p':{'S':'a'},"
                  "':l':{'S':'x'}}"),
     200, "{'Count':1,'Items':[{" A1 ",'l':{'S':'x'}}],'ScannedCount':1}"},
    /* What an index projects. */
    {QUERY("keys", BY_G ",'Limit':1"), 200,
     "{'Count':1,'Items':[{" B1 ",'g':{'S':'g'}}],'LastEvaluatedKey':{'g':{'S':'g'}," B1
     "},'ScannedCount':1}"},
    {QUERY("keys", BY_G ",'Limit':9,'ExclusiveStartKey':{'g':{'S':'g'}," B1 "}"), 200,
     "{'Count':2,'Items':[{" A2 ",'g':{'S':'g'}},{" A1 ",'g':{'S':'g'}}],'ScannedCount':2}"},
    {QUERY("keys", BY_G ",'ScanIndexForward':false,'ProjectionExpression':'p',"
                        "'ExclusiveStartKey':{'g':{'S':'g'}," A2 "}"),
     200, "{'Count':1,'Items':[{'p':{'S':'b'}}],'ScannedCount':1}"},
    {QUERY("some", "'n = :n','ExpressionAttributeValues':{':n':{'N':'10'}}"), 200,
     "{'Count':2,'Items':[{" B1 ",'n':{'N':'10'}},{" A1
     ",'n':{'N':'10'},'x':{'S':'one'}}],'ScannedCount':2}"},
    {"Scan", "{'TableName':'tab','IndexName':'lsi','ReturnConsumedCapacity':'INDEXES'}", 200,
     "{'ConsumedCapacity':{'CapacityUnits':0.5,'LocalSecondaryIndexes':{'lsi':{'CapacityUnits':0.5"
     "}},'Table':{'CapacityUnits':0.0},'TableName':'tab'},'Count':2,'Items':[{" A2
     ",'l':{'S':'w'}},{" A1 ",'l':{'S':'x'}}],'ScannedCount':2}"},
    /* An LSI fetches the rest from the table, for a unit an item; a GSI does not. */
    {QUERY("lsi", "'p = :p','ExpressionAttributeValues':{':p':{'S':'a'}},'Limit':1,"
                  "'ConsistentRead':true,'Select':'ALL_ATTRIBUTES',"
                  "'ReturnConsumedCapacity':'TOTAL'"),
     200,
     "{'ConsumedCapacity':{'CapacityUnits':2.0,'TableName':'tab'},'Count':1,'Items':[{" A2
     "," GN("9") ",'l':{'S':'w'}}],'LastEvaluatedKey':{'p':{'S':'a'},'l':{'S':'w'},'s':{'N':'2'}},"
                 "'ScannedCount':1}"},
    {QUERY("keys", BY_G ",'ProjectionExpression':'x'"), 400,
     VE "One or more parameter values were invalid: Global secondary index keys does not project "
        "[x]'}"},
    {QUERY("keys", BY_G ",'Select':'ALL_ATTRIBUTES'"), 400,
     VE "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
        "for global secondary index keys because its projection type is not ALL'}"},
    {QUERY("keys", BY_G ",'ConsistentRead':true"), 400,
     VE "Consistent reads are not supported on global secondary indexes'}"},
    {QUERY("none", BY_G), 400, VE "The table does not have the specified index: none'}"},
    /* Several attributes in a key. */
    {QUERY("many", "'g = :g AND l = :l','ExpressionAttributeValues':{':g':{'S':'g'},':l':{'S':"
                   "'x'}},'ProjectionExpression':'p'"),
     200, "{'Count':1,'Items':[{'p':{'S':'a'}}],'ScannedCount':1}"},
    {QUERY("many", "'g = :g AND l = :l AND n = :n AND s > :s','ExpressionAttributeValues':{':g':"
                   "{'S':'g'},':l':{'S':'x'},':n':{'N':'10'},':s':{'N':'0'}},'Select':'COUNT'"),
     200, "{'Count':1,'ScannedCount':1}"},
    {QUERY("many", BY_G), 400, VE "Query condition missed key schema element: l'}"},
    {QUERY("many", "'g = :g AND l = :l AND s = :s','ExpressionAttributeValues':{':g':{'S':'g'},"
                   "':l':{'S':'x'},':s':{'N':'1'}}"),
     400,
     VE "RANGE key attributes n must have equality conditions specified in the query because "
        "a condition is present on key attribute s'}"},
    {QUERY("many", "'g = :g AND l = :l AND n > :n AND s = :n','ExpressionAttributeValues':{':g':"
                   "{'S':'g'},':l':{'S':'x'},':n':{'N':'1'}}"),
     400,
     VE "RANGE key attributes n must have equality conditions specified in the query because "
        "a condition is present on key attribute s'}"},
};

static void an_index_answers_what_it_projects_in_the_order_of_its_keys(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, make_table, 1);
        rows_run_quoted(db, index_rows, ARRAY_LEN(index_rows));
        dynamodb_close(db);
    }
}

#define COUNT(index) "Scan", "{'TableName':'tab','IndexName':'" index "','Select':'COUNT'}", 200
#define KEY_A1       "'Key':{" A1 "}"
#define CAPACITY(whole, indexes, table)                                                            \
    "{'ConsumedCapacity':{'CapacityUnits':" whole "," indexes "'Table':{'CapacityUnits':" table    \
    "},'TableName':'tab'}}"
#define GLOBAL(parts)      "'GlobalSecondaryIndexes':{" parts "},"
#define UNITS(name, units) "'" name "':{'CapacityUnits':" units "}"

static const struct row change_rows[] = {
    {"PutItem",
     "{'TableName':'tab','Item':{" A1 "," GN("1") "},'ReturnConsumedCapacity':'INDEXES',"
                                                  "'ReturnItemCollectionMetrics':'SIZE'}",
     200,
     "{'ConsumedCapacity':{'CapacityUnits':4.0," GLOBAL(
         UNITS("all", "1.0") "," UNITS("keys", "1.0") "," UNITS(
             "some", "1.0")) "'Table':{"
                             "'CapacityUnits':1.0},'TableName':'tab'},'ItemCollectionMetrics':{'"
                             "ItemCollectionKey':{'p':"
                             "{'S':'a'}},'SizeEstimateRangeGB':[0.0,1.0]}}"},
    /* What no index projects touches the one that projects everything. */
    {"UpdateItem",
     "{'TableName':'tab'," KEY_A1 ",'UpdateExpression':'SET y = :y','ExpressionAttributeValues':"
     "{':y':{'S':'y'}},'ReturnConsumedCapacity':'INDEXES'}",
     200, CAPACITY("2.0", GLOBAL(UNITS("all", "1.0")), "1.0")},
    /* Another key is a row removed and a row added. */
    {"UpdateItem",
     "{'TableName':'tab'," KEY_A1 ",'UpdateExpression':'SET n = :n','ExpressionAttributeValues':"
     "{':n':{'N':'2'}},'ReturnConsumedCapacity':'INDEXES'}",
     200, CAPACITY("5.0", GLOBAL(UNITS("all", "2.0") "," UNITS("some", "2.0")), "1.0")},
    {COUNT("all"), "{'Count':1,'ScannedCount':1}"},
    {"UpdateItem", "{'TableName':'tab'," KEY_A1 ",'UpdateExpression':'REMOVE g'}", 200, "{}"},
    {COUNT("all"), "{'Count':0,'ScannedCount':0}"},
    {COUNT("some"), "{'Count':1,'ScannedCount':1}"},
    {"DeleteItem", "{'TableName':'tab'," KEY_A1 "}", 200, "{}"},
    {COUNT("some"), "{'Count':0,'ScannedCount':0}"},
    /* A failed condition leaves the indexes, too. */
    {PUT(A1 "," GN("1"))},
    {"PutItem",
     "{'TableName':'tab','Item':{" A1 "," GN("2") "},'ConditionExpression':'attribute_not_exists("
                                                  "p)'}",
     400, CCF},
    {QUERY("all", BY_G_AND("n = :v", "{'N':'1'}") ",'Select':'COUNT'"), 200,
     "{'Count':1,'ScannedCount':1}"},
    /* What cannot be a key. */
    {"PutItem", "{'TableName':'tab','Item':{" A2 ",'g':{'N':'1'}}}", 400,
     VE "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
        "Actual: N IndexName: all'}"},
    {"PutItem", "{'TableName':'tab','Item':{" A2 ",'g':{'S':''}}}", 400,
     VE
     "One or more parameter values are not valid. A value specified for a secondary index key is "
     "not supported. The AttributeValue for a key attribute cannot contain an empty string "
     "value. IndexName: all, IndexKey: g'}"},
    {"UpdateItem",
     "{'TableName':'tab'," KEY_A1 ",'UpdateExpression':'SET g = :g','ExpressionAttributeValues':"
     "{':g':{'N':'1'}}}",
     400,
     VE "The update expression attempted to update the secondary index key to unsupported type'}"},
    {"UpdateItem", "{'TableName':'tab'," KEY_A1 ",'AttributeUpdates':{'g':{'Value':{'N':'1'}}}}",
     400,
     VE "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
        "Actual: N IndexName: all'}"},
    {"UpdateItem",
     "{'TableName':'tab'," KEY_A1 ",'UpdateExpression':'SET g.h = :g','ExpressionAttributeValues':"
     "{':g':{'N':'1'}}}",
     400,
     VE "Key attributes must be scalars; list random access {any} and map lookup {any} are not "
        "allowed: IndexKey: g'}"},
};

static void every_write_keeps_the_indexes_and_counts_their_units(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, make_table, 1);
        rows_run_quoted(db, change_rows, ARRAY_LEN(change_rows));
        dynamodb_close(db);
    }
}

#define START(key) ",'ExclusiveStartKey':{" key "}"

/* Where a read has several mistakes, the first of the service's checks tells. */
static const struct row order_rows[] = {
    {"Query", "{'TableName':'no','KeyConditions':{'a':{'ComparisonOperator':'NULL'}}" START("") "}",
     400, RNF "Requested resource not found'}"},
    {"Query", "{'TableName':'tab','KeyConditionExpression':'p.x = :p'}", 400,
     VE "Invalid KeyConditionExpression: An expression attribute value used in expression is not "
        "defined; attribute value: :p'}"},
    {"Query", "{'TableName':'no','KeyConditionExpression':'p.x = q','FilterExpression':''}", 400,
     VE "Invalid FilterExpression: The expression can not be empty;'}"},
    {"Query", "{'TableName':'no','KeyConditionExpression':'p.x = q'}", 400,
     VE "KeyConditionExpressions cannot have conditions on nested attributes'}"},
    {QUERY("none", BY_G START("'x':{'NS':['1','1']}")), 400,
     VE "Input collection contains duplicates'}"},
    {QUERY("none", BY_G START("'x':{'NULL':false}")), 400,
     VE "The provided starting key is invalid: One or more parameter values were invalid: Null "
        "attribute value types must have the value of true'}"},
    {QUERY("keys", BY_G START("'g':{'S':'g'}") ",'Select':'ALL_ATTRIBUTES'"), 400,
     VE "The provided starting key is invalid'}"},
    {QUERY("keys", BY_G START("'g':{'N':'1'},'x':{'N':'1'},'y':{'N':'1'}")), 400,
     VE "The provided key element does not match the schema'}"},
    {QUERY("keys", BY_G START("'g':{'S':'g'},'x':{'N':'1'},'y':{'N':'1'}")), 400,
     VE "The provided starting key is invalid: The provided key element does not match the "
        "schema'}"},
    {QUERY("keys", BY_G START("'g':{'S':'h'}," A1)), 400,
     VE "The provided starting key is outside query boundaries based on provided conditions'}"},
    {QUERY("all", BY_G_AND("n > :v", "{'N':'1'}") START("'g':{'S':'h'},'n':{'N':'1'}," A1)), 400,
     VE "The provided starting key does not match the range key predicate'}"},
    {QUERY("keys", BY_G START("'g':{'S':'g'}," A1) ",'Select':'ALL_ATTRIBUTES'"), 400,
     VE "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
        "for global secondary index keys because its projection type is not ALL'}"},
    {"Query",
     "{'TableName':'tab','KeyConditions':{'p':{'ComparisonOperator':'EQ','AttributeValueList':"
     "[{'S':'a'}]},'s':{'ComparisonOperator':'NOT_NULL'}}}",
     400, VE "Attempted conditional constraint is not an indexable operation'}"},
    {"Scan", "{'TableName':'no','Segment':1,'AttributesToGet':['a','a']" START("'a':{}") "}", 400,
     VE "One or more parameter values were invalid: Duplicate value in attribute name: a'}"},
    {"Scan", "{'TableName':'no','Segment':1" START("'a':{}") "}", 400,
     VE "The provided starting key is invalid: Supplied AttributeValue is empty, must contain "
        "exactly one of the supported datatypes'}"},
    {"Scan", "{'TableName':'tab','FilterExpression':'p.x = p'" START("'p':{'S':'a'}") "}", 400,
     VE "The provided starting key is invalid: The provided key element does not match the "
        "schema'}"},
    {"Scan", "{'TableName':'tab','FilterExpression':'attribute_exists(g.x)'}", 400,
     VE "Key attributes must be scalars; list random access {any} and map lookup {any} are not "
        "allowed: IndexKey: g'}"},
};

static void reads_are_checked_in_the_services_order(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, make_table, 1);
        rows_run_quoted(db, order_rows, ARRAY_LEN(order_rows));
        dynamodb_close(db);
    }
}

static void indexes_are_there_after_a_restart(void **state)
{
    static const struct row before[] = {{PUT(A1 "," GN("1"))}};
    static const struct row after[] = {
        {COUNT("all"), "{'Count':1,'ScannedCount':1}"},
        {"DeleteTable", "{'TableName':'tab'}", 200, ANY},
        {"ListTables", "{}", 200, "{'TableNames':[]}"},
    };

    (void)state;
    struct dynamodb *db = rows_open_empty(true);
    rows_run_quoted(db, make_table, 1);
    rows_run_quoted(db, before, ARRAY_LEN(before));
    dynamodb_close(db);
    db = rows_open(true);
    rows_run_quoted(db, after, ARRAY_LEN(after));
    dynamodb_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_answers_what_it_projects_in_the_order_of_its_keys),
        cmocka_unit_test(every_write_keeps_the_indexes_and_counts_their_units),
        cmocka_unit_test(reads_are_checked_in_the_services_order),
        cmocka_unit_test(indexes_are_there_after_a_restart),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
