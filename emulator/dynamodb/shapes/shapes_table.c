/* The requests of the control plane: tables, indexes, tags, time to live, limits. */
#include "shape_parts.h"

SHAPE_ENUM(attribute_type, "B", "N", "S");
SHAPE_ENUM(key_type, "HASH", "RANGE");
SHAPE_ENUM(billing_mode, "PROVISIONED", "PAY_PER_REQUEST");
SHAPE_ENUM(projection_type, "ALL", "INCLUDE", "KEYS_ONLY");
SHAPE_ENUM(encryption_type, "AES256", "KMS");
SHAPE_ENUM(stream_view_type, "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY");

static const struct shape_member attribute_definition_members[] = {
    {STR_INIT("AttributeName"), &shape_key_name, true},
    {STR_INIT("AttributeType"), &attribute_type, true},
};
static const struct shape attribute_definition = {.name = "AttributeDefinition",
                                                  SHAPE_MEMBERS(attribute_definition_members)};
static const struct shape attribute_definitions = {
    .type = SHAPE_LIST, .element = &attribute_definition, .constrained = true};

static const struct shape_member key_schema_members[] = {
    {STR_INIT("AttributeName"), &shape_key_name, true},
    {STR_INIT("KeyType"), &key_type, true},
};
static const struct shape key_schema_element = {.name = "KeySchemaElement",
                                                SHAPE_MEMBERS(key_schema_members)};
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
                                        SHAPE_MEMBERS(throughput_members)};

static const struct shape projected_names = {.type = SHAPE_LIST,
                                             .element = &shape_key_name,
                                             .min = 1,
                                             .max = 20,
                                             .bounded_below = true,
                                             .constrained = true};
static const struct shape_member projection_members[] = {
    {STR_INIT("ProjectionType"), &projection_type, false},
    {STR_INIT("NonKeyAttributes"), &projected_names, false},
};
static const struct shape projection = {.name = "Projection", SHAPE_MEMBERS(projection_members)};

static const struct shape_member local_index_members[] = {
    {STR_INIT("IndexName"), &shape_plain_name, true},
    {STR_INIT("KeySchema"), &key_schema, true},
    {STR_INIT("Projection"), &projection, true},
};
static const struct shape local_index = {.name = "LocalSecondaryIndex",
                                         SHAPE_MEMBERS(local_index_members)};
static const struct shape local_indexes = {
    .type = SHAPE_LIST, .element = &local_index, .constrained = true};

static const struct shape_member on_demand_members[] = {
    {STR_INIT("MaxReadRequestUnits"), &shape_long, false},
    {STR_INIT("MaxWriteRequestUnits"), &shape_long, false},
};
static const struct shape on_demand = {.name = "OnDemandThroughput",
                                       SHAPE_MEMBERS(on_demand_members)};

static const struct shape warm_units = {
    .type = SHAPE_LONG, .min = 1, .bounded_below = true, .constrained = true};
static const struct shape_member warm_members[] = {
    {STR_INIT("ReadUnitsPerSecond"), &warm_units, false},
    {STR_INIT("WriteUnitsPerSecond"), &warm_units, false},
};
static const struct shape warm = {.name = "WarmThroughput", SHAPE_MEMBERS(warm_members)};

static const struct shape_member global_index_members[] = {
    {STR_INIT("IndexName"), &shape_plain_name, true},
    {STR_INIT("KeySchema"), &global_key_schema, true},
    {STR_INIT("Projection"), &projection, true},
    {STR_INIT("ProvisionedThroughput"), &throughput, false},
    {STR_INIT("OnDemandThroughput"), &on_demand, false},
    {STR_INIT("WarmThroughput"), &warm, false},
};
static const struct shape global_index = {.name = "GlobalSecondaryIndex",
                                          SHAPE_MEMBERS(global_index_members)};
static const struct shape global_indexes = {
    .type = SHAPE_LIST, .element = &global_index, .constrained = true};

static const struct shape_member stream_members[] = {
    {STR_INIT("StreamEnabled"), &shape_boolean, true},
    {STR_INIT("StreamViewType"), &stream_view_type, false},
};
static const struct shape stream = {.name = "StreamSpecification", SHAPE_MEMBERS(stream_members)};

static const struct shape_member encryption_members[] = {
    {STR_INIT("Enabled"), &shape_boolean, false},
    {STR_INIT("SSEType"), &encryption_type, false},
    {STR_INIT("KMSMasterKeyId"), &shape_text, false},
};
static const struct shape encryption = {.name = "SSESpecification",
                                        SHAPE_MEMBERS(encryption_members)};

/* A key's and a value's form are rules of the operation. */
static const struct shape_member tag_members[] = {
    {STR_INIT("Key"), &shape_text, true},
    {STR_INIT("Value"), &shape_text, true},
};
static const struct shape tag = {.name = "Tag", SHAPE_MEMBERS(tag_members)};
static const struct shape tags = {.type = SHAPE_LIST, .element = &tag, .constrained = true};

static const struct shape_member create_table_members[] = {
    {STR_INIT("AttributeDefinitions"), &attribute_definitions, true},
    {STR_INIT("TableName"), &shape_control_table_name, true},
    {STR_INIT("BillingMode"), &billing_mode, false},
    {STR_INIT("ProvisionedThroughput"), &throughput, false},
    {STR_INIT("KeySchema"), &key_schema, true},
    {STR_INIT("LocalSecondaryIndexes"), &local_indexes, false},
    {STR_INIT("GlobalSecondaryIndexes"), &global_indexes, false},
    {STR_INIT("StreamSpecification"), &stream, false},
    {STR_INIT("SSESpecification"), &encryption, false},
    {STR_INIT("Tags"), &tags, false},
    {STR_INIT("OnDemandThroughput"), &on_demand, false},
    {STR_INIT("WarmThroughput"), &warm, false},
    {STR_INIT("DeletionProtectionEnabled"), &shape_boolean, false},
    {STR_INIT("TableClass"), &shape_text, false},
    {STR_INIT("ResourcePolicy"), &shape_text, false},
};
const struct shape shape_create_table = {.name = "CreateTableInput",
                                         SHAPE_MEMBERS(create_table_members)};

static const struct shape_member table_name_members[] = {
    {STR_INIT("TableName"), &shape_control_table_name, true},
};
const struct shape shape_table_name_only = {.name = "DescribeTableInput",
                                            SHAPE_MEMBERS(table_name_members)};

static const struct shape list_limit = {
    .type = SHAPE_INTEGER, .min = 1, .max = 100, .bounded_below = true, .constrained = true};
static const struct shape_member list_tables_members[] = {
    {STR_INIT("Limit"), &list_limit, false},
    {STR_INIT("ExclusiveStartTableName"), &shape_plain_name, false},
};
const struct shape shape_list_tables = {.name = "ListTablesInput",
                                        SHAPE_MEMBERS(list_tables_members)};

static const struct shape_member index_update_members[] = {
    {STR_INIT("IndexName"), &shape_plain_name, true},
    {STR_INIT("ProvisionedThroughput"), &throughput, false},
    {STR_INIT("OnDemandThroughput"), &on_demand, false},
    {STR_INIT("WarmThroughput"), &warm, false},
};
static const struct shape index_update = {.name = "UpdateGlobalSecondaryIndexAction",
                                          SHAPE_MEMBERS(index_update_members)};
static const struct shape index_create = {.name = "CreateGlobalSecondaryIndexAction",
                                          SHAPE_MEMBERS(global_index_members)};
static const struct shape_member index_delete_members[] = {
    {STR_INIT("IndexName"), &shape_plain_name, true},
};
static const struct shape index_delete = {.name = "DeleteGlobalSecondaryIndexAction",
                                          SHAPE_MEMBERS(index_delete_members)};
static const struct shape_member index_change_members[] = {
    {STR_INIT("Update"), &index_update, false},
    {STR_INIT("Create"), &index_create, false},
    {STR_INIT("Delete"), &index_delete, false},
};
static const struct shape index_change = {.name = "GlobalSecondaryIndexUpdate",
                                          SHAPE_MEMBERS(index_change_members)};
static const struct shape index_changes = {
    .type = SHAPE_LIST, .element = &index_change, .constrained = true};

static const struct shape_member update_table_members[] = {
    {STR_INIT("TableName"), &shape_control_table_name, true},
    {STR_INIT("ProvisionedThroughput"), &throughput, false},
    {STR_INIT("BillingMode"), &billing_mode, false},
    {STR_INIT("GlobalSecondaryIndexUpdates"), &index_changes, false},
    {STR_INIT("AttributeDefinitions"), &attribute_definitions, false},
    {STR_INIT("StreamSpecification"), &stream, false},
    {STR_INIT("SSESpecification"), &encryption, false},
    {STR_INIT("OnDemandThroughput"), &on_demand, false},
    {STR_INIT("WarmThroughput"), &warm, false},
    {STR_INIT("DeletionProtectionEnabled"), &shape_boolean, false},
    {STR_INIT("TableClass"), &shape_text, false},
};
const struct shape shape_update_table = {.name = "UpdateTableInput",
                                         SHAPE_MEMBERS(update_table_members)};

/* A missing ARN is a rule of the operations with a text of its own; so is what the lists hold. */
static const struct shape_member tag_resource_members[] = {
    {STR_INIT("ResourceArn"), &shape_text, false},
    {STR_INIT("Tags"), &tags, true},
};
const struct shape shape_tag_resource = {.name = "TagResourceInput",
                                         SHAPE_MEMBERS(tag_resource_members)};

static const struct shape_member untag_resource_members[] = {
    {STR_INIT("ResourceArn"), &shape_text, false},
    {STR_INIT("TagKeys"), &shape_texts, true},
};
const struct shape shape_untag_resource = {.name = "UntagResourceInput",
                                           SHAPE_MEMBERS(untag_resource_members)};

static const struct shape_member list_tags_members[] = {
    {STR_INIT("ResourceArn"), &shape_text, false},
    {STR_INIT("NextToken"), &shape_text, false},
};
const struct shape shape_list_tags_of_resource = {.name = "ListTagsOfResourceInput",
                                                  SHAPE_MEMBERS(list_tags_members)};

/* An empty name has a text of its own. */
static const struct shape expiry_name = {.type = SHAPE_STRING, .max = 255, .constrained = true};
static const struct shape_member expiry_members[] = {
    {STR_INIT("Enabled"), &shape_boolean, true},
    {STR_INIT("AttributeName"), &expiry_name, true},
};
static const struct shape expiry = {.name = "TimeToLiveSpecification",
                                    SHAPE_MEMBERS(expiry_members)};
static const struct shape_member update_time_to_live_members[] = {
    {STR_INIT("TableName"), &shape_control_table_name, true},
    {STR_INIT("TimeToLiveSpecification"), &expiry, true},
};
const struct shape shape_update_time_to_live = {.name = "UpdateTimeToLiveInput",
                                                SHAPE_MEMBERS(update_time_to_live_members)};

static const struct shape_member insights_members[] = {
    {STR_INIT("TableName"), &shape_control_table_name, true},
    {STR_INIT("IndexName"), &shape_plain_name, false},
};
const struct shape shape_describe_contributor_insights = {
    .name = "DescribeContributorInsightsInput", SHAPE_MEMBERS(insights_members)};

static const struct shape_member list_insights_members[] = {
    {STR_INIT("TableName"), &shape_control_table_name, false},
};
const struct shape shape_list_contributor_insights = {.name = "ListContributorInsightsInput",
                                                      SHAPE_MEMBERS(list_insights_members)};

static const struct shape resource_arn = {
    .type = SHAPE_STRING, .min = 1, .max = 1283, .bounded_below = true, .constrained = true};
static const struct shape_member resource_policy_members[] = {
    {STR_INIT("ResourceArn"), &resource_arn, true},
};
const struct shape shape_resource_policy = {.name = "GetResourcePolicyInput",
                                            SHAPE_MEMBERS(resource_policy_members)};

static const struct shape_member recovery_members[] = {
    {STR_INIT("PointInTimeRecoveryEnabled"), &shape_boolean, true},
    {STR_INIT("RecoveryPeriodInDays"), &shape_integer, false},
};
static const struct shape recovery = {.name = "PointInTimeRecoverySpecification",
                                      SHAPE_MEMBERS(recovery_members)};
static const struct shape_member continuous_backups_members[] = {
    {STR_INIT("TableName"), &shape_control_table_name, true},
    {STR_INIT("PointInTimeRecoverySpecification"), &recovery, true},
};
const struct shape shape_update_continuous_backups = {.name = "UpdateContinuousBackupsInput",
                                                      SHAPE_MEMBERS(continuous_backups_members)};

const struct shape shape_no_members = {.type = SHAPE_STRUCTURE, .name = "DescribeLimitsInput"};
