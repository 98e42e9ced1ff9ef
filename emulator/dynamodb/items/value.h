/*
 * Attribute values and items: a tree in an arena, read from a request's JSON, written back as
 * canonical DynamoDB JSON. Sets are sorted (SS and BS by bytes, NS by value) and hold no value
 * twice; maps keep the order in which they came.
 *
 * Source: API Reference, AttributeValue; Developer Guide, "Data types", "Item sizes and formats".
 */
#ifndef DYNAMODB_VALUE_H
#define DYNAMODB_VALUE_H

#include "base/arena.h"
#include "base/json.h"
#include "number.h"

enum value_type {
    VALUE_S,
    VALUE_N,
    VALUE_B,
    VALUE_BOOL,
    VALUE_NULL,
    VALUE_L,
    VALUE_M,
    VALUE_SS,
    VALUE_NS,
    VALUE_BS,
    VALUE_TYPE_COUNT,
};

enum { VALUE_DEPTH_MAX = 32, ITEM_BYTES_MAX = 400 * 1024 };

struct attribute;

struct attribute_value {
    enum value_type type;
    union {
        struct str text; /* S: UTF-8, B: the bytes themselves */
        struct number number;
        bool boolean;
        struct {
            struct attribute_value *elements; /* L, SS (S each), NS (N each), BS (B each) */
            size_t count;
        } list;
        struct {
            struct attribute *attributes; /* M */
            size_t count;
        } map;
    };
};

struct attribute {
    struct str name;
    struct attribute_value value;
};

/* "S", "N", ... */
extern const char *const value_type_names[VALUE_TYPE_COUNT];

/* An AttributeValue whose types were checked (shape.h). Errors: ValidationException. */
MUST_CHECK bool value_read(const struct json_value *json, struct arena *arena,
                           struct attribute_value *ret, struct aws_error *err);
/* {name: AttributeValue, ...} as a value of type M: an item or a key. */
MUST_CHECK bool item_read(const struct json_value *json, struct arena *arena,
                          struct attribute_value *ret, struct aws_error *err);
/* From the store, which holds what was written here. */
MUST_CHECK bool item_decode(struct str json, struct arena *arena, struct attribute_value *ret,
                            struct aws_error *err);

void value_write(struct buffer *out, const struct attribute_value *value);
/* The attributes without the type M around them: as Item and Attributes have them. */
void item_write(struct buffer *out, const struct attribute_value *item);
/* As error texts print it: {S:a}, {N:1}. */
void value_show(struct buffer *out, const struct attribute_value *value);

/* NULL when there is none. */
struct attribute_value *item_find(const struct attribute_value *item, struct str name);

/* By type and value, numbers by value, sets without order. */
bool value_equal(const struct attribute_value *a, const struct attribute_value *b);
/* Of two S, N or B of the same type: <0, 0, >0. */
int value_compare(const struct attribute_value *a, const struct attribute_value *b);

size_t value_size(const struct attribute_value *value);
size_t item_size(const struct attribute_value *item);

#endif
