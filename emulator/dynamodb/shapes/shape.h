/*
 * What a request may look like: a shape an operation, as the service's own model has it, and the
 * two checks that come before every rule.
 *
 * Types: a JSON value of another kind than the model says is a SerializationException. Constraints:
 * required members, patterns, lengths, ranges and enumerations are collected, up to ten, into one
 * ValidationException. Members that the model does not know are ignored, null is the same as
 * absent.
 *
 * Source: API Reference, "Actions" and "Data Types"; texts and order as the service answers.
 */
#ifndef DYNAMODB_SHAPE_H
#define DYNAMODB_SHAPE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"

enum shape_type {
    SHAPE_STRING,
    SHAPE_INTEGER,
    SHAPE_LONG,
    SHAPE_BOOLEAN,
    SHAPE_BLOB,
    SHAPE_LIST,
    SHAPE_MAP,
    SHAPE_STRUCTURE,
};

enum shape_pattern { SHAPE_ANY_TEXT, SHAPE_NAME, SHAPE_NAME_OR_ARN };

struct shape_member;

struct shape {
    enum shape_type type;
    enum shape_pattern pattern;
    const char *name; /* a structure's, in the service's Java package; a map's element's, the same
                         or, with a point in it, whole */
    const struct shape_member *members;
    size_t member_count;
    const struct shape *element; /* of a list or map */
    const char *const *values;   /* an enumeration, in the order it is printed; NULL-terminated */
    int64_t min;                 /* of a length or number; with bounded_below */
    int64_t max;                 /* the same; 0: none */
    bool bounded_below;
    bool keys_are_tables; /* of a map: each key is a table's name or ARN */
    bool constrained;     /* something in here can fail a constraint */
};

/* In the order in which the service checks constraints. */
struct shape_member {
    struct str name;
    const struct shape *shape;
    bool required;
};

MUST_CHECK bool shape_check_types(const struct shape *shape, const struct json_value *value,
                                  struct aws_error *err);
MUST_CHECK bool shape_check_constraints(const struct shape *shape, const struct json_value *value,
                                        struct arena *arena, struct aws_error *err);

/*
 * A request within a request, by itself: an object with the members that the shape knows and no
 * others, in `arena`; what reads a whole request then reads no type that was not checked. Any value
 * but an object has none. False past the arena's limit.
 */
MUST_CHECK bool shape_known_members(const struct shape *shape, const struct json_value *value,
                                    struct arena *arena, struct json_value **ret);

/* The requests of the operations, by family: shapes_table.c, shapes_item.c, shapes_batch.c,
 * shapes_statement.c, shapes_stream.c. */
extern const struct shape shape_create_table;
extern const struct shape shape_update_table;
extern const struct shape shape_table_name_only; /* DescribeTable, DeleteTable, and what describes
                                                    a part of a table */
extern const struct shape shape_list_tables;
extern const struct shape shape_tag_resource;
extern const struct shape shape_untag_resource;
extern const struct shape shape_list_tags_of_resource;
extern const struct shape shape_update_time_to_live;
extern const struct shape shape_describe_contributor_insights;
extern const struct shape shape_list_contributor_insights;
extern const struct shape shape_resource_policy; /* GetResourcePolicy, DeleteResourcePolicy */
extern const struct shape shape_update_continuous_backups;
extern const struct shape shape_no_members; /* DescribeLimits, DescribeEndpoints, lists that are
                                               empty whatever is asked */

extern const struct shape shape_put_item;
extern const struct shape shape_update_item;
extern const struct shape shape_delete_item;
extern const struct shape shape_get_item;
extern const struct shape shape_query;
extern const struct shape shape_scan;

extern const struct shape shape_batch_get_item;
extern const struct shape shape_batch_write_item;
extern const struct shape shape_transact_get_items;
extern const struct shape shape_transact_write_items;
/* Parts of these, each like an operation's own. */
extern const struct shape shape_keys_and_attributes; /* of BatchGetItem, a table's */
extern const struct shape shape_put_request;         /* of BatchWriteItem */
extern const struct shape shape_delete_request;
extern const struct shape shape_transact_get; /* of TransactGetItems */
extern const struct shape shape_transact_put; /* of TransactWriteItems */
extern const struct shape shape_transact_update;
extern const struct shape shape_transact_delete;
extern const struct shape shape_transact_condition_check;

extern const struct shape shape_execute_statement;
extern const struct shape shape_batch_execute_statement;
extern const struct shape shape_execute_transaction;

extern const struct shape shape_list_streams;
extern const struct shape shape_describe_stream;
extern const struct shape shape_get_shard_iterator;
extern const struct shape shape_get_records;

/* A member's value; NULL when it is absent or null. */
const struct json_value *request_member(const struct json_value *request, struct str name);
#define request_get(request, literal) request_member(request, STR(literal))
/* The same by kind, for requests whose types were checked; what is absent is the empty text, the
 * default, false. */
struct str request_string(const struct json_value *request, struct str name);
bool request_bool(const struct json_value *request, struct str name, bool absent);
int64_t request_int(const struct json_value *request, struct str name, int64_t absent);
bool shape_bool(const struct json_value *value);

#endif
