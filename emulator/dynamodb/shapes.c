/* The requests of the operations: members in the order in which the service checks them. */
#include "shape.h"

#define MEMBERS(array)                                                                             \
    .type = SHAPE_STRUCTURE, .constrained = true, .members = (array),                              \
    .member_count = ARRAY_LEN(array)

static const struct shape text = {.type = SHAPE_STRING};
static const struct shape boolean = {.type = SHAPE_BOOLEAN};
static const struct shape blob = {.type = SHAPE_BLOB};
static const struct shape texts = {.type = SHAPE_LIST, .element = &text};
static const struct shape blobs = {.type = SHAPE_LIST, .element = &blob};
static const struct shape text_map = {.type = SHAPE_MAP, .element = &text};

#define ENUM(identifier, ...)                                                                      \
    static const char *const identifier##_values[] = {__VA_ARGS__, NULL};                          \
    static const struct shape identifier = {                                                       \
        .type = SHAPE_STRING, .values = identifier##_values, .constrained = true}

ENUM(return_consumed_capacity, "INDEXES", "TOTAL", "NONE");
ENUM(return_item_collection_metrics, "SIZE", "NONE");
ENUM(return_values, "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW");
ENUM(return_values_on_failure, "ALL_OLD", "NONE");
ENUM(select_enum, "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES");
ENUM(conditional_operator, "OR", "AND");
ENUM(comparison_operator, "IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL",
     "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS");
ENUM(attribute_type, "B", "N", "S");
ENUM(key_type, "HASH", "RANGE");
ENUM(billing_mode, "PROVISIONED", "PAY_PER_REQUEST");
ENUM(projection_type, "ALL", "INCLUDE", "KEYS_ONLY");
ENUM(attribute_action, "ADD", "DELETE", "PUT");
ENUM(stream_view_type, "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY");

static const struct shape table_name = {.type = SHAPE_STRING,
                                        .pattern = SHAPE_NAME_OR_ARN,
                                        .min = 1,
                                        .max = 1024,
                                        .bounded_below = true,
                                        .constrained = true};
/* The table operations have a rule of their own for the length. */
static const struct shape control_table_name = {
    .type = SHAPE_STRING, .pattern = SHAPE_NAME_OR_ARN, .constrained = true};
static const struct shape index_name = {.type = SHAPE_STRING,
                                        .pattern = SHAPE_NAME,
                                        .min = 3,
                                        .max = 255,
                                        .bounded_below = true,
                                        .constrained = true};
static const struct shape key_name = {
    .type = SHAPE_STRING, .min = 1, .max = 255, .bounded_below = true, .constrained = true};

static const struct shape attribute_value;
static const struct shape attribute_list = {.type = SHAPE_LIST, .element = &attribute_value};
static const struct shape attribute_map = {
    .type = SHAPE_MAP, .name = "AttributeValue", .element = &attribute_value};

static const struct shape_member attribute_value_members[] = {
    {STR_INIT("S"), &text, false},           {STR_INIT("N"), &text, false},
    {STR_INIT("B"), &blob, false},           {STR_INIT("BOOL"), &boolean, false},
    {STR_INIT("NULL"), &boolean, false},     {STR_INIT("M"), &attribute_map, false},
    {STR_INIT("L"), &attribute_list, false}, {STR_INIT("SS"), &texts, false},
    {STR_INIT("NS"), &texts, false},         {STR_INIT("BS"), &blobs, false},
};
/* Nothing in a value is a matter of constraints: its rules come later (value.h). */
static const struct shape attribute_value = {.type = SHAPE_STRUCTURE,
                                             .name = "AttributeValue",
                                             .members = attribute_value_members,
                                             .member_count = ARRAY_LEN(attribute_value_members)};

static const struct shape names_to_get = {
    .type = SHAPE_LIST, .element = &text, .min = 1, .bounded_below = true, .constrained = true};

static const struct shape_member expected_members[] = {
    {STR_INIT("ComparisonOperator"), &comparison_operator, false},
    {STR_INIT("Value"), &attribute_value, false},
    {STR_INIT("Exists"), &boolean, false},
    {STR_INIT("AttributeValueList"), &attribute_list, false},
};
static const struct shape expected_value = {.name = "ExpectedAttributeValue",
                                            MEMBERS(expected_members)};
static const struct shape expected = {.type = SHAPE_MAP,
                                      .name = "ExpectedAttributeValue",
                                      .element = &expected_value,
                                      .constrained = true};

static const struct shape_member condition_members[] = {
    {STR_INIT("ComparisonOperator"), &comparison_operator, true},
    {STR_INIT("AttributeValueList"), &attribute_list, false},
};
static const struct shape condition = {.name = "Condition", MEMBERS(condition_members)};
static const struct shape conditions = {
    .type = SHAPE_MAP, .name = "Condition", .element = &condition, .constrained = true};

static const struct shape_member update_members[] = {
    {STR_INIT("Action"), &attribute_action, false},
    {STR_INIT("Value"), &attribute_value, false},
};
static const struct shape attribute_update = {.name = "AttributeValueUpdate",
                                              MEMBERS(update_members)};
static const struct shape attribute_updates = {.type = SHAPE_MAP,
                                               .name = "AttributeValueUpdate",
                                               .element = &attribute_update,
                                               .constrained = true};

static const struct shape_member put_item_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &return_consumed_capacity, false},
    {STR_INIT("TableName"), &table_name, true},
    {STR_INIT("Item"), &attribute_map, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("Expected"), &expected, false},
    {STR_INIT("ReturnValues"), &return_values, false},
    {STR_INIT("ReturnItemCollectionMetrics"), &return_item_collection_metrics, false},
    {STR_INIT("ReturnValuesOnConditionCheckFailure"), &return_values_on_failure, false},
    {STR_INIT("ConditionExpression"), &text, false},
    {STR_INIT("ExpressionAttributeNames"), &text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &attribute_map, false},
};
const struct shape shape_put_item = {.name = "PutItemInput", MEMBERS(put_item_members)};

static const struct shape_member update_item_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &return_consumed_capacity, false},
    {STR_INIT("TableName"), &table_name, true},
    {STR_INIT("ReturnItemCollectionMetrics"), &return_item_collection_metrics, false},
    {STR_INIT("ReturnValues"), &return_values, false},
    {STR_INIT("Key"), &attribute_map, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("Expected"), &expected, false},
    {STR_INIT("AttributeUpdates"), &attribute_updates, false},
    {STR_INIT("ReturnValuesOnConditionCheckFailure"), &return_values_on_failure, false},
    {STR_INIT("UpdateExpression"), &text, false},
    {STR_INIT("ConditionExpression"), &text, false},
    {STR_INIT("ExpressionAttributeNames"), &text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &attribute_map, false},
};
const struct shape shape_update_item = {.name = "UpdateItemInput", MEMBERS(update_item_members)};

static const struct shape_member delete_item_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &return_consumed_capacity, false},
    {STR_INIT("TableName"), &table_name, true},
    {STR_INIT("ReturnValues"), &return_values, false},
    {STR_INIT("ReturnItemCollectionMetrics"), &return_item_collection_metrics, false},
    {STR_INIT("Key"), &attribute_map, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("Expected"), &expected, false},
    {STR_INIT("ReturnValuesOnConditionCheckFailure"), &return_values_on_failure, false},
    {STR_INIT("ConditionExpression"), &text, false},
    {STR_INIT("ExpressionAttributeNames"), &text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &attribute_map, false},
};
const struct shape shape_delete_item = {.name = "DeleteItemInput", MEMBERS(delete_item_members)};

static const struct shape_member get_item_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &return_consumed_capacity, false},
    {STR_INIT("AttributesToGet"), &names_to_get, false},
    {STR_INIT("TableName"), &table_name, true},
    {STR_INIT("Key"), &attribute_map, true},
    {STR_INIT("ConsistentRead"), &boolean, false},
    {STR_INIT("ProjectionExpression"), &text, false},
    {STR_INIT("ExpressionAttributeNames"), &text_map, false},
};
const struct shape shape_get_item = {.name = "GetItemInput", MEMBERS(get_item_members)};

static const struct shape limit = {
    .type = SHAPE_INTEGER, .min = 1, .bounded_below = true, .constrained = true};
static const struct shape total_segments = {
    .type = SHAPE_INTEGER, .min = 1, .max = 1000000, .bounded_below = true, .constrained = true};
static const struct shape segment = {
    .type = SHAPE_INTEGER, .min = 0, .max = 999999, .bounded_below = true, .constrained = true};

static const struct shape_member query_members[] = {
    {STR_INIT("Select"), &select_enum, false},
    {STR_INIT("IndexName"), &index_name, false},
    {STR_INIT("ReturnConsumedCapacity"), &return_consumed_capacity, false},
    {STR_INIT("QueryFilter"), &conditions, false},
    {STR_INIT("TableName"), &table_name, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("AttributesToGet"), &names_to_get, false},
    {STR_INIT("Limit"), &limit, false},
    {STR_INIT("KeyConditions"), &conditions, false},
    {STR_INIT("ConsistentRead"), &boolean, false},
    {STR_INIT("ScanIndexForward"), &boolean, false},
    {STR_INIT("ExclusiveStartKey"), &attribute_map, false},
    {STR_INIT("KeyConditionExpression"), &text, false},
    {STR_INIT("FilterExpression"), &text, false},
    {STR_INIT("ProjectionExpression"), &text, false},
    {STR_INIT("ExpressionAttributeNames"), &text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &attribute_map, false},
};
const struct shape shape_query = {.name = "QueryInput", MEMBERS(query_members)};

static const struct shape_member scan_members[] = {
    {STR_INIT("Select"), &select_enum, false},
    {STR_INIT("IndexName"), &index_name, false},
    {STR_INIT("TotalSegments"), &total_segments, false},
    {STR_INIT("ReturnConsumedCapacity"), &return_consumed_capacity, false},
    {STR_INIT("TableName"), &table_name, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("ScanFilter"), &conditions, false},
    {STR_INIT("Segment"), &segment, false},
    {STR_INIT("Limit"), &limit, false},
    {STR_INIT("AttributesToGet"), &names_to_get, false},
    {STR_INIT("ConsistentRead"), &boolean, false},
    {STR_INIT("ExclusiveStartKey"), &attribute_map, false},
    {STR_INIT("FilterExpression"), &text, false},
    {STR_INIT("ProjectionExpression"), &text, false},
    {STR_INIT("ExpressionAttributeNames"), &text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &attribute_map, false},
};
const struct shape shape_scan = {.name = "ScanInput", MEMBERS(scan_members)};

static const struct shape_member attribute_definition_members[] = {
    {STR_INIT("AttributeName"), &key_name, true},
    {STR_INIT("AttributeType"), &attribute_type, true},
};
static const struct shape attribute_definition = {.name = "AttributeDefinition",
                                                  MEMBERS(attribute_definition_members)};
static const struct shape attribute_definitions = {
    .type = SHAPE_LIST, .element = &attribute_definition, .constrained = true};

static const struct shape_member key_schema_members[] = {
    {STR_INIT("AttributeName"), &key_name, true},
    {STR_INIT("KeyType"), &key_type, true},
};
static const struct shape key_schema_element = {.name = "KeySchemaElement",
                                                MEMBERS(key_schema_members)};
static const struct shape key_schema = {.type = SHAPE_LIST,
                                        .element = &key_schema_element,
                                        .min = 1,
                                        .max = 2,
                                        .bounded_below = true,
                                        .constrained = true};
/* A global index may have four attributes of each kind. */
static const struct shape global_key_schema = {.type = SHAPE_LIST,
                                               .element = &key_schema_element,
                                               .min = 1,
                                               .max = 8,
                                               .bounded_below = true,
                                               .constrained = true};

static const struct shape capacity_units = {
    .type = SHAPE_LONG, .min = 1, .bounded_below = true, .constrained = true};
static const struct shape_member throughput_members[] = {
    {STR_INIT("WriteCapacityUnits"), &capacity_units, true},
    {STR_INIT("ReadCapacityUnits"), &capacity_units, true},
};
static const struct shape throughput = {.name = "ProvisionedThroughput",
                                        MEMBERS(throughput_members)};

static const struct shape projected_names = {.type = SHAPE_LIST,
                                             .element = &key_name,
                                             .min = 1,
                                             .max = 20,
                                             .bounded_below = true,
                                             .constrained = true};
static const struct shape_member projection_members[] = {
    {STR_INIT("ProjectionType"), &projection_type, false},
    {STR_INIT("NonKeyAttributes"), &projected_names, false},
};
static const struct shape projection = {.name = "Projection", MEMBERS(projection_members)};

static const struct shape_member local_index_members[] = {
    {STR_INIT("Projection"), &projection, true},
    {STR_INIT("IndexName"), &index_name, true},
    {STR_INIT("KeySchema"), &key_schema, true},
};
static const struct shape local_index = {.name = "LocalSecondaryIndex",
                                         MEMBERS(local_index_members)};
static const struct shape local_indexes = {
    .type = SHAPE_LIST, .element = &local_index, .constrained = true};

static const struct shape_member global_index_members[] = {
    {STR_INIT("Projection"), &projection, true},
    {STR_INIT("IndexName"), &index_name, true},
    {STR_INIT("ProvisionedThroughput"), &throughput, false},
    {STR_INIT("KeySchema"), &global_key_schema, true},
};
static const struct shape global_index = {.name = "GlobalSecondaryIndex",
                                          MEMBERS(global_index_members)};
static const struct shape global_indexes = {
    .type = SHAPE_LIST, .element = &global_index, .constrained = true};

static const struct shape_member stream_members[] = {
    {STR_INIT("StreamEnabled"), &boolean, true},
    {STR_INIT("StreamViewType"), &stream_view_type, false},
};
static const struct shape stream = {.name = "StreamSpecification", MEMBERS(stream_members)};

static const struct shape_member create_table_members[] = {
    {STR_INIT("AttributeDefinitions"), &attribute_definitions, true},
    {STR_INIT("TableName"), &control_table_name, true},
    {STR_INIT("BillingMode"), &billing_mode, false},
    {STR_INIT("ProvisionedThroughput"), &throughput, false},
    {STR_INIT("KeySchema"), &key_schema, true},
    {STR_INIT("LocalSecondaryIndexes"), &local_indexes, false},
    {STR_INIT("GlobalSecondaryIndexes"), &global_indexes, false},
    {STR_INIT("StreamSpecification"), &stream, false},
    {STR_INIT("DeletionProtectionEnabled"), &boolean, false},
    {STR_INIT("TableClass"), &text, false},
};
const struct shape shape_create_table = {.name = "CreateTableInput", MEMBERS(create_table_members)};

static const struct shape_member table_name_members[] = {
    {STR_INIT("TableName"), &control_table_name, true},
};
const struct shape shape_table_name_only = {.name = "DescribeTableInput",
                                            MEMBERS(table_name_members)};

static const struct shape list_limit = {
    .type = SHAPE_INTEGER, .min = 1, .max = 100, .bounded_below = true, .constrained = true};
static const struct shape_member list_tables_members[] = {
    {STR_INIT("Limit"), &list_limit, false},
    {STR_INIT("ExclusiveStartTableName"), &index_name, false},
};
const struct shape shape_list_tables = {.name = "ListTablesInput", MEMBERS(list_tables_members)};
