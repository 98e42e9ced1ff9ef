/* The requests that read and write items. */
#include "shape_parts.h"

SHAPE_ENUM(return_values, "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW");
SHAPE_ENUM(select_enum, "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
           "ALL_PROJECTED_ATTRIBUTES");
SHAPE_ENUM(conditional_operator, "OR", "AND");
SHAPE_ENUM(comparison_operator, "IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT",
           "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS");
SHAPE_ENUM(attribute_action, "ADD", "DELETE", "PUT");

static const struct shape_member expected_members[] = {
    {STR_INIT("ComparisonOperator"), &comparison_operator, false},
    {STR_INIT("Value"), &shape_attribute_value, false},
    {STR_INIT("Exists"), &shape_boolean, false},
    {STR_INIT("AttributeValueList"), &shape_attribute_list, false},
};
static const struct shape expected_value = {.name = "ExpectedAttributeValue",
                                            SHAPE_MEMBERS(expected_members)};
static const struct shape expected = {.type = SHAPE_MAP,
                                      .name = "ExpectedAttributeValue",
                                      .element = &expected_value,
                                      .constrained = true};

static const struct shape_member condition_members[] = {
    {STR_INIT("ComparisonOperator"), &comparison_operator, true},
    {STR_INIT("AttributeValueList"), &shape_attribute_list, false},
};
static const struct shape condition = {.name = "Condition", SHAPE_MEMBERS(condition_members)};
static const struct shape conditions = {
    .type = SHAPE_MAP, .name = "Condition", .element = &condition, .constrained = true};

static const struct shape_member update_members[] = {
    {STR_INIT("Action"), &attribute_action, false},
    {STR_INIT("Value"), &shape_attribute_value, false},
};
static const struct shape attribute_update = {.name = "AttributeValueUpdate",
                                              SHAPE_MEMBERS(update_members)};
static const struct shape attribute_updates = {.type = SHAPE_MAP,
                                               .name = "AttributeValueUpdate",
                                               .element = &attribute_update,
                                               .constrained = true};

static const struct shape_member put_item_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("Item"), &shape_attribute_map, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("Expected"), &expected, false},
    {STR_INIT("ReturnValues"), &return_values, false},
    {STR_INIT("ReturnItemCollectionMetrics"), &shape_return_item_collection_metrics, false},
    {STR_INIT("ReturnValuesOnConditionCheckFailure"), &shape_return_values_on_failure, false},
    {STR_INIT("ConditionExpression"), &shape_text, false},
    {STR_INIT("ExpressionAttributeNames"), &shape_text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &shape_attribute_map, false},
};
const struct shape shape_put_item = {.name = "PutItemInput", SHAPE_MEMBERS(put_item_members)};

static const struct shape_member update_item_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("ReturnItemCollectionMetrics"), &shape_return_item_collection_metrics, false},
    {STR_INIT("ReturnValues"), &return_values, false},
    {STR_INIT("Key"), &shape_attribute_map, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("Expected"), &expected, false},
    {STR_INIT("AttributeUpdates"), &attribute_updates, false},
    {STR_INIT("ReturnValuesOnConditionCheckFailure"), &shape_return_values_on_failure, false},
    {STR_INIT("UpdateExpression"), &shape_text, false},
    {STR_INIT("ConditionExpression"), &shape_text, false},
    {STR_INIT("ExpressionAttributeNames"), &shape_text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &shape_attribute_map, false},
};
const struct shape shape_update_item = {.name = "UpdateItemInput",
                                        SHAPE_MEMBERS(update_item_members)};

static const struct shape_member delete_item_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("ReturnValues"), &return_values, false},
    {STR_INIT("ReturnItemCollectionMetrics"), &shape_return_item_collection_metrics, false},
    {STR_INIT("Key"), &shape_attribute_map, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("Expected"), &expected, false},
    {STR_INIT("ReturnValuesOnConditionCheckFailure"), &shape_return_values_on_failure, false},
    {STR_INIT("ConditionExpression"), &shape_text, false},
    {STR_INIT("ExpressionAttributeNames"), &shape_text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &shape_attribute_map, false},
};
const struct shape shape_delete_item = {.name = "DeleteItemInput",
                                        SHAPE_MEMBERS(delete_item_members)};

static const struct shape_member get_item_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("AttributesToGet"), &shape_names_to_get, false},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("Key"), &shape_attribute_map, true},
    {STR_INIT("ConsistentRead"), &shape_boolean, false},
    {STR_INIT("ProjectionExpression"), &shape_text, false},
    {STR_INIT("ExpressionAttributeNames"), &shape_text_map, false},
};
const struct shape shape_get_item = {.name = "GetItemInput", SHAPE_MEMBERS(get_item_members)};

static const struct shape total_segments = {
    .type = SHAPE_INTEGER, .min = 1, .max = 1000000, .bounded_below = true, .constrained = true};
static const struct shape segment = {
    .type = SHAPE_INTEGER, .min = 0, .max = 999999, .bounded_below = true, .constrained = true};

static const struct shape_member query_members[] = {
    {STR_INIT("Select"), &select_enum, false},
    {STR_INIT("IndexName"), &shape_plain_name, false},
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("QueryFilter"), &conditions, false},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("AttributesToGet"), &shape_names_to_get, false},
    {STR_INIT("Limit"), &shape_limit, false},
    {STR_INIT("KeyConditions"), &conditions, false},
    {STR_INIT("ConsistentRead"), &shape_boolean, false},
    {STR_INIT("ScanIndexForward"), &shape_boolean, false},
    {STR_INIT("ExclusiveStartKey"), &shape_attribute_map, false},
    {STR_INIT("KeyConditionExpression"), &shape_text, false},
    {STR_INIT("FilterExpression"), &shape_text, false},
    {STR_INIT("ProjectionExpression"), &shape_text, false},
    {STR_INIT("ExpressionAttributeNames"), &shape_text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &shape_attribute_map, false},
};
const struct shape shape_query = {.name = "QueryInput", SHAPE_MEMBERS(query_members)};

static const struct shape_member scan_members[] = {
    {STR_INIT("Select"), &select_enum, false},
    {STR_INIT("IndexName"), &shape_plain_name, false},
    {STR_INIT("TotalSegments"), &total_segments, false},
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("ConditionalOperator"), &conditional_operator, false},
    {STR_INIT("ScanFilter"), &conditions, false},
    {STR_INIT("Segment"), &segment, false},
    {STR_INIT("Limit"), &shape_limit, false},
    {STR_INIT("AttributesToGet"), &shape_names_to_get, false},
    {STR_INIT("ConsistentRead"), &shape_boolean, false},
    {STR_INIT("ExclusiveStartKey"), &shape_attribute_map, false},
    {STR_INIT("FilterExpression"), &shape_text, false},
    {STR_INIT("ProjectionExpression"), &shape_text, false},
    {STR_INIT("ExpressionAttributeNames"), &shape_text_map, false},
    {STR_INIT("ExpressionAttributeValues"), &shape_attribute_map, false},
};
const struct shape shape_scan = {.name = "ScanInput", SHAPE_MEMBERS(scan_members)};
