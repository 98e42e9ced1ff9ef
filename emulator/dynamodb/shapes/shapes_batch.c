/* The requests for several items at once: batches and transactions. */
#include "shape_parts.h"

static const struct shape keys = {.type = SHAPE_LIST,
                                  .element = &shape_attribute_map,
                                  .min = 1,
                                  .max = 100,
                                  .bounded_below = true,
                                  .constrained = true};
static const struct shape_member keys_members[] = {
    {STR_INIT("Keys"), &keys, true},
    {STR_INIT("AttributesToGet"), &shape_names_to_get, false},
    {STR_INIT("ConsistentRead"), &shape_boolean, false},
    {STR_INIT("ProjectionExpression"), &shape_text, false},
    {STR_INIT("ExpressionAttributeNames"), &shape_text_map, false},
};
const struct shape shape_keys_and_attributes = {.name = "KeysAndAttributes",
                                                SHAPE_MEMBERS(keys_members)};
static const struct shape get_requests = {.type = SHAPE_MAP,
                                          .name = "KeysAndAttributes",
                                          .element = &shape_keys_and_attributes,
                                          .keys_are_tables = true,
                                          .min = 1,
                                          .bounded_below = true,
                                          .constrained = true};
static const struct shape_member batch_get_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("RequestItems"), &get_requests, true},
};
const struct shape shape_batch_get_item = {.name = "BatchGetItemInput",
                                           SHAPE_MEMBERS(batch_get_members)};

static const struct shape_member delete_request_members[] = {
    {STR_INIT("Key"), &shape_attribute_map, true},
};
const struct shape shape_delete_request = {.name = "DeleteRequest",
                                           SHAPE_MEMBERS(delete_request_members)};
static const struct shape_member put_request_members[] = {
    {STR_INIT("Item"), &shape_attribute_map, true},
};
const struct shape shape_put_request = {.name = "PutRequest", SHAPE_MEMBERS(put_request_members)};
static const struct shape_member write_request_members[] = {
    {STR_INIT("PutRequest"), &shape_put_request, false},
    {STR_INIT("DeleteRequest"), &shape_delete_request, false},
};
static const struct shape write_request = {.name = "WriteRequest",
                                           SHAPE_MEMBERS(write_request_members)};
static const struct shape write_list = {.type = SHAPE_LIST,
                                        .element = &write_request,
                                        .min = 1,
                                        .max = 25,
                                        .bounded_below = true,
                                        .constrained = true};
static const struct shape write_requests = {
    .type = SHAPE_MAP,
    .name = "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>",
    .element = &write_list,
    .keys_are_tables = true,
    .min = 1,
    .bounded_below = true,
    .constrained = true};
static const struct shape_member batch_write_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("ReturnItemCollectionMetrics"), &shape_return_item_collection_metrics, false},
    {STR_INIT("RequestItems"), &write_requests, true},
};
const struct shape shape_batch_write_item = {.name = "BatchWriteItemInput",
                                             SHAPE_MEMBERS(batch_write_members)};

static const struct shape_member get_members[] = {
    {STR_INIT("Key"), &shape_attribute_map, true},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("ProjectionExpression"), &shape_text, false},
    {STR_INIT("ExpressionAttributeNames"), &shape_text_map, false},
};
const struct shape shape_transact_get = {.name = "Get", SHAPE_MEMBERS(get_members)};
static const struct shape_member transact_get_item_members[] = {
    {STR_INIT("Get"), &shape_transact_get, true},
};
static const struct shape transact_get_item = {.name = "TransactGetItem",
                                               SHAPE_MEMBERS(transact_get_item_members)};
static const struct shape transact_gets = {.type = SHAPE_LIST,
                                           .element = &transact_get_item,
                                           .min = 1,
                                           .max = 100,
                                           .bounded_below = true,
                                           .constrained = true};
static const struct shape_member transact_get_items_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("TransactItems"), &transact_gets, true},
};
const struct shape shape_transact_get_items = {.name = "TransactGetItemsInput",
                                               SHAPE_MEMBERS(transact_get_items_members)};

/* What the conditions of all four actions have in common. */
#define CONDITION_MEMBERS                                                                          \
    {STR_INIT("ExpressionAttributeNames"), &shape_text_map, false},                                \
        {STR_INIT("ExpressionAttributeValues"), &shape_attribute_map, false},                      \
    {                                                                                              \
        STR_INIT("ReturnValuesOnConditionCheckFailure"), &shape_return_values_on_failure, false    \
    }

static const struct shape_member condition_check_members[] = {
    {STR_INIT("Key"), &shape_attribute_map, true},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("ConditionExpression"), &shape_text, true},
    CONDITION_MEMBERS,
};
const struct shape shape_transact_condition_check = {.name = "ConditionCheck",
                                                     SHAPE_MEMBERS(condition_check_members)};
static const struct shape_member delete_members[] = {
    {STR_INIT("Key"), &shape_attribute_map, true},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("ConditionExpression"), &shape_text, false},
    CONDITION_MEMBERS,
};
const struct shape shape_transact_delete = {.name = "Delete", SHAPE_MEMBERS(delete_members)};
static const struct shape_member put_members[] = {
    {STR_INIT("Item"), &shape_attribute_map, true},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("ConditionExpression"), &shape_text, false},
    CONDITION_MEMBERS,
};
const struct shape shape_transact_put = {.name = "Put", SHAPE_MEMBERS(put_members)};
static const struct shape_member update_members[] = {
    {STR_INIT("Key"), &shape_attribute_map, true},
    {STR_INIT("UpdateExpression"), &shape_text, true},
    {STR_INIT("TableName"), &shape_table_name, true},
    {STR_INIT("ConditionExpression"), &shape_text, false},
    CONDITION_MEMBERS,
};
const struct shape shape_transact_update = {.name = "Update", SHAPE_MEMBERS(update_members)};

static const struct shape_member transact_write_item_members[] = {
    {STR_INIT("ConditionCheck"), &shape_transact_condition_check, false},
    {STR_INIT("Put"), &shape_transact_put, false},
    {STR_INIT("Delete"), &shape_transact_delete, false},
    {STR_INIT("Update"), &shape_transact_update, false},
};
static const struct shape transact_write_item = {.name = "TransactWriteItem",
                                                 SHAPE_MEMBERS(transact_write_item_members)};
static const struct shape transact_writes = {.type = SHAPE_LIST,
                                             .element = &transact_write_item,
                                             .min = 1,
                                             .max = 100,
                                             .bounded_below = true,
                                             .constrained = true};
static const struct shape_member transact_write_items_members[] = {
    {STR_INIT("ClientRequestToken"), &shape_client_request_token, false},
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("ReturnItemCollectionMetrics"), &shape_return_item_collection_metrics, false},
    {STR_INIT("TransactItems"), &transact_writes, true},
};
const struct shape shape_transact_write_items = {.name = "TransactWriteItemsInput",
                                                 SHAPE_MEMBERS(transact_write_items_members)};
