/* Tags of tables through dynamodb_execute(), over both stores. */
#include "operation_rows.h"

#include "base/buffer.h"

#define OMPV            VE "One or more parameter values were invalid: "
#define ANY             "{any}"
#define REGION          "arn:aws:dynamodb:eu-west-1:000000000000:"
#define ARN             "'ResourceArn':'" REGION "table/tab'"
#define ADD(tags)       "TagResource", "{" ARN ",'Tags':[" tags "]}"
#define TAG(key, value) "{'Key':'" key "','Value':'" value "'}"
#define REMOVE(keys)    "UntagResource", "{" ARN ",'TagKeys':[" keys "]}"
#define LIST            "ListTagsOfResource", "{" ARN "}"
#define NO_ADD(tags, text)                                                                         \
    {                                                                                              \
        ADD(tags), 400, VE text "'}"                                                               \
    }
#define NO_LIST(arn, text)                                                                         \
    {                                                                                              \
        "ListTagsOfResource", "{'ResourceArn':'" arn "'}", 400, text "'}"                          \
    }

static const struct row make = {
    "CreateTable",
    "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
    "{'AttributeName':'g','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':'HASH'"
    "}],'BillingMode':'PAY_PER_REQUEST','GlobalSecondaryIndexes':[{'IndexName':'gsi','KeySchema':["
    "{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}],'Tags':["
    "{'Key':'first','Value':'1'}]}",
    200, ANY};

static void tags_are_added_changed_and_removed(void **state)
{
    static const struct row rows[] = {
        {LIST, 200, "{'Tags':[" TAG("first", "1") "]}"},
        {ADD(TAG("sp ace", "a b+c-d=e.f_g:h/i@j") "," TAG("first", "2")), 200, ""},
        {ADD(TAG("größe", "") "," TAG("First", "x")), 200, ""},
        {LIST, 200,
         "{'Tags':[" TAG("first", "2") "," TAG("sp ace", "a b+c-d=e.f_g:h/i@j") "," TAG(
             "größe", "") "," TAG("First", "x") "]}"},
        {REMOVE("'sp ace','not there'"), 200, ""},
        {REMOVE("'first'"), 200, ""},
        /* A token that was never given is no error. */
        {"ListTagsOfResource", "{" ARN ",'NextToken':'what'}", 200,
         "{'Tags':[" TAG("größe", "") "," TAG("First", "x") "]}"},
    };
    static const struct row after[] = {
        {LIST, 200, "{'Tags':[" TAG("größe", "") "," TAG("First", "x") "]}"}};

    (void)state;
    struct dynamodb *db = rows_open_empty(true);
    rows_run_quoted(db, &make, 1);
    rows_run_quoted(db, rows, ARRAY_LEN(rows));
    dynamodb_close(db);
    db = rows_open(true);
    rows_run_quoted(db, after, ARRAY_LEN(after));
    dynamodb_close(db);
}

static void tags_have_their_rules(void **state)
{
    static const struct row rows[] = {
        {"TagResource", "{}", 400, VE "Invalid TableArn'}"},
        {"UntagResource", "{}", 400, VE "Invalid TableArn'}"},
        {"ListTagsOfResource", "{}", 400, VE "Invalid TableArn'}"},
        NO_LIST("arn:aws:s3:::bucket",
                OMPV "Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::bucket"),
        NO_LIST("arn:aws:dynamodb:us-east-1:000000000000:table/tab",
                VE "Invalid TableArn: Invalid ResourceArn provided as input "
                   "arn:aws:dynamodb:us-east-1:000000000000:table/tab"),
        NO_LIST(REGION "table/ab",
                VE "Invalid TableArn: Invalid ResourceArn provided as input " REGION "table/ab"),
        NO_LIST(REGION "table/tab/index/gsi",
                OMPV "Invalid resource arn provided, only table or stream is accepted. Provided "
                     "resource arn: " REGION "table/tab/index/gsi"),
        NO_LIST(REGION "table/none",
                RNF "Requested resource not found: ResourceArn: " REGION "table/none not found"),
        NO_LIST("arn:aws:dynamodb:eu-west-1:111111111111:table/tab",
                "{'__type':'com.amazon.coral.service#AccessDeniedException','Message':'User: "
                "arn:aws:iam::000000000000:root is not authorized to perform: "
                "dynamodb:ListTagsOfResource on resource: "
                "arn:aws:dynamodb:eu-west-1:111111111111:table/tab"),
        {"TagResource", "{'ResourceArn':'" REGION "table/none','Tags':[" TAG("k", "v") "]}", 400,
         RNF "Requested resource not found: ResourceArn: " REGION "table/none not found'}"},
        NO_ADD("", "Atleast one Tag needs to be provided as Input."),
        {REMOVE(""), 400, VE "Atleast one Tag Key needs to be provided as Input.'}"},
        NO_ADD(TAG("aws:x", "v"), "Tag Key cannot be prefixed with aws:, Key: aws:x"),
        {REMOVE("'aws:x'"), 400, VE "Tag Key cannot be prefixed with aws:, Key: aws:x'}"},
        NO_ADD(TAG("bad#char", "v"), "The Tag Key provided is invalid, Key: bad#char"),
        NO_ADD(TAG("", "v"), "The Tag Key provided is invalid, Key: "),
        NO_ADD(TAG("k", "bad#char"), "The Tag Value provided is invalid, Value: bad#char"),
        NO_ADD(TAG("k", "1") "," TAG("k", "2"),
               "Duplicate Tag Keys provided as input: Duplicate Tag Key found k"),
        /* Nothing of this was kept. */
        {LIST, 200, "{'Tags':[" TAG("first", "1") "]}"},
        {"CreateTable",
         "{'TableName':'two','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'}],"
         "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST',"
         "'Tags':[" TAG("k#", "") "]}",
         400, VE "The Tag Key provided is invalid, Key: k#'}"},
    };
    static const struct row no_arn[] = {
        {"ListTagsOfResource", "{\"ResourceArn\":\"tab\"}", 400,
         "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\"One or more "
         "parameter values were invalid: ARNs must start with 'arn:': tab\"}"},
    };

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, &make, 1);
        rows_run_quoted(db, rows, ARRAY_LEN(rows));
        rows_run(db, no_arn, ARRAY_LEN(no_arn));
        dynamodb_close(db);
    }
}

static void a_table_has_fifty_tags_at_the_most(void **state)
{
    static const struct row more[] = {
        NO_ADD(TAG("one", "more"),
               "Number of Tags exceed the current limit for the provided ResourceArn"),
        {ADD(TAG("0", "another value")), 200, ""},
    };

    (void)state;
    struct dynamodb *db = rows_open_empty(false);
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    struct buffer tags;

    rows_run_quoted(db, &make, 1);
    buffer_init(&tags, arena);
    for (int i = 0; i < 49; i++)
        buffer_printf(&tags, "%s{'Key':'%d','Value':''}", i == 0 ? "" : ",", i);
    struct row add = {
        "TagResource",
        str_to_c(arena, str_printf(arena, "{" ARN ",'Tags':[%.*s]}", STR_ARG(buffer_str(&tags)))),
        200, ""};
    rows_run_quoted(db, &add, 1);
    rows_run_quoted(db, more, ARRAY_LEN(more));
    arena_free(arena);
    dynamodb_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_added_changed_and_removed),
        cmocka_unit_test(tags_have_their_rules),
        cmocka_unit_test(a_table_has_fifty_tags_at_the_most),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
