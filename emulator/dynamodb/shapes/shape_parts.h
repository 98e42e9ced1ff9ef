/*
 * The parts of which the requests' shapes are made: what several operations share. For the files
 * shapes_*.c alone; everyone else needs shape.h.
 *
 * Members stand in the order in which the service checks constraints, which is not the order of
 * the documentation.
 */
#ifndef DYNAMODB_SHAPE_PARTS_H
#define DYNAMODB_SHAPE_PARTS_H

#include "shape.h"

#define SHAPE_MEMBERS(array)                                                                       \
    .type = SHAPE_STRUCTURE, .constrained = true, .members = (array),                              \
    .member_count = ARRAY_LEN(array)

/* A text that is one of the values, which errors print in the order given. */
#define SHAPE_ENUM(identifier, ...)                                                                \
    static const char *const identifier##_values[] = {__VA_ARGS__, NULL};                          \
    static const struct shape identifier = {                                                       \
        .type = SHAPE_STRING, .values = identifier##_values, .constrained = true}

extern const struct shape shape_text;
extern const struct shape shape_boolean;
extern const struct shape shape_blob;
extern const struct shape shape_integer;
extern const struct shape shape_long;
extern const struct shape shape_texts;
extern const struct shape shape_text_map;
extern const struct shape shape_attribute_value;
extern const struct shape shape_attribute_list;
extern const struct shape shape_attribute_map;

extern const struct shape shape_return_consumed_capacity;
extern const struct shape shape_return_item_collection_metrics;
extern const struct shape shape_return_values_on_failure;
extern const struct shape shape_client_request_token; /* a transaction's */

extern const struct shape shape_table_name;
extern const struct shape shape_control_table_name; /* its length is a rule of table_name.h */
extern const struct shape shape_plain_name;         /* 3..255 characters and never an ARN */
extern const struct shape shape_key_name;
extern const struct shape shape_names_to_get;
extern const struct shape shape_limit; /* from 1 */

#endif
