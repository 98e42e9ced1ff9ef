/* What the shapes of several operations share. */
#include "shape_parts.h"

const struct shape shape_text = {.type = SHAPE_STRING};
const struct shape shape_boolean = {.type = SHAPE_BOOLEAN};
const struct shape shape_blob = {.type = SHAPE_BLOB};
const struct shape shape_integer = {.type = SHAPE_INTEGER};
const struct shape shape_long = {.type = SHAPE_LONG};
const struct shape shape_texts = {.type = SHAPE_LIST, .element = &shape_text};
const struct shape shape_text_map = {.type = SHAPE_MAP, .element = &shape_text};
static const struct shape blobs = {.type = SHAPE_LIST, .element = &shape_blob};

static const char *const capacity_values[] = {"INDEXES", "TOTAL", "NONE", NULL};
const struct shape shape_return_consumed_capacity = {
    .type = SHAPE_STRING, .values = capacity_values, .constrained = true};
static const char *const metrics_values[] = {"SIZE", "NONE", NULL};
const struct shape shape_return_item_collection_metrics = {
    .type = SHAPE_STRING, .values = metrics_values, .constrained = true};
static const char *const on_failure_values[] = {"ALL_OLD", "NONE", NULL};
const struct shape shape_return_values_on_failure = {
    .type = SHAPE_STRING, .values = on_failure_values, .constrained = true};
const struct shape shape_client_request_token = {
    .type = SHAPE_STRING, .min = 1, .max = 36, .bounded_below = true, .constrained = true};

const struct shape shape_table_name = {.type = SHAPE_STRING,
                                       .pattern = SHAPE_NAME_OR_ARN,
                                       .min = 1,
                                       .max = 255, /* of an ARN 1024 */
                                       .bounded_below = true,
                                       .constrained = true};
const struct shape shape_control_table_name = {
    .type = SHAPE_STRING, .pattern = SHAPE_NAME_OR_ARN, .constrained = true};
const struct shape shape_plain_name = {.type = SHAPE_STRING,
                                       .pattern = SHAPE_NAME,
                                       .min = 3,
                                       .max = 255,
                                       .bounded_below = true,
                                       .constrained = true};
const struct shape shape_key_name = {
    .type = SHAPE_STRING, .min = 1, .max = 255, .bounded_below = true, .constrained = true};
const struct shape shape_names_to_get = {.type = SHAPE_LIST,
                                         .element = &shape_text,
                                         .min = 1,
                                         .bounded_below = true,
                                         .constrained = true};
const struct shape shape_limit = {
    .type = SHAPE_INTEGER, .min = 1, .bounded_below = true, .constrained = true};

/* Nothing in a value is a matter of constraints: its rules come later (value.h). */
const struct shape shape_attribute_list = {.type = SHAPE_LIST, .element = &shape_attribute_value};
const struct shape shape_attribute_map = {
    .type = SHAPE_MAP, .name = "AttributeValue", .element = &shape_attribute_value};

static const struct shape_member attribute_value_members[] = {
    {STR_INIT("S"), &shape_text, false},          {STR_INIT("N"), &shape_text, false},
    {STR_INIT("B"), &shape_blob, false},          {STR_INIT("SS"), &shape_texts, false},
    {STR_INIT("NS"), &shape_texts, false},        {STR_INIT("BS"), &blobs, false},
    {STR_INIT("M"), &shape_attribute_map, false}, {STR_INIT("L"), &shape_attribute_list, false},
    {STR_INIT("NULL"), &shape_boolean, false},    {STR_INIT("BOOL"), &shape_boolean, false},
};
const struct shape shape_attribute_value = {.type = SHAPE_STRUCTURE,
                                            .name = "AttributeValue",
                                            .members = attribute_value_members,
                                            .member_count = ARRAY_LEN(attribute_value_members)};
