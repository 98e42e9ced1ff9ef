/*
 * Expressions: condition, filter, key condition, projection, update. A lexer, a parser, one tree,
 * and evaluators. The legacy parameters (Expected, QueryFilter ...) become the same trees.
 *
 * Source: Developer Guide, "Using expressions", "Legacy conditional parameters"; texts and the
 * order of checks as the service answers.
 */
#ifndef DYNAMODB_EXPRESSION_H
#define DYNAMODB_EXPRESSION_H

#include "table.h"
#include "value.h"

enum {
    EXPRESSION_BYTES_MAX = 4096,
    EXPRESSION_OPERATORS_MAX = 300,
    EXPRESSION_IN_MAX = 100,
    PATH_STEPS_MAX = 32,
    PLACEHOLDER_BYTES_MAX = 255,
};

/* Which parameter an expression is: its name begins the error's text. */
enum expression_kind {
    EXPRESSION_CONDITION,
    EXPRESSION_FILTER,
    EXPRESSION_KEY_CONDITION,
    EXPRESSION_PROJECTION,
    EXPRESSION_UPDATE,
    EXPRESSION_STATEMENT, /* of PartiQL: its errors have no such name */
    EXPRESSION_KIND_COUNT,
};
extern const struct str expression_names[EXPRESSION_KIND_COUNT];

/* ExpressionAttributeNames and -Values of a request, and which of them were used. */
struct placeholder {
    struct str key; /* "#n", ":v" */
    struct str name;
    struct attribute_value value;
    bool used;
};

struct placeholders {
    struct placeholder *names;
    size_t name_count;
    struct placeholder *values;
    size_t value_count;
};

/* A document path: a.b[1] */
struct path_step {
    struct str name; /* ptr NULL: an index */
    int64_t index;
};

struct path {
    struct path_step *steps;
    size_t count;
};

enum expr_type {
    EXPR_PATH,
    EXPR_VALUE,
    EXPR_AND,
    EXPR_OR,
    EXPR_NOT,
    EXPR_EQ,
    EXPR_NE,
    EXPR_LT,
    EXPR_LE,
    EXPR_GT,
    EXPR_GE,
    EXPR_BETWEEN,
    EXPR_IN,
    EXPR_FUNCTION,
    EXPR_PLUS,
    EXPR_MINUS,
};

enum expr_function {
    FUNCTION_ATTRIBUTE_EXISTS,
    FUNCTION_ATTRIBUTE_NOT_EXISTS,
    FUNCTION_ATTRIBUTE_TYPE,
    FUNCTION_BEGINS_WITH,
    FUNCTION_CONTAINS,
    FUNCTION_SIZE,
    FUNCTION_IF_NOT_EXISTS,
    FUNCTION_LIST_APPEND,
    FUNCTION_NOT_CONTAINS, /* of the legacy conditions alone */
    FUNCTION_COUNT,
};

struct expr {
    enum expr_type type;
    enum expr_function function;
    bool parenthesised; /* stood in a pair of its own */
    struct path path;
    const struct attribute_value *value;
    struct expr *children[2]; /* the first operands */
    struct expr **operands;   /* of BETWEEN, IN and functions: all of them */
    size_t operand_count;
};

struct projection {
    struct path *paths;
    size_t count;
};

enum update_action { UPDATE_SET, UPDATE_REMOVE, UPDATE_ADD, UPDATE_DELETE };

struct update_clause {
    enum update_action action;
    struct path path;
    struct expr *value;                    /* SET */
    const struct attribute_value *operand; /* ADD, DELETE */
    bool legacy_list;                      /* AttributeUpdates: ADD takes lists, too */
};

struct update {
    struct update_clause *clauses;
    size_t count;
    bool legacy;
};

/* Both maps, checked. Errors: ValidationException. */
MUST_CHECK bool placeholders_read(const struct json_value *request, struct arena *arena,
                                  struct placeholders *ret, struct aws_error *err);
/* After every expression has been parsed: nothing may be left over. */
MUST_CHECK bool placeholders_check_used(const struct placeholders *placeholders,
                                        struct arena *arena, struct aws_error *err);

MUST_CHECK bool condition_parse(enum expression_kind kind, struct str text,
                                struct placeholders *placeholders, struct arena *arena,
                                struct expr **ret, struct aws_error *err);
MUST_CHECK bool projection_parse(struct str text, struct placeholders *placeholders,
                                 struct arena *arena, struct projection **ret,
                                 struct aws_error *err);
MUST_CHECK bool update_parse(struct str text, struct placeholders *placeholders,
                             struct arena *arena, struct update **ret, struct aws_error *err);

/* An item that is not there is an item without attributes. A NULL condition holds. */
bool condition_holds(const struct expr *condition, const struct attribute_value *item);
/* The value at a path, NULL where there is none. */
const struct attribute_value *path_find(const struct path *path,
                                        const struct attribute_value *item);
/* What the paths name, in their nesting; of an array's elements those named, closed up. */
MUST_CHECK bool projection_apply(const struct projection *projection,
                                 const struct attribute_value *item, struct arena *arena,
                                 struct attribute_value *ret, struct aws_error *err);
/*
 * The item after the update; `item` stays as it is (parts may be shared). Errors:
 * ValidationException.
 */
MUST_CHECK bool update_apply(const struct update *update, const struct attribute_value *item,
                             struct arena *arena, struct attribute_value *ret,
                             struct aws_error *err);
/* The paths that an update names, as a projection: for UPDATED_OLD and UPDATED_NEW. */
MUST_CHECK bool update_paths(const struct update *update, struct arena *arena,
                             struct projection *ret, struct aws_error *err);

/* Nothing lies within a key attribute of the table or of its indexes: a path into one is a
 * ValidationException. NULL has none. */
MUST_CHECK bool condition_check_keys(const struct expr *expr, const struct table *table,
                                     struct aws_error *err);
MUST_CHECK bool projection_check_keys(const struct projection *projection,
                                      const struct table *table, struct aws_error *err);
MUST_CHECK bool update_check_keys(const struct update *update, const struct table *table,
                                  struct aws_error *err);

/*
 * What a KeyConditionExpression may be, before a table is known: tests of one attribute each,
 * joined by AND, no attribute twice, `keys_max` tests at most. Errors: ValidationException.
 */
MUST_CHECK bool key_condition_check(const struct expr *condition, size_t keys_max,
                                    struct aws_error *err);

/* What a Query reads of one partition, in the bytes of the store. */
struct key_range {
    struct str partition;
    struct str sort_from;
    struct str sort_to; /* ptr NULL: no end */
};
/*
 * start:    ExclusiveStartKey, whose part of each key attribute is checked as the condition's is;
 *           NULL: none.
 * is_index: the schema is an index's, whose rows have other bytes than a table's (index_key.h).
 */
MUST_CHECK bool key_condition_range(const struct expr *condition, const struct key_schema *schema,
                                    const struct attribute_value *start, bool is_index,
                                    struct arena *arena, struct key_range *ret,
                                    struct aws_error *err);

#endif
